"""Losses: how wrong an output is, as one number that training makes smaller.

Each takes one sample or a batch, and returns the mean over the batch, so that the number does not
grow with the batch's size. The result has the dtype of the prediction.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from study._arrays import FloatArray, as_float
from study.activations import log_softmax


def sum_squared_error(y: ArrayLike, t: ArrayLike) -> np.floating[Any]:
    """`½ Σ (y - t)²` over the outputs of a sample; the mean over a batch.

    The ½ is there for the derivative, which is then `y - t`.

    Args:
        y: Outputs, shape (n,) or (batch, n).
        t: Targets, the same shape.

    Returns:
        The loss.

    Raises:
        ValueError: The shapes differ, or the batch is empty.

    Examples:
        >>> print(sum_squared_error([0.0, 1.0, 3.0], [0, 1, 1]))
        2.0
    """
    outputs = _outputs(y)
    targets = np.asarray(t).astype(outputs.dtype)
    if targets.shape != outputs.shape:
        raise ValueError(f"y of shape {outputs.shape} does not fit t of shape {targets.shape}")
    return _mean(0.5 * np.sum((outputs - targets) ** 2, axis=-1))


def cross_entropy(y: ArrayLike, t: ArrayLike) -> np.floating[Any]:
    """`-Σ t log(y)`: how surprised probabilities `y` are by the truth; the mean over a batch.

    `log(0)` is `-inf`, so a probability of 0 is replaced by the smallest normal number of its
    type: about 2e-308, whose logarithm is -708. Nothing else changes. (Adding 1e-7 instead changes
    every result, and no error is then ever worse than 16.) If there are scores to start
    from, `softmax_cross_entropy` needs no such guard at all.

    Args:
        y: Probabilities, shape (classes,) or (batch, classes).
        t: The truth: one-hot, of y's shape, or integer labels, of y's shape without its last axis.

    Returns:
        The loss.

    Raises:
        ValueError: The shapes do not fit, a label is not a class, a probability is negative (were
            those scores?), or the batch is empty.

    Examples:
        >>> y = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]
        >>> print(np.round(cross_entropy(y, 2), 4))
        0.5108
    """
    probabilities = _outputs(y)
    if np.any(probabilities < 0):
        raise ValueError("y holds a negative probability; for scores use softmax_cross_entropy")
    smallest = np.finfo(probabilities.dtype).tiny
    return _mean(-_log_of_truth(np.log(np.maximum(probabilities, smallest)), t))


def softmax_cross_entropy(scores: ArrayLike, t: ArrayLike) -> np.floating[Any]:
    """`cross_entropy(softmax(scores), t)`, from the scores in one step.

    The logarithm and the exponential cancel on paper, so neither has to be survived: the loss of
    a score 1000 below the best is 1000, not `inf`.

    Args:
        scores: Raw outputs, shape (classes,) or (batch, classes).
        t: The truth: one-hot, of the scores' shape, or integer labels, without its last axis.

    Returns:
        The loss.

    Raises:
        ValueError: The shapes do not fit, a label is not a class, or the batch is empty.

    Examples:
        >>> print(softmax_cross_entropy([[0.0, 1000.0]], [0]))
        1000.0
    """
    return _mean(-_log_of_truth(log_softmax(_outputs(scores)), t))


def one_hot(labels: ArrayLike, classes: int, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Labels as rows with a single 1.

    Args:
        labels: Integers from 0 to `classes - 1`, any shape (...).
        classes: How many classes there are.
        dtype: The dtype of the result.

    Returns:
        Shape (..., classes).

    Raises:
        ValueError: A label is not an integer, or not a class.

    Examples:
        >>> print(one_hot([2, 0], 3))
        [[0. 0. 1.]
         [1. 0. 0.]]
    """
    return np.eye(classes, dtype=dtype)[_checked_labels(labels, classes)]


def _log_of_truth(log_probabilities: FloatArray, t: ArrayLike) -> FloatArray:
    """For each sample, the log-probability that was given to the truth."""
    truth = np.asarray(t)
    shape = log_probabilities.shape
    if truth.shape == shape:
        return np.sum(truth.astype(log_probabilities.dtype) * log_probabilities, axis=-1)
    if truth.shape == shape[:-1]:
        labels = _checked_labels(truth, shape[-1])
        return np.take_along_axis(log_probabilities, labels[..., np.newaxis], axis=-1)[..., 0]
    raise ValueError(
        f"t of shape {truth.shape} fits outputs of shape {shape} neither as one-hot "
        f"{shape} nor as labels {shape[:-1]}"
    )


def _checked_labels(labels: ArrayLike, classes: int) -> NDArray[np.integer[Any]]:
    checked = np.asarray(labels)
    if checked.size == 0:
        return checked.astype(np.int64)
    if not np.issubdtype(checked.dtype, np.integer):
        raise ValueError(f"labels must be integers, got an array of {checked.dtype}")
    # A negative index would count from the end, and say nothing.
    if checked.min() < 0 or checked.max() >= classes:
        wrong = checked[(checked < 0) | (checked >= classes)].flat[0]
        raise ValueError(f"label {wrong} is not one of the {classes} classes 0 to {classes - 1}")
    return checked


def _outputs(y: ArrayLike) -> FloatArray:
    outputs = as_float(y)
    if outputs.ndim == 0:
        raise ValueError("a single number has no axis of outputs; expected (n,) or (batch, n)")
    return outputs


def _mean(losses: FloatArray) -> np.floating[Any]:
    if losses.size == 0:
        raise ValueError("an empty batch has no mean loss")
    return np.mean(losses)
