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
        self.shape = shape
        return (int(np.prod(shape)),)

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        return x if len(self.shape) == 1 else x.reshape(-1, x.shape[-1]).T

    def backward_input(self, grad: FloatArray) -> FloatArray:
        if len(self.shape) == 1:
            return grad
        dx = self.buffer("dx", (*self.shape, len(grad)), grad)
        dx.reshape(-1, len(grad))[...] = grad.T
        return dx
