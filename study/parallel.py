"""Two processors: each takes a part of every batch, and the gradients are added up.

NumPy lets go of Python's lock while it calculates, so threads do run at the same time. Splitting
the batch once a step costs less than the threads of the matrix library, which meet at every
product. Parts are added in a fixed order: with a given number of threads, always the same bits.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from study.data import paired
from study.layers.base import positive
from study.model import Sequential

T = TypeVar("T")
Augment = Callable[[NDArray[Any], np.random.Generator], NDArray[Any]]


class Parallel:
    """A network and its replicas, one for each thread.

    Batch normalisation takes its means over the part of the batch that a thread has.

    Args:
        model: The network.
        threads: How many threads, the calling one included.
        augment: Changes the samples of a part before they are learnt from, `augment(x, rng)`.
        rng: The source of chance for `augment`; each thread gets its own.

    Attributes:
        models: The network itself, then its replicas.

    Raises:
        ValueError: `threads` is not positive.
    """

    def __init__(
        self,
        model: Sequential,
        threads: int = 1,
        augment: Augment | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        positive(threads=threads)
        self.models = [model, *(model.replica() for _ in range(threads - 1))]
        self.augment = augment
        self.rngs = (rng or np.random.default_rng(0)).spawn(threads)
        self._pool = ThreadPoolExecutor(threads - 1) if threads > 1 else None

    def gradient(self, x: NDArray[Any], t: NDArray[Any]) -> tuple[float, int]:
        """As `Sequential.gradient`; the sum over the parts is in the network's own `grads`.

        Returns:
            The mean loss, and how many samples had their highest score on the truth.

        Raises:
            ValueError: The shapes do not fit, or there is no sample.
        """

        x, t = paired(x, t)

        def work(number: int, part: slice) -> tuple[float, int]:
            model, samples = self.models[number], x[part]
            if self.augment:
                samples = self.augment(samples, self.rngs[number])
            return model.gradient(samples, t[part], len(x)), model.loss.correct

        results = self._each(work, len(x))
        for other in self.models[1 : len(results)]:
            self.models[0].grads += other.grads
        return sum(loss for loss, _ in results), sum(correct for _, correct in results)

    def evaluate(
        self, x: NDArray[Any], t: NDArray[Any], batch_size: int = 100
    ) -> tuple[float, float]:
        """The mean loss and the accuracy, while not training.

        Args:
            x: Samples, shape (n, ...).
            t: Their truths, as integer labels or one-hot.
            batch_size: How many all threads together look at at once.

        Raises:
            ValueError: The shapes do not fit, or there is no sample.
        """
        x, t = paired(x, t)

        def work(number: int, part: slice) -> tuple[float, int]:
            count = part.stop - part.start
            size = -(-batch_size // len(self.models))  # as in training: the buffers are there
            loss, accuracy = self.models[number].evaluate(x[part], t[part], size)
            return loss * (count / len(x)), round(accuracy * count)

        with one_blas_thread():
            results = self._each(work, len(x))
        # Whole numbers: as many right are the same accuracy, whichever thread had them.
        return sum(loss for loss, _ in results), sum(right for _, right in results) / len(x)

    def _each(self, work: Callable[[int, slice], T], count: int) -> list[T]:
        """Calls `work` in every thread with its number and its part of `count` samples."""
        if not count:
            raise ValueError("there are no samples")

        def quietly(number: int, part: slice) -> T:
            with np.errstate(over="ignore", invalid="ignore"):  # the trainer looks at the loss
                return work(number, part)

        if not self._pool:
            return [quietly(0, slice(0, count))]
        ends = [count * number // len(self.models) for number in range(len(self.models) + 1)]
        parts = [slice(a, b) for a, b in pairwise(ends) if a < b]
        others = [self._pool.submit(quietly, *each) for each in enumerate(parts[1:], start=1)]
        try:
            first = quietly(0, parts[0])
        finally:
            wait(others)
        return [first, *(other.result() for other in others)]


def one_blas_thread(threads: int = 1) -> AbstractContextManager[Any]:
    """Keeps the matrix library from threads of its own, which would be in each other's way.

    Needs the package threadpoolctl. Without it, set OPENBLAS_NUM_THREADS=1 before Python starts,
    or several threads here can be many times slower than one.

    Args:
        threads: How many are at work here. A warning says so if they may be slow.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        if threads > 1 and os.environ.get("OPENBLAS_NUM_THREADS") != "1":
            warnings.warn(
                f"{threads} threads may be slower than one: install threadpoolctl, "
                "or set OPENBLAS_NUM_THREADS=1 before Python starts",
                stacklevel=2,
            )
        return nullcontext()
    return threadpool_limits(1, user_api="blas")


def keep_memory() -> None:
    """Makes the C library keep freed memory for the next array, if that has up to some thirty MB.

    By default glibc gives large pieces back to the system at once, and fetching them again, page
    by page, can take longer than the calculation. It learns from seeing a large one freed.
    """
    np.empty(30 * 2**20, np.uint8)
