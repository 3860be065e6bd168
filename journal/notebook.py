"""A lab: a page that is a notebook, run from top to bottom.

mkdocs-jupyter runs it. Its own rendering is left aside: it weighs half a megabyte, asks another
host for a formula script, and knows neither links to other pages nor ids of headings. Only what the
cells put out is taken from it; the page itself is converted like every other, and each output
stands under its block.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import jupytext
from bs4 import BeautifulSoup
from bs4.element import Tag

from journal import figures
from journal.blocks import Block, parse
from journal.pages import Page
from journal.svg import dressed
from study import mnist

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "notebooks"

_TOKEN = re.compile(r"<!--journal:cell (\d+)-->")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_HEADING_ID = re.compile(r"^(#+ .*?)\s*\{#[^}]*\}\s*$", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+?)\.md(#[^)]*)?\)")
_FAILED_AT = re.compile(r"In\[(\d+)\], line (\d+)")
_SVG = "data:image/svg+xml;base64,"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")

_KERNEL_CONFIG = """\
c = get_config()
c.IPKernelApp.log_level = 40
c.InteractiveShellApp.matplotlib = "inline"
c.InteractiveShellApp.exec_lines = ["import sys; sys.path.insert(0, {root!r})"]
c.InlineBackend.figure_formats = {{"svg"}}
c.InlineBackend.print_figure_kwargs = {{"bbox_inches": None}}
c.InlineBackend.rc = {{"svg.hashsalt": "lab"}}
"""


@dataclass(frozen=True)
class Output:
    """What a cell put out.

    Attributes:
        kind: `text` or `svg`.
        content: The text, or the SVG element.
    """

    kind: str
    content: str


class NotebookError(Exception):
    """A cell failed, or put out what a page cannot show. The message starts with `path:line`."""


def outputs(page: Page, run: Callable[[], str]) -> list[list[Output]]:
    """What each cell of the notebook puts out, from the cache if nothing changed.

    Args:
        page: The lab.
        run: Runs the notebook and gives mkdocs-jupyter's HTML.

    Raises:
        NotebookError: A cell failed.
    """
    blocks = parse(page.body).python
    cached = CACHE / f"{_key(blocks)}.json"
    if not cached.exists():
        _prepare()
        try:
            found = read(run())
        except Exception as error:
            if not hasattr(error, "ename"):  # nbclient's CellExecutionError has it
                raise
            raise NotebookError(_failure(page, blocks, error)) from error
        CACHE.mkdir(parents=True, exist_ok=True)
        partial = cached.with_suffix(f".{os.getpid()}.tmp")
        rows = [[[output.kind, output.content] for output in cell] for cell in found]
        partial.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        os.replace(partial, cached)
    rows = json.loads(cached.read_text(encoding="utf-8"))
    return [[Output(kind, content) for kind, content in cell] for cell in rows]


def read(notebook_html: str) -> list[list[Output]]:
    """The outputs in mkdocs-jupyter's HTML, cell by cell."""
    soup = BeautifulSoup(notebook_html, "html.parser")
    cells = soup.select("div.jp-CodeCell[id]")
    return [[_output(each) for each in cell.select(".jp-OutputArea-output")] for cell in cells]


def _output(element: Tag) -> Output:
    image, pre = element.find("img"), element.find("pre")
    source = str(image.get("src")) if isinstance(image, Tag) else ""
    if source.startswith(_SVG):
        return Output("svg", base64.b64decode(source.removeprefix(_SVG)).decode())
    if pre is None:
        raise NotebookError(f"a lab shows text and SVG figures, not {source[:22] or element}")
    return Output("text", pre.get_text())


def token(number: int) -> str:
    """What stands under block `number` (from 0) until `with_outputs`."""
    return f"<!--journal:cell {number}-->"


def with_outputs(
    page_html: str, page: Page, found: list[list[Output]], show: Callable[[str, str, int], str]
) -> str:
    """Puts the outputs in the place of their tokens.

    Args:
        page_html: The page, converted.
        page: The lab.
        found: What `outputs` found.
        show: Makes the HTML of a printed output, from its text, language and block's number.
    """
    blocks = parse(page.body).python

    def replace(match: re.Match[str]) -> str:
        number = int(match[1])
        cell = found[number] if number < len(found) else []
        printed = "".join(each.content for each in cell if each.kind == "text")
        parts = [show(printed, page.language, number)] if printed else []
        parts += [
            _figure(each.content, blocks[number], number, f"lab{number}-{place}")
            for place, each in enumerate(cell)
            if each.kind == "svg"
        ]
        return "".join(parts)

    return _TOKEN.sub(replace, page_html)


def _figure(svg: str, block: Block, number: int, name: str) -> str:
    alt = block.figure.alt if block.figure else ""
    caption = block.figure.caption if block.figure else ""
    drawn = dressed(svg, name=name)
    drawn = drawn.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt)}" ', 1)
    below = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return f'<figure class="plot" data-block="{number}">{drawn}{below}</figure>'


def ipynb(page: Page, *, address: str, install: str) -> str:
    """The lab as a notebook file to download: without what only the site understands.

    Args:
        page: The lab.
        address: The page's address, which its relative links are resolved against.
        install: The command that installs `study`.
    """
    notebook: Any = jupytext.reads(page.path.read_text(encoding="utf-8"), fmt="md")
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "raw":
            continue
        if cell.cell_type == "markdown":
            text = _COMMENT.sub("", cell.source)
            text = _HEADING_ID.sub(r"\1", text)
            cell.source = _LINK.sub(
                lambda m: f"]({urljoin(address, f'../{m[1]}/')}{m[2] or ''})", text
            ).strip()
            if not cell.source:
                continue
        cells.append(cell)
    if install:
        first = next(n for n, cell in enumerate(cells) if cell.cell_type == "code")
        cells.insert(first, jupytext.reads(f"%{install}\n", fmt="py:percent").cells[0])
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # the default is random, and the file would never be the same
    notebook.cells = cells
    notebook.metadata.pop("jupytext", None)
    return str(jupytext.writes(notebook, fmt="ipynb"))


def _prepare() -> None:
    """Settings of the kernel that runs the notebook: our own, not those of whoever builds."""
    profile = CACHE / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    config = _KERNEL_CONFIG.format(root=str(ROOT))
    (profile / "ipython_kernel_config.py").write_text(config, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(profile.parent)
    for name in ("CONFIG", "DATA"):
        os.environ[f"JUPYTER_{name}_DIR"] = str(CACHE / "jupyter")


def _failure(page: Page, blocks: list[Block], error: Any) -> str:
    """`path:line: Type: message`, the line being that of the Markdown file."""
    path = page.path.relative_to(ROOT).as_posix() if page.path.is_relative_to(ROOT) else page.path
    line = 0
    if found := _FAILED_AT.search(_ANSI.sub("", str(error.traceback))):
        cell, inside = int(found[1]), int(found[2])
        line = page.line_offset + blocks[cell - 1].line + inside
    return f"{path}:{line}: {error.ename}: {error.evalue}"


def _key(blocks: list[Block]) -> str:
    """What the outputs depend on: the code, `study`, and whether there is MNIST."""
    parts = [block.code for block in blocks] + [figures.study_digest(), str(mnist.available())]
    parts.append(Path(__file__).read_text(encoding="utf-8"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
