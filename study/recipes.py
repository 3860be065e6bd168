"""The networks of this journal, and how each is trained. `python -m study.train` trains them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from study.augment import distort
from study.layers import BatchNorm, Convolution, Dense, Dropout, Flatten, Layer, MaxPool, ReLU
from study.model import Sequential
from study.optimizers import SGD, Adam, Nesterov, Optimizer
from study.schedules import Schedule, constant, cosine, one_cycle
from study.trainer import Trainer

Trial = Mapping[str, Any]


@dataclass(frozen=True)
class Recipe:
    """A network and how it is trained, with batches of 100.

    Attributes:
        layers: Makes the layers.
        optimizer: Makes the optimiser, for a learning rate and a weight decay.
        rate: The learning rate.
        epochs: How many times every image is seen.
        decay: The weight decay.
        input_shape: The shape of a sample.
        schedule: How the learning rate changes.
        augment: How far `study.augment.distort` goes; None for images as they are.
        threads: How many threads share a batch.
        trials: What `--choose` tries: for each trial, the attributes that it changes. Of those
            that the 10,000 validation images cannot tell from the best, the recipe has one.
    """

    layers: Callable[[], Sequence[Layer]]
    optimizer: Callable[[float, float], Optimizer]
    rate: float
    epochs: int
    decay: float = 0.0
    input_shape: tuple[int, ...] = (784,)
    schedule: Schedule = constant
    augment: Mapping[str, Any] | None = None
    threads: int = 1
    trials: Sequence[Trial] = ()

    def model(self, rng: np.random.Generator) -> Sequential:
        """The network, untrained, in float32."""
        return Sequential(self.layers(), self.input_shape, rng)

    def trainer(self, seed: int) -> Trainer:
        """What trains it, from this seed."""
        rng = np.random.default_rng(seed)
        augment = None if self.augment is None else partial(distort, **self.augment)
        options: dict[str, Any] = {"schedule": self.schedule, "augment": augment}
        optimizer = self.optimizer(self.rate, self.decay)
        return Trainer(self.model(rng), optimizer, rng, threads=self.threads, **options)


def dense(*sizes: int) -> list[Layer]:
    """Fully connected layers with ReLU between them."""
    layers: list[Layer] = []
    for size in sizes:
        layers += [Dense(size), ReLU()]
    return layers[:-1]


def convolution(filters: int, size: int, padding: int, *between: Layer) -> list[Layer]:
    """A convolution, then `between`, then ReLU: after pooling it has a quarter of the work."""
    return [Convolution(filters, size, padding=padding), *between, ReLU()]


def stage(filters: int, *paddings: int) -> list[Layer]:
    """Two convolutions of 3×3 with ReLU, and pooling."""
    first, second = paddings
    return [*convolution(filters, 3, first), *convolution(filters, 3, second, MaxPool(2))]


def classifier(units: int, dropped: float) -> list[Layer]:
    """What makes ten scores of images: a hidden layer with dropout."""
    return [Flatten(), Dense(units), ReLU(), Dropout(dropped), Dense(10)]


def deep(*kinds: type[Layer]) -> list[Layer]:
    """Three convolutions, the first two with pooling, each with layers of `kinds` before ReLU."""

    def block(filters: int, size: int, padding: int, *pool: Layer) -> list[Layer]:
        return convolution(filters, size, padding, *pool, *(kind() for kind in kinds))

    first, second = block(24, 5, 2, MaxPool(2)), block(48, 3, 0, MaxPool(2))
    return [*first, *second, *block(64, 3, 0), *classifier(64, 0.3)]


def rates(*values: float) -> list[Trial]:
    """A trial for each learning rate."""
    return [{"rate": value} for value in values]


ON_IMAGES: dict[str, Any] = {"input_shape": (1, 28, 28), "schedule": one_cycle(), "threads": 2}
MILD = {"turn": 0.15, "slant": 0.15, "stretch": 0.1, "shift": 1.5}
DEEP: dict[str, Any] = {"optimizer": Adam, "rate": 3e-3, "epochs": 15, "augment": MILD, **ON_IMAGES}
STRONG = {"turn": 0.2, "slant": 0.2, "stretch": 0.15, "shift": 2.5}

RECIPES = {
    # The two that the first chapters' pages use. The second is to read handwriting that is not
    # MNIST's, so it never sees the same image twice.
    "two-layer": Recipe(
        lambda: dense(50, 10), SGD, 0.2, 15, trials=rates(0.05, 0.1, 0.2, 0.3, 0.5)
    ),
    "three-layer": Recipe(
        lambda: dense(100, 50, 10),
        Adam,
        0.002,
        40,
        schedule=cosine,
        augment={},
        trials=rates(0.001, 0.002, 0.004),
    ),
    # Chapter 5.
    "backprop": Recipe(
        lambda: dense(50, 10),
        Nesterov,
        0.05,
        30,
        3e-4,
        schedule=cosine,
        trials=[
            {"rate": rate, "decay": decay}
            for rate in (0.02, 0.05, 0.1)
            for decay in (0.0, 1e-4, 3e-4, 1e-3)
        ],
    ),
    # Chapter 7.
    "simple-convnet": Recipe(
        lambda: [*convolution(30, 5, 0, MaxPool(2)), Flatten(), *dense(100, 10)],
        Adam,
        0.004,
        10,
        1e-4,
        **ON_IMAGES,
        trials=rates(0.001, 0.002, 0.004, 0.008),
    ),
    # Chapter 8.
    "deep-convnet": Recipe(lambda: deep(BatchNorm), **DEEP, trials=rates(1e-3, 3e-3, 6e-3)),
    # The same without batch normalisation.
    "plain-convnet": Recipe(deep, **DEEP),
    # The best that an hour allows: wider, and trained on images that are bent further.
    "best-convnet": Recipe(
        lambda: [
            *convolution(32, 5, 2, MaxPool(2), BatchNorm()),
            *convolution(64, 3, 1, BatchNorm()),
            *convolution(64, 3, 1, MaxPool(2), BatchNorm()),
            *convolution(128, 3, 1, BatchNorm()),
            *convolution(128, 3, 1, MaxPool(2), BatchNorm()),
            *[Flatten(), Dropout(0.4), Dense(10)],
        ],
        **DEEP | {"epochs": 30, "augment": STRONG},
    ),
    # The network of the book's chapter 8.
    "book-deep-convnet": Recipe(
        lambda: [*stage(16, 1, 1), *stage(32, 1, 2), *stage(64, 1, 1), *classifier(50, 0.5)],
        **DEEP,
    ),
}
