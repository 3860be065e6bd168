"""The glossary: every term in both languages, explained where a page first uses it.

The terms are in `docs/glossary.yml`. The Markdown extension marks a term's first use on a page;
`page_html` writes the glossary itself.
"""

from __future__ import annotations

import functools
import html
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from journal.extension import PLACE

DOCS = Path(__file__).resolve().parent.parent / "docs"
DATA = DOCS / "glossary.yml"

_KEYS = {"id", "ko", "en", "ko_also", "en_also", "ko_def", "en_def", "note", "mark"}
_NEEDED = ("id", "ko", "en", "ko_def", "en_def")
_ID = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")

# Text that is not running prose: a mark there would get in the way, or be read out twice.
_SKIPPED_TAGS = {"code", "pre", "a", "button", "figcaption", "summary", "script", "style", "svg"}
_SKIPPED_TAGS |= {"h1", "h2", "h3", "h4", "h5", "h6", "dt", "sup", "th"}
_SKIPPED_CLASSES = {"arithmatex", "footnote", "admonition-title", "term", "output", "highlight"}

# What may follow a noun: a particle, or a form of 이다. Otherwise 배치 would be found in 배치하다.
_PARTICLES = (
    "은 는 이 가 을 를 의 에 로 으 와 과 도 만 까 부 마 라 란 예 입 처 보 들 인 일 별 나 랑 밖 조 "
    "뿐 하고 였 여"
).split()


class GlossaryError(Exception):
    """The glossary's data is wrong; the message starts with `path:line`."""


@dataclass(frozen=True)
class Term:
    """One entry.

    Attributes:
        id: Its anchor on the glossary page, equal in both languages.
        names: The name in each language.
        also: Other spellings in each language.
        definitions: One plain sentence in each language.
        note: The page that explains it, or an empty string.
        mark: Whether its first use is marked. Everyday words (층, step) are not.
    """

    id: str
    names: dict[str, str]
    also: dict[str, list[str]]
    definitions: dict[str, str]
    note: str
    mark: bool


@functools.lru_cache(maxsize=4)
def load(path: Path = DATA) -> list[Term]:
    """Reads and checks the terms.

    Raises:
        GlossaryError: An entry lacks something, has something unknown, or is there twice.
    """
    text = path.read_text(encoding="utf-8")
    try:
        entries = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise GlossaryError(f"{path.name}:{line}: not valid YAML") from error
    lines = [n for n, line in enumerate(text.splitlines(), start=1) if line.startswith("- ")]
    terms: list[Term] = []
    seen: dict[tuple[str, str], str] = {}
    for entry, line in zip(entries, lines, strict=True):
        where = f"{path.name}:{line}"
        terms.append(_term(entry, where))
        for language in ("ko", "en"):
            for name in [terms[-1].names[language], *terms[-1].also[language]]:
                other = seen.setdefault((language, _plain(name)), terms[-1].id)
                if other != terms[-1].id:
                    raise GlossaryError(f"{where}: “{name}” is a name of “{other}” already")
    ids = [term.id for term in terms]
    if twice := {each for each in ids if ids.count(each) > 1}:
        raise GlossaryError(f"{path.name}:1: there twice: {', '.join(sorted(twice))}")
    return terms


def explained_in(note: str, language: str) -> list[str]:
    """All names of the terms that a note explains."""
    terms = [term for term in load() if term.note == note]
    return [name for term in terms for name in [term.names[language], *term.also[language]]]


def _term(entry: dict[str, Any], where: str) -> Term:
    if unknown := set(entry) - _KEYS:
        raise GlossaryError(f"{where}: unknown: {', '.join(sorted(unknown))}")
    for key in _NEEDED:
        if not str(entry.get(key) or "").strip():
            raise GlossaryError(f"{where}: “{key}” is missing")
    if not _ID.match(entry["id"]):
        raise GlossaryError(f"{where}: id “{entry['id']}”: small Latin letters and hyphens")
    return Term(
        entry["id"],
        {language: entry[language] for language in ("ko", "en")},
        {language: list(entry.get(f"{language}_also") or []) for language in ("ko", "en")},
        {language: entry[f"{language}_def"].strip() for language in ("ko", "en")},
        entry.get("note", ""),
        entry.get("mark", True),
    )


