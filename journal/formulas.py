"""Formulas, rendered by KaTeX when the page is built: no formula script on anybody's phone.

Node starts only for formulas that were never rendered before; the others come from a cache whose
key is the formula itself and KaTeX's version.
"""

from __future__ import annotations

import functools
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "formulas"
KATEX = ROOT / "node_modules" / "katex"
_SCRIPT = Path(__file__).with_name("katex.mjs")

# What pymdownx.arithmatex leaves in its generic mode.
_ARITHMATEX = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">'
    r"(?:\\\((?P<inline>.*?)\\\)|\s*\\\[(?P<display>.*?)\\\]\s*)</(?P=tag)>",
    re.DOTALL,
)


class FormulaError(Exception):
    """A formula is not LaTeX that KaTeX knows; the message starts with `path:line`."""


@dataclass(frozen=True)
class Formula:
    """LaTeX, and whether it stands on lines of its own."""

    tex: str
    display: bool


def render(page: str, *, source: str, path: str) -> str:
    """Replaces every formula of a page by KaTeX's HTML and MathML.

    Args:
        page: HTML with `<span class="arithmatex">\\(…\\)</span>` and
            `<div class="arithmatex">\\[…\\]</div>`.
        source: The Markdown file's text, to find the line of a broken formula.
        path: The Markdown file, for messages.

    Returns:
        The page with its formulas.

    Raises:
        FormulaError: A formula is broken, or KaTeX is not installed.
    """
    formulas = list(dict.fromkeys(_formula(match) for match in _ARITHMATEX.finditer(page)))
    missing = [formula for formula in formulas if not _cache_file(formula).exists()]
    if missing:
        errors = []
        for formula, result in zip(missing, _katex(missing), strict=True):
            if "error" in result:
                line = _line(formula.tex, source)
                errors.append(f"{path}:{line}: {result['error']}")
            else:
                _store(formula, result["html"])
        if errors:
            raise FormulaError("\n".join(errors))

    def replacement(match: re.Match[str]) -> str:
        formula = _formula(match)
        text = _cache_file(formula).read_text(encoding="utf-8")
        # A wide formula scrolls by itself; that must be possible with the keyboard, too.
        return f'<div class="formula" tabindex="0">{text}</div>' if formula.display else text

    return _ARITHMATEX.sub(replacement, page)


def _formula(match: re.Match[str]) -> Formula:
    display = match["display"] is not None
    return Formula(html.unescape(match["display"] if display else match["inline"]).strip(), display)


def _katex(formulas: list[Formula]) -> list[dict[str, str]]:
    request = json.dumps([{"tex": each.tex, "display": each.display} for each in formulas])
    done = subprocess.run(
        [_node(), str(_SCRIPT)], input=request, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise FormulaError(f"KaTeX could not be started: {done.stderr.strip()}")
    result: list[dict[str, str]] = json.loads(done.stdout)
    return result


def _node() -> str:
    """Node as the wheel brings it, beside the Python that runs; any other only if that is gone."""
    beside = shutil.which("node", path=str(Path(sys.executable).parent))
    node = beside or shutil.which("node")
    if node is None:
        raise FormulaError("Node is not installed; run `python3 bootstrap.py`")
    return node


@functools.cache
def _version() -> str:
    try:
        package = json.loads((KATEX / "package.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FormulaError("KaTeX is not installed; run `python3 bootstrap.py`") from None
    return f"{package['version']} {_SCRIPT.read_text(encoding='utf-8')}"


def _cache_file(formula: Formula) -> Path:
    key = hashlib.sha256(f"{_version()}\0{formula.display}\0{formula.tex}".encode()).hexdigest()
    return CACHE / f"{key[:32]}.html"


def _store(formula: Formula, text: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    target = _cache_file(formula)
    partial = target.with_suffix(f".{os.getpid()}.tmp")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, target)


def _line(tex: str, source: str) -> int:
    """The line of a formula in the Markdown; its first line, as white space may have changed."""
    first = tex.splitlines()[0] if tex else ""
    place = source.find(first)
    return source.count("\n", 0, place) + 1 if place >= 0 else 1
