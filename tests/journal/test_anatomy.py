"""The parts of a page, and blocks that survive the interactive prompt."""

import code
import contextlib
import io

import pytest

from journal import anatomy
from journal.blocks import parse

EXERCISE = """\
### {n}. Try {{#exercise-{n}}}

Do it.

```python
x = ...
```

??? tip "Hint"
    Look.

??? tip "Hint"
    Look closer.

??? success "Solution"

    ```python
    x = {n}
    ```

"""
NOTE = (
    """\
---
title: Steps
description: d
kind: note
order: 1
chapters: [3]
goal: g
needs: []
---
# Steps

## An idea {#idea}

```python
def f(x):
    return x

print(f(1))
```
<!--pytest-codeblocks:expected-output-->
```
1
```

## What goes wrong {#wrong}

## Exercises {#exercises}

"""
    + "".join(EXERCISE.format(n=n) for n in (1, 2, 3, 4))
    + "## What to remember {#remember}\n"
)


def check(text: str, language: str = "en") -> list[str]:
    return [str(finding) for finding in anatomy.check_text(text, language)]


def test_a_whole_note():
    assert check(NOTE) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("kind: note", "kind: nota", 1, "kind is one of"),
        ("goal: g\n", "", 1, "lacks “goal”"),
        ("goal: g", "gaol: g", 1, "unknown “gaol”"),
        ("# Steps", "# Stairs", 10, "“Stairs”"),
        ("{#idea}", "", 12, "no id"),
        ("{#idea}", "{#생각}", 12, "Latin"),
        ("{#idea}", "{#wrong}", 25, "line 12 already"),
        ("## What goes wrong", "## What went wrong", 109, "ends with the sections"),
        ("### 2. Try", "### 4. Try", 49, "number 2"),
        ("#exercise-2", "#try-2", 49, "begins with “exercise-”"),
        ('??? success "Solution"', '??? success "Answer"', 29, "no folded solution"),
        ('??? tip "Hint"', '??? tip "Clue"', 29, "1 hints"),
        ("```python\nx = ...\n```\n", "", 29, "0 blocks outside the folds"),
        (
            "<!--pytest-codeblocks:expected-output-->\n```\n1\n```\n",
            "",
            14,
            "its output is not shown",
        ),
        ("return x\n\nprint", "return x\nprint", 17, "blank line"),
        ("    return x\n", "    y = x\n\n    return y\n", 18, "blank line"),
    ],
)
def test_what_is_missing_is_named_with_its_line(old, new, line, words):
    assert old in NOTE
    found = check(NOTE.replace(old, new, 1))
    assert any(f":{line}: " in m and words in m for m in found), "\n".join(found)


def test_too_few_exercises():
    start, end = NOTE.index("### 4."), NOTE.index("## What to remember")
    assert any("3 exercises" in message for message in check(NOTE[:start] + NOTE[end:]))


def test_a_solution_without_code():
    text = NOTE.replace("    ```python\n    x = 2\n    ```\n", "    Words.\n")
    assert any("with code that runs" in message for message in check(text))


LOG = "---\ntitle: t\ndescription: d\nkind: log\nchapters: []\ntags: []\n{}\n---\n# t\n"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("date: 2026-11-23", ""),
        ("month: 9\ndate_note: n", ""),
        ("month: 9", "date_note"),
        ("order: 1", "a date"),
    ],
)
def test_a_log_entry_says_when(lines, words):
    found = check(LOG.format(lines))
    assert (not found) if not words else any(words in message for message in found)


def test_one_register_throughout():
    page = "---\ntitle: 가\ndescription: d\nkind: page\n---\n# 가\n\n"
    assert check(page + "이렇게 해요. 합니다. 그는 “간다.”라고 했어요.\n", "ko") == []
    (message,) = check(page + "이렇게 해요.\n\n값이 커진다. 그래요.\n", "ko")
    assert message.startswith("docs/ko/page.md:10: 한다체")


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    return 1\n\nprint(f())\n",
        "x = [\n    1,\n\n    2,\n]\nprint(x)\n",
        "for i in range(2):\n    print(i)\n",
        "if 1:\n    print(1)\nelse:\n    print(2)\n\nprint(3)\n",
        "# a comment\n\nprint(1)\n",
        "def f():\n    return 1\nprint(f())\n",
        "class A:\n    a = 1\n\n    b = 2\n\nprint(A.b)\n",
        "print('''a\n\nb''')\n",
    ],
)
def test_the_prompt_of_python_itself_agrees(source):
    (block,) = parse(f"```python\n{source}```\n").blocks
    console = code.InteractiveConsole()
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
        for line in [*source.splitlines(), ""]:
            console.push(line)
    assert (anatomy.paste_problem(block) is not None) == bool(errors.getvalue())
