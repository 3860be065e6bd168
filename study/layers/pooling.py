"""Pooling: of each small window of an image, one number remains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from study._arrays import FloatArray
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

    def _places(self, x: FloatArray) -> list[FloatArray]:
        """For each place in a window, row by row, the pixels that all windows have there.

        A window of 2×2 gives four images, each a quarter of `x`: the largest of four numbers is
        then found for all windows at once. They are views, so what is written there is in `x`.
        """
        down, right = self.step * self.rows, self.step * self.columns
        places = [(i, j) for i in range(self.size) for j in range(self.size)]
        return [x[:, i : i + down : self.step, j : j + right : self.step] for i, j in places]

    def _spread(self, grad: FloatArray, share: Callable[[int], Any]) -> FloatArray:
        """`grad * share(place)` for each place in the windows; sums where windows overlap."""
        dx = self.buffer("dx", self.shape, grad)
        if self.step < self.size:
            dx.fill(0)
        for place, slopes in enumerate(self._places(dx)):
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
        first, *others = self._places(x)
        y = self.buffer("y", first.shape, x)
        y[...] = first
        self.winner = np.zeros(first.shape, np.uint8 if len(others) < 256 else np.int64)
        for place, values in enumerate(others, start=1):
            # A later place that is larger overrides: `winner` can only grow.
            np.maximum(self.winner, (values > y) * self.winner.dtype.type(place), out=self.winner)
            np.maximum(y, values, out=y)
        return y

    def backward_input(self, grad: FloatArray) -> FloatArray:
        return self._spread(grad, lambda place: self.winner == place)


@dataclass(eq=False)
class AveragePool(_Pool):
    """The mean of each window. Backward: every pixel of it gets its share of `dy`.

    Shapes as for `MaxPool`.
    """

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        x = self._input(x)
        self.shape = x.shape
        first, *others = self._places(x)
        y = self.buffer("y", first.shape, x)
        y[...] = first
        for values in others:
            y += values
        y /= self.size**2
        return y

    def backward_input(self, grad: FloatArray) -> FloatArray:
        return self._spread(grad, lambda place: 1 / self.size**2)
