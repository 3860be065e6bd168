"""Training: a two-layer network that learns from examples, one small batch at a time.

Everything before this module comes together here: the forward pass gives scores, the loss says how
wrong they are, the gradient says which way every weight should move, and each step moves them a
little that way. `study.trainer` does the same for any network, with all the trimmings.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from study import network
from study._arrays import FloatArray, as_float
from study.activations import softmax
from study.data import minibatches
from study.layers.activations import ReLU
from study.layers.base import build_all
from study.layers.dense import Dense
from study.layers.softmax_loss import SoftmaxLoss
from study.losses import softmax_cross_entropy

__all__ = ["History", "TwoLayerNet", "minibatches", "train"]


class TwoLayerNet:
    """One hidden layer of ReLU neurons, and a softmax layer that names the class.

    The weights start as small random numbers. Were they equal, the neurons of a layer would
    remain equal for ever. Their spread √(2/inputs) keeps the signals' size from layer to layer
    (He and others, 2015).

    Args:
        inputs: Numbers in a sample; 784 for MNIST.
        hidden: Neurons in the hidden layer.
        outputs: Classes; 10 for digits.
        rng: The source of the first weights.
        dtype: Of the weights. float32 is twice as fast; checking gradients needs float64.

    Attributes:
        params: `W1` (inputs, hidden), `b1` (hidden,), `W2` (hidden, outputs), `b2` (outputs,).
    """

    def __init__(
        self,
        inputs: int,
        hidden: int,
        outputs: int,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self._layers = (Dense(hidden), ReLU(), Dense(outputs))
        build_all(self._layers, (inputs,), rng, dtype)
        first, _, last = (layer.params for layer in self._layers)
        self.params = {"W1": first["W"], "b1": first["b"], "W2": last["W"], "b2": last["b"]}

    def scores(self, x: ArrayLike) -> FloatArray:
        """The outputs before softmax.

        Args:
            x: Shape (inputs,) or (batch, inputs).

        Returns:
            Shape (outputs,) or (batch, outputs).

        Raises:
            ValueError: `x` has another number of inputs.
        """
        samples, weights = as_float(x), self.params["W1"]
        if samples.ndim == 0 or samples.shape[-1] != weights.shape[0]:
            raise ValueError(f"x of shape {samples.shape} does not fit W1 of {weights.shape}")
        self._layers[0].params = {"W": weights, "b": self.params["b1"]}
        self._layers[2].params = {"W": self.params["W2"], "b": self.params["b2"]}
        z = samples.reshape(-1, len(weights)).astype(np.result_type(samples, weights), copy=False)
        for layer in self._layers:
            z = layer.forward(z)
        return z.reshape(*samples.shape[:-1], z.shape[1])

    def forward(self, x: ArrayLike) -> FloatArray:
        """The probability of each class; `x` and the result are shaped as for `scores`."""
        return softmax(self.scores(x))

    def loss(self, x: ArrayLike, t: ArrayLike) -> np.floating[Any]:
        """The mean cross-entropy.

        Args:
            x: Shape (inputs,) or (batch, inputs).
            t: The truth, as integer labels or one-hot.
        """
        return softmax_cross_entropy(self.scores(x), t)

    def accuracy(self, x: ArrayLike, t: ArrayLike) -> float:
        """The share of samples whose highest score is the right one.

        Args:
            x: Shape (batch, inputs).
            t: The truth, as integer labels of shape (batch,) or one-hot.

        Raises:
            ValueError: The shapes do not fit, or the batch is empty.
        """
        scores = self.scores(x)
        truth = np.asarray(t)
        labels = truth.argmax(axis=-1) if truth.shape == scores.shape else truth
        if scores.ndim != 2 or labels.shape != scores.shape[:1]:
            raise ValueError(f"t of shape {truth.shape} does not fit scores of {scores.shape}")
        if not len(labels):
            raise ValueError("an empty batch has no accuracy")
        return float(np.mean(scores.argmax(axis=1) == labels))

    def gradient(self, x: ArrayLike, t: ArrayLike) -> dict[str, FloatArray]:
        """The slope of the loss along every weight, all in one pass backwards.

        Why this gives what `numerical_gradient` needs two forward passes *per weight* for is the
        subject of the book's chapter 5, backpropagation. Until then, the two can be compared.

        Args:
            x: Shape (batch, inputs).
            t: The truth, as integer labels of shape (batch,) or one-hot.

        Returns:
            For each of `params` an array of its shape.

        Raises:
            ValueError: The shapes do not fit, or the batch is empty.
        """
        samples = as_float(x)
        if samples.ndim != 2 or not len(samples):
            raise ValueError(f"expected a batch (batch, inputs), got shape {samples.shape}")
        loss = SoftmaxLoss()
        loss.forward(self.scores(samples), t)
        slope = loss.backward()
        for layer in reversed(self._layers):
            slope = layer.backward(slope)
        first, _, last = (layer.grads for layer in self._layers)
        slopes = {"W1": first["W"], "b1": first["b"], "W2": last["W"], "b2": last["b"]}
        return {name: slope.copy() for name, slope in slopes.items()}

    def to_network(self) -> network.Network:
        """The same network as a `Network`: a copy that can be traced and saved."""
        first = network.Dense(self.params["W1"], self.params["b1"], "relu")
        last = network.Dense(self.params["W2"], self.params["b2"], "softmax")
        return network.Network([first, last])


@dataclass
class History:
    """How a training went."""

    loss: list[float] = field(default_factory=list)
    """The loss of each batch, step by step, before the step was taken."""
    train_accuracy: list[float] = field(default_factory=list)
    """The accuracy on the training samples after each epoch."""
    val_accuracy: list[float] = field(default_factory=list)
    """The accuracy on the validation samples after each epoch; empty if there were none."""


def train(
    net: TwoLayerNet,
    x: NDArray[Any],
    t: NDArray[Any],
    *,
    epochs: int,
    batch_size: int = 100,
    learning_rate: float = 0.1,
    rng: np.random.Generator,
    x_val: NDArray[Any] | None = None,
    t_val: NDArray[Any] | None = None,
    progress: bool = False,
) -> History:
    """Stochastic gradient descent: for each batch, one step downhill.

    Args:
        net: The network; its `params` are changed.
        x: Training samples, shape (n, inputs).
        t: Their truths, as integer labels or one-hot.
        epochs: How many times every sample is seen.
        batch_size: Samples for each step.
        learning_rate: How far a step goes.
        rng: The source of the samples' order.
        x_val: Samples to watch the progress on, never trained on.
        t_val: Their truths.
        progress: Print a line an epoch to standard error.

    Returns:
        The loss of every step, and the accuracies after every epoch.

    Raises:
        ValueError: Shapes do not fit.
    """
    history = History()
    for epoch in range(1, epochs + 1):
        for x_batch, t_batch in minibatches(x, t, batch_size, rng):
            history.loss.append(float(net.loss(x_batch, t_batch)))
            for name, slope in net.gradient(x_batch, t_batch).items():
                net.params[name] -= learning_rate * slope
        history.train_accuracy.append(net.accuracy(x, t))
        if x_val is not None and t_val is not None:
            history.val_accuracy.append(net.accuracy(x_val, t_val))
        if progress:
            seen = (history.val_accuracy or history.train_accuracy)[-1]
            line = f"epoch {epoch}/{epochs}: loss {history.loss[-1]:.4f}, accuracy {seen:.2%}"
            print(line, file=sys.stderr)
    return history
