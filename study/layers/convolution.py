"""Convolution: a small filter slides over an image, and is one matrix product after another."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike

from study._arrays import FloatArray
from study.initialization import Initializer, he
from study.layers.base import Layer, Shape, image_shape, positive


@dataclass(eq=False)
class Convolution(Layer):
    """`y[f, i, j] = b[f] + Σ W[f, c, k, l] x[c, i · stride + k, j · stride + l]`; zeros around x.

    The sum is a matrix product: the filters as rows, times a matrix that has the pixels under the
    filter at (i, j) as a column. Making that matrix is `im2col`: K. Chellapilla, S. Puri and
    P. Simard, High Performance Convolutional Neural Networks for Document Processing, 2006.
    Backward: `dW = dy · columnsᵀ`, `db = Σ dy`. A pixel has met every place of the filter on its
    way, from the last to the first: `dx` is the convolution of `dy` with the filter turned round.

    From (channels, height, width, batch) to (filters, 1 + (height + 2 · padding - size) // stride,
    1 + (width + 2 · padding - size) // stride, batch).

    Args:
        filters: Channels of the output.
        size: Height and width of a filter.
        stride: From one place of the filter to the next.
        padding: Zeros around the image, on each side.
        init: Where the weights start; the biases start at 0.

    Attributes:
        params: `W` (filters, channels, size, size), `b` (filters,).

    Raises:
        ValueError: A number is out of range, or `build` is told of images smaller than a filter.
    """

    filters: int
    size: int
    stride: int = 1
    padding: int = 0
    init: Initializer = field(default=he, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        positive(filters=self.filters, size=self.size, stride=self.stride)
        if not isinstance(self.padding, int | np.integer) or self.padding < 0:
            raise ValueError(f"padding must not be below 0 and must be whole, got {self.padding!r}")

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Shape:
        channels, height, width = image_shape(super().build(shape, rng, dtype))
        room = (height + 2 * self.padding - self.size, width + 2 * self.padding - self.size)
        if min(room) < 0:
            raise ValueError(f"a filter of {self.size}×{self.size} is larger than the image")
        self.rows, self.columns = (1 + each // self.stride for each in room)
        area = self.size**2
        weights = self.init(
            (self.filters, channels, self.size, self.size),
            channels * area,
            self.filters * area,
            rng,
        )
        self._own(rng, dtype, W=weights, b=np.zeros(self.filters))
        self.multiply_adds = weights.size * self.rows * self.columns
        return self.filters, self.rows, self.columns

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        x = self._input(x)
        self.x_shape = x.shape
        height = (self.rows - 1) * self.stride + self.size
        self.bands = self._bands("x", x, height, self.columns, self.stride, self.padding)
        y = self.buffer("y", (self.filters, self.rows, self.columns, x.shape[-1]), x)
        weights = self.params["W"].transpose(0, 2, 3, 1).reshape(self.filters, -1)
        _products(weights, self._columns(self.bands, self.stride), _rows(y))
        y += self.params["b"][:, np.newaxis, np.newaxis, np.newaxis]
        return y

    def backward_params(self, grad: FloatArray) -> None:
        channels = self.x_shape[0]
        # dWᵀ = columns · dyᵀ: with its long side first, the library is quicker at it.
        product = self.buffer("dW", (self.rows, self.size**2 * channels, self.filters), grad)
        _products(self._columns(self.bands, self.stride), _rows(grad).swapaxes(1, 2), product)
        by_place = product.sum(axis=0).reshape(self.size, self.size, channels, self.filters)
        self.grads["W"][...] = by_place.transpose(3, 2, 0, 1)
        np.sum(grad, axis=(1, 2, 3), out=self.grads["b"])

    def backward_input(self, grad: FloatArray) -> FloatArray:
        channels, height, width, batch = self.x_shape
        if self.stride > 1:  # put the slopes where the filter was, with zeros between them
            spread = [(each - 1) * self.stride + 1 for each in grad.shape[1:3]]
            apart = self.buffer("apart", (self.filters, *spread, batch), grad)
            apart[:, :: self.stride, :: self.stride] = grad
            grad = apart
        margin = self.size - 1
        bands = self._bands("dy", grad, height + margin, width, 1, margin - self.padding)
        turned = self.params["W"][:, :, ::-1, ::-1].transpose(1, 2, 3, 0).reshape(channels, -1)
        dx = self.buffer("dx", self.x_shape, grad)
        _products(turned, self._columns(bands, 1), _rows(dx))
        return dx

    def _bands(
        self, name: str, x: FloatArray, height: int, width: int, stride: int, padding: int
    ) -> FloatArray:
        """The rows of padded `x`, each repeated as the filter's columns see it.

        `bands[i, l, c, j] = x[c, i - padding, j · stride + l - padding]`, 0 outside `x`; its shape
        is (height, size, channels, width, batch).
        """
        channels, x_height, x_width, batch = x.shape
        bands = self.buffer(f"bands of {name}", (height, self.size, channels, width, batch), x)
        top, bottom = max(0, -padding), min(x_height, height - padding)
        for place in range(self.size):
            start = place - padding  # the column of x under place 0 of the output
            first = max(0, -(start // stride))  # rounded up
            last = min(width, (x_width - 1 - start) // stride + 1)
            if first < last and top < bottom:
                seen = slice(start + first * stride, start + (last - 1) * stride + 1, stride)
                rows = x[:, top:bottom, seen].swapaxes(0, 1)
                bands[top + padding : bottom + padding, place, :, first:last] = rows
        return bands

    def _columns(self, bands: FloatArray, stride: int) -> FloatArray:
        """im2col: a matrix for each row of the output.

        Their shape is (rows, size · size · channels, width · batch). The columns of one are
        `size` neighbouring bands, which lie behind each other in memory. So the matrices are there
        already: this is a view, in which neighbours overlap, and nothing is copied `size` times.
        """
        height, size, channels, width, batch = bands.shape
        shape = (1 + (height - size) // stride, size * size * channels, width * batch)
        strides = (stride * bands.strides[0], bands.strides[2], bands.itemsize)
        return as_strided(bands, shape, strides, writeable=False)


def _products(a: FloatArray, b: FloatArray, out: FloatArray) -> None:
    """`a b` for each row of the output, in one call.

    Only one thread at a time can be inside Python. With a call for each row, they would wait for
    each other at every one.
    """
    np.matmul(a, b, out=out)


def _rows(image: FloatArray) -> FloatArray:
    """Each row of all channels as a matrix: a view, (height, channels, width · batch)."""
    flat = image.reshape(*image.shape[:2], image.shape[2] * image.shape[3])
    return flat.swapaxes(0, 1)
