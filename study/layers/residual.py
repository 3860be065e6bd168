"""The residual connection: a way around some layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from study._arrays import FloatArray
from study.layers.base import Layer, Shape, build_all


@dataclass(eq=False)
class Residual(Layer):
    """`y = f(x) + s(x)`: `f` the layers, `s` the shortcut. Backward: `dx = f'(dy) + s'(dy)`.

    Usually the shortcut is x itself, and the slope reaches the layers before undiminished, however
    many lie between. K. He and others, Deep Residual Learning for Image Recognition, 2015.

    From any shape to the shape that the layers give, which the shortcut must give too.

    Args:
        layers: What is gone around.
        shortcut: The layers on the way around: none, or a 1×1 convolution where the shape changes.
    """

    layers: Sequence[Layer]
    shortcut: Sequence[Layer] = ()

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Shape:
        super().build(shape, rng, dtype)
        self.inner = [*self.layers, *self.shortcut]
        inside, around = (
            build_all(each, shape, rng, dtype)[-1] for each in (self.layers, self.shortcut)
        )
        if inside != around:
            raise ValueError(f"its layers give {inside}, its shortcut {around}: no sum")
        self.multiply_adds = sum(layer.multiply_adds for layer in self.inner)
        return inside

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        inside = around = self._input(x)
        for layer in self._paths()[0]:
            inside = layer.forward(inside, training)
        for layer in self._paths()[1]:
            around = layer.forward(around, training)
        return np.add(inside, around, out=self.buffer("y", inside.shape, x))

    def backward(self, grad: FloatArray) -> FloatArray:
        inside = around = grad
        for layer in reversed(self._paths()[0]):
            inside = layer.backward(inside)
        for layer in reversed(self._paths()[1]):
            around = layer.backward(around)
        return np.add(inside, around, out=self.buffer("dx", inside.shape, grad))

    def backward_params(self, grad: FloatArray) -> None:
        self.backward(grad)

    def _paths(self) -> tuple[Sequence[Layer], Sequence[Layer]]:
        return self.inner[: len(self.layers)], self.inner[len(self.layers) :]
