"""A Markdown text, read as code blocks.

Every tool that asks "what is a block, what does it print, which figure does it draw" asks this
parser, so that the site, the tests and the updater cannot disagree. It follows pytest-codeblocks'
rules for what a fence is, and reports each fence that pytest-codeblocks would skip in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

OUTPUT_COMMENT = "<!--pytest-codeblocks:expected-output-->"
CONT_COMMENT = "<!--pytest-codeblocks:cont-->"

# Fences that are shown but not run. An empty info string is allowed for expected output only.
SHOWN_ONLY = {"console", "text", "markdown", "yaml", "toml", "json", "html"}

WIDGET = re.compile(r"^<!--widget (?P<name>[a-z-]+)-->\s*$")

_FENCE = re.compile(r"^(?P<indent>\s*)(?P<ticks>`{3,})(?P<info>.*)$")
_TILDE_FENCE = re.compile(r"^\s*~{3,}")
_COMMENT = re.compile(r"^<!--[-\s]*(?P<keyword>pytest(?:-codeblocks:|\.mark\.).*?)[-\s]*-->$")
_FIGURE_FIELD = re.compile(r"^(?P<name>[a-z]+):\s*(?P<value>.*)$")


@dataclass(frozen=True)
class Output:
    """What a block is expected to print.

    Attributes:
        text: The output, with its last newline.
        line: Line of the `expected-output` comment (1-based).
        fence_line: Line of the opening fence.
        end: Line of the closing fence.
    """

    text: str
    line: int
    fence_line: int
    end: int


@dataclass(frozen=True)
class Figure:
    """The directive that follows a block that draws.

    Attributes:
        alt: The alternative text. Empty if the author has not written it.
        caption: The caption, empty if there is none.
        line: First line of the comment (1-based).
        end: Last line of the comment.
    """

    alt: str
    caption: str
    line: int
    end: int


@dataclass(frozen=True)
class Block:
    """One fence.

    Attributes:
        language: The info string, `python` for a block that runs.
        code: The text between the fences, without the fence's own indentation.
        line: Line of the opening fence (1-based); the code starts on the next.
        end: Line of the closing fence.
        indent: White space before the fence (a fence can stand in a list or a folded solution).
        output: The expected output, if there is one.
        figure: The figure directive, if there is one.
        continues: Whether the block is joined to the one before it (labs only).
    """

    language: str
    code: str
    line: int
    end: int
    indent: str = ""
    output: Output | None = None
    figure: Figure | None = None
    continues: bool = False

    @property
    def runs(self) -> bool:
        return self.language == "python"

    @property
    def draws(self) -> bool:
        """Whether the block's last statement is `plt.show()`."""
        lines = [line for line in self.code.splitlines() if line.strip()]
        return self.runs and bool(lines) and lines[-1].split("#")[0].strip() == "plt.show()"

    @property
    def needs_mnist(self) -> bool:
        """Whether the block reads the MNIST files."""
        return self.runs and bool(re.search(r"\bmnist\.(load|load_test|fetch)\(", self.code))

    @property
    def not_in_browser(self) -> str:
        """Why the block cannot give in the browser what the page shows; empty if it can.

        `training-images`: it reads the large half of MNIST, which the site does not serve.
        `float-warnings`: it shows warnings of overflow, of which a browser's NumPy gives none.
        """
        if re.search(r"\bmnist\.(load|fetch)\(", self.code):
            return "training-images"
        return "float-warnings" if "warnings.catch_warnings(" in self.code else ""


@dataclass(frozen=True)
class Problem:
    """Something in the text that no tool could handle as the author meant it."""

    line: int
    message: str


@dataclass
class Parsed:
    """The blocks of a text in order, and the problems met while reading it."""

    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def python(self) -> list[Block]:
        return [block for block in self.blocks if block.runs]


