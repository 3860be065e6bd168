"""Random search: hyper-parameters drawn by chance, judged on the validation split.

Chance beats a grid of as many trials: where only one of two matters, nine trials try nine values
of it, not three. J. Bergstra and Y. Bengio, Random Search for Hyper-Parameter Optimization, 2012.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import numpy as np

Draw = Callable[[np.random.Generator], Any]


def log_uniform(low: float, high: float) -> Draw:
    """A number whose order of magnitude is drawn: 0.001 to 0.01 is as likely as 0.01 to 0.1.

    Raises:
        ValueError: `low` is not above 0, or `high` is below it or infinite.
    """
    if not 0 < low <= high < np.inf:
        raise ValueError(f"log_uniform draws between two numbers above 0, got {low} and {high}")
    return lambda rng: float(np.exp(rng.uniform(np.log(low), np.log(high))))


def choice(*values: Any) -> Draw:
    """One of these.

    Raises:
        ValueError: There is none.
    """
    if not values:
        raise ValueError("choice needs at least one value")
    return lambda rng: values[int(rng.integers(len(values)))]


def random_search(
    trial: Callable[[dict[str, Any]], float],
    space: Mapping[str, Draw],
    trials: int,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """Tries random points of a space.

    Args:
        trial: Trains with these values and returns how good it is, on the validation split. Where
            training fails with an `ArithmeticError`, as `Diverged` is one, the score is NaN.
        space: How each value is drawn, by name.
        trials: How many points.
        rng: The source of the points.

    Returns:
        A row for each trial, the best first: its values and its `score`. A NaN comes last.

    Raises:
        ValueError: A value is called `score`.
        TypeError: `trial` returns no number.

    Examples:
        >>> space = {"rate": log_uniform(0.01, 10.0)}
        >>> rows = random_search(lambda v: -abs(v["rate"] - 1), space, 20, np.random.default_rng(0))
        >>> print(f"{rows[0]['rate']:.1f}")
        0.8
    """
    if "score" in space:
        raise ValueError("a value cannot be called 'score': the rows have their score there")
    rows: list[dict[str, Any]] = []
    for _ in range(trials):
        values = {name: draw(rng) for name, draw in space.items()}
        try:
            score = trial(values)
        except ArithmeticError:
            score = float("nan")
        if not isinstance(score, Real):
            raise TypeError(f"trial must return its score, a number, not {score!r}")
        rows.append({**values, "score": score})
    return sorted(rows, key=lambda row: (np.isnan(row["score"]), -row["score"]))
