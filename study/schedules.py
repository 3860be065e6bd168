"""Schedules: how the learning rate changes as training goes on.

A schedule is a function from the share of the training that is done, 0 to 1, to a factor of the
optimiser's rate: the same one serves 5 epochs and 50. A training that is made longer afterwards is
another than one planned so: after 5 epochs, all of the schedule, the sixth of 10 is in its middle.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

Schedule = Callable[[float], float]


def constant(done: float) -> float:
    """Always 1.

    Args:
        done: The share of the training that is done, 0 to 1.

    Returns:
        The factor of the optimiser's rate.
    """
    return 1.0


def cosine(done: float) -> float:
    """From 1 to 0 along half a cosine: long at both ends. I. Loshchilov and F. Hutter, 2017.

    Args:
        done: The share of the training that is done, 0 to 1.

    Returns:
        The factor of the optimiser's rate.
    """
    return (1 + cos(pi * done)) / 2


def step(*drops: float, factor: float = 0.1) -> Schedule:
    """Times `factor` at each of `drops`: `step(0.5, 0.75)` at half and at three quarters.

    Args:
        drops: Shares of the training, 0 to 1.
        factor: What the rate is multiplied by.

    Returns:
        The schedule.
    """
    return lambda done: factor ** sum(done >= drop for drop in drops)


def warm_up(share: float, then: Schedule = constant, start: float = 0.0) -> Schedule:
    """From `start` evenly up to 1 during the first `share`; what is left follows `then`.

    Args:
        share: How long it takes, from 0 up to, not including, 1.
        then: The schedule after it, from its own 0 to its own 1.
        start: The factor of the first step. With 0, that step moves nothing.

    Returns:
        The schedule.

    Raises:
        ValueError: `share` is out of range.
    """
    _check("share", share)

    def factor(done: float) -> float:
        if done < share:
            return start + (1 - start) * done / share
        return then((done - share) / (1 - share))

    return factor


def one_cycle(peak_at: float = 0.3, start: float = 0.04) -> Schedule:
    """Up from `start` to 1 at `peak_at`, then down to 0, both along half a cosine.

    A high rate in the middle covers ground and keeps out of narrow valleys; the low end settles.
    L. Smith and N. Topin, Super-Convergence, 2018.

    Args:
        peak_at: The share of the training where the factor is 1: from 0 up to, not including, 1.
        start: The factor of the first step.

    Returns:
        The schedule.

    Raises:
        ValueError: `peak_at` is out of range.
    """
    _check("peak_at", peak_at)

    def factor(done: float) -> float:
        if done < peak_at:
            return start + (1 - start) * (1 - cosine(done / peak_at))
        return cosine((done - peak_at) / (1 - peak_at))

    return factor


def _check(name: str, share: float) -> None:
    if not 0 <= share < 1:
        raise ValueError(f"{name} must be at least 0 and below 1, got {share}")