def parse(text: str) -> Parsed:
    """Reads the blocks of a Markdown text.

    Args:
        text: The whole file, front matter included: line numbers count from its first line.

    Returns:
        The blocks and the problems, each with its line.
    """
    parsed = Parsed()
    lines = text.splitlines()
    expecting: int | None = None  # line of an expected-output comment that waits for its fence
    continues = False
    number = 0
    while number < len(lines):
        number += 1
        line = lines[number - 1]
        stripped = line.strip()

        if comment := _COMMENT.match(stripped):
            keyword = comment["keyword"]
            if keyword == "pytest-codeblocks:expected-output":
                if not parsed.blocks or not parsed.blocks[-1].runs:
                    parsed.problems.append(
                        Problem(number, "expected output without a Python block before it")
                    )
                elif parsed.blocks[-1].output is not None:
                    parsed.problems.append(Problem(number, "the block already has its output"))
                expecting = number
            elif keyword == "pytest-codeblocks:cont":
                continues = True
            else:
                parsed.problems.append(
                    Problem(number, f"“{stripped}” would change or skip a test; remove it")
                )
            continue

        if stripped.startswith("<!--figure"):
            figure, problem = _figure(lines, number)
            if problem:
                parsed.problems.append(problem)
            elif not parsed.blocks or not parsed.blocks[-1].draws:
                parsed.problems.append(
                    Problem(number, "a figure directive follows a block that ends in plt.show()")
                )
            elif parsed.blocks[-1].figure is not None:
                parsed.problems.append(Problem(number, "the block already has a figure directive"))
            else:
                last = parsed.blocks[-1]
                parsed.blocks[-1] = replace(last, figure=figure)
            number = figure.end
            continue

        if _TILDE_FENCE.match(line):
            parsed.problems.append(
                Problem(number, "a ~~~ fence is never run by the tests; open it with ```")
            )
            continue

        match = _FENCE.match(line)
        if not match:
            continue
        end = _closing_fence(lines, number, match["ticks"])
        if end is None:
            parsed.problems.append(Problem(number, "this fence is never closed"))
            break
        indent, info = match["indent"], match["info"]
        code = "".join(_dedent(each, len(indent)) + "\n" for each in lines[number : end - 1])

        if expecting is not None:
            if info.strip():
                parsed.problems.append(
                    Problem(number, f"an output fence is opened by plain ```, not ```{info}")
                )
            output = Output(code, expecting, number, end)
            if parsed.blocks and parsed.blocks[-1].output is None:
                parsed.blocks[-1] = replace(parsed.blocks[-1], output=output)
            expecting = None
        else:
            if message := _info_problem(info):
                parsed.problems.append(Problem(number, message))
            parsed.blocks.append(Block(info, code, number, end, indent, continues=continues))
            continues = False
        number = end

    if expecting is not None:
        parsed.problems.append(Problem(expecting, "expected output without a fence after it"))
    return parsed


def _info_problem(info: str) -> str | None:
    """Why a fence with this info string would not do what its author expects, if so."""
    if info == "python" or info in SHOWN_ONLY:
        return None
    if info in {"sh", "bash"}:
        return f"a {info} fence is executed by the tests; use ```console for what is only read"
    if not info.strip():
        return (
            "a fence without a language: write ```python, ```console or ```text "
            f"(or put {OUTPUT_COMMENT} above an output)"
        )
    if re.search(r"py", info, re.IGNORECASE):
        return f"```{info} is skipped by the tests in silence; write exactly ```python"
    return f"```{info} is not a known fence; use python, {', '.join(sorted(SHOWN_ONLY))}"


def _closing_fence(lines: list[str], opening: int, ticks: str) -> int | None:
    for number in range(opening + 1, len(lines) + 1):
        if lines[number - 1].lstrip().startswith(ticks):
            return number
    return None


def _dedent(line: str, width: int) -> str:
    spaces = len(line) - len(line.lstrip())
    return line[min(width, spaces) :]


def _figure(lines: list[str], number: int) -> tuple[Figure, Problem | None]:
    """Reads a `<!--figure … -->` comment that starts on line `number`."""
    end = next(
        (n for n in range(number, len(lines) + 1) if "-->" in lines[n - 1]),
        None,
    )
    if end is None:
        return Figure("", "", number, len(lines)), Problem(number, "this comment is never closed")
    body = "\n".join(lines[number - 1 : end])
    body = body.split("<!--figure", 1)[1].rsplit("-->", 1)[0]
    values: dict[str, str] = {}
    name = ""
    for line in body.splitlines():
        if not line.strip():
            continue
        if match := _FIGURE_FIELD.match(line.strip()):
            name = match["name"]
            values[name] = match["value"].strip()
        elif name:
            values[name] = f"{values[name]} {line.strip()}".strip()
        else:
            return Figure("", "", number, end), Problem(
                number, "a figure directive holds lines “alt: …” and, if wanted, “caption: …”"
            )
    figure = Figure(values.pop("alt", ""), values.pop("caption", ""), number, end)
    if values:
        return figure, Problem(number, f"unknown in a figure directive: {', '.join(values)}")
    return figure, None


def figure_problems(parsed: Parsed) -> list[Problem]:
    """Blocks that draw without saying, in words, what they draw."""
    problems = []
    for block in parsed.python:
        if block.draws and (block.figure is None or not block.figure.alt):
            problems.append(
                Problem(
                    block.line,
                    "this block draws a figure that has no alternative text; "
                    "put <!--figure, a line “alt: …” and --> under it",
                )
            )
    return problems
