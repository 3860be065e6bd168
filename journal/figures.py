"""Figures: a block that ends in `plt.show()` becomes an SVG in the page's own colours.

A figure is drawn once and kept under a key made of everything that could change it: the block's
code, `study`, the drawing code and the libraries' versions. Where MNIST cannot be had, the figures
recorded in `docs/recorded` stand in; each is tied to the exact source of its block.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import io
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
from matplotlib.figure import Figure
from PIL import Image

from journal.blocks import Block
from journal.run import BlockError, run, stage
from study import mnist, style

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "figures"
RECORDED = ROOT / "docs" / "recorded"

# The light palette's exact colours mark the places where the page's own colour goes.
VARIABLES = {
    style.INK: "--fig-ink",
    style.MUTED: "--fig-muted",
    style.GRID: "--fig-grid",
    style.PAPER: "--fig-paper",
    **{colour: f"--fig-c{index}" for index, colour in enumerate(style.CYCLE)},
}
_COLOUR = re.compile("|".join(VARIABLES), re.IGNORECASE)
_PNG = re.compile(r"data:image/png;base64,(?P<data>[^\"]+)")
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
    with stage() as on_stage:
        run(code, path=path, line=line)
        if len(on_stage.shown) != 1:
            raise BlockError(
                f"{path}:{line}: a block draws one figure, this one drew {len(on_stage.shown)}"
            )
        return to_svg(on_stage.shown[0], name="f" + _digest(code)[:8])


def to_svg(figure: Figure, *, name: str) -> str:
    """A figure as an SVG element: same figure, same bytes.

    Args:
        figure: The figure.
        name: A name unlike any other figure's on the page; prefixed to every id, since ids are
            shared by all that is inlined into one page.
    """
    buffer = io.StringIO()
    options = {"svg.hashsalt": name, "svg.fonttype": "path"}
    silent = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with matplotlib.rc_context(options):
        figure.savefig(buffer, format="svg", metadata=silent)
    return dressed(buffer.getvalue(), name=name)


def dressed(svg: str, *, name: str) -> str:
    """Matplotlib's SVG made ready to stand in a page: own ids, the page's colours and size.

    Args:
        svg: What matplotlib wrote.
        name: As for `to_svg`.
    """
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # A style element would hold for everything on the page that the figure is inlined into.
    svg = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (id|href|xlink:href)="(#?)', rf' \g<1>="\g<2>{name}-', svg)
    svg = svg.replace("url(#", f"url(#{name}-")
    svg = svg.replace(f'xlink:href="{name}-data:', 'xlink:href="data:')
    svg = _COLOUR.sub(lambda match: f"var({VARIABLES[match[0].lower()]})", svg)
    return _in_pixels(_PNG.sub(_light_image, svg))


def _light_image(match: re.Match[str]) -> str:
    """An embedded image with a palette in place of four bytes a pixel, if no colour is lost.

    A colour map has 256 colours at most, and a page of them else weighs three times as much.
    """
    image = Image.open(io.BytesIO(base64.b64decode(match["data"]))).convert("RGBA")
    pixels = np.asarray(image).reshape(-1, 4)
    colours, numbers = np.unique(pixels, axis=0, return_inverse=True)
    if len(colours) > 256 or colours[:, 3].min() < 255:
        return match[0]
    light = Image.frombytes("P", image.size, numbers.astype(np.uint8).tobytes())
    light.putpalette(colours[:, :3].tobytes())
    buffer = io.BytesIO()
    light.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _in_pixels(svg: str) -> str:
    """The outer size in CSS pixels; the stylesheet lets it shrink, never grow."""
    view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if view is None:
        raise ValueError("an SVG without a viewBox")
    width, height = (round(float(each) * 4 / 3) for each in view.groups())
    head, rest = svg.split(">", 1)
    head = re.sub(r' (width|height|version|xmlns|xmlns:xlink)="[^"]*"', "", head)
    lines = 'stroke-linejoin="round" stroke-linecap="butt"'
    return f'{head} width="{width}" height="{height}" {lines}>{rest}'


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
    own = [Path(__file__), Path(__file__).with_name("run.py")]
    versions = f"{matplotlib.__version__} {np.__version__}"
    return _digest(versions, *(path.read_text(encoding="utf-8") for path in own))


@functools.cache
def _style() -> str:
    return _digest(Path(style.__file__).read_text(encoding="utf-8"))


@functools.cache
def study_digest() -> str:
    """Everything a block can import: code, weights and font."""
    files = [
        path
        for path in sorted(Path(style.__file__).parent.rglob("*"))
        if path.suffix in {".py", ".npz", ".otf", ".ttf"}
    ]
    return _digest(*(hashlib.sha256(path.read_bytes()).hexdigest() for path in files))
