"""Initialisation: the random numbers that weights start from.

Equal weights would stay equal for ever, so they must differ; and their spread decides whether
signals grow, vanish or keep their size from layer to layer. Each function takes the shape of the
weights, how many inputs reach a neuron (`fan_in`), how many neurons an input reaches (`fan_out`)
and the source of chance, and returns float64 of that shape.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Initializer = Callable[[tuple[int, ...], int, int, np.random.Generator], NDArray[np.float64]]


def he(
    shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Standard deviation `√(2 / fan_in)`: for ReLU, which lets half of the signal through.

    K. He and others, Delving Deep into Rectifiers, 2015.
    """
    return rng.standard_normal(shape) * np.sqrt(2 / fan_in)


def xavier(
    shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Standard deviation `√(2 / (fan_in + fan_out))`: for tanh, whose slope at 0 is 1.

    It lies between what keeps the signals' size forward and what keeps the gradients' backward.
    X. Glorot and Y. Bengio, Understanding the difficulty of training deep networks, 2010.
    """
    return rng.standard_normal(shape) * np.sqrt(2 / (fan_in + fan_out))


def normal(std: float) -> Initializer:
    """The same standard deviation everywhere, whatever the layer's size: 0.01 was once usual."""
    return lambda shape, fan_in, fan_out, rng: rng.standard_normal(shape) * std
