"""The block parser against small texts, and against pytest-codeblocks itself."""

import io

import pytest
from pytest_codeblocks.main import extract_from_buffer

from journal.blocks import figure_problems, parse

PAGE = """\
# Title

```python
print(1)
```
<!--pytest-codeblocks:expected-output-->
```
1
```

??? success "Solution"

    ```python
    import matplotlib.pyplot as plt

    plt.plot([1, 2])
    plt.show()  # draws
    ```
    <!--figure
    alt: A line
      that rises.
    caption: It rises.
    -->

```console
pip install x
```
"""


def test_reads_code_output_and_figure_with_their_lines():
    printing, drawing, console = parse(PAGE).blocks
    assert (printing.line, printing.end, printing.code) == (3, 5, "print(1)\n")
    assert printing.output and printing.output.text == "1\n"
    assert (printing.output.line, printing.output.fence_line, printing.output.end) == (6, 7, 9)
    assert drawing.indent == "    " and drawing.code.startswith("import matplotlib")
    assert drawing.draws and not printing.draws
    assert drawing.figure and drawing.figure.alt == "A line that rises."
    assert drawing.figure.caption == "It rises."
    assert not console.runs


def test_agrees_with_pytest_codeblocks_on_code_and_lines():
    theirs = [b for b in extract_from_buffer(io.StringIO(PAGE)) if b.syntax == "python"]
    ours = parse(PAGE).python
    assert [(b.lineno, _unspaced(b.code), b.expected_output) for b in theirs] == [
        (b.line, _unspaced(b.code), b.output.text if b.output else None) for b in ours
    ]


def _unspaced(code: str) -> list[str]:
    """pytest-codeblocks drops the blank lines of an indented fence; conftest.py mends that."""
    return [line for line in code.splitlines() if line]


@pytest.mark.parametrize(
    "info",
    ["py", 'python title="x"', 'python hl_lines="1"', "{.python}", "pycon", " python", "Python"],
)
def test_a_fence_that_the_tests_would_skip_is_a_problem(info):
    text = f"text\n\n```{info}\nprint(1)\n```\n"
    assert [b for b in extract_from_buffer(io.StringIO(text)) if b.syntax == "python"] == []
    (problem,) = parse(text).problems
    assert problem.line == 3 and "```python" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("~~~python\n1\n~~~\n", 1, "~~~"),
        ("```bash\nls\n```\n", 1, "console"),
        ("```\nplain\n```\n", 1, "without a language"),
        ("```ruby\n1\n```\n", 1, "not a known fence"),
        ("```python\n1\n", 1, "never closed"),
        ("<!--pytest-codeblocks:expected-output-->\n```\n1\n```\n", 1, "without a Python block"),
        ("```python\n1\n```\n<!--pytest-codeblocks:expected-output-->\n", 4, "without a fence"),
        ("<!--pytest-codeblocks:skipfile-->\n", 1, "skip a test"),
        ("<!--pytest.mark.skip-->\n```python\n1\n```\n", 1, "skip a test"),
        ("<!--figure\nalt: x\n-->\n", 1, "follows a block"),
        ("```python\nplt.show()\n```\n<!--figure\nalt: x\ncolour: y\n-->\n", 4, "unknown"),
    ],
)
def test_what_an_author_cannot_have_meant_is_named_with_its_line(text, line, words):
    problems = parse(text).problems
    assert any(p.line == line and words in p.message for p in problems), problems


def test_a_figure_needs_an_alternative_text():
    block = "```python\nplt.show()\n```\n"
    assert [p.line for p in figure_problems(parse(block))] == [1]
    assert [p.line for p in figure_problems(parse(block + "<!--figure\nalt:\n-->\n"))] == [1]
    assert figure_problems(parse(block + "<!--figure\nalt: A line.\n-->\n")) == []


@pytest.mark.parametrize(
    ("code", "needs"),
    [
        ("from study import mnist\ndata = mnist.load()\n", True),
        ("from study import mnist\nmnist.fetch()\n", True),
        ("from study import digits\ndigits.make(3, rng)\n", False),
    ],
)
def test_knows_which_blocks_need_mnist(code, needs):
    (block,) = parse(f"```python\n{code}```\n").blocks
    assert block.needs_mnist is needs
