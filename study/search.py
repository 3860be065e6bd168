"""Random search: hyper-parameters drawn by chance, judged on the validation split.

Chance beats a grid of as many trials: where only one of two matters, nine trials try nine values
of it, not three. J. Bergstra and Y. Bengio, Random Search for Hyper-Parameter Optimization, 2012.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Draw = Callable[[np.random.Generator], Any]


def log_uniform(low: float, high: float) -> Draw:
    """A number whose order of magnitude is drawn: 0.001 to 0.01 is as likely as 0.01 to 0.1."""
    return lambda rng: float(np.exp(rng.uniform(np.log(low), np.log(high))))


def choice(*values: Any) -> Draw:
    """One of these."""
    return lambda rng: values[int(rng.integers(len(values)))]


def random_search(
    trial: Callable[[dict[str, Any]], float],
    space: Mapping[str, Draw],
    trials: int,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """Tries random points of a space.

    Args:
        trial: Trains with these values and returns how good it is, on the validation split.
        space: How each value is drawn, by name.
        trials: How many points.
        rng: The source of the points.

    Returns:
        A row for each trial, the best first: its values and its `score`. A NaN comes last.

    Examples:
        >>> space = {"rate": log_uniform(0.01, 10.0)}
        >>> rows = random_search(lambda v: -abs(v["rate"] - 1), space, 20, np.random.default_rng(0))
        >>> print(f"{rows[0]['rate']:.1f}")
        0.8
    """
    rows = []
    for _ in range(trials):
        values = {name: draw(rng) for name, draw in space.items()}
        rows.append({**values, "score": trial(values)})
    return sorted(rows, key=lambda row: (np.isnan(row["score"]), -row["score"]))
