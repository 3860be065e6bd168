"""Pooling: of each small window of an image, one number remains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from study._arrays import FloatArray, IntArray
from study.layers.base import Layer, Shape, image_shape, positive


@dataclass(eq=False)
class _Pool(Layer):
    """What both kinds of pooling share: where the windows are.

    Args:
        size: Height and width of a window.
        stride: From one window to the next; 0 for `size`, so that windows do not overlap. Pixels
            that would need a window beyond the edge are left out.
    """

    size: int
    stride: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.shape: Shape = ()
        positive(size=self.size, stride=self.stride or self.size)

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Shape:
        self.step = self.stride or self.size
        channels, height, width = image_shape(super().build(shape, rng, dtype))
        if self.size > min(height, width):
            raise ValueError(f"a window of {self.size}×{self.size} is larger than {shape}")
        self.rows, self.columns = (1 + (side - self.size) // self.step for side in (height, width))
        return channels, self.rows, self.columns

    def _places(self, x: FloatArray, axis: int) -> list[FloatArray]:
        """For each place along one side of a window, the pixels that all windows have there.

        The largest of two numbers is then found for all windows at once. They are views, so what is
        written there is in `x`.
        """
        before = (slice(None),) * axis
        reach = self.step * (self.rows, self.columns)[axis - 1]
        return [x[(*before, slice(i, i + reach, self.step))] for i in range(self.size)]

    def _spread(self, grad: FloatArray, axis: int, share: Callable[[int], Any]) -> FloatArray:
        """`grad * share(place)` for each place along one side; sums where windows overlap."""
        shape = (*grad.shape[:axis], self.shape[axis], *grad.shape[axis + 1 :])
        dx = self.buffer(f"dx{axis}", shape, grad)
        if self.step < self.size:
            dx.fill(0)
        for place, slopes in enumerate(self._places(dx, axis)):
            if self.step < self.size:
                slopes += grad * share(place)
            else:
                np.multiply(grad, share(place), out=slopes)
        return dx


@dataclass(eq=False)
class MaxPool(_Pool):
    """The largest number of each window. Backward: all of `dy` goes to where that number was.

    From (channels, height, width, batch) to (channels, 1 + (height - size) // stride,
    1 + (width - size) // stride, batch). Where several are the largest, the first of them counts,
    row by row.
    """

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        x = self._input(x)
        self.shape = x.shape
        # The largest of each row of a window, then the largest of those: three comparisons for 2×2,
        # and the last of them is of whole rows of the image, which lie in one piece.
        across, self.column = self._largest(x, 2)
        y, self.row = self._largest(across, 1)
        return y

    def backward_input(self, grad: FloatArray) -> FloatArray:
        grad = self._spread(grad, 1, lambda place: self.row == place)
        return self._spread(grad, 2, lambda place: self.column == place)

    def _largest(self, x: FloatArray, axis: int) -> tuple[FloatArray, IntArray]:
        """The largest along one side of the windows, and at which place each was."""
        largest, *others = self._places(x, axis)
        y = self.buffer(f"y{axis}", largest.shape, x)
        winner = np.zeros(y.shape, np.uint8 if len(others) < 256 else np.int64)
        for place, values in enumerate(others, start=1):
            # A later place that is larger overrides: `winner` can only grow.
            np.maximum(winner, (values > largest) * winner.dtype.type(place), out=winner)
            largest = np.maximum(largest, values, out=y)
        if not others:
            y[...] = largest
        return y, winner


@dataclass(eq=False)
class AveragePool(_Pool):
    """The mean of each window. Backward: every pixel of it gets its share of `dy`.

    Shapes as for `MaxPool`.
    """

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        x = self._input(x)
        self.shape = x.shape
        places = [place for row in self._places(x, 1) for place in self._places(row, 2)]
        y = self.buffer("y", places[0].shape, x)
        y[...] = places[0]
        for values in places[1:]:
            y += values
        y /= self.size**2
        return y

    def backward_input(self, grad: FloatArray) -> FloatArray:
        for axis in (1, 2):
            grad = self._spread(grad, axis, lambda place: 1 / self.size)
        return grad
