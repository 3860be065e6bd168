"""Every block of both languages gives in the runtime that the site serves what the page shows.

The runtime is the same file for file; Node stands in for the browser, of which
`tests/browser/test_run.py` asks the rest.
"""

from __future__ import annotations

import ast
import fcntl
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from journal import exercises, figures, pages, parity
from journal.blocks import Block, parse
from journal.outline import read

ROOT = Path(__file__).resolve().parent.parent.parent
SITE = Path(os.environ.get("JOURNAL_SITE", ROOT / "site"))
NEAR = 0.1  # of a point; what differs less looks the same

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_IMAGE = re.compile(r'xlink:href="data:[^"]*"')
_NAME = re.compile(r"(?<=-)[a-zA-Z]+[0-9a-f]{10}\b")


@dataclass(frozen=True)
class Case:
    """A block, and the name that a failure is reported under."""

    page: pages.Page
    block: Block

    @property
    def where(self) -> str:
        line = self.page.line_offset + self.block.line
        return f"{self.page.path.relative_to(ROOT)}:{line}"


Session = list[tuple[Case, ...]]
HALVES = ("one half", "the other half")


@cache
def sessions() -> list[Session]:
    """What is run: blocks one after the other, each with the cases that it answers.

    A lab is one session; any other block has one of its own. Where both languages would compute
    the same, it is done once: with the same code or, if nothing is drawn, the same but for its
    comments. Of a lab's blocks only figures are counted, so there the words may differ as well.
    """
    found: list[Session] = []
    for both in zip(*map(read_pages, pages.LANGUAGES), strict=True):
        pairs = list(zip(*map(cases, both), strict=True))
        if both[0].kind != "lab":
            for pair in pairs:
                found += [[pair]] if same_work(*pair) else [[(each,)] for each in pair]
        elif not any(parity.code_difference(*(each.block for each in pair)) for pair in pairs):
            found.append(list(pairs))
        else:
            found += [[(pair[side],) for pair in pairs] for side in (0, 1)]
    return found


def read_pages(language: str) -> list[pages.Page]:
    """All pages of a language, in an order that is the same in the other."""
    book = pages.catalogue(ROOT / "docs", language).pages
    return [book[page_id] for page_id in sorted(book)]


def cases(page: pages.Page) -> list[Case]:
    """The blocks of a page that a browser can run."""
    return [
        Case(page, block)
        for block in parse(page.body).python
        if block.not_in_browser != "training-images"
    ]


def same_work(one: Case, other: Case) -> bool:
    """Whether two blocks print and draw the same, as far as their code tells."""
    codes = one.block.code, other.block.code
    if codes[0] == codes[1] or one.block.draws:
        return codes[0] == codes[1]
    trees = [ast.dump(ast.parse(code)) for code in codes]
    return trees[0] == trees[1]


@pytest.fixture(scope="module", params=(0, 1), ids=HALVES)
def results(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[Case, dict[str, Any]]]:
    """Half of all sessions run in one interpreter, each in a namespace of its own.

    It takes minutes: all workers share what the first of them finds.
    """
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent
    wanted = [
        (together, number)
        for session in sessions()[request.param :: 2]
        for number, together in enumerate(session)
    ]
    asked: list[dict[str, Any]] = [
        {"code": code, "name": figures.name(code), "fresh": number == 0}
        for (first, *_), number in wanted
        for code in [first.block.code]
    ]
    found = answers(asked, base / f"blocks-{request.param}.json")
    answered = zip(wanted, found, strict=True)
    return [(case, result) for (together, _), result in answered for case in together]


