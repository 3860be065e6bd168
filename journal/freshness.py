"""Freshness: when one language's section changes, the other's has to be looked at.

For each section of each page, the record holds the hash of both languages as they were when
somebody last said that they say the same. Commit dates would mislead; hashes do not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from journal.findings import Finding
from journal.outline import Outline, pairs

RECORD = "reviewed.json"
_TEXT_KEYS = ("title", "description", "goal", "date_note", "tags")

Record = dict[str, dict[str, dict[str, str]]]


@dataclass(frozen=True)
class Section:
    """From a heading to the next; `(top)` before the first, `(front matter)` before that."""

    id: str
    line: int
    hash: str


def sections(page: Outline) -> list[Section]:
    """A page's sections with the hashes of what they say.

    Printed outputs do not count: they are checked elsewhere, and change without anybody's words
    changing. Nor does white space.
    """
    lines = page.text.splitlines()
    silent: set[int] = set()
    for block in page.blocks:
        if block.output:
            silent |= set(range(block.output.line, block.output.end + 1))
    front = " ".join(f"{key}={page.meta[key]}" for key in _TEXT_KEYS if key in page.meta)
    found = [Section("(front matter)", 1, _hash(front))]
    starts = [("(top)", page.front_lines + 1)]
    starts += [(heading.id or heading.text, heading.line) for heading in page.headings]
    seen: dict[str, int] = {}
    for (name, start), (_, end) in zip(starts, [*starts[1:], ("", len(lines) + 1)], strict=True):
        # The page's own title has no id that both languages share.
        name = "(title)" if name == (page.headings[0].text if page.headings else None) else name
        seen[name] = seen.get(name, 0) + 1
        unique = name if seen[name] == 1 else f"{name} ({seen[name]})"
        text = "\n".join(lines[n - 1] for n in range(start, end) if n not in silent)
        if name != "(top)" or text.strip():
            found.append(Section(unique, start, _hash(text)))
    return found


def findings(docs: Path) -> list[Finding]:
    """Sections that changed since somebody looked at both languages."""
    record = _read(docs)
    found: list[Finding] = []
    both, _ = pairs(docs)
    for korean, english in both:
        page = _id(korean)
        known = dict(record.pop(page, {}))
        theirs = {section.id: section for section in sections(english)}
        for here in sections(korean):
            there = theirs.pop(here.id, None)
            if there is None:
                continue  # parity names a section that is missing
            was = known.pop(here.id, None)
            found += _compare(korean, english, here, there, was)
        for gone in known:
            found.append(
                Finding(korean.path, 1, f"section “{gone}” is gone; `make reviewed` forgets it")
            )
    for page in record:
        found.append(Finding(f"docs/{RECORD}", 1, f"{page} is gone; `make reviewed` forgets it"))
    return sorted(found)


def _compare(
    korean: Outline, english: Outline, here: Section, there: Section, was: dict[str, str] | None
) -> list[Finding]:
    if was == {"ko": here.hash, "en": there.hash}:
        return []
    if was is None or (was["ko"] != here.hash and was["en"] != there.hash):
        what = "is new" if was is None else "changed in both languages"
        message = (
            f"section “{here.id}” {what}; read it beside {english.path}:{there.line}, "
            "then `make reviewed`"
        )
        return [Finding(korean.path, here.line, message)]
    if was["ko"] != here.hash:
        return [_stale(english, there, korean, here, "Korean")]
    return [_stale(korean, here, english, there, "English")]


def _stale(page: Outline, look: Section, other: Outline, changed: Section, name: str) -> Finding:
    return Finding(
        page.path,
        look.line,
        f"section “{look.id}”: the {name} changed since it was reviewed "
        f"({other.path}:{changed.line}); look at it, then `make reviewed`",
    )


def record(docs: Path, only: Iterable[str] | None = None) -> None:
    """Records that both languages of the pages say the same, as they are now.

    Args:
        docs: The folder with `ko` and `en`.
        only: Page ids such as `notes/perceptron`; all pages by default.

    Raises:
        ValueError: A page id is not a page of both languages.
    """
    wanted = None if only is None else set(only)
    both, _ = pairs(docs)
    old = _read(docs)
    new: Record = {}
    for korean, english in both:
        page = _id(korean)
        if wanted is not None and page not in wanted:
            if page in old:
                new[page] = old[page]
            continue
        theirs = {section.id: section.hash for section in sections(english)}
        new[page] = {
            section.id: {"ko": section.hash, "en": theirs[section.id]}
            for section in sections(korean)
            if section.id in theirs
        }
    unknown = (wanted or set()) - set(new)
    if unknown:
        raise ValueError(f"no such page in both languages: {', '.join(sorted(unknown))}")
    text = json.dumps(new, ensure_ascii=False, indent=1, sort_keys=True)
    (docs / RECORD).write_text(text + "\n", encoding="utf-8")


def _read(docs: Path) -> Record:
    path = docs / RECORD
    if not path.exists():
        return {}
    record: Record = json.loads(path.read_text(encoding="utf-8"))
    return record


def _id(page: Outline) -> str:
    return page.path.split("/", 2)[2].removesuffix(".md")


def _hash(text: str) -> str:
    words = re.sub(r"\s+", " ", text).strip()
    return hashlib.sha256(words.encode()).hexdigest()[:12]
