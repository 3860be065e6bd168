"""The examples in the docstrings are true, and the installed package has everything."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import shutil
import subprocess
import sys
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
