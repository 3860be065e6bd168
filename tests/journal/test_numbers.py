"""Quoted numbers: printed on the page, or sourced."""

import pytest

from journal import numbers

PAGE = """\
---
title: t
kind: note
---
# t

PROSE

```python
print(0.31682708, 0.9352)
x = 1.5
```
<!--pytest-codeblocks:expected-output-->
```
0.31682708 0.9352
```

[^lecun]: LeCun
"""


def check(prose: str) -> list[str]:
    return [str(finding) for finding in numbers.check_text(PAGE.replace("PROSE", prose))]


@pytest.mark.parametrize(
    "prose",
    [
        "It is 0.3168, rounded.",
        "It is 0.31682708 as printed.",
        "That is 93.5 %, or 93.52%, or 94 %.",
        "With $x = 1.5$ and `1.5`.",
        "Python 3.11 or newer, CC BY 4.0.",
        "LeNet had 0.95 % errors.[^lecun]",
        "Section 3 has 60,000 images in 3 parts.",
        "Look at [this](https://example.org/1.25/x).",
    ],
)
def test_backed(prose):
    assert check(prose) == []


@pytest.mark.parametrize(
    ("prose", "number"),
    [
        ("It is 0.3169.", "0.3169"),
        ("That is 93.6 %.", "93.6 %"),
        ("Some 12% of them.", "12%"),
        ("With $x = 2.5$.", "2.5"),
        ("A `0.7` in code.", "0.7"),
        ("First 0.1.\n\nThen a source.[^lecun]", "0.1"),
        ("| a | 97.5 % |", "97.5 %"),
    ],
)
def test_not_backed(prose, number):
    (message,) = check(prose)
    assert message.startswith(f"docs/en/page.md:7: {number} is in no output")


def test_words_of_figures_and_front_matter_count():
    text = PAGE.replace("title: t", "title: t\ngoal: reach 99.9 %").replace("PROSE", "x")
    text += "\n```python\nplt.show()\n```\n<!--figure\nalt: a line at 0.77\n-->\n"
    found = [str(finding) for finding in numbers.check_text(text)]
    assert [m.split(" is in")[0] for m in found] == [
        "docs/en/page.md:24: 0.77",
        "docs/en/page.md:1: 99.9 %",
    ]
