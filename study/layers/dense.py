"""The fully connected layer: every input reaches every neuron."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import DTypeLike

from study._arrays import FloatArray
from study.initialization import Initializer, he
from study.layers.base import Layer, Shape, positive


@dataclass(eq=False)
class Dense(Layer):
    """`y = x W + b`. Backward: `dW = xᵀ dy`, `db = Σ dy` over the batch, `dx = dy Wᵀ`.

    From (batch, inputs) to (batch, outputs).

    Args:
        outputs: Neurons in the layer.
        init: Where the weights start; the biases start at 0.

    Attributes:
        params: `W` (inputs, outputs), `b` (outputs,).

    Raises:
        ValueError: `outputs` is not positive, or `build` is told of images.
    """

    outputs: int
    init: Initializer = field(default=he, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        positive(outputs=self.outputs)

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Shape:
        if len(shape) != 1:
            raise ValueError(f"it takes a row of features, not {shape}: Flatten makes one")
        (inputs,) = super().build(shape, rng, dtype)
        weights = self.init((inputs, self.outputs), inputs, self.outputs, rng)
        self._own(rng, dtype, W=weights, b=np.zeros(self.outputs))
        self.multiply_adds = inputs * self.outputs
        return (self.outputs,)

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        self.x = x = self._input(x)
        y = self.buffer("y", (len(x), self.outputs), x)
        np.matmul(x, self.params["W"], out=y)
        y += self.params["b"]
        return y

    def backward_params(self, grad: FloatArray) -> None:
        np.matmul(self.x.T, grad, out=self.grads["W"])
        np.sum(grad, axis=0, out=self.grads["b"])

    def backward_input(self, grad: FloatArray) -> FloatArray:
        return np.matmul(grad, self.params["W"].T, out=self.buffer("dx", self.x.shape, grad))
