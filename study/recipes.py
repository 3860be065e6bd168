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
        augment: How far `study.augment.distort` goes; None for images as they are.
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


def convolution(filters: int, size: int, padding: int = 0) -> list[Layer]:
    """Convolution, pooling and ReLU. ReLU comes last: the result is the same on a quarter of it."""
    return [Convolution(filters, size, padding=padding), MaxPool(2), ReLU()]


def stage(filters: int, *paddings: int) -> list[Layer]:
    """Two convolutions of 3×3 with ReLU, and pooling."""
    first, second = paddings
    return [Convolution(filters, 3, padding=first), ReLU(), *convolution(filters, 3, second)]


def normalized(filters: int, size: int, *pool: Layer) -> list[Layer]:
    """A convolution that keeps the size, pooling if any, batch normalisation and ReLU."""
    return [Convolution(filters, size, padding=size // 2), *pool, BatchNorm(), ReLU()]


def classifier(units: int, dropped: float) -> list[Layer]:
    """What makes ten scores of images: a hidden layer with dropout."""
    return [Flatten(), Dense(units), ReLU(), Dropout(dropped), Dense(10)]


def rates(*values: float) -> list[Trial]:
    """A trial for each learning rate."""
    return [{"rate": value} for value in values]


ON_IMAGES: dict[str, Any] = {"input_shape": (1, 28, 28), "schedule": one_cycle(), "threads": 2}
MILD = {"turn": 0.15, "slant": 0.15, "stretch": 0.1, "shift": 1.5}
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
        lambda: [*convolution(30, 5), Flatten(), *dense(100, 10)],
        Adam,
        0.002,
        10,
        1e-4,
        **ON_IMAGES,
        trials=rates(0.001, 0.002, 0.004),
    ),
    # Chapter 8.
    "deep-convnet": Recipe(
        lambda: [
            *convolution(24, 5, padding=2),
            *convolution(48, 3),
            *[Convolution(64, 3), ReLU()],
            *classifier(64, 0.3),
        ],
        Adam,
        3e-3,
        15,
        **ON_IMAGES,
        augment=MILD,
        trials=rates(1e-3, 3e-3, 6e-3),
    ),
    # The best that an hour allows: wider, normalised, and trained on images that are bent further.
    "best-convnet": Recipe(
        lambda: [
            *normalized(32, 5, MaxPool(2)),
            *normalized(64, 3),
            *normalized(64, 3, MaxPool(2)),
            *normalized(128, 3),
            *normalized(128, 3, MaxPool(2)),
            *[Flatten(), Dropout(0.4), Dense(10)],
        ],
        Adam,
        3e-3,
        30,
        **ON_IMAGES,
        augment=STRONG,
    ),
    # The network of the book's chapter 8, trained as deep-convnet.
    "book-deep-convnet": Recipe(
        lambda: [*stage(16, 1, 1), *stage(32, 1, 2), *stage(64, 1, 1), *classifier(50, 0.5)],
        Adam,
        2e-3,
        15,
        **ON_IMAGES,
        augment=MILD,
    ),
}
