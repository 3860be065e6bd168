"""Anatomy: a page has the parts that its kind promises, and its blocks survive being pasted.

`WRITING.md` says what they are; this says where one is missing.
"""

from __future__ import annotations

import codeop
import datetime
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

from journal.blocks import Block
from journal.exercises import HINT, SOLUTION, OnPage, on_page
from journal.findings import Finding
from journal.outline import Outline, outline, read

LAST_SECTIONS = {
    "ko": ("무엇이 잘못될까", "연습문제", "기억할 것"),
    "en": ("What goes wrong", "Exercises", "What to remember"),
}
KEYS = {
    "home": {"title", "description"},
    "log": {"title", "description", "chapters", "tags"},
    "note": {"title", "description", "order", "chapters", "goal", "needs"},
    "lab": {"title", "description", "chapters", "goal", "needs"},
    "errata": {"title", "description"},
    "glossary": {"title", "description"},
    "api": {"title", "description"},
    "page": {"title", "description"},
}
OPTIONAL = {"kind", "date", "month", "date_note", "order", "jupyter", "template"}
OPTIONAL |= {"hide", "chapters", "needs", "goal"}
LEAST_EXERCISES = 4
LEAST_HINTS = 2

_ID = re.compile(r"^[a-z0-9]+(?:[-_.][a-z0-9]+)*$")
_QUOTED = re.compile(r"“[^”]*”|‘[^’]*’|『[^』]*』|「[^」]*」|\"[^\"]*\"|`[^`]*`|\([^)]*\)")
_PLAIN_ENDING = re.compile(r"(?<=[가-힣])다(?=[.!?…](?:\s|$))")


def findings(docs: Path) -> list[Finding]:
    """What is missing or out of place on any page below `docs`."""
    found: list[Finding] = []
    for path in sorted(docs.glob("*/**/*.md")):
        page = read(path, docs.parent)
        language = path.relative_to(docs).parts[0]
        found += check(page, language)
        for need in page.meta.get("needs") or []:
            if not (docs / language / f"{need}.md").exists():
                found.append(Finding(page.path, 1, f"needs “{need}”, which is not a page"))
    return sorted(found)


def check_text(text: str, language: str = "en") -> list[Finding]:
    """`check` on a text."""
    return check(outline(text, f"docs/{language}/page.md"), language)


def check(page: Outline, language: str) -> list[Finding]:
    """What is missing or out of place on one page."""
    found = [*_front_matter(page), *_headings(page), *_outputs(page), *_pasting(page)]
    if page.meta.get("kind") == "note":
        found += _note(page, language)
    if language == "ko":
        found += _register(page)
    return found


def _front_matter(page: Outline) -> Iterator[Finding]:
    kind = page.meta.get("kind")
    if kind not in KEYS:
        yield Finding(page.path, 1, f"front matter: kind is one of {', '.join(KEYS)}")
        return
    for key in sorted(KEYS[kind] - set(page.meta)):
        yield Finding(page.path, 1, f"front matter of a {kind} lacks “{key}”")
    for key in sorted(set(page.meta) - KEYS[kind] - OPTIONAL):
        yield Finding(page.path, 1, f"front matter has an unknown “{key}”")
    if kind == "log":
        date, month = page.meta.get("date"), page.meta.get("month")
        if not isinstance(date, datetime.date) and not isinstance(month, int):
            message = "a log entry has a date (date: 2026-11-23), or a month and a date_note"
            yield Finding(page.path, 1, message)
        elif month and not page.meta.get("date_note"):
            yield Finding(page.path, 1, "month without date_note: say what the source leaves open")
    title = page.meta.get("title")
    first = page.headings[0] if page.headings else None
    if first is None or first.level != 1:
        yield Finding(page.path, page.front_lines + 1, f"the body starts with “# {title}”")
    elif first.text != title:
        message = f"the heading is “{first.text}”, the title in the front matter “{title}”"
        yield Finding(page.path, first.line, message)


def _headings(page: Outline) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for heading in page.headings[1:]:
        if heading.level == 1:
            yield Finding(page.path, heading.line, "a page has one heading of level 1")
        elif not heading.id:
            message = "the heading has no id that both languages share: add {#english-id}"
            yield Finding(page.path, heading.line, message)
        elif not _ID.match(heading.id):
            message = f"id “{heading.id}”: small Latin letters, digits and hyphens"
            yield Finding(page.path, heading.line, message)
        elif heading.id in seen:
            message = f"id “{heading.id}” is that of line {seen[heading.id]} already"
            yield Finding(page.path, heading.line, message)
        seen.setdefault(heading.id, heading.line)


