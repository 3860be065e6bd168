"""The logs that the pages quote, of training runs and of how long things take.

Each is a `.json` file in this folder. `python -m study.train` wrote `NAME-SEED.json`, of a run on
all training images, judged once by the test images, and `NAME-choice.json`, of the trials on the
validation split before it. The benchmarks wrote `timing-NAME.json`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def load(name: str, seed: int = 0) -> dict[str, Any]:
    """The log of a run.

    Args:
        name: A recipe of `study.train`, such as `"backprop"`.
        seed: The seed that the run began with.

    Returns:
        `command`, `date`, `layers`, `parameters`, `optimizer`, `augment`, `epochs`, `threads`,
        `trained_on`, `seconds` (of training, on the machine in `versions`), `test_accuracy` (a
        share), `misread` (what each misread test image was taken for, by its index as text), and
        `history`: a row for each epoch with `epoch`, `rate`, `seconds`, `loss` and `accuracy`.

    Raises:
        ValueError: There is no such run.
    """
    return _read(f"{name}-{seed}")


def choice(name: str) -> dict[str, Any]:
    """The trials by which a recipe's settings were chosen.

    Args:
        name: A recipe of `study.train`.

    Returns:
        `command`, `date`, `trained_on`, `validation_images`, `epochs`, `versions`, and `trials`:
        for each, what it changed and `validation_accuracy`.

    Raises:
        ValueError: There are none of this recipe.
    """
    return _read(f"{name}-choice")


def timings(name: str) -> dict[str, Any]:
    """What a benchmark measured.

    Args:
        name: `"train-step"`, `"ladder"`, `"roofline"` or `"scaling"`: a file of `benchmarks`, which
            says what was measured, and how.

    Returns:
        `command`, `date`, `machine`, `versions`, `rounds`, and the results.

    Raises:
        ValueError: There is no such record.
    """
    return _read(f"timing-{name}")


def seeds(name: str) -> list[int]:
    """The seeds of the runs of a recipe, sorted."""
    ends = (path.stem.removeprefix(f"{name}-") for path in FOLDER.glob(f"{name}-*.json"))
    return sorted(int(end) for end in ends if end.isdigit())


def _read(stem: str) -> dict[str, Any]:
    path = FOLDER / f"{stem}.json"
    if not path.exists():
        known = ", ".join(sorted(each.stem for each in FOLDER.glob("*.json")))
        raise ValueError(f"no run {stem!r} is recorded; there are {known}")
    found: dict[str, Any] = json.loads(path.read_text())
    return found
