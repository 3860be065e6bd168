"""No fence is skipped in silence: the fences in the files are the tests that are collected."""

from pathlib import Path

import pytest
from pytest_codeblocks.main import extract_from_file

from journal.blocks import figure_problems, parse
from journal.figures import RECORDED, recorded_path

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").glob("*/**/*.md"))


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_fence_is_read_the_same_way_by_all(page):
    parsed = parse(page.read_text(encoding="utf-8"))
    problems = [*parsed.problems, *figure_problems(parsed)]
    assert not problems, "\n" + "\n".join(f"{name(page)}:{p.line}: {p.message}" for p in problems)
    collected = [b for b in extract_from_file(page) if b.syntax in {"python", "sh", "bash"}]
    # In a lab, `cont` joins cells into one test; everywhere else a block is a test.
    starts = [block.line for block in parsed.python if not block.continues]
    assert [block.lineno for block in collected] == starts
    if "lab" not in page.parts:
        chained = [f"{name(page)}:{b.line}: a chained block" for b in parsed.blocks if b.continues]
        assert not chained, "\n".join(chained)


def test_as_many_snippets_in_korean_as_in_english():
    count = {
        language: sum(
            len(parse(page.read_text(encoding="utf-8")).python)
            for page in PAGES
            if page.is_relative_to(ROOT / "docs" / language)
        )
        for language in ("ko", "en")
    }
    assert count["ko"] == count["en"] > 0


def test_every_mnist_figure_is_recorded_for_its_exact_source():
    wanted: dict[Path, str] = {}
    for page in PAGES:
        if "lab" in page.parts:
            continue
        for block in parse(page.read_text(encoding="utf-8")).python:
            if block.draws and block.needs_mnist:
                wanted[recorded_path(block.code)] = f"{name(page)}:{block.line}"
    missing = [where for path, where in wanted.items() if not path.exists()]
    assert not missing, "no figure recorded for the source of " + ", ".join(missing)
    stale = {path.name for path in RECORDED.glob("*.svg")} - {path.name for path in wanted}
    assert not stale, f"recorded figures without a block: {sorted(stale)}; `make update-outputs`"