class Marker:
    """Finds the terms of one language in running text."""

    def __init__(self, terms: list[Term], language: str) -> None:
        self.language = language
        self.by_name: dict[str, Term] = {}
        patterns: list[str] = []
        for term in terms:
            if term.mark:
                for name in [term.names[language], *term.also[language]]:
                    self.by_name[_plain(name)] = term
                    patterns.append(name)
        patterns.sort(key=len, reverse=True)  # 활성화 함수 before 함수
        space = r"\s?" if language == "ko" else r"[\s-]?"
        words = "|".join(space.join(map(re.escape, re.split(r"[\s-]+", name))) for name in patterns)
        if language == "ko":
            after = rf"(?![가-힣])|(?={'|'.join(_PARTICLES)})"
            self.pattern = re.compile(rf"(?<![가-힣A-Za-z0-9])(?P<name>{words})(?:{after})", re.I)
        else:
            self.pattern = re.compile(rf"(?<![\w-])(?P<name>{words})(?P<s>s|es)?(?![\w-])", re.I)

    def find(self, text: str) -> Iterator[tuple[re.Match[str], Term]]:
        for match in self.pattern.finditer(text):
            yield match, self.by_name[_plain(match["name"])]


def _plain(name: str) -> str:
    return re.sub(r"[\s-]", "", name).lower()


class TermsTreeprocessor(Treeprocessor):
    """Marks the first use of each term in the page's tree."""

    def __init__(self, md: Markdown, path: Path) -> None:
        super().__init__(md)
        self.path = path

    def run(self, root: ElementTree.Element) -> None:
        place = PLACE.get()
        if place.kind == "glossary":
            return
        marker = Marker(load(self.path), place.language)
        self._walk(root, marker, set())

    def _walk(self, element: ElementTree.Element, marker: Marker, seen: set[str]) -> None:
        classes = set((element.get("class") or "").split())
        if element.tag in _SKIPPED_TAGS or classes & _SKIPPED_CLASSES:
            return
        if element.text:
            before, marked = self._split(element.text, marker, seen)
            element.text = before
            for position, child in enumerate(marked):
                element.insert(position, child)
            start = len(marked)
        else:
            start = 0
        for child in list(element)[start:]:
            self._walk(child, marker, seen)
            if child.tail:
                before, marked = self._split(child.tail, marker, seen)
                child.tail = before
                position = list(element).index(child) + 1
                for offset, each in enumerate(marked):
                    element.insert(position + offset, each)

    def _split(
        self, text: str, marker: Marker, seen: set[str]
    ) -> tuple[str, list[ElementTree.Element]]:
        """The text before the first mark, and the marks with the text after each as their tail."""
        before, marks, end = "", list[ElementTree.Element](), 0
        for match, term in marker.find(text):
            if term.id in seen:
                continue
            seen.add(term.id)
            between = text[end : match.start()]
            if marks:
                marks[-1].tail = between
            else:
                before = between
            word = match[0]
            marks.append(_mark(word, term, marker.language))
            end = match.end()
        if not marks:
            return text, []
        marks[-1].tail = text[end:]
        return before, marks


def _mark(word: str, term: Term, language: str) -> ElementTree.Element:
    other = "en" if language == "ko" else "ko"
    outer = ElementTree.Element("span", {"class": "term"})
    button = ElementTree.SubElement(
        outer,
        "button",
        {
            "type": "button",
            "class": "term-word",
            "aria-describedby": f"term-{term.id}",
            "aria-expanded": "false",
        },
    )
    button.text = word
    tip = ElementTree.SubElement(
        outer,
        "span",
        # Not part of the sentence, so not part of what the search finds either.
        {
            "role": "tooltip",
            "id": f"term-{term.id}",
            "class": "term-tip",
            "data-search-exclude": "",
        },
    )
    name = ElementTree.SubElement(tip, "strong", {"lang": other})
    name.text = term.names[other]
    name.tail = f" {term.definitions[language]}"
    return outer


class GlossaryExtension(Extension):
    """Registers the marking after inline Markdown has become elements (priority 20)."""

    def __init__(self, **options: Any) -> None:
        self.config = {"path": [str(DATA), "The file with the terms"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        path = Path(self.getConfig("path"))
        md.treeprocessors.register(TermsTreeprocessor(md, path), "journal_glossary", 15)


def makeExtension(**options: Any) -> GlossaryExtension:
    return GlossaryExtension(**options)


def page_html(language: str, terms: list[Term] | None = None) -> str:
    """The glossary's list, in the alphabetical order of its language.

    Each term's id is its anchor: `glossary.md#softmax` leads there.
    """
    other = "en" if language == "ko" else "ko"
    rows = []
    for term in sorted(terms or load(), key=lambda term: term.names[language].lower()):
        names = [term.names[other], *term.also[other]]
        link = ""
        if term.note:
            name = html.escape(term.names[language])
            link = f' <a href="../{html.escape(term.note)}/" aria-label="{name}">→</a>'
        rows.append(
            f'<div class="entry"><dt id="{term.id}">{html.escape(term.names[language])}'
            f' <span lang="{other}">{html.escape(", ".join(names))}</span></dt>'
            f"<dd>{html.escape(term.definitions[language])}{link}</dd></div>"
        )
    return f'<dl class="glossary">{"".join(rows)}</dl>'
