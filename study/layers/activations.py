"""Activation layers: a function of each number alone, so its slope multiplies what comes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from study._arrays import FloatArray
from study.activations import sigmoid
from study.layers.base import Layer


@dataclass(eq=False)
class ReLU(Layer):
    """`y = max(x, 0)`. Backward: `dx = dy` where `x > 0`, else 0."""

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        self.y = np.maximum(x, 0, out=self.buffer("y", x.shape, x))
        return self.y

    def backward_input(self, grad: FloatArray) -> FloatArray:
        return np.multiply(grad, self.y > 0, out=self.buffer("dx", grad.shape, grad))


@dataclass(eq=False)
class Sigmoid(Layer):
    """`y = 1 / (1 + exp(-x))`. Backward: `dx = dy · y (1 - y)`."""

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        self.y = sigmoid(x)
        return self.y

    def backward_input(self, grad: FloatArray) -> FloatArray:
        return grad * self.y * (1 - self.y)


@dataclass(eq=False)
class Tanh(Layer):
    """`y = tanh(x)`. Backward: `dx = dy · (1 - y²)`."""

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        self.y = np.tanh(x)
        return self.y

    def backward_input(self, grad: FloatArray) -> FloatArray:
        return grad * (1 - self.y**2)
