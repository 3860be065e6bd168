"""Training: a two-layer network that learns from examples, one small batch at a time.

Everything before this module comes together here: the forward pass gives scores, the loss says how
wrong they are, the gradient says which way every weight should move, and each step moves them a
little that way.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from study._arrays import FloatArray, as_float
from study.activations import relu, relu_derivative, softmax
from study.losses import one_hot, softmax_cross_entropy
from study.network import Dense, Network


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
        def weights(rows: int, columns: int) -> FloatArray:
            return (rng.standard_normal((rows, columns)) * np.sqrt(2 / rows)).astype(dtype)

        self.params: dict[str, FloatArray] = {
            "W1": weights(inputs, hidden),
            "b1": np.zeros(hidden, dtype),
            "W2": weights(hidden, outputs),
            "b2": np.zeros(outputs, dtype),
        }

    def scores(self, x: ArrayLike) -> FloatArray:
        """The outputs before softmax.

        Args:
            x: Shape (inputs,) or (batch, inputs).

        Returns:
            Shape (outputs,) or (batch, outputs).

        Raises:
            ValueError: `x` has another number of inputs.
        """
        hidden = relu(self._hidden_sum(x))
        return hidden @ self.params["W2"] + self.params["b2"]

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

        Why these few lines give what `numerical_gradient` needs two forward passes *per weight*
        for is the subject of the book's chapter 5, backpropagation. Until then, the two can be
        compared: they agree.

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
        sums = self._hidden_sum(samples)
        hidden = relu(sums)
        probabilities = softmax(hidden @ self.params["W2"] + self.params["b2"])
        # Softmax and cross-entropy together have the simplest of slopes: output minus truth.
        slope = (probabilities - self._truth(t, probabilities)) / len(samples)
        hidden_slope = slope @ self.params["W2"].T * relu_derivative(sums)
        return {
            "W1": samples.T @ hidden_slope,
            "b1": hidden_slope.sum(axis=0),
            "W2": hidden.T @ slope,
            "b2": slope.sum(axis=0),
        }

    def to_network(self) -> Network:
        """The same network as a `Network`: a copy that can be traced and saved."""
        return Network(
            [
                Dense(self.params["W1"], self.params["b1"], "relu"),
                Dense(self.params["W2"], self.params["b2"], "softmax"),
            ]
        )

    def _hidden_sum(self, x: ArrayLike) -> FloatArray:
        samples, weights = as_float(x), self.params["W1"]
        if samples.ndim == 0 or samples.shape[-1] != weights.shape[0]:
            raise ValueError(f"x of shape {samples.shape} does not fit W1 of {weights.shape}")
        return samples @ weights + self.params["b1"]

    @staticmethod
    def _truth(t: ArrayLike, probabilities: FloatArray) -> NDArray[Any]:
        truth = np.asarray(t)
        if truth.shape == probabilities.shape:
            return truth.astype(probabilities.dtype)
        if truth.shape == probabilities.shape[:1]:
            return one_hot(truth, probabilities.shape[1], probabilities.dtype)
        raise ValueError(f"t of shape {truth.shape} does not fit outputs of {probabilities.shape}")


@dataclass
class History:
    """How a training went."""

    loss: list[float] = field(default_factory=list)
    """The loss of each batch, step by step, before the step was taken."""
    train_accuracy: list[float] = field(default_factory=list)
    """The accuracy on the training samples after each epoch."""
    val_accuracy: list[float] = field(default_factory=list)
    """The accuracy on the validation samples after each epoch; empty if there were none."""


def minibatches(
    x: NDArray[Any], t: NDArray[Any], batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Every sample once, in random order, a batch at a time. The last batch may be smaller.

    Args:
        x: Samples, shape (n, ...).
        t: Their truths, shape (n, ...).
        batch_size: Samples in a batch.
        rng: The source of the order.

    Yields:
        `(x, t)` of a batch.

    Raises:
        ValueError: `x` and `t` are not of one length, or `batch_size` is not positive.
    """
    if len(x) != len(t):
        raise ValueError(f"x of shape {x.shape} does not fit t of shape {t.shape}")
    if batch_size < 1:
        raise ValueError(f"batch_size must be positive, got {batch_size}")
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield x[chosen], t[chosen]


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