def _outputs(page: Outline) -> Iterator[Finding]:
    if page.meta.get("kind") == "lab":
        return
    for block in page.blocks:
        prints = block.runs and re.search(r"^(?!\s*#).*\bprint\(", block.code, re.MULTILINE)
        if prints and block.output is None:
            message = "the block prints, and its output is not shown; `make update-outputs`"
            yield Finding(page.path, block.line, message)


def _pasting(page: Outline) -> Iterator[Finding]:
    if page.meta.get("kind") == "lab":
        return
    for block in page.blocks:
        if block.runs and (problem := paste_problem(block)):
            yield Finding(page.path, *problem)


def paste_problem(block: Block) -> tuple[int, str] | None:
    """Where the classic interactive prompt would stumble over a block, line by line.

    The prompt ends a statement at the first blank line, and ends an indented one only there.
    """
    waiting: list[str] = []
    lines = [*block.code.splitlines(), ""]
    for number, line in enumerate(lines, start=block.line + 1):
        waiting.append(line)
        if not "".join(waiting).strip():
            waiting.clear()
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                complete = codeop.compile_command("\n".join(waiting), "<block>", "single")
        except (SyntaxError, ValueError, OverflowError) as error:
            what = error.msg if isinstance(error, SyntaxError) else str(error)
            return number, (
                f"pasted into Python's prompt, this line fails ({what}): leave a blank line "
                "after each indented part and none inside it"
            )
        if complete is not None:
            waiting.clear()
    if waiting and "".join(waiting).strip():
        return block.line, "the block ends in the middle of a statement"
    return None


def _note(page: Outline, language: str) -> Iterator[Finding]:
    tops = [heading for heading in page.headings if heading.level == 2]
    wanted = LAST_SECTIONS[language]
    if tuple(heading.text for heading in tops[-3:]) != wanted:
        line = tops[-1].line if tops else 1
        yield Finding(page.path, line, f"a note ends with the sections {', '.join(wanted)}")
        return
    found = on_page(page, language)
    if len(found) < LEAST_EXERCISES:
        message = f"{len(found)} exercises; a note has at least {LEAST_EXERCISES}"
        yield Finding(page.path, tops[-2].line, message)
    inside = [h for h in page.headings if h.level == 3 and tops[-2].line < h.line < tops[-1].line]
    for heading in inside:
        if not heading.id.startswith("exercise-"):
            yield Finding(page.path, heading.line, "the id of an exercise begins with “exercise-”")
    for number, exercise in enumerate(found, start=1):
        for message in _lacking(exercise, number, language):
            yield Finding(page.path, exercise.heading.line, message)


def _lacking(exercise: OnPage, number: int, language: str) -> Iterator[str]:
    """What an exercise still lacks; `tests/test_exercises.py` looks at its check."""
    if not exercise.heading.text.startswith(f"{number}. "):
        yield f"this exercise is number {number}"
    if len(exercise.starters) != 1:
        yield f"{len(exercise.starters)} blocks outside the folds; an exercise has one, its starter"
    if len(exercise.hints) < LEAST_HINTS:
        yield (
            f"{len(exercise.hints)} hints; an exercise has at least {LEAST_HINTS}: "
            f'??? tip "{HINT[language]}"'
        )
    if not exercise.solutions:
        yield f'no folded solution with code that runs: ??? success "{SOLUTION[language]}"'


def _register(page: Outline) -> Iterator[Finding]:
    """One way of speaking to the reader throughout: 해요체, and the diary's 한다체 in the log."""
    plain = page.meta.get("kind") == "log"
    for prose in page.prose:
        if prose.text.startswith(("#", "|", "$$", "[^")):
            continue
        text = _QUOTED.sub("", prose.text)
        if plain:
            continue  # the diary's author may say 죠 and 화이팅
        for match in _PLAIN_ENDING.finditer(text):
            before = text[max(0, match.start() - 12) : match.end() + 1]
            if not before.rstrip(".!?…").endswith("니다"):
                yield Finding(page.path, prose.line, f"한다체 in a page in 해요체: “…{before}”")
