"""Optimisers: how the weights move, once the slope of the loss along each of them is known.

`w` is an array of weights, `g` the slope along each, `r` the learning rate. Everything happens in
place and in memory that is kept from step to step: for a network, `w` is one vector that holds all
of its weights, and a step is over in a few passes through it. The formulas are PyTorch's.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

from study._arrays import FloatArray


@dataclass
class Optimizer:
    """A rule for steps.

    Args:
        rate: The learning rate: how far a step goes.
        weight_decay: λ of the penalty `λ/2 Σ w²`, which adds `λ w` to the slope: weights that the
            data do not insist on shrink.

    Attributes:
        state: What is remembered from step to step, arrays of the shape of `w`.
        steps: Steps taken.

    Raises:
        ValueError: A number is below 0, or a share of what is remembered is 1 or more.
    """

    rate: float
    weight_decay: float = 0.0
    remembers: ClassVar[int] = 0

    def __post_init__(self) -> None:
        for each in fields(self):
            number, highest = getattr(self, each.name), float("inf")
            if each.name in ("momentum", "keep", "keep2"):
                highest = 1.0
            if not 0 <= number < highest:
                raise ValueError(f"{each.name} must be from 0 to below {highest}, got {number}")
        self.state: list[FloatArray] = []
        self.steps = 0
        self._scratch: list[FloatArray] = []

    def update(
        self, w: FloatArray, g: FloatArray, rate: float | None = None, decayed: int | None = None
    ) -> None:
        """Takes a step: changes `w`, never `g`.

        Args:
            w: The weights, floating-point numbers of any shape.
            g: The slope along each, of the same shape.
            rate: The learning rate of this step; by default `self.rate`.
            decayed: How many weights of a vector `w`, from the first, decay; all by default.
                Biases should not.

        Raises:
            ValueError: The shapes differ, or are not those of the steps before.
        """
        if not self._scratch:
            self.state = self.state or [np.zeros_like(w) for _ in range(self.remembers)]
            self._scratch = [np.empty_like(w), np.empty_like(w)]
        if not w.shape == g.shape == self._scratch[0].shape:
            shapes = f"w {w.shape}, g {g.shape}, steps before {self._scratch[0].shape}"
            raise ValueError(f"{shapes}: another array of weights needs an optimiser of its own")
        self.steps += 1
        rate = self.rate if rate is None else rate
        if self.weight_decay:
            g = self._decay(w, g, rate, slice(decayed))
        self._step(w, g, rate)

    def _decay(self, w: FloatArray, g: FloatArray, r: float, part: slice) -> FloatArray:
        slope = self._scratch[1]
        slope[...] = g
        slope[part] += self.weight_decay * w[part]
        return slope

    def _step(self, w: FloatArray, g: FloatArray, r: float) -> None:
        raise NotImplementedError

    def _times(self, x: FloatArray, y: FloatArray | float) -> FloatArray:
        """`x * y`, in memory that the next call overwrites."""
        return np.multiply(x, y, out=self._scratch[0])

    def _scaled(
        self, w: FloatArray, g: FloatArray, h: FloatArray, r: float, eps: float, factor: float = 1
    ) -> None:
        """`w ← w - r g / (factor √h + eps)`: each weight has a learning rate of its own."""
        tmp = np.sqrt(h, out=self._scratch[0])
        tmp *= factor
        tmp += eps
        np.divide(g, tmp, out=tmp)
        tmp *= r
        w -= tmp


class SGD(Optimizer):
    """`w ← w - r g`: stochastic gradient descent. H. Robbins and S. Monro, 1951."""

    def _step(self, w: FloatArray, g: FloatArray, r: float) -> None:
        w -= self._times(g, r)


@dataclass
class Momentum(Optimizer):
    """`v ← momentum v + g`, `w ← w - r v`: a ball that keeps rolling. B. Polyak, 1964."""

    momentum: float = 0.9
    remembers: ClassVar[int] = 1

    def _step(self, w: FloatArray, g: FloatArray, r: float) -> None:
        (v,) = self.state
        v *= self.momentum
        v += g
        w -= self._times(v, r)


class Nesterov(Momentum):
    """`v ← momentum v + g`, `w ← w - r (g + momentum v)`: looks ahead. Y. Nesterov, 1983."""

    def _step(self, w: FloatArray, g: FloatArray, r: float) -> None:
        (v,) = self.state
        v *= self.momentum
        v += g
        w -= self._times(v, r * self.momentum)
        w -= self._times(g, r)


@dataclass
class AdaGrad(Optimizer):
    """`h ← h + g²`, `w ← w - r g / (√h + eps)`: what moved much moves less. J. Duchi, 2011."""

    eps: float = 1e-10
    remembers: ClassVar[int] = 1

    def _step(self, w: FloatArray, g: FloatArray, r: float) -> None:
        (h,) = self.state
        h += self._times(g, g)
        self._scaled(w, g, h, r, self.eps)


@dataclass
class RMSProp(Optimizer):
    """`h ← keep h + (1 - keep) g²`, then as AdaGrad, which never forgets. G. Hinton, 2012."""

    keep: float = 0.99
    eps: float = 1e-8
    remembers: ClassVar[int] = 1

    def _step(self, w: FloatArray, g: FloatArray, r: float) -> None:
        (h,) = self.state
        h *= self.keep
        tmp = self._times(g, g)
        tmp *= 1 - self.keep
        h += tmp
        self._scaled(w, g, h, r, self.eps)


@dataclass
class Adam(Optimizer):
    """Momentum over RMSProp. D. Kingma and J. Ba, 2015.

    `m ← keep m + (1 - keep) g`, `v ← keep2 v + (1 - keep2) g²`, `w ← w - r m̂ / (√v̂ + eps)`, where
    `m̂ = m / (1 - keepⁿ)` and `v̂ = v / (1 - keep2ⁿ)` at step n make up for the start at 0.
    """

    keep: float = 0.9
    keep2: float = 0.999
    eps: float = 1e-8
    remembers: ClassVar[int] = 2

    def _step(self, w: FloatArray, g: FloatArray, r: float) -> None:
        m, v = self.state
        m *= self.keep
        m += self._times(g, 1 - self.keep)
        v *= self.keep2
        tmp = self._times(g, g)
        tmp *= 1 - self.keep2
        v += tmp
        full, full2 = 1 - self.keep**self.steps, 1 - self.keep2**self.steps
        self._scaled(w, m, v, r / full, self.eps, 1 / full2**0.5)


class AdamW(Adam):
    """Adam whose decay, `w ← w - r λ w`, bypasses the averages. I. Loshchilov, F. Hutter, 2019."""

    def _decay(self, w: FloatArray, g: FloatArray, r: float, part: slice) -> FloatArray:
        w[part] *= 1 - r * self.weight_decay
        return g
