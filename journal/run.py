"""One block, run alone, as a reader would run it.

`stage()` is the stage every block is run on: by pytest-codeblocks in the tests, by the updater of
outputs and by the drawing of figures. On it a warning, a missing glyph or a forgotten figure is an
error, and `plt.show()` really draws.
"""

from __future__ import annotations

import contextlib
import io
import logging
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from study import style


class BlockError(Exception):
    """A block failed. The message starts with `path:line`."""


def rasterise(figure: Figure) -> None:
    """Draws a figure into nothing (Agg): this is where a missing glyph comes to light."""
    figure.canvas.draw()


class _Raise(logging.Handler):
    """Matplotlib tells of a missing font or glyph through its log: that is an error here."""

    def emit(self, record: logging.LogRecord) -> None:
        raise RuntimeError(f"matplotlib: {record.getMessage()}")


@contextlib.contextmanager
def stage(render: Callable[[Figure], None] = rasterise) -> Iterator[None]:
    """Sets up, and clears away, everything a block meets that is not its own code.

    Args:
        render: What `plt.show()` does with each open figure.
    """

    def show(*_args: object, **_options: object) -> None:
        figures = [plt.figure(number) for number in plt.get_fignums()]
        if not figures:
            raise RuntimeError("plt.show() with nothing drawn")
        for figure in figures:
            render(figure)

    handler = _Raise(level=logging.WARNING)
    logger = logging.getLogger("matplotlib")
    real_show: Any = plt.show
    plt.close("all")
    with warnings.catch_warnings(), matplotlib.rc_context():
        warnings.simplefilter("error")
        matplotlib.rcdefaults()
        matplotlib.rcParams["backend"] = "agg"
        style.use()
        logger.addHandler(handler)
        plt.show = show
        try:
            yield
        finally:
            plt.show = real_show
            logger.removeHandler(handler)
            plt.close("all")


def run(code: str, *, path: str = "<block>", line: int = 0) -> str:
    """Runs a block in a fresh namespace, on the current stage.

    Args:
        code: The block's code.
        path: The Markdown file, for messages.
        line: The line of the block's opening fence, so that messages count the file's lines.

    Returns:
        What the block printed.

    Raises:
        BlockError: It failed; the message names file, line and error, the way Python would.
    """
    printed = io.StringIO()
    try:
        compiled = compile("\n" * line + code, path, "exec")
        with contextlib.redirect_stdout(printed):
            exec(compiled, {"__name__": "__main__"})
    except SyntaxError as error:
        raise BlockError(f"{path}:{error.lineno or line}: {error.msg}") from error
    except (Exception, SystemExit) as error:
        raise BlockError(describe(error, path, line)) from error
    return printed.getvalue()


def describe(error: BaseException, path: str, line: int, source: str | None = None) -> str:
    """`path:line: Type: message`, with the line of the Markdown file that raised.

    Args:
        error: What was raised.
        path: The Markdown file.
        line: The line of the block's opening fence.
        source: The file name that the code was compiled under, if its lines count from the block's
            first and not from the Markdown file's.
    """
    frames = traceback.extract_tb(error.__traceback__)
    name, offset = (path, 0) if source is None else (source, line)
    lines = [frame.lineno + offset for frame in frames if frame.filename == name and frame.lineno]
    where = lines[-1] if lines else line
    return f"{path}:{where}: {type(error).__name__}: {error}"
