"""The exercises of a note: task, starter, hints and solution as they stand on the page, and the
check that stands in `docs/exercises/<note>.py`, the same for both languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from journal import marking
from journal.blocks import Block
from journal.outline import Heading, Outline

ROOT = Path(__file__).resolve().parent.parent
CHECKS = ROOT / "docs" / "exercises"
SOLUTION = {"ko": "풀이", "en": "Solution"}
HINT = {"ko": "힌트", "en": "Hint"}


@dataclass(frozen=True)
class OnPage:
    """An exercise as it stands on a page.

    Attributes:
        id: The heading's id without `exercise-`.
        heading: Its heading.
        starters: The blocks outside all folds; one of them, if all is well.
        hints: Line numbers of its hints.
        solutions: The blocks inside its solution; the first is the one that the check must pass.
    """

    id: str
    heading: Heading
    starters: list[Block]
    hints: list[int]
    solutions: list[Block]


def on_page(page: Outline, language: str) -> list[OnPage]:
    """The exercises of a note, in order: what stands under headings `### … {#exercise-…}`."""
    found = []
    headings = page.headings
    for place, heading in enumerate(headings):
        if heading.level != 3 or not heading.id.startswith("exercise-"):
            continue
        later = [each.line for each in headings[place + 1 :] if each.level <= 3]
        end = later[0] if later else len(page.text.splitlines()) + 1
        folds = [each for each in page.folded if heading.line < each.line < end]
        blocks = [each for each in page.blocks if each.runs and heading.line < each.line < end]
        folded = {id(b) for b in blocks for fold in folds if fold.line < b.line <= fold.end}
        solution = [fold for fold in folds if fold.title == SOLUTION[language]]
        found.append(
            OnPage(
                heading.id.removeprefix("exercise-"),
                heading,
                [block for block in blocks if id(block) not in folded],
                [fold.line for fold in folds if fold.title == HINT[language]],
                [b for b in blocks if any(fold.line < b.line <= fold.end for fold in solution)],
            )
        )
    return found


def checks_path(page_id: str) -> Path:
    """Where a note's checks are, from its id: `notes/perceptron`."""
    return CHECKS / f"{page_id.split('/')[-1]}.py"


def checks(page_id: str) -> dict[str, marking.Exercise]:
    """The checks of a note, by the exercises' ids; none if it has no file of checks."""
    path = checks_path(page_id)
    if not path.exists():
        return {}
    return marking.load(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
