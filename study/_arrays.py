"""What every module does to its arguments first: make a floating-point array of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]


def as_float(x: ArrayLike) -> FloatArray:
    """`x` as a floating-point array: float32 stays float32, integers become float64.

    Integers are the classic trap: `x[0] = 3 + 0.0001` on an integer array stores 3 and says
    nothing.

    Raises:
        TypeError: `x` holds something other than real numbers.
    """
    array = np.asarray(x)
    if np.issubdtype(array.dtype, np.floating):
        return array
    if array.dtype == np.bool_ or np.issubdtype(array.dtype, np.integer):
        return array.astype(np.float64)
    raise TypeError(f"expected real numbers, got an array of {array.dtype}")


def read_only(x: FloatArray) -> FloatArray:
    """A copy that nobody can change, neither through the original nor by accident."""
    copy = np.array(x)
    copy.setflags(write=False)
    return copy
