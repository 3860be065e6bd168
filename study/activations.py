"""Activation functions: what a neuron does with the sum of its inputs.

Without one between them, two layers are one: a product of matrices is a matrix. Each function
takes an array of any shape and returns a new one of that shape. float32 stays float32, integers
become float64.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from study._arrays import FloatArray, IntArray, as_float


def step(x: ArrayLike) -> IntArray:
    """1 where `x > 0`, else 0: the perceptron's own activation.

    Args:
        x: Any shape.

    Returns:
        int64 of the same shape.

    Examples:
        >>> print(step([-1.0, 0.0, 2.0]))
        [0 0 1]
    """
    return (as_float(x) > 0).astype(np.int64)


def sigmoid(x: ArrayLike) -> FloatArray:
    """`1 / (1 + exp(-x))`: the step made smooth. Range (0, 1).

    As written, `exp(-x)` overflows for large negative x. Only `exp(-|x|)`, which is at most 1, is
    ever computed here; for negative x the fraction is multiplied by `exp(x)` above and below.

    Args:
        x: Any shape.

    Returns:
        The same shape.

    Examples:
        >>> print(sigmoid([-1000, 0, 1000]))
        [0.  0.5 1. ]
    """
    values = as_float(x)
    small = np.exp(-np.abs(values))
    numerator = np.where(values >= 0, np.ones_like(small), small)
    return numerator / (1 + small)


def tanh(x: ArrayLike) -> FloatArray:
    """The hyperbolic tangent: a sigmoid centred on 0. Range (-1, 1).

    It is the same curve: `tanh(x) = 2 * sigmoid(2 * x) - 1`.

    Args:
        x: Any shape.

    Returns:
        The same shape.
    """
    return np.tanh(as_float(x))


def relu(x: ArrayLike) -> FloatArray:
    """`max(x, 0)`, the rectified linear unit. Range [0, ∞).

    Args:
        x: Any shape.

    Returns:
        The same shape.

    Examples:
        >>> print(relu([-1.0, 0.0, 2.0]))
        [0. 0. 2.]
    """
    return np.maximum(as_float(x), 0)


def identity(x: ArrayLike) -> FloatArray:
    """`x` itself: the output layer of a regression.

    Args:
        x: Any shape.

    Returns:
        A copy, so that changing the output never changes the input.
    """
    return as_float(x).copy()


def softmax(x: ArrayLike, axis: int = -1) -> FloatArray:
    """Scores into probabilities: positive, and 1 in sum along `axis`.

    `exp(x) / sum(exp(x))` does not change when the same number is taken from every score. With
    the largest taken away, no exponent is above 0 and nothing overflows.

    Args:
        x: Scores, one or more dimensions; a batch is (batch, classes).
        axis: The axis of the classes.

    Returns:
        The same shape.

    Examples:
        >>> print(np.round(softmax([0.3, 2.9, 4.0]), 4))
        [0.0182 0.2452 0.7366]
    """
    exponentials = np.exp(_below_zero(x, axis))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def log_softmax(x: ArrayLike, axis: int = -1) -> FloatArray:
    """The logarithm of `softmax`, finite where `log(softmax(x))` is already `-inf`.

    Args:
        x: Scores, one or more dimensions; a batch is (batch, classes).
        axis: The axis of the classes.

    Returns:
        The same shape.

    Examples:
        >>> print(log_softmax([0, 1000]))
        [-1000.     0.]
    """
    shifted = _below_zero(x, axis)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _below_zero(x: ArrayLike, axis: int) -> FloatArray:
    scores = as_float(x)
    return scores - scores.max(axis=axis, keepdims=True)


def sigmoid_derivative(x: ArrayLike) -> FloatArray:
    """`sigmoid(x) * (1 - sigmoid(x))`: at most 1/4, and almost 0 for large |x| (saturation).

    `1 - sigmoid(x)` is written as `sigmoid(-x)`, which does not round to 0 for large x.

    Args:
        x: Any shape; the input of the sigmoid, not its output.

    Returns:
        The same shape.
    """
    values = as_float(x)
    return sigmoid(values) * sigmoid(-values)


def tanh_derivative(x: ArrayLike) -> FloatArray:
    """`1 - tanh(x)²`: at most 1.

    Args:
        x: Any shape; the input of tanh, not its output.

    Returns:
        The same shape.
    """
    return 1 - tanh(x) ** 2


def relu_derivative(x: ArrayLike) -> FloatArray:
    """1 where `x > 0`, else 0. At 0 there is no derivative; 0 is the usual choice.

    Args:
        x: Any shape.

    Returns:
        The same shape.
    """
    values = as_float(x)
    return (values > 0).astype(values.dtype)


def identity_derivative(x: ArrayLike) -> FloatArray:
    """1 everywhere.

    Args:
        x: Any shape.

    Returns:
        The same shape.
    """
    return np.ones_like(as_float(x))


ACTIVATIONS: dict[str, Callable[[ArrayLike], FloatArray | IntArray]] = {
    "step": step,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "identity": identity,
    "softmax": softmax,
}
"""The activation functions by name: what a `Dense` layer can be given."""

DERIVATIVES: dict[str, Callable[[ArrayLike], FloatArray]] = {
    "sigmoid": sigmoid_derivative,
    "tanh": tanh_derivative,
    "relu": relu_derivative,
    "identity": identity_derivative,
}
"""The derivatives by the name of their function. `step` is missing, for its slope of 0 teaches
nothing, and so is `softmax`: each of its outputs depends on all inputs, which takes a matrix."""
