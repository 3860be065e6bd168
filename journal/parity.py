"""Parity: both languages have the same skeleton, so that neither is a shadow of the other.

Same files, headings, code, figures, outputs, widgets, exercises and links; only words differ.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from journal.blocks import Block
from journal.findings import Finding
from journal.outline import HANGUL, Heading, Outline, outline, pairs

# Front matter whose value is the same in both languages; of `tags` only the number is.
_SAME = ("kind", "order", "chapters", "needs", "date", "month")
_NUMBER = re.compile(r"[-+−]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")
_SPAN_KO = re.compile(r'<span lang="ko">.*?</span>')
_ENGLISH_WORD = re.compile(r"[A-Za-z]{2,}")


def findings(docs: Path) -> list[Finding]:
    """Every difference between the two languages below `docs`."""
    both, alone = pairs(docs)
    found = []
    for language, other in (("ko", "en"), ("en", "ko")):
        for name in sorted(alone[language]):
            found.append(
                Finding(f"docs/{language}/{name}", 1, f"has no counterpart docs/{other}/{name}")
            )
    for korean, english in both:
        found += compare(korean, english)
    return sorted(found)


def compare_texts(korean: str, english: str, name: str = "page.md") -> list[Finding]:
    """`compare` on two texts."""
    return compare(outline(korean, f"docs/ko/{name}"), outline(english, f"docs/en/{name}"))


def compare(korean: Outline, english: Outline) -> list[Finding]:
    """What differs between the two languages of a page, besides the words."""
    found = [
        *_front_matter(korean, english),
        *_sequence(
            korean,
            english,
            "heading",
            [(_rank(heading), heading.line) for heading in korean.headings],
            [(_rank(heading), heading.line) for heading in english.headings],
        ),
        *_sequence(
            korean,
            english,
            "folded block",
            [(f"{f.mark} {f.kind}", f.line) for f in korean.folded],
            [(f"{f.mark} {f.kind}", f.line) for f in english.folded],
        ),
        *_sequence(
            korean,
            english,
            "link",
            [(link.target, link.line) for link in korean.links],
            [(link.target, link.line) for link in english.links],
        ),
        *_sequence(korean, english, "widget", korean.widgets, english.widgets),
        *_blocks(korean, english),
        *_language(korean, english),
    ]
    return found


def _rank(heading: Heading) -> str:
    return "#" * heading.level + (f" {{#{heading.id}}}" if heading.id else "")


def _front_matter(korean: Outline, english: Outline) -> Iterator[Finding]:
    for key in sorted(set(korean.meta) ^ set(english.meta)):
        lacking, having = (english, korean) if key in korean.meta else (korean, english)
        yield Finding(lacking.path, 1, f"front matter lacks “{key}”, which {having.path} has")
    for key in _SAME:
        here, there = korean.meta.get(key), english.meta.get(key)
        if key in korean.meta and key in english.meta and here != there:
            line = _meta_line(english, key)
            yield Finding(
                english.path, line, f"{key}: {there} where {korean.path} has {key}: {here}"
            )
    tags = [len(page.meta.get("tags") or []) for page in (korean, english)]
    if tags[0] != tags[1]:
        yield Finding(
            english.path,
            _meta_line(english, "tags"),
            f"{tags[1]} tags where {korean.path} has {tags[0]}",
        )


def _meta_line(page: Outline, key: str) -> int:
    lines = page.text.splitlines()[: page.front_lines]
    return next((n for n, line in enumerate(lines, start=1) if line.startswith(f"{key}:")), 1)


def _sequence(
    korean: Outline,
    english: Outline,
    what: str,
    here: Sequence[tuple[str, int]],
    there: Sequence[tuple[str, int]],
) -> Iterator[Finding]:
    """The first place where two sequences part; what follows would only repeat it."""
    for (left, left_line), (right, right_line) in zip(here, there, strict=False):
        if left != right:
            yield Finding(
                english.path,
                right_line,
                f"{what} “{right}” where {korean.path}:{left_line} has “{left}”",
            )
            return
    if len(here) > len(there):
        extra, line = here[len(there)]
        last = there[-1][1] if there else 1
        yield Finding(english.path, last, f"lacks the {what} “{extra}” of {korean.path}:{line}")
    elif len(there) > len(here):
        extra, line = there[len(here)]
        last = here[-1][1] if here else 1
        yield Finding(korean.path, last, f"lacks the {what} “{extra}” of {english.path}:{line}")


def _blocks(korean: Outline, english: Outline) -> Iterator[Finding]:
    for left, right in zip(korean.blocks, english.blocks, strict=False):
        message = code_difference(left, right)
        if message:
            yield Finding(english.path, right.line, f"{message} ({korean.path}:{left.line})")
            continue
        yield from _output(korean, english, left, right)
        if (left.figure is None) != (right.figure is None):
            page, block = (english, right) if right.figure is None else (korean, left)
            yield Finding(page.path, block.line, "lacks the other language's figure directive")
        elif left.figure and right.figure:
            if bool(left.figure.caption) != bool(right.figure.caption):
                page, figure = (
                    (english, right.figure) if left.figure.caption else (korean, left.figure)
                )
                yield Finding(page.path, figure.line, "lacks the caption the other language has")
    here, there = len(korean.blocks), len(english.blocks)
    if here != there:
        page, extra, other = (
            (english, korean.blocks[there], korean)
            if here > there
            else (korean, english.blocks[here], english)
        )
        last = page.blocks[-1].end if page.blocks else 1
        yield Finding(page.path, last, f"lacks the block of {other.path}:{extra.line}")


def _output(korean: Outline, english: Outline, left: Block, right: Block) -> Iterator[Finding]:
    if left.output is None or right.output is None:
        if left.output is not right.output:
            page, block = (english, right) if right.output is None else (korean, left)
            yield Finding(page.path, block.end, "lacks the output that the other language shows")
        return
    here, there = left.output.text, right.output.text
    if HANGUL.search(here):
        same = _NUMBER.findall(here) == _NUMBER.findall(there)
        what = "other numbers in the output than"
    else:
        same, what = here == there, "another output than"
    if not same:
        yield Finding(
            english.path, right.output.fence_line, f"{what} {korean.path}:{left.output.fence_line}"
        )


def code_difference(left: Block, right: Block) -> str:
    """How two blocks' code differs, other than by comments and by words in strings."""
    if left.language != right.language:
        return f"a {right.language} block where Korean has {left.language}"
    if not left.runs:
        return "" if left.code == right.code else "another text than the Korean block"
    if left.continues != right.continues:
        return "only one of the two blocks continues the block before it"
    try:
        trees = ast.parse(left.code), ast.parse(right.code)
    except SyntaxError:
        return ""  # the run of the block reports it, with its line
    return _tree_difference(*trees)


