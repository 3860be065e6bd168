"""Freshness: a change in one language names the section of the other."""

import pytest

from journal import freshness

KOREAN = "---\ntitle: 가\n---\n# 가\n\n## 하나 {#one}\n\n글\n\n## 둘 {#two}\n\n"
KOREAN += "```python\nprint(1)\n```\n"
KOREAN += "<!--pytest-codeblocks:expected-output-->\n```\n1\n```\n"
ENGLISH = (
    KOREAN.replace("가", "A").replace("하나", "One").replace("글", "text").replace("둘", "Two")
)


@pytest.fixture
def docs(tmp_path):
    docs = tmp_path / "docs"
    for language, text in (("ko", KOREAN), ("en", ENGLISH)):
        (docs / language).mkdir(parents=True)
        (docs / language / "a.md").write_text(text, encoding="utf-8")
    freshness.record(docs)
    return docs


def edit(docs, language, old, new):
    path = docs / language / "a.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def messages(docs):
    return [str(finding) for finding in freshness.findings(docs)]


def test_nothing_to_say_after_a_review(docs):
    assert messages(docs) == []


@pytest.mark.parametrize(
    ("language", "old", "new", "start"),
    [
        ("ko", "글", "다른 글", "docs/en/a.md:6: section “one”: the Korean changed"),
        ("en", "text", "other text", "docs/ko/a.md:6: section “one”: the English changed"),
        ("ko", "print(1)", "print(2)", "docs/en/a.md:10: section “two”: the Korean changed"),
        ("ko", "title: 가", "title: 나", "docs/en/a.md:1: section “(front matter)”"),
        ("en", "# A\n", "# B\n", "docs/ko/a.md:4: section “(title)”"),
    ],
)
def test_a_change_in_one_language_names_the_section_of_the_other(docs, language, old, new, start):
    edit(docs, language, old, new)
    (message,) = messages(docs)
    assert message.startswith(start) and "make reviewed" in message
    freshness.record(docs)
    assert messages(docs) == []


def test_a_change_in_both_has_to_be_recorded_too(docs):
    edit(docs, "ko", "글", "다른 글")
    edit(docs, "en", "text", "other text")
    (message,) = messages(docs)
    assert "changed in both languages" in message


def test_outputs_and_white_space_do_not_count(docs):
    edit(docs, "ko", "```\n1\n```", "```\n2\n```")
    edit(docs, "ko", "글\n", "글 \n\n")
    assert messages(docs) == []


def test_sections_come_and_go(docs):
    for language in ("ko", "en"):
        edit(docs, language, "{#one}", "{#uno}")
    found = messages(docs)
    assert any("“uno” is new" in message for message in found)
    assert any("“one” is gone" in message for message in found)


def test_only_the_pages_asked_for_are_recorded(docs):
    for language in ("ko", "en"):
        (docs / language / "b.md").write_text("# b\n", encoding="utf-8")
    edit(docs, "ko", "글", "다른 글")
    freshness.record(docs, ["b"])
    assert len(messages(docs)) == 1
    with pytest.raises(ValueError, match="nowhere"):
        freshness.record(docs, ["nowhere"])
