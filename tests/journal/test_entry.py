"""`make new`: a pair that passes every check at once, and never an entry lost."""

import datetime
from pathlib import Path

import pytest

from journal import anatomy, entry, freshness, numbers, outputs, parity

DAY = datetime.date(2026, 11, 23)


@pytest.fixture
def docs(tmp_path) -> Path:
    for language in ("ko", "en"):
        (tmp_path / "docs" / language).mkdir(parents=True)
    return tmp_path / "docs"


def pages(docs):
    return sorted(path.relative_to(docs).as_posix() for path in docs.glob("*/log/*.md"))


@pytest.mark.parametrize(
    ("title", "title_en", "name"),
    [
        ("역전파의 밤", "", "2026-11-23"),
        ("역전파의 밤", "A night of backprop", "2026-11-23-a-night-of-backprop"),
        ("Adam: what & why?", "", "2026-11-23-adam-what-why"),
        ('따옴표 "와" {괄호}: #', "", "2026-11-23"),
    ],
)
def test_the_pair_passes_every_check(docs, title, title_en, name):
    assert entry.new(docs, title, title_en, DAY) == 0
    assert pages(docs) == [f"en/log/{name}.md", f"ko/log/{name}.md"]
    for check in (anatomy, parity, numbers, freshness):
        assert check.findings(docs) == []
    changed, messages = outputs.update(docs.glob("*/log/*.md"), progress=False)
    assert (changed, messages) == ([], [])


def test_a_second_entry_of_the_day_gets_a_name_of_its_own(docs):
    entry.new(docs, "하나", "", DAY)
    entry.new(docs, "둘", "", DAY)
    assert len(pages(docs)) == 4
    assert "하나" in (docs / "ko/log/2026-11-23.md").read_text(encoding="utf-8")


def test_what_english_lacks_is_said_after_korean_is_written(docs):
    entry.new(docs, "하나", "", DAY)
    korean = docs / "ko/log/2026-11-23.md"
    korean.write_text(
        korean.read_text(encoding="utf-8") + "\n## 배운 것 {#learned}\n\n글\n", encoding="utf-8"
    )
    (finding,) = parity.findings(docs)
    assert finding.path == "docs/en/log/2026-11-23.md" and "{#learned}" in finding.message


def test_without_a_title_nothing_is_written(docs, capsys):
    assert entry.new(docs, "  ") == 2
    assert "title" in capsys.readouterr().err and pages(docs) == []
