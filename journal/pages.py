"""The pages as data: front matter, reading time, dates, and the catalogue of each language.

Home, timeline, progress and navigation are computed from the catalogue; none of them is typed.
"""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from journal.blocks import parse

LANGUAGES = ("ko", "en")
_FRONT_MATTER = re.compile(r"\A---\n(?P<yaml>.*?\n)---\n", re.DOTALL)
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


@dataclass(frozen=True)
class Page:
    """One Markdown file.

    Attributes:
        id: Path below `docs/<language>` without `.md`; equal in both languages.
        language: `ko` or `en`.
        path: The file.
        meta: The front matter.
        body: The text after the front matter.
        line_offset: How many lines the front matter takes.
    """

    id: str
    language: str
    path: Path
    meta: dict[str, Any]
    body: str
    line_offset: int

    @property
    def title(self) -> str:
        return str(self.meta.get("title", self.id))

    @property
    def kind(self) -> str:
        return str(self.meta.get("kind", "page"))

    @property
    def url(self) -> str:
        """Address below the language's root."""
        if self.id == "index":
            return ""
        return self.id.removesuffix("/index") + "/"

    @property
    def chapters(self) -> list[int]:
        return list(self.meta.get("chapters") or [])

    @cached_property
    def reading_minutes(self) -> int:
        return reading_minutes(self.body, self.language)

    @property
    def date_text(self) -> str:
        return date_text(self.meta, self.language)

    @property
    def sort_date(self) -> tuple[int, int, int]:
        """For newest first; an entry whose source gives no year comes after all that have one."""
        date = self.meta.get("date")
        if isinstance(date, datetime.date):
            return (date.year, date.month, date.day)
        return (0, int(self.meta.get("month") or 0), 0)


@dataclass
class Catalogue:
    """All pages of one language, and the book they follow."""

    language: str
    pages: dict[str, Page] = field(default_factory=dict)
    book: list[dict[str, Any]] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[Page]:
        return [page for page in self.pages.values() if page.kind == kind]

    @property
    def notes(self) -> list[Page]:
        return sorted(self.of_kind("note"), key=lambda page: (page.meta.get("order", 99), page.id))

    @property
    def log(self) -> list[Page]:
        """Log entries, newest first."""
        return sorted(self.of_kind("log"), key=lambda page: (page.sort_date, page.id), reverse=True)

    def chapter(self, number: int) -> dict[str, Any]:
        found = next((c for c in self.book if c["number"] == number), {})
        return {"number": number, "title": found.get(self.language, str(number))}

    @property
    def progress(self) -> list[dict[str, Any]]:
        """Each chapter of the book with the notes that cover it."""
        return [
            {
                **self.chapter(chapter["number"]),
                "notes": [note for note in self.notes if chapter["number"] in note.chapters],
            }
            for chapter in self.book
        ]


def split_front_matter(text: str) -> tuple[dict[str, Any], str, int]:
    """Front matter, body, and the number of lines that the front matter takes."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text, 0
    meta = yaml.safe_load(match["yaml"]) or {}
    return meta, text[match.end() :], text[: match.end()].count("\n")


def read(path: Path, docs: Path, language: str) -> Page:
    """Reads a page.

    Raises:
        ValueError: The front matter is not valid YAML; the message names file and line.
    """
    text = path.read_text(encoding="utf-8")
    try:
        meta, body, offset = split_front_matter(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or error
        raise ValueError(f"{path}:{line}: front matter is not valid YAML: {problem}") from error
    page_id = path.relative_to(docs / language).with_suffix("").as_posix()
    return Page(page_id, language, path, meta, body, offset)


def catalogue(docs: Path, language: str) -> Catalogue:
    """Reads all pages of a language."""
    pages = [read(path, docs, language) for path in sorted((docs / language).rglob("*.md"))]
    book = yaml.safe_load((docs / "book.yml").read_text(encoding="utf-8"))
    return Catalogue(language, {page.id: page for page in pages}, book["chapters"])


def reading_minutes(body: str, language: str) -> int:
    """Minutes to read a page: 500 Hangul syllables or 220 words a minute, 3 seconds a code line."""
    parsed = parse(body)
    code_lines = sum(block.code.count("\n") for block in parsed.python)
    prose = re.sub(r"^\s*```.*?^\s*```\s*$", "", body, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(r"<!--.*?-->|\]\([^)]*\)|\{#[^}]*\}", "", prose, flags=re.DOTALL)
    syllables = len(re.findall(r"[가-힣]", prose))
    words = len(re.findall(r"[A-Za-z]+(?:['’-][A-Za-z]+)*", prose))
    minutes = syllables / 500 + words / 220 + code_lines * 3 / 60
    return max(1, math.ceil(minutes))


def date_text(meta: dict[str, Any], language: str) -> str:
    """The date as the page's language writes it; as much of it as the source gives."""
    date = meta.get("date")
    if isinstance(date, datetime.date):
        if language == "ko":
            return f"{date.year}년 {date.month}월 {date.day}일"
        return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"
    month = meta.get("month")
    if not month:
        return ""
    text = f"{month}월" if language == "ko" else _MONTHS[int(month) - 1]
    note = meta.get("date_note")
    return f"{text} ({note})" if note else text
