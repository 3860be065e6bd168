"""From images to rows of features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from study._arrays import FloatArray
from study.layers.base import Layer, Shape


@dataclass(eq=False)
class Flatten(Layer):
    """(channels, height, width, batch) as (batch, channels · height · width), and back."""

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Shape:
        self.shape = super().build(shape, rng, dtype)
        self.size = int(np.prod(shape))
        return (self.size,)

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        x = self._input(x)
        return x if len(self.shape) == 1 else x.reshape(self.size, x.shape[-1]).T

    def backward_input(self, grad: FloatArray) -> FloatArray:
        if len(self.shape) == 1:
            return grad
        dx = self.buffer("dx", (*self.shape, len(grad)), grad)
        dx.reshape(self.size, len(grad))[...] = grad.T
        return dx
