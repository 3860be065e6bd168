"""Gradients: which way is uphill; and gradient descent, which walks the other way.

The gradient is taken here by trying: nudge one number, see what the function does. It needs
nothing but the function, and is slow: two calls for each number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from study._arrays import FloatArray, as_float

Function = Callable[[Any], Any]
Gradient = Callable[[FloatArray], ArrayLike]


def numerical_gradient(f: Function, x: ArrayLike, h: float = 1e-4) -> FloatArray:
    """The gradient of `f` at `x` by central differences, `(f(x + h) - f(x - h)) / 2h`.

    The error of the formula shrinks as h², the rounding error grows as 1/h; 1e-4 lies between.
    The points are float64 whatever `x` is: on an integer array `x + h` would be `x` again, and in
    float32 rounding would eat four of the seven digits.

    Args:
        f: A function from an array of x's shape to one number. It must use its argument: `x`
            itself is never modified.
        x: Where; any shape.
        h: The step, in each direction.

    Returns:
        The gradient, of x's shape; float32 for float32, else float64.

    Raises:
        ValueError: `f` returned more than one number, or `h` is not positive.

    Examples:
        >>> print(np.round(numerical_gradient(lambda x: np.sum(x**2), [3, 4]), 6))
        [6. 8.]
    """
    if not h > 0:
        raise ValueError(f"h must be positive, got {h}")
    start = as_float(x)
    point = start.astype(np.float64)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        here = point[index]
        point[index] = here + h
        above = _number(f(point))
        point[index] = here - h
        below = _number(f(point))
        point[index] = here
        gradient[index] = (above - below) / (2 * h)
    return gradient.astype(start.dtype)


def gradient_descent(
    f: Function,
    x0: ArrayLike,
    learning_rate: float = 0.1,
    steps: int = 100,
    gradient: Gradient | None = None,
) -> FloatArray:
    """Walks downhill from `x0`: `x ← x - learning_rate * gradient(x)`, again and again.

    Args:
        f: The function to make small.
        x0: The start; any shape.
        learning_rate: How far a step goes. Too small: no progress. Too large: it overshoots.
        steps: How many steps.
        gradient: The gradient of `f`, if it is known; `numerical_gradient` otherwise.

    Returns:
        The whole path, shape (steps + 1, *x0.shape): first `x0`, last where the walk ended.

    Raises:
        ValueError: `steps` is negative, or the gradient has another shape than `x0`.

    Examples:
        >>> path = gradient_descent(lambda x: np.sum(x**2), [-3, 4], learning_rate=0.1)
        >>> print(path.shape, bool(np.all(np.abs(path[-1]) < 1e-8)))
        (101, 2) True
    """
    if steps < 0:
        raise ValueError(f"steps must not be negative, got {steps}")
    start = as_float(x0)
    path = np.empty((steps + 1, *start.shape), dtype=start.dtype)
    path[0] = start
    for step in range(steps):
        here = path[step]
        slope = numerical_gradient(f, here) if gradient is None else as_float(gradient(here))
        if slope.shape != start.shape:
            raise ValueError(
                f"a gradient of shape {slope.shape} does not fit x0 of shape {start.shape}"
            )
        path[step + 1] = here - learning_rate * slope
    return path


def _number(value: Any) -> float:
    if np.size(value) != 1:
        raise ValueError(f"f must return one number, got an array of shape {np.shape(value)}")
    return float(np.asarray(value).reshape(()))