def answers(asked: list[dict[str, Any]], path: Path) -> list[dict[str, Any]]:
    """What the runtime says to all of `asked`; kept in `path` for whoever asks the same."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            run_all(asked, path)
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def run_all(blocks: list[dict[str, Any]], results: Path) -> None:
    folders = list((SITE / "static").glob("run-*"))
    if len(folders) != 1:
        pytest.fail(f"no site in {SITE}: `make build` makes it")
    asked, answered = results.with_suffix(".asked"), results.with_suffix(".part")
    asked.write_text(json.dumps(blocks), encoding="utf-8")
    command = [Path(sys.executable).with_name("node"), Path(__file__).with_name("every_block.mjs")]
    command += [SITE / "static", folders[0].name, asked, answered]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr
    answered.rename(results)


def test_no_block_is_left_out() -> None:
    answered = [case.where for each in sessions() for together in each for case in together]
    wanted = [
        case.where
        for language in pages.LANGUAGES
        for page in read_pages(language)
        for case in cases(page)
    ]
    assert sorted(answered) == sorted(wanted)
    assert any("/lab/" in where for where in answered)


def test_every_block_runs_and_prints_what_the_page_shows(
    results: list[tuple[Case, dict[str, Any]]],
) -> None:
    faults = []
    without_mnist = []
    served = (SITE / "static" / "mnist").exists()
    for case, result in results:
        expected = case.block.output.text if case.block.output else ""
        if case.block.needs_mnist and not served:
            helped = (result["error"] or {}).get("help")
            if helped != "mnist":
                faults.append(f"{case.where}: says {result['error']} where MNIST is not served")
            without_mnist.append(case.where)
        elif result["error"]:
            faults.append(f"{case.where}: {result['error']}")
        elif result["warnings"]:
            faults.append(f"{case.where}: warns {result['warnings']}")
        elif case.block.not_in_browser == "float-warnings":
            shown = [line for line in expected.splitlines() if "Warning: " not in line]
            if result["text"].splitlines() != shown:
                faults.append(f"{case.where}: printed {result['text']!r}")
        elif case.page.kind != "lab" and result["text"].rstrip() != expected.rstrip():
            faults.append(f"{case.where}: printed {result['text']!r}, not {expected!r}")
    assert not faults, "\n".join(faults)
    if without_mnist:
        pytest.skip(f"the site was built without MNIST: {', '.join(without_mnist)}")


def test_every_figure_is_the_page_s(results: list[tuple[Case, dict[str, Any]]]) -> None:
    faults = []
    for case, result in results:
        if case.page.kind == "lab" or not case.block.draws or result["error"]:
            continue
        expected = (figures.CACHE / f"{figures.key(case.block.code)}.svg").read_text("utf-8")
        if len(result["figures"]) != 1:
            faults.append(f"{case.where}: drew {len(result['figures'])} figures")
        elif difference := compare(result["figures"][0], expected):
            faults.append(f"{case.where}: {difference}")
    assert not faults, "\n".join(faults)


def test_a_figure_is_a_figure_in_the_lab(results: list[tuple[Case, dict[str, Any]]]) -> None:
    for case, result in results:
        if case.page.kind == "lab":
            assert len(result["figures"]) == int(case.block.draws), case.where


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_exercises_are_marked_there_as_here(language: str, tmp_path: Path) -> None:
    """Each solution passes in the runtime too, and each starter does not."""
    asked, wanted = [], []
    for note in pages.catalogue(ROOT / "docs", language).notes:
        for each in exercises.on_page(read(note.path, ROOT), language):
            name = f"{note.id.split('/')[-1]}/{each.id}"
            for block, right in [(each.solutions[0], True), (each.starters[0], False)]:
                asked.append({"code": block.code, "exercise": name, "language": language})
                wanted.append((name, right))
    found = answers(asked, tmp_path / "marked.json")
    faults = [
        f"{name}: {result}"
        for (name, right), result in zip(wanted, found, strict=True)
        if result["passed"] != right or result["error"]
    ]
    assert asked and not faults, "\n".join(faults)


def numbered(figure: str) -> str:
    """With names numbered as they come: matplotlib makes them of all digits of what they name."""
    names: dict[str, str] = {}
    return _NAME.sub(lambda found: names.setdefault(found[0], f"name{len(names)}"), figure)


def compare(one: str, other: str) -> str:
    """What differs between two figures by more than an eye could see; empty if nothing."""
    # Images are compressed pixels: one that differs in a bit differs in every byte.
    one, other = (numbered(_IMAGE.sub("", figure)) for figure in (one, other))
    if _NUMBER.sub("#", one) != _NUMBER.sub("#", other):
        return "another drawing"
    numbers = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    farthest = max((abs(float(a) - float(b)) for a, b in numbers), default=0.0)
    return f"drawn {farthest:.2f} points elsewhere" if farthest > NEAR else ""
