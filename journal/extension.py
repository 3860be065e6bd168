"""The Markdown extension: outputs and figures of the blocks become the page's HTML.

The code itself stays a fence and is highlighted by whatever handles fences. Printed output becomes
`<div class="output">`, a figure `<figure class="plot">` with a token that `figures.splice` replaces
by the SVG.
"""

from __future__ import annotations

import html
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from journal import exercises, figures, notebook
from journal.blocks import WIDGET, Block, Problem, figure_problems, parse
from journal.outline import outline
from journal.run import BlockError
from journal.strings import STRINGS

WIDGETS = Path(__file__).resolve().parent.parent / "theme" / "static" / "widgets"
OUTPUT_LABEL = {"ko": "출력", "en": "Output"}


@dataclass(frozen=True)
class Place:
    """Which page is being converted; the generator sets it, as Markdown itself cannot know.

    Attributes:
        path: The Markdown file, as messages name it.
        language: `ko` or `en`.
        line_offset: Lines of front matter that were taken off before the text got here.
        kind: The front matter's `kind`.
    """

    path: str = "<text>"
    language: str = "ko"
    line_offset: int = 0
    kind: str = "page"


NOWHERE = Place()
PLACE: ContextVar[Place] = ContextVar("PLACE", default=NOWHERE)


class BlocksPreprocessor(Preprocessor):
    """Takes outputs and figure directives out of the text and puts their HTML in."""

    def run(self, lines: list[str]) -> list[str]:
        place = PLACE.get()
        # By the time the text is here, its lines may have been normalised but not moved.
        parsed = parse("\n".join(lines))
        problems = [*parsed.problems, *figure_problems(parsed), *widget_problems(lines)]
        if problems:
            raise BlockError(
                "\n".join(
                    f"{place.path}:{place.line_offset + problem.line}: {problem.message}"
                    for problem in problems
                )
            )
        out = [self._widget(line, place.language) for line in lines]
        if place.kind == "lab":
            self._leave_room(out, parsed.python, place.language)
            return out
        starters = _starters("\n".join(lines), place)
        figures.ensure(jobs(parsed.python, place))
        for number, block in reversed(list(enumerate(parsed.python))):
            exercise = starters.get(block.line, "")
            html_parts = [self._stash(bar_html(block, number, place.language, exercise=exercise))]
            last = block.end
            if block.output:
                output = output_html(block.output.text, place.language, number)
                html_parts.append(self._stash(output))
                last = block.output.end
            if block.figure:
                html_parts.append(self._stash(_figure(block, number)))
                last = block.figure.end
            replacement = [""]
            for part in html_parts:
                replacement += [block.indent + part, ""]
            # The fence's own lines stay; everything up to the last directive goes.
            out[block.end : last] = replacement
        return out

    def _widget(self, line: str, language: str) -> str:
        """`<!--widget name-->`: the element, which its script fills when it comes into view."""
        match = WIDGET.match(line)
        if not match:
            return line
        name = match["name"]
        element = f'<journal-{name} class="widget" id="widget-{name}" data-search-exclude>'
        without = f"<noscript><p>{STRINGS[language]['widget_without_script']}</p></noscript>"
        return self._stash(f'<div class="widget-place">{element}</journal-{name}>{without}</div>')

    def _leave_room(self, out: list[str], blocks: list[Block], language: str) -> None:
        """A notebook's blocks run together, elsewhere; their outputs come under them later."""
        for number, block in reversed(list(enumerate(blocks))):
            last = block.figure.end if block.figure else block.end
            bar = block.indent + self._stash(bar_html(block, number, language, lab=True))
            room = block.indent + self._stash(notebook.token(number))
            out[block.end : last] = ["", bar, "", room, ""]

    def _stash(self, text: str) -> str:
        assert self.md is not None
        return str(self.md.htmlStash.store(text))


def jobs(blocks: list[Block], place: Place) -> list[figures.Job]:
    """The figures that these blocks draw."""
    return [
        figures.Job(block.code, place.path, place.line_offset + block.line)
        for block in blocks
        if block.draws
    ]


def widget_problems(lines: list[str]) -> list[Problem]:
    """Widgets that do not exist."""
    return [
        Problem(number, f"there is no widget “{match['name']}” in theme/static/widgets")
        for number, line in enumerate(lines, start=1)
        if (match := WIDGET.match(line)) and not (WIDGETS / f"{match['name']}.js").exists()
    ]


def _starters(text: str, place: Place) -> dict[int, str]:
    """The line of each exercise's starter, with the exercise's name: `perceptron/nor`."""
    if place.kind != "note":
        return {}
    note = PurePosixPath(place.path).stem
    found = exercises.on_page(outline(text, place.path), place.language)
    return {block.line: f"{note}/{each.id}" for each in found for block in each.starters}


def bar_html(
    block: Block, number: int, language: str, *, lab: bool = False, exercise: str = ""
) -> str:
    """The place of the buttons under a block; `journal.js` fills it where there is JavaScript.

    Args:
        block: The block.
        number: Its place among the page's blocks, which its output and figure carry too.
        language: `ko` or `en`.
        lab: Whether the page's blocks run together.
        exercise: The exercise that the block starts, if it does.
    """
    marks = " data-lab" if lab else ""
    if exercise:
        marks += f' data-exercise="{html.escape(exercise)}"'
    note = ""
    if block.not_in_browser:
        words = STRINGS[language][f"not_in_browser_{block.not_in_browser}"]
        note = f'<p class="run-note">{html.escape(words, quote=False)}</p>'
    return (
        f'<div class="run" data-block="{number}" data-name="{figures.name(block.code)}"{marks} '
        f"data-search-exclude>{note}</div>"
    )


def output_html(text: str, language: str, number: int) -> str:
    """A printed output as it stands under its block."""
    label = OUTPUT_LABEL.get(language, OUTPUT_LABEL["en"])
    return (
        f'<div class="output" role="group" aria-label="{label}" data-block="{number}" '
        f'data-search-exclude><pre tabindex="0">{html.escape(text, quote=False)}</pre></div>'
    )


def _figure(block: Block, number: int) -> str:
    assert block.figure is not None
    caption = block.figure.caption
    inner = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    token = figures.token(block.code, block.figure.alt)
    return f'<figure class="plot" data-block="{number}">{token}{inner}</figure>'


class BlocksExtension(Extension):
    """Registers the preprocessor before the one that takes fences out (priority 25)."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(BlocksPreprocessor(md), "journal_blocks", 28)


def makeExtension(**options: Any) -> BlocksExtension:
    return BlocksExtension(**options)
