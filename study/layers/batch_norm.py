"""Batch normalisation: each feature is brought to mean 0 and spread 1, over the batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import DTypeLike

from study._arrays import FloatArray
from study.layers.base import Layer, Shape, image_shape


@dataclass(eq=False)
class BatchNorm(Layer):
    """`x̂ = (x - mean) / √(var + eps)`, `y = gamma x̂ + beta`, for each feature or channel.

    Backward, with the means over the same numbers as forward:
    `dx = gamma / √(var + eps) · (dy - mean(dy) - x̂ mean(dy x̂))`. The last two terms are there
    because every x also moves the mean and the variance. While not training, running averages
    take the place of the batch's, and do not move. S. Ioffe and C. Szegedy, Batch Normalization:
    Accelerating Deep Network Training by Reducing Internal Covariate Shift, 2015.

    Shapes stay as they are: (batch, features), or images of (channels, height, width, batch). A
    single number has no variance: where a feature has only one in a batch, the running averages
    stay.

    Args:
        momentum: The share of a batch in the running averages, 0 to 1.
        eps: Keeps the root from 0.

    Attributes:
        params: `gamma` and `beta`, shape (features,) or (channels,).
        state: `mean` and `var`, the running averages, of the same shape.

    Raises:
        ValueError: `momentum` or `eps` is out of range, or `build` is told of neither kind.
    """

    momentum: float = 0.1
    eps: float = 1e-5

    def __post_init__(self) -> None:
        super().__post_init__()
        self.keeps_averages = True
        if not (0 <= self.momentum <= 1 and self.eps > 0):
            raise ValueError(f"momentum is from 0 to 1, eps above 0; got {self}")

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Shape:
        if len(super().build(shape, rng, dtype)) != 1:
            image_shape(shape)
        # What is averaged over: the batch alone, or every pixel of every image in it.
        self.axes: Shape = (0,) if len(shape) == 1 else (1, 2, 3)
        self.across: Shape = (1, -1) if len(shape) == 1 else (-1, 1, 1, 1)
        self._own(rng, dtype, gamma=np.ones(shape[0]), beta=np.zeros(shape[0]))
        self.state = {"mean": np.zeros(shape[0], dtype), "var": np.ones(shape[0], dtype)}
        return shape

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        x = self._input(x)
        self.training, self.count = training, x.size // len(self.params["beta"])
        mean, var = self.state["mean"].reshape(self.across), self.state["var"].reshape(self.across)
        if training:
            batch_mean = x.mean(axis=self.axes, keepdims=True)
            batch_var = x.var(axis=self.axes, keepdims=True)
            if self.keeps_averages and self.count > 1:
                # The average square of distances from their own mean is too small by 1/count.
                unbiased = batch_var * (self.count / (self.count - 1))
                mean += self.momentum * (batch_mean - mean)
                var += self.momentum * (unbiased - var)
            mean, var = batch_mean, batch_var
        self.scale = 1 / np.sqrt(var + self.eps)
        self.normal = np.subtract(x, mean, out=self.buffer("normal", x.shape, x))
        self.normal *= self.scale
        y = self.buffer("y", x.shape, x)
        np.multiply(self.normal, self.params["gamma"].reshape(self.across), out=y)
        y += self.params["beta"].reshape(self.across)
        return y

    def backward_params(self, grad: FloatArray) -> None:
        np.sum(grad, axis=self.axes, out=self.grads["beta"])
        product = np.multiply(grad, self.normal, out=self.buffer("product", grad.shape, grad))
        np.sum(product, axis=self.axes, out=self.grads["gamma"])

    def backward_input(self, grad: FloatArray) -> FloatArray:
        dx = self.buffer("dx", grad.shape, grad)
        dx[...] = grad
        if self.training:
            means = (self.grads[name].reshape(self.across) / self.count for name in self.grads)
            gamma_mean, beta_mean = means
            dx -= beta_mean
            dx -= np.multiply(self.normal, gamma_mean, out=self.buffer("product", dx.shape, dx))
        dx *= self.scale * self.params["gamma"].reshape(self.across)
        return dx

    def replica(self) -> Self:
        other = super().replica()
        other.keeps_averages = False  # one thread alone may write
        return other
