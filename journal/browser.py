"""A block, run in the reader's own browser.

The counterpart of `journal.run` for code that a reader may have changed: it prints as it goes,
shows warnings instead of failing on them, and tells of an error what a learner can use.
`theme/static/run` calls it through Pyodide, and so does the test that compares every block with its
page.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib.util
import json
import linecache
import re
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

FILE = "<block>"
MOST_TEXT = 200_000  # characters: a page with more of them can no longer be used

Emit = Callable[[str, str], None]


class TooMuchText(Exception):
    """A block printed more than a page can show."""


class NoInput(Exception):
    """A block asked for input, which a page cannot give."""


@dataclass
class Printer:
    """Standard output: hands on what is printed, in pieces of a sensible size."""

    emit: Emit
    kind: str = "text"
    written: int = 0
    _waiting: list[str] = field(default_factory=list)
    _last: float = 0.0

    def write(self, text: str) -> int:
        self.written += len(text)
        if self.written > MOST_TEXT:
            self.flush()
            raise TooMuchText(MOST_TEXT)
        self._waiting.append(text)
        now = time.monotonic()
        if now - self._last > 0.05:
            self._last = now
            self.flush()
        return len(text)

    def flush(self) -> None:
        if self._waiting:
            self.emit(self.kind, "".join(self._waiting))
            self._waiting.clear()


_namespace: dict[str, Any] = {}


def run(code: str, name: str, emit: Emit, fresh: bool = True) -> str:
    """Runs a block.

    Args:
        code: Its code, as it stands in the reader's editor.
        name: For the ids inside its figures.
        emit: Called with `text`, `warning` or `figure`, and what was printed or drawn.
        fresh: In an empty namespace; otherwise in that of the block before it (labs).

    Returns:
        JSON: `seconds`, and `error`, which is null or what `describe` says.
    """
    global _namespace
    if fresh:
        _namespace = {"__name__": "__main__"}
    linecache.cache[FILE] = (len(code), None, code.splitlines(keepends=True), FILE)
    started = time.monotonic()
    error = None
    with _stage(name, emit) as finish:
        try:
            exec(compile(code, FILE, "exec"), _namespace)
            finish()
        except BaseException as raised:
            error = describe(raised, code)
    return json.dumps({"seconds": time.monotonic() - started, "error": error})


@contextlib.contextmanager
def _stage(name: str, emit: Emit) -> Iterator[Callable[[], None]]:
    """What a block meets that is not its own code; yields what is to be done at its end."""
    printer = Printer(emit)
    restore = [(sys, "stdout", sys.stdout), (builtins, "input", builtins.input)]
    # It is here only if a block needs it: then its figures are to be caught from the first.
    drawing = importlib.util.find_spec("matplotlib") is not None
    if drawing:
        import matplotlib
        import matplotlib.pyplot as plt

        from journal.svg import to_svg
        from study import style

        restore.append((plt, "show", plt.show))
        plt.close("all")
        matplotlib.rcdefaults()
        matplotlib.rcParams["backend"] = "agg"
        style.use()
        drawn = 0

        def show(*_arguments: object, **_options: object) -> None:
            nonlocal drawn
            printer.flush()
            for number in plt.get_fignums():
                # The first has the name of the page's own figure, so that the two can be compared.
                own = name if not drawn else f"{name}-{drawn}"
                drawn += 1
                emit("figure", to_svg(plt.figure(number), name=own))
            plt.close("all")

        plt.show = show

    def finish() -> None:
        if drawing:
            plt.show()  # a figure that was drawn and not shown is what the reader wanted to see

    def warn(message: Any, category: Any, filename: str, lineno: int, *_: Any, **__: Any) -> None:
        where = f"{lineno}: " if filename == FILE else ""
        emit("warning", f"{where}{category.__name__}: {message}\n")

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = warn
        sys.stdout = printer
        builtins.input = _no_input
        try:
            yield finish
        finally:
            printer.written = 0
            printer.flush()
            for owner, attribute, value in restore:
                setattr(owner, attribute, value)
            if drawing:
                plt.close("all")


def _no_input(_prompt: object = "") -> str:
    raise NoInput


def describe(error: BaseException, code: str) -> dict[str, Any]:
    """What a learner can use of an error.

    Returns:
        `type`, `message`, `line` (of the block, or null), `help` (which sentence of the page's
        language helps, or an empty string) and `words` (what stands in that sentence).
    """
    line: int | None = None
    if isinstance(error, SyntaxError) and error.filename == FILE:
        line = error.lineno
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame.lineno for frame in frames if frame.filename == FILE]
        line = own[-1] if own else None
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    helps, words = _help(error, message, line, code)
    return {
        "type": type(error).__name__,
        "message": message,
        "line": line,
        "help": helps,
        "words": words,
    }


def _help(
    error: BaseException, message: str, line: int | None, code: str
) -> tuple[str, dict[str, str]]:
    """Names the sentence that explains the error to a learner: a key of `messages.js`."""
    lines = code.splitlines()
    text = lines[line - 1] if line and line <= len(lines) else ""
    if isinstance(error, TabError | IndentationError):
        return ("indent-expected" if "expected an indented" in message else "indent"), {}
    if isinstance(error, SyntaxError):
        return _syntax_help(message, text)
    if isinstance(error, NameError):
        name = getattr(error, "name", "") or ""
        if name in {"np", "plt", "style", "diagrams"}:
            return "import", {"name": name, "line": IMPORTS[name]}
        near = _near(name, code)
        return ("name-near" if near else "name"), {"name": name, "near": near}
    if isinstance(error, ModuleNotFoundError):
        return "module", {"name": error.name or ""}
    if isinstance(error, ImportError):
        return "import-name", {"name": getattr(error, "name_from", None) or ""}
    if isinstance(error, AttributeError):
        return "attribute", {"name": getattr(error, "name", "") or ""}
    if isinstance(error, ZeroDivisionError):
        return "zero", {}
    if isinstance(error, IndexError):
        return "index", {}
    if isinstance(error, KeyError):
        return "key", {"name": message}
    if isinstance(error, MemoryError) or "array is too big" in message:
        return "memory", {}
    if isinstance(error, RecursionError):
        return "recursion", {}
    if isinstance(error, TooMuchText):
        return "too-much-text", {}
    if isinstance(error, NoInput):
        return "input", {}
    if isinstance(error, KeyboardInterrupt):
        return "", {}
    if type(error).__name__ == "MnistUnavailable":
        return "mnist", {}
    if isinstance(error, ValueError) and re.search(
        "shape|broadcast|dimension|aligned|size", message
    ):
        shapes = re.findall(r"\(\d[\d,\s]*\)", message)
        return "shape", {"shapes": ", ".join(shapes)}
    if isinstance(error, TypeError):
        return _type_help(message)
    return "", {}


IMPORTS = {
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "style": "from study import style",
    "diagrams": "from study import diagrams",
}


def _syntax_help(message: str, text: str) -> tuple[str, dict[str, str]]:
    if "never closed" in message or "unexpected EOF" in message or "does not match" in message:
        return "bracket", {}
    if "unterminated" in message:
        return "quote", {}
    if "expected ':'" in message:
        return "colon", {}
    if "Maybe you meant '=='" in message:
        return "equals", {}
    if "forgot a comma" in message:
        return "comma", {}
    if re.search(r"[（），：；“”‘’]", text):
        return "wide-character", {}
    return "syntax", {}


def _type_help(message: str) -> tuple[str, dict[str, str]]:
    if "not callable" in message:
        return "not-callable", {}
    if "argument" in message:
        return "arguments", {}
    if "unsupported operand" in message or "can only concatenate" in message:
        return "operand", {}
    return "", {}


def _near(name: str, code: str) -> str:
    """A name of the block that the unknown one may have been meant to be."""
    import difflib

    try:
        tree = ast.parse(code)
    except SyntaxError:
        return ""
    known = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    known |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    known |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    found = difflib.get_close_matches(name, sorted(known | set(dir(builtins))), n=1, cutoff=0.7)
    return found[0] if found else ""
