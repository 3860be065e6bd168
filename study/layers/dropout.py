"""Dropout: while training, a random share of the signals is switched off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import DTypeLike

from study._arrays import FloatArray
from study.layers.base import Layer, Shape


@dataclass(eq=False)
class Dropout(Layer):
    """`y = x · mask / (1 - rate)` while training, else x. Backward: `dx = dy · mask / (1 - rate)`.

    No neuron can rely on any other being there. What is left is made larger by as much as is
    missing, so that nothing need be done afterwards. N. Srivastava and others, Dropout: A Simple
    Way to Prevent Neural Networks from Overfitting, 2014.

    Args:
        rate: The share that is switched off, from 0 up to, not including, 1.

    Raises:
        ValueError: `rate` is not such a share.
    """

    rate: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.rate < 1:
            raise ValueError(f"rate must be at least 0 and below 1, got {self.rate}")

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Shape:
        self.rng = rng.spawn(1)[0]
        return super().build(shape, rng, dtype)

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        self.mask: FloatArray | None = None
        if not training:
            return x
        if self.rng is None:
            raise ValueError(f"{self} has no source of chance yet: call build first")
        kept = self.rng.random(x.shape, np.float32) >= self.rate
        self.mask = kept * x.dtype.type(1 / (1 - self.rate))
        return x * self.mask

    def backward_input(self, grad: FloatArray) -> FloatArray:
        return grad if self.mask is None else grad * self.mask

    def replica(self) -> Self:
        other = super().replica()
        other.rng = self.rng.spawn(1)[0] if self.rng else None
        return other
