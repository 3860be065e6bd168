"""Data: some set aside to judge by, the rest in random batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.layers.base import positive

Pair = tuple[NDArray[Any], NDArray[Any]]


def split(
    x: ArrayLike, t: ArrayLike, validation: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Sets the last `validation` samples aside, for every choice that training does not make.

    Args:
        x: Samples, shape (n, ...).
        t: Their truths, shape (n, ...).
        validation: How many are set aside.

    Returns:
        `(x_train, t_train, x_validation, t_validation)`, views.

    Raises:
        ValueError: `x` and `t` are not of one length, or nothing is left on one side.
    """
    x, t = paired(x, t)
    if not 0 < validation < len(x):
        raise ValueError(f"cannot set {validation} of {len(x)} samples aside")
    return x[:-validation], t[:-validation], x[-validation:], t[-validation:]


def minibatches(
    x: ArrayLike, t: ArrayLike, batch_size: int, rng: np.random.Generator
) -> Iterator[Pair]:
    """Every sample once, in random order, a batch at a time. The last batch may be smaller.

    Args:
        x: Samples, shape (n, ...).
        t: Their truths, shape (n, ...).
        batch_size: Samples in a batch.
        rng: The source of the order.

    Yields:
        `(x, t)` of a batch.

    Raises:
        ValueError: `x` and `t` are not of one length, or `batch_size` is not positive.
    """
    x, t = paired(x, t)
    positive(batch_size=batch_size)
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield x[chosen], t[chosen]


def paired(x: ArrayLike, t: ArrayLike) -> Pair:
    """Samples and truths as arrays.

    Raises:
        ValueError: They are not of one length.
    """
    samples, truths = np.asarray(x), np.asarray(t)
    if not (samples.ndim and truths.ndim and len(samples) == len(truths)):
        raise ValueError(f"x of shape {samples.shape} does not fit t of shape {truths.shape}")
    return samples, truths
