"""Convolutional networks as one would write them first, in NumPy: what `study` is measured against.

Images are (batch, channels, height, width). Each convolution copies the pixels under its filter
into one large matrix, multiplies it by the filters, and turns the result back into images. Every
result is a fresh array.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[Any]


class Layer:
    """A layer; `weights` and `grads` are lists of arrays, in the same order."""

    def __init__(self) -> None:
        self.weights: list[Array] = []
        self.grads: list[Array] = []

    def forward(self, x: Array) -> Array:
        raise NotImplementedError

    def backward(self, dy: Array) -> Array:
        raise NotImplementedError


class Dense(Layer):
    def __init__(self, inputs: int, outputs: int, rng: np.random.Generator) -> None:
        super().__init__()
        w = rng.standard_normal((inputs, outputs), np.float32) * np.float32((2 / inputs) ** 0.5)
        self.weights = [w, np.zeros(outputs, np.float32)]

    def forward(self, x: Array) -> Array:
        self.x = x
        return x @ self.weights[0] + self.weights[1]

    def backward(self, dy: Array) -> Array:
        self.grads = [self.x.T @ dy, dy.sum(axis=0)]
        return dy @ self.weights[0].T


class Convolution(Layer):
    def __init__(
        self, channels: int, filters: int, size: int, padding: int, rng: np.random.Generator
    ) -> None:
        super().__init__()
        self.size, self.padding = size, padding
        spread = np.float32((2 / (channels * size * size)) ** 0.5)
        w = rng.standard_normal((filters, channels * size * size), np.float32) * spread
        self.weights = [w, np.zeros(filters, np.float32)]

    def forward(self, x: Array) -> Array:
        self.shape = x.shape
        self.columns = self.to_columns(x)
        y = self.columns @ self.weights[0].T + self.weights[1]
        batch, _, height, width = x.shape
        shrink = 2 * self.padding - self.size + 1
        return y.reshape(batch, height + shrink, width + shrink, -1).transpose(0, 3, 1, 2)

    def backward(self, dy: Array) -> Array:
        rows = dy.transpose(0, 2, 3, 1).reshape(-1, dy.shape[1])
        self.grads = [rows.T @ self.columns, rows.sum(axis=0)]
        return self.from_columns(rows @ self.weights[0], *dy.shape[2:])

    def to_columns(self, x: Array) -> Array:
        """The pixels under each place of the filter, a row for each (im2col)."""
        edge = (self.padding, self.padding)
        padded = np.pad(x, ((0, 0), (0, 0), edge, edge))
        windows = sliding_window_view(padded, (self.size, self.size), axis=(2, 3))
        batch, _, height, width = windows.shape[:4]
        return windows.transpose(0, 2, 3, 1, 4, 5).reshape(batch * height * width, -1)

    def from_columns(self, columns: Array, height: int, width: int) -> Array:
        """The way back: each pixel's sum over all places where it was (col2im)."""
        batch, channels, tall, wide = self.shape
        spread = columns.reshape(batch, height, width, channels, self.size, self.size)
        frame = (batch, channels, tall + 2 * self.padding, wide + 2 * self.padding)
        dx = np.zeros(frame, columns.dtype)
        for i in range(self.size):
            for j in range(self.size):
                share = spread[:, :, :, :, i, j].transpose(0, 3, 1, 2)
                dx[:, :, i : i + height, j : j + width] += share
        return dx[:, :, self.padding : self.padding + tall, self.padding : self.padding + wide]


class MaxPool(Layer):
    def forward(self, x: Array) -> Array:
        batch, channels, height, width = x.shape
        self.shape = x.shape
        high, wide = height // 2, width // 2
        windows = x[:, :, : 2 * high, : 2 * wide].reshape(batch, channels, high, 2, wide, 2)
        windows = windows.transpose(0, 1, 2, 4, 3, 5).reshape(batch, channels, high, wide, 4)
        self.winner = windows.argmax(axis=-1)
        return windows.max(axis=-1)

    def backward(self, dy: Array) -> Array:
        batch, channels, high, wide = dy.shape
        spread = np.zeros((*dy.shape, 4), dy.dtype)
        np.put_along_axis(spread, self.winner[..., np.newaxis], dy[..., np.newaxis], axis=-1)
        spread = spread.reshape(batch, channels, high, wide, 2, 2).transpose(0, 1, 2, 4, 3, 5)
        dx = np.zeros(self.shape, dy.dtype)
        dx[:, :, : 2 * high, : 2 * wide] = spread.reshape(batch, channels, 2 * high, 2 * wide)
        return dx


class ReLU(Layer):
    def forward(self, x: Array) -> Array:
        self.on = x > 0
        return x * self.on

    def backward(self, dy: Array) -> Array:
        return dy * self.on


class Flatten(Layer):
    def forward(self, x: Array) -> Array:
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy: Array) -> Array:
        return dy.reshape(self.shape)


class Dropout(Layer):
    def __init__(self, rate: float, rng: np.random.Generator) -> None:
        super().__init__()
        self.rate, self.rng = rate, rng

    def forward(self, x: Array) -> Array:
        self.mask = (self.rng.random(x.shape, np.float32) >= self.rate) / np.float32(1 - self.rate)
        return x * self.mask

    def backward(self, dy: Array) -> Array:
        return dy * self.mask


def gradient(layers: list[Layer], x: Array, t: Array) -> float:
    """Forward and backward through all layers, softmax and cross-entropy at the end."""
    for layer in layers:
        x = layer.forward(x)
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(t))
    loss = -np.log(p[rows, t]).mean()
    p[rows, t] -= 1
    dy = p / np.float32(len(t))
    for layer in reversed(layers):
        dy = layer.backward(dy)
    return float(loss)


class Nesterov:
    def __init__(self, layers: list[Layer], rate: float) -> None:
        self.layers, self.rate = layers, np.float32(rate)
        self.v = [np.zeros_like(w) for layer in layers for w in layer.weights]

    def step(self) -> None:
        pairs = [p for each in self.layers for p in zip(each.weights, each.grads, strict=True)]
        for (w, g), v in zip(pairs, self.v, strict=True):
            v *= 0.9
            v += g
            w -= self.rate * (g + np.float32(0.9) * v)


class Adam:
    def __init__(self, layers: list[Layer], rate: float) -> None:
        self.layers, self.rate, self.steps = layers, rate, 0
        self.m = [np.zeros_like(w) for layer in layers for w in layer.weights]
        self.v = [np.zeros_like(w) for layer in layers for w in layer.weights]

    def step(self) -> None:
        self.steps += 1
        full, full2 = np.float32(1 - 0.9**self.steps), np.float32(1 - 0.999**self.steps)
        pairs = [p for each in self.layers for p in zip(each.weights, each.grads, strict=True)]
        for (w, g), m, v in zip(pairs, self.m, self.v, strict=True):
            m += np.float32(0.1) * (g - m)
            v += np.float32(0.001) * (g * g - v)
            w -= np.float32(self.rate) * (m / full) / (np.sqrt(v / full2) + np.float32(1e-8))
