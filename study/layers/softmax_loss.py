"""Softmax and cross-entropy in one: the end of a network that names a class."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from study._arrays import FloatArray
from study.losses import one_hot


class SoftmaxLoss:
    """`p = softmax(scores)`, `loss = -Σ t log p`, the mean over the batch.

    Backward: `(p - t) / batch`. The slope of the logarithm, 1/p, and that of softmax, which has p
    as a factor, cancel out: a confident mistake is corrected as fast as it is wrong.

    Attributes:
        probabilities: `p` of the last `forward`, shape (batch, classes).
        truth: `t` of the last `forward`, one-hot.
    """

    def forward(self, scores: FloatArray, t: ArrayLike, count: int | None = None) -> float:
        """The loss.

        Args:
            scores: Shape (batch, classes).
            t: The truth, as integer labels of shape (batch,) or as one-hot rows.
            count: What the sum of losses is divided by, if this is a part of a larger batch.

        Raises:
            ValueError: The shapes do not fit, a label is not a class, or the batch is empty.
        """
        truth, classes = np.asarray(t), scores.shape[-1]
        if truth.shape == scores.shape[:1]:
            truth = one_hot(truth, classes, scores.dtype)
        if truth.shape != scores.shape or not len(truth):
            raise ValueError(f"t of shape {truth.shape} does not fit scores of {scores.shape}")
        truth = truth.astype(scores.dtype, copy=False)
        # Softmax stays the same with the largest score taken away, and exp cannot overflow.
        shifted = scores - scores.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        total = exponentials.sum(axis=1, keepdims=True)
        self.probabilities, self.truth = exponentials / total, truth
        self.count = count or len(scores)
        return float(np.sum(truth * (np.log(total) - shifted)) / self.count)

    def backward(self) -> FloatArray:
        """The slope along the scores, shape (batch, classes)."""
        # Each row of the truth adds up to 1, unless somebody weighs the samples with it.
        weight = self.truth.sum(axis=1, keepdims=True)
        return (self.probabilities * weight - self.truth) / self.count

    @property
    def correct(self) -> int:
        """How many samples of the last batch had their highest score on the truth."""
        return int(np.sum(self.probabilities.argmax(axis=1) == self.truth.argmax(axis=1)))
