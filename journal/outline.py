"""A page's skeleton, for the checks: headings, links, folded blocks and prose, with their lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from journal.blocks import WIDGET, Block, Parsed, parse
from journal.pages import split_front_matter

HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")

_HEADING = re.compile(r"^(?P<hashes>#{1,6})\s+(?P<text>.*?)\s*(?:\{#(?P<id>[^}\s]+)[^}]*\})?\s*$")
_LINK = re.compile(
    r"(?<!!)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\](?:\((?P<url>[^)\s]+)[^)]*\)|\[(?P<ref>[^\]]*)\])"
)
_FOOTNOTE = re.compile(r"\[\^(?P<id>[^\]]+)\]")
_FOLDED = re.compile(
    r'^(?P<indent>\s*)(?P<mark>\?\?\?\+?|!!!)\s+(?P<kind>\w+)(?:\s+"(?P<title>.*)")?\s*$'
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True)
class Heading:
    level: int
    text: str
    id: str
    line: int


@dataclass(frozen=True)
class Link:
    """Where a link leads: an address, a `study` name, or a footnote's id with `^` before it."""

    target: str
    line: int


@dataclass(frozen=True)
class Folded:
    """A folded block (`???`) or an admonition (`!!!`), with the lines that it holds."""

    mark: str
    kind: str
    title: str
    line: int
    end: int


@dataclass(frozen=True)
class Prose:
    """A paragraph, list item, table row or heading: text without code, and where it stands."""

    text: str
    line: int


@dataclass
class Outline:
    """A page, taken apart.

    Attributes:
        path: As messages name it.
        text: The whole file.
        meta: The front matter.
        parsed: Its blocks.
    """

    path: str
    text: str
    meta: dict[str, Any] = field(default_factory=dict)
    parsed: Parsed = field(default_factory=Parsed)
    front_lines: int = 0

    @property
    def blocks(self) -> list[Block]:
        return self.parsed.blocks

    @cached_property
    def prose_lines(self) -> list[tuple[int, str]]:
        """Lines outside front matter, fences and comments, numbered; blanks where those were."""
        lines = _without_comments(self.text).splitlines()
        hidden = set(range(1, self.front_lines + 1))
        for block in self.blocks:
            hidden |= set(range(block.line, block.end + 1))
            if block.output:
                hidden |= set(range(block.output.line, block.output.end + 1))
        return [
            (number, "" if number in hidden else line) for number, line in enumerate(lines, start=1)
        ]

    @cached_property
    def headings(self) -> list[Heading]:
        return [
            Heading(len(match["hashes"]), match["text"], match["id"] or "", number)
            for number, line in self.prose_lines
            if (match := _HEADING.match(line))
        ]

    @cached_property
    def links(self) -> list[Link]:
        found = []
        for number, line in self.prose_lines:
            in_line: list[tuple[int, str]] = [
                (match.start(), match["url"] or match["ref"] or match["text"])
                for match in _LINK.finditer(line)
                if not match["text"].startswith("^")
            ]
            in_line += [(m.start(), f"^{m['id']}") for m in _FOOTNOTE.finditer(line)]
            found += [Link(target, number) for _, target in sorted(in_line)]
        return found

    @cached_property
    def widgets(self) -> list[tuple[str, int]]:
        """The widgets' names, each with its line."""
        return [
            (match["name"], number)
            for number, line in enumerate(self.text.splitlines(), start=1)
            if (match := WIDGET.match(line))
        ]

    @cached_property
    def folded(self) -> list[Folded]:
        found = []
        lines = self.text.splitlines()
        for number, line in self.prose_lines:
            if match := _FOLDED.match(line):
                inside = len(match["indent"]) + 4
                end = number
                for later in range(number + 1, len(lines) + 1):
                    text = lines[later - 1]
                    if text.strip() and len(text) - len(text.lstrip()) < inside:
                        break
                    if text.strip():
                        end = later
                found.append(
                    Folded(match["mark"], match["kind"], match["title"] or "", number, end)
                )
        return found

    @cached_property
    def prose(self) -> list[Prose]:
        """Paragraphs, list items, table rows and headings, each in one piece."""
        found: list[Prose] = []
        start, parts = 0, list[str]()
        in_formula = False

        def close() -> None:
            if parts:
                found.append(Prose(" ".join(parts), start))
                parts.clear()

        for number, line in self.prose_lines:
            text = line.strip()
            if text == "$$":
                in_formula = not in_formula
            begins = bool(re.match(r"([-*]|\d+\.|#{1,6}|\||\[\^[^\]]+\]:)\s?", text))
            if not text or (begins and not in_formula):
                close()
            if text:
                if not parts:
                    start = number
                parts.append(text)
        close()
        return found

    def section(self, line: int) -> Heading | None:
        """The heading that a line stands under."""
        before = [heading for heading in self.headings if heading.line <= line]
        return before[-1] if before else None


def read(path: Path, root: Path) -> Outline:
    """Reads a page; its path is named relative to `root`."""
    return outline(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix())


def outline(text: str, path: str) -> Outline:
    meta, _, front_lines = split_front_matter(text)
    return Outline(path, text, meta, parse(text), front_lines)


def _without_comments(text: str) -> str:
    """Comments blanked out; the lines stay where they were."""
    return _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)


def pairs(docs: Path) -> tuple[list[tuple[Outline, Outline]], dict[str, set[str]]]:
    """The pages that stand in both languages, and the ids that stand in one only."""
    root = docs.parent
    ids = {
        language: {
            path.relative_to(docs / language).as_posix() for path in (docs / language).rglob("*.md")
        }
        for language in ("ko", "en")
    }
    both = [
        (read(docs / "ko" / name, root), read(docs / "en" / name, root))
        for name in sorted(ids["ko"] & ids["en"])
    ]
    return both, {"ko": ids["ko"] - ids["en"], "en": ids["en"] - ids["ko"]}
