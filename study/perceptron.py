"""A perceptron: one neuron that weighs its inputs and fires, or does not.

Rosenblatt's neuron of 1958 is the smallest thing that can be called a neural network. One of them
can be AND, NAND or OR; none can be XOR, but two layers of them can, and that is the whole reason
for networks with layers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from study._arrays import FloatArray, IntArray, as_float, read_only


@dataclass(init=False, frozen=True, eq=False)
class Perceptron:
    """Fires (1) where `w·x + b > 0`, and is silent (0) elsewhere.

    The threshold θ of the textbook rule `w·x > θ` is the bias with its sign turned: `b = -θ`.

    Args:
        weights: One weight an input, shape (n,).
        bias: How readily it fires: the greater, the readier.

    Raises:
        ValueError: `weights` is not a vector.

    Examples:
        >>> gate = Perceptron([0.5, 0.5], -0.7)
        >>> print(gate([[0, 0], [0, 1], [1, 0], [1, 1]]))
        [0 0 0 1]
    """

    weights: FloatArray
    bias: float

    def __init__(self, weights: ArrayLike, bias: float) -> None:
        vector = as_float(weights)
        if vector.ndim != 1:
            raise ValueError(f"weights must be a vector of shape (n,), got shape {vector.shape}")
        object.__setattr__(self, "weights", read_only(vector))
        object.__setattr__(self, "bias", float(bias))

    def __call__(self, x: ArrayLike) -> IntArray:
        """Whether the perceptron fires.

        Args:
            x: Inputs of shape (..., n): one, or any number at once.

        Returns:
            0 or 1 for each input, int64 of shape (...,).

        Raises:
            ValueError: `x` does not have one number for each weight.
        """
        inputs = as_float(x)
        if inputs.ndim == 0 or inputs.shape[-1] != self.weights.size:
            raise ValueError(
                f"x of shape {inputs.shape} does not fit weights of shape {self.weights.shape}"
            )
        fires = inputs @ self.weights + self.bias > 0
        return fires.astype(np.int64)


AND = Perceptron([0.5, 0.5], -0.7)
"""Fires when both inputs are 1."""
NAND = Perceptron([-0.5, -0.5], 0.7)
"""Fires unless both inputs are 1."""
OR = Perceptron([0.5, 0.5], -0.2)
"""Fires when at least one input is 1."""


def xor(x: ArrayLike) -> IntArray:
    """XOR, which no single perceptron can be: `AND(NAND(x), OR(x))`.

    No straight line has (0, 1) and (1, 0) on one side and (0, 0) and (1, 1) on the other. The
    first layer, NAND and OR, moves the points to where one does.

    Args:
        x: Pairs of 0 and 1, shape (..., 2).

    Returns:
        int64 of shape (...,).

    Examples:
        >>> print(xor([[0, 0], [0, 1], [1, 0], [1, 1]]))
        [0 1 1 0]
    """
    first_layer = np.stack([NAND(x), OR(x)], axis=-1)
    return AND(first_layer)
