"""How pytest-codeblocks runs the snippets: on the journal's stage, with a readable failure."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_codeblocks.plugin as codeblocks

from journal.blocks import Block, parse
from journal.run import describe, stage
from study import mnist

ROOT = Path(__file__).resolve().parent
NO_MNIST = "the MNIST files are not to be had: set STUDY_DATA to a folder that holds them"

_printed: list[io.StringIO] = []
_plain_stdout_io = codeblocks.stdout_io


@contextlib.contextmanager
def _remembered_stdout(stdout: Any = None) -> Iterator[Any]:
    with _plain_stdout_io(stdout) as buffer:
        _printed.append(buffer)
        yield buffer


codeblocks.stdout_io = _remembered_stdout


def _where(item: codeblocks.TestBlock) -> tuple[str, int]:
    return item.path.relative_to(ROOT).as_posix(), item.obj.lineno


def _needs_mnist(item: codeblocks.TestBlock) -> bool:
    return Block("python", item.obj.code, item.obj.lineno, item.obj.lineno).needs_mnist


def pytest_itemcollected(item: pytest.Item) -> None:
    """Gives an indented block the blank lines back that pytest-codeblocks drops.

    Without them an error would be reported lines too early, and an output with a blank line in it
    could not be right inside a folded solution.
    """
    if isinstance(item, codeblocks.TestBlock):
        ours = {block.line: block for block in parse(item.path.read_text(encoding="utf-8")).blocks}
        block = ours[item.obj.lineno]
        if block.indent and not any(each.continues for each in ours.values()):
            item.obj.code = block.code
            item.obj.expected_output = block.output.text if block.output else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    if not isinstance(item, codeblocks.TestBlock):
        return (yield)
    if _needs_mnist(item) and not mnist.available():
        pytest.skip(NO_MNIST)
    _printed.clear()
    with stage():
        result = yield
    path, line = _where(item)
    printed = _printed[-1].getvalue() if _printed else ""
    if printed and item.obj.expected_output is None and "lab" not in item.path.parts:
        raise RuntimeError(
            f"{path}:{line}: the block prints, and the page does not show what; "
            f"run `make update-outputs`\n  it prints   {printed!r}"
        )
    return result


def _repr_failure(item: codeblocks.TestBlock, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """File, line, and either expected against actual or the error as Python words it."""
    path, line = _where(item)
    error = excinfo.value
    expected = item.obj.expected_output
    printed = _printed[-1].getvalue() if _printed else ""
    cause = error.__context__ if isinstance(error, RuntimeError) else error
    if isinstance(cause, (Exception, SystemExit)):
        return describe(cause, path, line, source="<string>")
    if expected is not None and printed != expected:
        return _difference(path, line, item.obj.code, expected, printed)
    return str(error)


def _difference(path: str, line: int, code: str, expected: str, printed: str) -> str:
    """Names the first line of the page that is not what the block prints."""
    wanted, got = expected.splitlines(), printed.splitlines()
    first = next(
        (n for n, pair in enumerate(zip(wanted, got, strict=False)) if pair[0] != pair[1]),
        min(len(wanted), len(got)),
    )
    text = (ROOT / path).read_text(encoding="utf-8")
    block = next(block for block in parse(text).blocks if block.line == line)
    start = block.output.fence_line if block.output else line
    return "\n".join(
        [
            f"{path}:{start + 1 + first}: the output is not what the block at line {line} prints "
            "(`make update-outputs` writes it)",
            f"  expected  {wanted[first] if first < len(wanted) else '(nothing)'}",
            f"  actual    {got[first] if first < len(got) else '(nothing)'}",
        ]
    )


codeblocks.TestBlock.repr_failure = _repr_failure


class SnippetExit(Exception):
    """A snippet called exit(): a failure of that snippet, not the end of the test run."""


_plain_runtest = codeblocks.TestBlock.runtest


def _runtest(item: codeblocks.TestBlock) -> None:
    try:
        _plain_runtest(item)
    except SystemExit as error:
        raise SnippetExit(f"the snippet ended Python: SystemExit({error.code!r})") from error


codeblocks.TestBlock.runtest = _runtest
