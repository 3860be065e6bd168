"""Writes what `study` says, for the scripts' tests to compare the widgets' arithmetic with.

    python tests/js/make_fixtures.py

Each file of `tests/js/fixtures` has a function `cases()` that gives something JSON can hold; it is
written to `.cache/fixtures/<name>.json`, made anew in every `make test`.
"""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent.parent / ".cache" / "fixtures"


def plain(value: Any) -> Any:
    """Arrays and NumPy's numbers as JSON has them; floats with all their digits."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} in a fixture")


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in sorted((HERE / "fixtures").glob("*.py")):
        cases = runpy.run_path(str(path))["cases"]()
        text = json.dumps(cases, default=plain, ensure_ascii=False)
        (TARGET / f"{path.stem}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