def _tree_difference(left: Any, right: Any) -> str:
    """The first difference between two syntax trees; strings may differ where Korean has Hangul."""
    if type(left) is not type(right):
        return f"other code than the Korean block{_at(left, right)}"
    if isinstance(left, ast.Constant) and isinstance(left.value, str):
        if isinstance(right.value, str) and HANGUL.search(right.value):
            return f"Hangul in the English block’s code{_at(left, right)}"
        if not HANGUL.search(left.value) and left.value != right.value:
            return f"the string {right.value!r} where Korean has {left.value!r}{_at(left, right)}"
        return ""
    if isinstance(left, ast.JoinedStr):
        return _joined_difference(left, right)
    if isinstance(left, ast.AST):
        for name, value in ast.iter_fields(left):
            if name in {"ctx", "type_comment", "kind"}:
                continue
            if difference := _tree_difference(value, getattr(right, name, None)):
                # Name the innermost line that is known.
                return difference if "line" in difference else difference + _at(left, right)
        return ""
    if isinstance(left, list):
        if len(left) != len(right):
            return f"{len(right)} parts where the Korean block has {len(left)}"
        for pair in zip(left, right, strict=True):
            if difference := _tree_difference(*pair):
                return difference
        return ""
    return "" if left == right else f"{right!r} where Korean has {left!r}"


def _joined_difference(left: ast.JoinedStr, right: ast.JoinedStr) -> str:
    """f-strings: the same values in the same order, whatever words stand around them."""

    def split(node: ast.JoinedStr) -> tuple[list[ast.AST], str]:
        values: list[ast.AST] = [v for v in node.values if not isinstance(v, ast.Constant)]
        words = "\0".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
        return values, words

    (values, words), (other_values, other_words) = split(left), split(right)
    if HANGUL.search(other_words):
        return f"Hangul in the English block’s code{_at(left, right)}"
    if not HANGUL.search(words) and words != other_words:
        return f"other words in an f-string without Hangul{_at(left, right)}"
    return _tree_difference(values, other_values)


def _at(left: Any, right: Any) -> str:
    line = getattr(right, "lineno", None) or getattr(left, "lineno", None)
    return f", in its line {line}" if line else ""


def _language(korean: Outline, english: Outline) -> Iterator[Finding]:
    """No Korean in English prose, no English paragraphs in Korean pages."""
    for prose in english.prose:
        text = _SPAN_KO.sub("", prose.text)
        if HANGUL.search(text) and not text.startswith("[^"):
            yield Finding(
                english.path,
                prose.line,
                'Hangul in English prose; if it has to be there, <span lang="ko">…</span>',
            )
    for key in ("title", "description", "goal", "date_note"):
        if HANGUL.search(str(english.meta.get(key, ""))):
            yield Finding(english.path, _meta_line(english, key), f"Hangul in “{key}”")
    for prose in korean.prose:
        if prose.text.startswith(("[^", "|", "$$", ":::", "<")):
            continue
        text = re.sub(r"`[^`]*`|\$[^$]*\$|\]\([^)]*\)|\{#[^}]*\}", " ", prose.text)
        if not HANGUL.search(text) and len(_ENGLISH_WORD.findall(text)) > 6:
            yield Finding(korean.path, prose.line, "an English paragraph in a Korean page")
    for block in english.blocks:
        figure = block.figure
        if figure and HANGUL.search(figure.alt + figure.caption):
            yield Finding(english.path, figure.line, "Hangul in a figure's words")
    for block in korean.blocks:
        figure = block.figure
        if figure and figure.alt and not HANGUL.search(figure.alt):
            yield Finding(korean.path, figure.line, "a Korean page's alternative text in English")
