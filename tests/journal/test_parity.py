"""Each rule of parity, kept and broken, on a small pair of pages."""

import pytest

from journal import parity

KOREAN = """\
---
title: 계단
kind: note
order: 1
chapters: [3]
needs: []
---
# 계단

뛰어요. [다음](next.md)[^book]

## 코드 {#code}

```python
x = 0.5  # 반
print(f"값 {x}", "W1")
```
<!--pytest-codeblocks:expected-output-->
```
값 0.5 W1
```

```python
import matplotlib.pyplot as plt

plt.plot([1, 2], label="값")
plt.show()
```
<!--figure
alt: 올라가는 선.
caption: 선
-->

### 1. 해 보기 {#try}

??? success "풀이"

    ```python
    y = 1
    ```

[^book]: 책
"""

ENGLISH = """\
---
title: Steps
kind: note
order: 1
chapters: [3]
needs: []
---
# Steps

It jumps. [Next](next.md)[^book]

## Code {#code}

```python
x = 0.5  # a half
print(f"value {x}", "W1")
```
<!--pytest-codeblocks:expected-output-->
```
value 0.5 W1
```

```python
import matplotlib.pyplot as plt

plt.plot([1, 2], label="value")
plt.show()
```
<!--figure
alt: A line that rises.
caption: A line
-->

### 1. Try it {#try}

??? success "Solution"

    ```python
    y = 1
    ```

[^book]: The book
"""


def test_a_pair_that_says_the_same_has_no_findings():
    assert parity.compare_texts(KOREAN, ENGLISH) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("order: 1", "order: 2", 4, "order: 2 where"),
        ("needs: []\n", "", 1, "lacks “needs”"),
        ("## Code {#code}", "### Code {#code}", 12, "heading “### {#code}”"),
        ("## Code {#code}", "## Code {#kode}", 12, "{#kode}"),
        ("next.md", "other.md", 10, "link “other.md”"),
        ("[^book]\n\n##", "\n\n##", 42, "link"),
        ("x = 0.5 ", "x = 0.6 ", 14, "0.6 where Korean has 0.5"),
        ('"W1"', '"W2"', 14, "'W2' where Korean has 'W1'"),
        ("{x}", "{x:.2f}", 14, "Korean"),
        ("a half\nprint", "a half\ny = 2\nprint", 14, "3 parts"),
        ("value {x}", "값 {x}", 14, "Hangul in the English"),
        ("value 0.5 W1\n", "value 0.7 W1\n", 19, "other numbers"),
        ("alt: A line that rises.", "alt: 올라가는 선", 29, "Hangul in a figure"),
        ("caption: A line\n", "", 29, "caption"),
        ("It jumps.", "뛴다.", 10, "Hangul in English prose"),
        ('??? success "Solution"', '!!! success "Solution"', 36, "folded block"),
        ("    y = 1\n", "    y = 2\n", 38, "2 where Korean has 1"),
        ("title: Steps", "title: 계단", 2, "Hangul in “title”"),
    ],
)
def test_each_difference_is_named_with_its_line(old, new, line, words):
    assert ENGLISH.count(old) == 1 or old == "next.md"
    found = parity.compare_texts(KOREAN, ENGLISH.replace(old, new, 1))
    where = [str(f) for f in found if f.line == line and words in f.message]
    assert where, "\n".join(map(str, found))


def test_a_widget_belongs_to_both_languages():
    found = parity.compare_texts(KOREAN + "\n<!--widget digit-->\n", ENGLISH)
    assert [f.message for f in found if "widget" in f.message]


def test_what_korean_lacks_is_named_on_the_korean_side():
    extra = ENGLISH.replace("### 1. Try", "### 0. New {#new}\n\n### 1. Try")
    found = parity.compare_texts(KOREAN, extra)
    assert any("heading" in f.message for f in found)
    longer = ENGLISH + "\n## More {#more}\n\n```python\nz = 1\n```\n"
    messages = [str(f) for f in parity.compare_texts(KOREAN, longer)]
    assert any(m.startswith("docs/ko/page.md:") and "{#more}" in m for m in messages)
    assert any(m.startswith("docs/ko/page.md:") and "lacks the block" in m for m in messages)


def test_an_english_paragraph_in_a_korean_page():
    text = KOREAN.replace("뛰어요.", "This paragraph was left behind in English by somebody.")
    text = text.replace("[다음]", "[next]")
    assert any("English paragraph" in f.message for f in parity.compare_texts(text, ENGLISH))


def test_a_page_in_one_language_only(tmp_path):
    for name in ("ko/a.md", "en/a.md", "ko/b.md"):
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# A\n", encoding="utf-8")
    (finding,) = parity.findings(tmp_path / "docs")
    assert str(finding) == "docs/ko/b.md:1: has no counterpart docs/en/b.md"
