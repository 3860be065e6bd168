"""Figures: a block that ends in `plt.show()` becomes an SVG in the page's own colours.

A figure is drawn once and kept under a key made of everything that could change it: the block's
code, `study`, the drawing code and the libraries' versions. Where MNIST cannot be had, the figures
recorded in `docs/recorded` stand in; each is tied to the exact source of its block.
"""

from __future__ import annotations

import functools
import hashlib
import html
import os
import re
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import matplotlib
import numpy as np

from journal.blocks import Block
from journal.run import BlockError, run, stage
from journal.svg import to_svg
from study import mnist, style

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "figures"
RECORDED = ROOT / "docs" / "recorded"

_TOKEN = re.compile(r"<!--journal:figure (?P<key>[0-9a-f]+)\|(?P<alt>.*?)-->", re.DOTALL)


@dataclass(frozen=True)
class Job:
    """A figure to draw: its block's code, and where it stands, for messages."""

    code: str
    path: str
    line: int

    @property
    def needs_mnist(self) -> bool:
        return Block("python", self.code, self.line, self.line).needs_mnist


def key(code: str) -> str:
    """The content address of a block's figure."""
    return _digest(code, _tools(), study_digest())


def name(code: str) -> str:
    """A short name for a block, from its code: what the ids in its figure begin with."""
    return "f" + _digest(code)[:8]


def recorded_path(code: str) -> Path:
    """Where the recorded figure of a block that needs MNIST is kept.

    The name is made of the block's source and the style alone, so that a figure recorded for
    another source is never found.
    """
    return RECORDED / f"{_digest(code, _style())[:20]}.svg"


def ensure(jobs: Iterable[Job], *, progress: bool = False) -> None:
    """Draws each figure that is not in the cache yet, on all processors.

    Raises:
        BlockError: A block failed, or needs MNIST where there is neither MNIST nor a recorded
            figure. All failures are in the message, one a line.
    """
    missing = list({key(job.code): job for job in jobs if not _cached(job.code)}.values())
    failures: list[str] = []
    to_draw: list[Job] = []
    for job in missing:
        if job.needs_mnist and not mnist.available():
            try:
                _store(job.code, _recorded(job))
            except BlockError as error:
                failures.append(str(error))
        else:
            to_draw.append(job)
    for done, (job, svg, failure) in enumerate(_draw_all(to_draw), start=1):
        if failure:
            failures.append(failure)
        else:
            _store(job.code, svg)
        if progress and sys.stderr.isatty():
            print(f"\rfigures {done}/{len(to_draw)}", end="", file=sys.stderr, flush=True)
    if progress and to_draw and sys.stderr.isatty():
        print(file=sys.stderr)
    if failures:
        raise BlockError("\n".join(failures))


def token(code: str, alt: str) -> str:
    """What the Markdown page holds in the figure's place until `splice`."""
    # A comment must not hold "--".
    return f"<!--journal:figure {key(code)}|{html.escape(alt).replace('-', '&#45;')}-->"


def splice(page: str) -> str:
    """Puts the SVGs in the place of their tokens.

    Done after a page has been indexed for search: an index of path data helps nobody.
    """

    def svg(match: re.Match[str]) -> str:
        text = (CACHE / f"{match['key']}.svg").read_text(encoding="utf-8")
        return text.replace("<svg ", f'<svg role="img" aria-label="{match["alt"]}" ', 1)

    return _TOKEN.sub(svg, page)


def record(job: Job) -> Path:
    """Keeps the drawn figure of a block that needs MNIST in the repository."""
    ensure([job])
    target = recorded_path(job.code)
    target.parent.mkdir(parents=True, exist_ok=True)
    _write(target, (CACHE / f"{key(job.code)}.svg").read_text(encoding="utf-8"))
    return target


def draw(code: str, *, path: str = "<block>", line: int = 0) -> str:
    """Runs a block and returns its figure as SVG.

    Raises:
        BlockError: The block failed, warned, or did not draw exactly one figure.
    """
    drawn: list[str] = []
    with stage(lambda figure: drawn.append(to_svg(figure, name=name(code)))):
        run(code, path=path, line=line)
    if len(drawn) != 1:
        raise BlockError(f"{path}:{line}: a block draws one figure, this one drew {len(drawn)}")
    return drawn[0]


def _draw_all(jobs: list[Job]) -> Iterator[tuple[Job, str, str]]:
    """Draws each figure; yields its job with the SVG and a failure's text, one of them empty."""
    if len(jobs) <= 2:  # starting processes would take longer
        yield from map(_draw_one, jobs)
        return
    # One BLAS thread a process: the processes are the parallelism.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield from pool.map(_draw_one, jobs, chunksize=4 if len(jobs) > 64 else 1)


def _draw_one(job: Job) -> tuple[Job, str, str]:
    try:
        return job, draw(job.code, path=job.path, line=job.line), ""
    except BlockError as error:
        return job, "", str(error)


def _recorded(job: Job) -> str:
    path = recorded_path(job.code)
    if not path.exists():
        raise BlockError(
            f"{job.path}:{job.line}: this figure needs MNIST, which is not to be had here, and "
            "no figure is recorded for this exact source. Set STUDY_DATA to a folder with the "
            "MNIST files and run `make update-outputs`."
        )
    return path.read_text(encoding="utf-8")


def _cached(code: str) -> bool:
    return (CACHE / f"{key(code)}.svg").exists()


def _store(code: str, svg: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    _write(CACHE / f"{key(code)}.svg", svg)


def _write(target: Path, text: str) -> None:
    """Whole or not at all: several builds may share the cache."""
    partial = target.with_suffix(f".{os.getpid()}.tmp")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, target)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@functools.cache
def _tools() -> str:
    own = [Path(__file__).with_name(name) for name in ("figures.py", "run.py", "svg.py")]
    versions = f"{matplotlib.__version__} {np.__version__}"
    return _digest(versions, *(path.read_text(encoding="utf-8") for path in own))


@functools.cache
def _style() -> str:
    own = Path(style.__file__)
    files = [own, *sorted(own.parent.glob("*.mplstyle"))]
    return _digest(*(path.read_text(encoding="utf-8") for path in files))


@functools.cache
def study_digest() -> str:
    """Everything a block can import or read: code, weights, records and font."""
    files = [
        path
        for path in sorted(Path(style.__file__).parent.rglob("*"))
        if path.suffix in {".py", ".mplstyle", ".npz", ".json", ".otf", ".ttf"}
    ]
    return _digest(*(hashlib.sha256(path.read_bytes()).hexdigest() for path in files))
