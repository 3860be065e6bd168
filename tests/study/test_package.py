"""The examples in the docstrings are true, and the installed package has everything."""

from __future__ import annotations

import ast
import doctest
import importlib
import io
import pkgutil
import shutil
import subprocess
import sys
import tokenize
import zipfile
from pathlib import Path

import pytest

import study

ROOT = Path(study.__file__).resolve().parent.parent
MODULES = [each.name for each in pkgutil.walk_packages(study.__path__, "study.")]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} does not say what it is"
    assert doctest.testmod(module).failed == 0


def test_the_examples_are_found() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = [
        each
        for name in MODULES
        for each in finder.find(importlib.import_module(name))
        if each.examples
    ]
    assert len(examples) >= 15


def test_the_mathematics_needs_no_matplotlib() -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from study import activations, digits, gradient, losses, mnist, network, perceptron\n"
        "from study import gradient_check, search, train, trainer, training, weights\n"
        "print(weights.load_pretrained('two-layer').layers[0].weights.shape)"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert (ran.stdout, ran.stderr) == ("(784, 50)\n", "")


def test_the_wheel_has_weights_and_font(tmp_path: Path) -> None:
    source = tmp_path / "source"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "study", source / "study", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", source)
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", str(tmp_path)]
    ran = subprocess.run([*build, str(source)], capture_output=True, text=True)
    if "No matching distribution found for setuptools" in ran.stderr:
        pytest.skip("no package index is to be had: setuptools cannot be fetched to build a wheel")
    assert ran.returncode == 0, ran.stderr
    installed = tmp_path / "installed"
    with zipfile.ZipFile(next(tmp_path.glob("study-*.whl"))) as wheel:
        wheel.extractall(installed)
    files = {path.relative_to(ROOT) for path in (ROOT / "study").rglob("*") if path.is_file()}
    wanted = {path for path in files if path.suffix != ".pyc"}
    missing = {path for path in wanted if not (installed / path).exists()}
    assert missing == set()
    code = (
        "from study import style, weights; style.use()\n"
        "print([weights.load_pretrained(n).layers[0].inputs for n in ('two-layer', 'three-layer')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=installed, capture_output=True, text=True
    )
    assert (ran.stdout, ran.stderr) == ("[784, 784]\n", "")


def code_lines(source: str) -> int:
    """Lines without docstrings, comments and blanks."""
    without = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in without | {tokenize.ENDMARKER}:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            assert node.end_lineno is not None
            lines -= set(range(node.lineno, node.end_lineno + 1))
    return len(lines)


def test_an_evening_is_enough_to_read_it() -> None:
    assert code_lines('"""A module."""\n\n# why\nx = (\n    1\n)\n') == 3
    sources = {path: path.read_text(encoding="utf-8") for path in ROOT.glob("study/**/*.py")}
    assert sum(map(code_lines, sources.values())) <= 2500
    assert [path.name for path, text in sources.items() if len(text.splitlines()) > 300] == []
