"""Every exercise, in both languages: its solution passes, its starter fails, its typical wrong
answers fail, each with words that help."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from journal import exercises, marking, pages
from journal.outline import read

ROOT = Path(__file__).resolve().parent.parent
BOOKS = {language: pages.catalogue(ROOT / "docs", language) for language in pages.LANGUAGES}
NOTES = [note.id for note in BOOKS["ko"].notes]
LEAST_WRONG = 2

CASES = [
    pytest.param(note, language, each, id=f"{language}-{note.split('/')[-1]}-{each.id}")
    for language in pages.LANGUAGES
    for note in NOTES
    for each in exercises.on_page(read(BOOKS[language].pages[note].path, ROOT), language)
]


def check_of(note: str, each: exercises.OnPage) -> marking.Exercise:
    found = exercises.checks(note)
    assert each.id in found, f"{exercises.checks_path(note)}: no check for “{each.id}”"
    return found[each.id]


@pytest.mark.parametrize(("note", "language", "each"), CASES)
def test_the_solution_passes(note: str, language: str, each: exercises.OnPage) -> None:
    assert each.solutions, f"{note}: “{each.id}” has no solution"
    result = marking.mark(each.solutions[0].code, check_of(note, each), language)
    assert result["passed"], result


@pytest.mark.parametrize(("note", "language", "each"), CASES)
def test_the_starter_fails_and_says_why(note: str, language: str, each: exercises.OnPage) -> None:
    assert len(each.starters) == 1, f"{note}: “{each.id}” has {len(each.starters)} starters"
    result = marking.mark(each.starters[0].code, check_of(note, each), language)
    assert not result["passed"], "the starter passes: there is nothing to do"
    assert result["error"] is None, f"the starter does not run: {result['error']}"
    assert helpful(result["message"], language)


@pytest.mark.parametrize(("note", "language", "each"), CASES)
def test_typical_wrong_answers_fail_and_say_why(
    note: str, language: str, each: exercises.OnPage
) -> None:
    check = check_of(note, each)
    assert len(check.wrongs) >= LEAST_WRONG, f"{note}: “{each.id}” keeps {len(check.wrongs)}"
    for why, code in check.wrongs:
        result = marking.mark(code, check, language)
        assert not result["passed"], f"passes although {why}"
        assert result["error"] is None, f"does not run: {result['error']}"
        assert helpful(result["message"], language), f"{why}: {result['message']!r}"


@pytest.mark.parametrize("note", NOTES)
def test_no_check_is_without_its_exercise(note: str) -> None:
    for language, book in BOOKS.items():
        found = exercises.on_page(read(book.pages[note].path, ROOT), language)
        assert {each.id for each in found} == exercises.checks(note).keys()


def helpful(message: str, language: str) -> bool:
    """Says what was expected or what came, or explains; in the reader's language."""
    hangul = bool(re.search("[가-힣]", message))
    return len(message) >= 15 and hangul == (language == "ko")
