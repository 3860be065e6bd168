"""The Markdown extension: what becomes of a block's output and figure."""

import re

import markdown
import pytest

from journal import extension, figures
from journal.run import BlockError

EXTENSIONS = ["pymdownx.superfences", "pymdownx.details", "journal.extension"]
FIGURE = """\
```python
import matplotlib.pyplot as plt

plt.plot([1, 2])
plt.show()
```
<!--figure
alt: A line.
caption: 5 < 6
-->
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "CACHE", tmp_path)
    token = extension.PLACE.set(extension.Place("docs/en/x.md", "en", line_offset=10))
    yield
    extension.PLACE.reset(token)


def convert(text: str) -> str:
    return figures.splice(markdown.markdown(text, extensions=EXTENSIONS))


def test_output_follows_its_code():
    html = convert(
        "```python\nprint('<')\n```\n<!--pytest-codeblocks:expected-output-->\n```\n<\n```\ntext\n"
    )
    assert re.search(
        r'</div>\s*<div class="output"[^>]*aria-label="Output"[^>]*>'
        r"<pre[^>]*>&lt;\n</pre></div>\s*<p>text</p>",
        html,
    )
    assert "pytest-codeblocks" not in html


def test_figure_with_caption_and_alternative_text():
    html = convert(FIGURE)
    assert '<figure class="plot" data-block="0"><svg role="img" aria-label="A line."' in html
    assert "<figcaption>5 &lt; 6</figcaption></figure>" in html
    assert "alt:" not in html


def test_inside_a_folded_solution():
    body = "".join(f"    {line}\n" for line in FIGURE.splitlines())
    html = convert(f'??? success "Solution"\n\n{body}\nafter\n')
    details = re.search(r"<details.*?</details>", html, re.DOTALL)
    assert details and "<svg" in details[0] and "after" not in details[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```py\n1\n```\n", r"docs/en/x\.md:11: ```py is skipped"),
        ("a\n\n```python\nplt.show()\n```\n", r"docs/en/x\.md:13: .*alternative text"),
        (FIGURE.replace("plot([1, 2])", "plot(q)"), r"docs/en/x\.md:14: NameError: .*'q'"),
    ],
)
def test_a_broken_block_stops_the_build_with_file_and_line(text, message):
    with pytest.raises(BlockError, match=message):
        convert(text)


def test_every_block_has_a_place_for_its_buttons():
    html = convert(
        "```python\nprint(1)\n```\n\n```console\n$ ls\n```\n\n```python\nprint(2)\n```\n"
    )
    assert re.findall(r'class="run" data-block="(\d)"', html) == ["0", "1"]
    assert html.count("data-name=") == 2


def test_a_block_that_cannot_be_the_same_in_the_browser_says_why():
    html = convert("```python\nfrom study import mnist\n\nmnist.load()\n```\n")
    assert "training images are not on this site" in html
    assert "training images" not in convert("```python\nprint(1)\n```\n")
