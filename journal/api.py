"""Which blocks use which function of `study`: from the notes to the reference and back."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable

from journal.blocks import Block


def used_names(blocks: Iterable[Block]) -> list[str]:
    """Public names of `study` that the blocks use, as `study.module.name`, sorted.

    Both `from study.losses import one_hot` and `from study import mnist` followed by
    `mnist.load()` count; a module that is only imported does not.
    """
    names: set[str] = set()
    for block in blocks:
        if block.runs:
            names |= _names(block.code)
    return sorted(names)


def _names(code: str) -> set[str]:
    try:
        tree = ast.parse(code)
    except SyntaxError:  # reported, with its line, by the run of the block
        return set()
    names: set[str] = set()
    modules: dict[str, str] = {}  # local name → study.module
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "study":
            modules |= {alias.asname or alias.name: f"study.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("study."):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            modules |= {
                alias.asname: alias.name
                for alias in node.names
                if alias.asname and alias.name.startswith("study.")
            }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = modules.get(node.value.id)
            if module:
                names.add(f"{module}.{node.attr}")
    return {name for name in names if _documented(name)}


def _documented(name: str) -> bool:
    """Whether the reference has an entry: a class or function, not a constant or a registry."""
    module, _, attribute = name.rpartition(".")
    try:
        value = getattr(importlib.import_module(module), attribute, None)
    except ImportError:
        return False
    return callable(value) and getattr(value, "__module__", "") == module
