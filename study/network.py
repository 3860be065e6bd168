"""A network: layers in a row, each feeding the next. This is the forward pass.

A layer computes `z = activation(x @ weights + bias)`, for one sample or for a whole batch at once.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from study._arrays import FloatArray, IntArray, as_float, read_only
from study._files import read_npz, write_npz
from study.activations import ACTIVATIONS


@dataclass(init=False, frozen=True, eq=False)
class Dense:
    """A fully connected layer: every input reaches every neuron.

    Args:
        weights: Shape (inputs, outputs): column j holds the weights of neuron j. (The notation
            w_jk of the textbooks counts the other way round: its matrix is the transpose.)
        bias: Shape (outputs,).
        activation: A name in `study.activations.ACTIVATIONS`.

    Raises:
        ValueError: The shapes do not fit each other, or there is no such activation.
    """

    weights: FloatArray
    bias: FloatArray
    activation: str

    def __init__(self, weights: ArrayLike, bias: ArrayLike, activation: str = "identity") -> None:
        matrix, vector = as_float(weights), as_float(bias)
        if matrix.ndim != 2:
            raise ValueError(f"weights must be (inputs, outputs), got shape {matrix.shape}")
        if vector.shape != matrix.shape[1:]:
            wanted = f"weights of shape {matrix.shape}: expected {matrix.shape[1:]}"
            raise ValueError(f"bias of shape {vector.shape} does not fit {wanted}")
        if activation not in ACTIVATIONS:
            raise ValueError(f"no activation {activation!r}; there are {', '.join(ACTIVATIONS)}")
        object.__setattr__(self, "weights", read_only(matrix))
        object.__setattr__(self, "bias", read_only(vector))
        object.__setattr__(self, "activation", activation)

    @property
    def inputs(self) -> int:
        """How many numbers the layer takes."""
        return self.weights.shape[0]

    @property
    def outputs(self) -> int:
        """How many numbers the layer gives: its neurons."""
        return self.weights.shape[1]

    def weighted_sum(self, x: ArrayLike) -> FloatArray:
        """`a = x @ weights + bias`: what the activation function gets to see.

        Args:
            x: Shape (inputs,) or (batch, inputs).

        Returns:
            Shape (outputs,) or (batch, outputs).

        Raises:
            ValueError: `x` has another number of inputs.
        """
        values = as_float(x)
        if values.ndim == 0 or values.shape[-1] != self.inputs:
            wanted = f"weights of shape {self.weights.shape}: its last axis must be {self.inputs}"
            raise ValueError(f"x of shape {values.shape} does not fit {wanted}")
        return values @ self.weights + self.bias

    def activate(self, a: ArrayLike) -> FloatArray:
        """`z = activation(a)`, of the same shape."""
        return as_float(ACTIVATIONS[self.activation](a))


class Network:
    """Layers in a row.

    Args:
        layers: At least one layer. Each has as many inputs as the one before has outputs.

    Raises:
        ValueError: There is no layer, or two neighbours do not fit.

    Examples:
        >>> network = Network([Dense([[1.0], [2.0]], [0.5], "relu")])
        >>> print(network.forward([3.0, 4.0]))
        [11.5]
    """

    def __init__(self, layers: Sequence[Dense]) -> None:
        if not layers:
            raise ValueError("a network needs at least one layer")
        for number, (left, right) in enumerate(pairwise(layers), start=1):
            if left.outputs != right.inputs:
                raise ValueError(
                    f"layer {number} of shape {left.weights.shape} does not fit "
                    f"layer {number + 1} of shape {right.weights.shape}: "
                    f"{left.outputs} outputs meet {right.inputs} inputs"
                )
        self.layers: tuple[Dense, ...] = tuple(layers)

    def forward(self, x: ArrayLike) -> FloatArray:
        """What the network makes of `x`.

        Args:
            x: One sample of shape (inputs,), or a batch of shape (batch, inputs).

        Returns:
            Shape (outputs,) or (batch, outputs).

        Raises:
            ValueError: `x` has another number of inputs than the first layer.
        """
        z = as_float(x)
        for layer in self.layers:
            z = layer.activate(layer.weighted_sum(z))
        return z

    def trace(self, x: ArrayLike) -> list[tuple[FloatArray, FloatArray]]:
        """The forward pass with everything in between kept.

        Args:
            x: One sample of shape (inputs,), or a batch of shape (batch, inputs).

        Returns:
            For each layer its weighted sums `a` and its outputs `z`. The last `z` is `forward(x)`.
        """
        steps = []
        z = as_float(x)
        for layer in self.layers:
            a = layer.weighted_sum(z)
            z = layer.activate(a)
            steps.append((a, z))
        return steps

    def predict(self, x: ArrayLike) -> IntArray:
        """The class with the highest output.

        Args:
            x: One sample of shape (inputs,), or a batch of shape (batch, inputs).

        Returns:
            int64 of shape () or (batch,).
        """
        return np.argmax(self.forward(x), axis=-1).astype(np.int64)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the network as `.npz`: `W1`, `b1`, `W2` …, and the names of the activations.

        The file appears whole or not at all.

        Args:
            path: Where to; an existing file is replaced.
        """
        arrays = {"activations": np.array([layer.activation for layer in self.layers])}
        for number, layer in enumerate(self.layers, start=1):
            arrays[f"W{number}"] = layer.weights
            arrays[f"b{number}"] = layer.bias
        write_npz(path, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Network:
        """Reads what `save` wrote. Never unpickles, so a file from a stranger runs no code.

        Args:
            path: An `.npz` file.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: The file is not a network.
        """
        arrays = read_npz(path, "a network's file")
        try:
            names = enumerate(arrays["activations"], start=1)
            return cls([Dense(arrays[f"W{n}"], arrays[f"b{n}"], str(name)) for n, name in names])
        except Exception as error:  # an array is missing, or is not what its name says
            raise ValueError(f"{os.fspath(path)} is not a network's file: {error}") from error


def three_layer_example() -> Network:
    """The network of the diary: 2 inputs, hidden layers of 3 and 2 neurons, 2 outputs.

    Examples:
        >>> print(three_layer_example().forward([1.0, 0.5]))
        [0.31682708 0.69627909]
    """
    first = Dense([[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]], [0.1, 0.2, 0.3], "sigmoid")
    second = Dense([[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]], [0.1, 0.2], "sigmoid")
    return Network([first, second, Dense([[0.1, 0.3], [0.2, 0.4]], [0.1, 0.2], "identity")])
