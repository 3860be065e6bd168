"""Pages as data: dates as far as the source gives them, order, reading time, navigation data."""

from pathlib import Path

import pytest

from journal import api, pages
from journal.blocks import parse


def site(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "book.yml").write_text(
        "chapters:\n- {number: 2, ko: 둘, en: Two}\n- {number: 3, ko: 셋, en: Three}\n",
        encoding="utf-8",
    )
    return folder


def entry(title: str, lines: str) -> str:
    return f"---\ntitle: {title}\nkind: log\n{lines}\n---\n# {title}\n"


def test_newest_entry_first_and_the_one_without_a_year_last(tmp_path):
    docs = site(
        tmp_path,
        {
            "ko/log/a.md": entry("a", "month: 9"),
            "ko/log/b.md": entry("b", "date: 2026-11-23"),
            "ko/log/c.md": entry("c", "date: 2026-12-01"),
        },
    )
    assert [page.title for page in pages.catalogue(docs, "ko").log] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("meta", "korean", "english"),
    [
        ("date: 2026-11-23", "2026년 11월 23일", "23 November 2026"),
        ("month: 9\ndate_note: 17", "9월 (17)", "September (17)"),
        ("x: 1", "", ""),
    ],
)
def test_a_date_says_as_much_as_its_source(tmp_path, meta, korean, english):
    files = {"ko/log/a.md": entry("a", meta), "en/log/a.md": entry("a", meta)}
    docs = site(tmp_path, files)
    assert pages.catalogue(docs, "ko").pages["log/a"].date_text == korean
    assert pages.catalogue(docs, "en").pages["log/a"].date_text == english


def test_progress_is_what_the_notes_cover(tmp_path):
    note = "---\ntitle: n\nkind: note\norder: 1\nchapters: [3]\n---\n"
    catalogue = pages.catalogue(site(tmp_path, {"en/notes/n.md": note}), "en")
    assert [(c["number"], len(c["notes"])) for c in catalogue.progress] == [(2, 0), (3, 1)]


def test_broken_front_matter_names_file_and_line(tmp_path):
    docs = site(tmp_path, {"ko/x.md": "---\ntitle: a\nkind: [\n---\n"})
    with pytest.raises(ValueError, match=r"x\.md:\d+: front matter"):
        pages.catalogue(docs, "ko")


def test_reading_time_counts_what_is_read():
    assert pages.reading_minutes("가" * 1500, "ko") == 3
    assert pages.reading_minutes("word " * 660, "en") == 3
    code = "```python\n" + "x = 1\n" * 24 + "```\n"
    assert pages.reading_minutes(code, "en") == 2
    output = "<!--pytest-codeblocks:expected-output-->\n```\n" + "word " * 5000 + "\n```\n"
    assert pages.reading_minutes(code + output, "en") == 2


def test_names_of_study_used_by_blocks():
    text = """\
```python
import numpy as np
from study import activations, style
from study.losses import cross_entropy as ce
import study.gradient as g

style.use()
print(activations.sigmoid(0), activations.ACTIVATIONS, np.exp(0), g.numerical_gradient)
```
"""
    assert api.used_names(parse(text).blocks) == [
        "study.activations.sigmoid",
        "study.gradient.numerical_gradient",
        "study.losses.cross_entropy",
        "study.style.use",
    ]
