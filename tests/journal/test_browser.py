"""What a learner is told of an error, and what a run hands on: the browser's runner, in CPython."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from journal import browser

MESSAGES = Path(__file__).resolve().parents[2] / "theme" / "static" / "run" / "messages.js"

# A mistake of each kind, the line that is to be marked, and the sentence that is to help.
MISTAKES = [
    ("indent", "if True:\n    x = 1\n      y = 2\n", 3),
    ("indent-expected", "for k in range(2):\nprint(k)\n", 2),
    ("import", "x = 1\nprint(np.pi)\n", 2),
    ("name-near", "weights = [1]\nprint(weigths)\n", 2),
    ("name", "print(unheard_of)\n", 1),
    ("module", "import tensorflow_of_nobody\n", 1),
    ("import-name", "from math import sinus\n", 1),
    ("attribute", "import numpy as np\nnp.sinus(1)\n", 2),
    ("zero", "print(1 / 0)\n", 1),
    ("index", "x = [1, 2]\nprint(x[2])\n", 2),
    ("key", "params = {}\nparams['W1']\n", 2),
    ("memory", "import numpy as np\nnp.zeros((10**6, 10**6, 10**6))\n", 2),
    ("recursion", "def f(x):\n    return f(x)\n\nf(1)\n", 2),
    ("too-much-text", "while True:\n    print('x' * 1000)\n", 2),
    ("input", "name = input('?')\n", 1),
    ("shape", "import numpy as np\nnp.ones((2, 3)) @ np.ones((2, 3))\n", 2),
    ("shape", "import numpy as np\nnp.ones(2) + np.ones(3)\n", 2),
    ("bracket", "print((1 + 2)\n", 1),
    ("bracket", "x = [1, 2)\n", 1),
    ("quote", "print('a)\n", 1),
    ("colon", "if True\n    print(1)\n", 1),
    ("equals", "x = 1\nif x = 1:\n    pass\n", 2),
    ("comma", "x = [1 2]\n", 1),
    ("wide-character", "print（1）\n", 1),
    ("syntax", "x = = 1\n", 1),
    ("not-callable", "x = 3\nx(1 + 2)\n", 2),
    ("arguments", "def f(x):\n    return x\n\nf(1, 2)\n", 4),
    ("operand", "print('a' + 1)\n", 1),
    ("operand", "print(1 - 'a')\n", 1),
]


def run(code: str) -> tuple[list[tuple[str, str]], dict[str, Any] | None]:
    heard: list[tuple[str, str]] = []
    result = json.loads(browser.run(code, "b", lambda kind, text: heard.append((kind, text))))
    return heard, result["error"]


def helps() -> dict[str, set[str]]:
    """The names of the sentences in each language's table."""
    found = {}
    for language, table in re.findall(
        r"^const (ko|en) = \{$(.*?)^\}$", MESSAGES.read_text(), re.M | re.S
    ):
        inner = re.search(r"^  help: \{$(.*?)^  \},$", table, re.M | re.S)
        assert inner
        found[language] = set(re.findall(r'^    "?([a-z-]+)"?: "', inner[1], re.M))
    return found


@pytest.mark.parametrize(("kind", "code", "line"), MISTAKES, ids=[each[0] for each in MISTAKES])
def test_a_mistake_has_its_line_and_its_sentence(kind: str, code: str, line: int) -> None:
    _, error = run(code)
    assert error is not None
    assert (error["help"], error["line"]) == (kind, line), error


def test_every_sentence_is_there_in_both_languages_and_is_used() -> None:
    tables = helps()
    assert tables["ko"] == tables["en"]
    assert {kind for kind, _, _ in MISTAKES} | {"mnist"} == tables["ko"]


def test_the_words_in_the_sentence_are_those_of_the_mistake() -> None:
    _, error = run("weights = [1]\nprint(weigths)\n")
    assert error and error["words"] == {"name": "weigths", "near": "weights"}
    _, error = run("import numpy as np\nnp.ones((2, 3)) + np.ones((4, 3))\n")
    assert error and error["words"] == {"shapes": "(2,3), (4,3)"}
    _, error = run("print(plt)\n")
    assert error and error["words"] == {"name": "plt", "line": "import matplotlib.pyplot as plt"}


def test_output_comes_in_order_with_warnings_between() -> None:
    heard, error = run("import warnings\nprint(1)\nwarnings.warn('careful')\nprint(2)\n")
    assert error is None
    text = "".join(each for kind, each in heard if kind == "text")
    assert text == "1\n2\n"
    assert [each for kind, each in heard if kind == "warning"] == ["3: UserWarning: careful\n"]


def test_a_figure_that_is_not_shown_is_shown_at_the_end() -> None:
    heard, error = run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('x')\n")
    assert error is None
    assert [kind for kind, _ in heard if kind != "text"] == ["figure"]
    assert heard[-1][0] == "figure" and "<svg" in heard[-1][1]


def test_names_are_gone_unless_a_block_continues() -> None:
    run("x = 1\n")
    _, error = run("print(x)\n")
    assert error and error["type"] == "NameError"
    browser.run("x = 1\n", "b", lambda *_: None)
    heard: list[str] = []
    browser.run("print(x)\n", "b", lambda _, text: heard.append(text), False)
    assert "".join(heard) == "1\n"


def test_nothing_is_left_changed() -> None:
    import builtins
    import sys

    import matplotlib.pyplot as plt

    before = (sys.stdout, builtins.input, plt.show)
    run("import matplotlib.pyplot as plt\nplt.plot([1])\nraise ValueError\n")
    assert (sys.stdout, builtins.input, plt.show) == before
    assert plt.get_fignums() == []
