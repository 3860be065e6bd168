"""Numbers in prose: each was printed on its page, or its source is named.

A decimal number or a percentage that no block of the page holds, and no footnote backs, is a
number somebody typed and nobody checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from journal.blocks import Block
from journal.findings import Finding
from journal.outline import Outline, outline, read

# A decimal, or any number with a percent sign. Not part of a longer word or version (3.11.7).
_QUOTED = re.compile(
    r"(?<![\w.,])(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+|(?=\s?\\?%)))(?P<percent>\s?\\?%)?"
    r"(?!\.?\d)"
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d*)?(?:e[-+]?\d+)?", re.IGNORECASE)
_VERSION = re.compile(r"(?:Python|NumPy|matplotlib|MkDocs|Pyodide|BY|BY-SA)[ -]\d+(?:\.\d+)*")
_URL = re.compile(r"\]\([^)]*\)|https?://\S+|\{#[^}]*\}")
_FOOTNOTE = re.compile(r"\[\^[^\]]+\]")
_KINDS = {"home", "log", "note", "errata", "page"}


def findings(docs: Path) -> list[Finding]:
    """Unbacked numbers on every page below `docs` that quotes results."""
    found: list[Finding] = []
    for path in sorted(docs.glob("*/**/*.md")):
        page = read(path, docs.parent)
        if page.meta.get("kind") in _KINDS:
            found += check(page)
    return sorted(found)


def check_text(text: str, path: str = "docs/en/page.md") -> list[Finding]:
    """`check` on a text."""
    return check(outline(text, path))


def check(page: Outline) -> list[Finding]:
    """The numbers of a page's prose that no block holds and no footnote backs."""
    values = list(_values(page.blocks))
    found = []
    for text, line in _passages(page):
        if _FOOTNOTE.search(text):
            continue
        plain = _VERSION.sub("", _URL.sub("", text))
        for match in _QUOTED.finditer(plain):
            if not _is_backed(match["number"], bool(match["percent"]), values):
                found.append(
                    Finding(
                        page.path,
                        line,
                        f"{match[0].strip()} is in no output and no code of this page; "
                        "print it, or name the source in a footnote",
                    )
                )
    return found


def _passages(page: Outline) -> Iterator[tuple[str, int]]:
    for prose in page.prose:
        yield prose.text, prose.line
    for block in page.blocks:
        if block.figure:
            yield f"{block.figure.alt} {block.figure.caption}", block.figure.line
    for key in ("title", "description", "goal"):
        if key in page.meta:
            yield str(page.meta[key]), 1


def _values(blocks: list[Block]) -> Iterator[float]:
    for block in blocks:
        if block.runs or block.language == "text":
            for text in (block.code, block.output.text if block.output else ""):
                for match in _NUMBER.finditer(text):
                    yield abs(float(match[0].replace(",", "")))


def _is_backed(number: str, percent: bool, values: list[float]) -> bool:
    """Whether a value of the page, rounded as the prose rounds it, is this number."""
    quoted = float(number.replace(",", ""))
    decimals = len(number.split(".")[1]) if "." in number else 0
    # Half a unit of the last digit, and a hair for what floats make of it.
    tolerance = 0.5 * 10**-decimals * (1 + 1e-9) + 1e-12
    scales = (1, 100) if percent else (1,)
    return any(abs(value * scale - quoted) <= tolerance for value in values for scale in scales)
