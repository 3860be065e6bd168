"""Trains the networks of this journal: `python -m study.train NAME --seed S`.

What a recipe leaves open is chosen with `--validate`, which trains on the first 50,000 training
images and judges by the other 10,000, as often as one likes. A run without it trains on all
60,000, looks at the test images once, at the end, and has the last word. Each run writes its
weights (`.npz`) and its log (`.json`: settings, every epoch, result, machine). A run that was
interrupted goes on where it was when the same command is given again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from study import mnist, network
from study.augment import distort
from study.data import split
from study.layers import Convolution, Dense, Dropout, Flatten, Layer, MaxPool, ReLU
from study.model import Sequential
from study.optimizers import SGD, Adam, Nesterov, Optimizer
from study.parallel import Augment
from study.schedules import Schedule, constant, cosine, one_cycle
from study.trainer import Trainer

VALIDATION = 10_000  # images at the end of the training set
IMAGE = (1, 28, 28)


@dataclass(frozen=True)
class Recipe:
    """A network and how it is trained, with batches of 100.

    Attributes:
        layers: Makes the layers.
        optimizer: Makes the optimiser.
        epochs: How many times every image is seen.
    """

    layers: Callable[[], Sequence[Layer]]
    optimizer: Callable[[], Optimizer]
    epochs: int
    input_shape: tuple[int, ...] = (784,)
    schedule: Schedule = constant
    augment: Augment | None = None
    threads: int = 1

    def model(self, rng: np.random.Generator) -> Sequential:
        """The network, untrained, in float32."""
        return Sequential(self.layers(), self.input_shape, rng)


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


RECIPES = {
    # The two that the first chapters' pages use; the shipped weights are of an earlier version.
    "two-layer": Recipe(lambda: dense(50, 10), lambda: SGD(0.2), 15),
    "three-layer": Recipe(
        lambda: dense(100, 50, 10), lambda: Adam(0.002), 40, schedule=cosine, augment=distort
    ),
    # Chapter 5.
    "backprop": Recipe(lambda: dense(50, 10), lambda: Nesterov(0.05, 1e-4), 30, schedule=cosine),
    # Chapter 7.
    "simple-convnet": Recipe(
        lambda: [*convolution(30, 5), Flatten(), *dense(100, 10)],
        lambda: Adam(0.002, 1e-4),
        10,
        IMAGE,
        schedule=one_cycle(),
        threads=2,
    ),
    # Chapter 8.
    "deep-convnet": Recipe(
        lambda: [
            *convolution(24, 5, padding=2),
            *convolution(48, 3),
            Convolution(64, 3),
            ReLU(),
            Flatten(),
            Dense(64),
            ReLU(),
            Dropout(0.3),
            Dense(10),
        ],
        lambda: Adam(3e-3),
        15,
        IMAGE,
        schedule=one_cycle(),
        augment=partial(distort, turn=0.15, slant=0.15, stretch=0.1, shift=1.5),
        threads=2,
    ),
    # The network of the book's chapter 8, trained as the one above.
    "book-deep-convnet": Recipe(
        lambda: [
            *stage(16, 1, 1),
            *stage(32, 1, 2),
            *stage(64, 1, 1),
            Flatten(),
            Dense(50),
            ReLU(),
            Dropout(0.5),
            Dense(10),
        ],
        lambda: Adam(2e-3),
        15,
        IMAGE,
        schedule=one_cycle(),
        augment=partial(distort, turn=0.15, slant=0.15, stretch=0.1, shift=1.5),
        threads=2,
    ),
}


def to_network(model: Sequential) -> network.Network:
    """A model of dense layers with ReLU between them, as the network that the pages trace."""
    params = [layer.params for layer in model.layers if isinstance(layer, Dense)]
    names = ["relu"] * (len(params) - 1) + ["softmax"]
    return network.Network(
        [network.Dense(p["W"], p["b"], name) for p, name in zip(params, names, strict=True)]
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Trains by a recipe, and writes the weights and the log, which it returns."""
    name, seed, recipe = arguments.name, arguments.seed, RECIPES[arguments.name]
    rng, optimizer = np.random.default_rng(seed), recipe.optimizer()
    model, epochs = recipe.model(rng), arguments.epochs or recipe.epochs
    optimizer.rate = arguments.rate or optimizer.rate
    trainer = Trainer(
        model,
        optimizer,
        rng,
        schedule=recipe.schedule,
        augment=recipe.augment,
        threads=recipe.threads,
    )
    arguments.output.mkdir(parents=True, exist_ok=True)
    stem = str(arguments.output / f"{name}-{'validation-' * arguments.validate}{seed}")
    settings = {
        "command": f"python -m study.train {name} --seed {seed}",
        "layers": list(map(str, model.layers)),
        "parameters": model.grads.size,
        "optimizer": str(optimizer),
        "epochs": epochs,
        "threads": recipe.threads,
    }
    x, t, x_test, t_test = mnist.load()
    validation = None
    if arguments.validate:
        x, t, *aside = split(x, t, VALIDATION)
        validation = (aside[0], aside[1])
    checkpoint = f"{stem}.checkpoint"
    trainer.fit(x, t, epochs, validation, checkpoint=checkpoint, progress=True)
    result = {"trained_on": len(x), "seconds": sum(row["seconds"] for row in trainer.history)}
    if arguments.validate:
        result["validation_accuracy"] = trainer.history[-1]["val_accuracy"]
    else:
        result["test_accuracy"] = trainer.parallel.evaluate(x_test, t_test)[1]
    machine = f"{platform.machine()}, {os.cpu_count()} processors"
    versions = {"python": platform.python_version(), "numpy": np.__version__, "machine": machine}
    log = settings | result | {"versions": versions, "history": trainer.history}
    if recipe.input_shape == (784,):
        to_network(model).save(f"{stem}.npz")
    else:
        model.save(f"{stem}.npz")
    Path(f"{stem}.json").write_text(json.dumps(log, indent=2) + "\n")
    Path(checkpoint).unlink()
    return log


def main() -> None:
    """Trains one of the journal's networks on MNIST."""
    parser = argparse.ArgumentParser(prog="python -m study.train", description=main.__doc__)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--validate", action="store_true", help="leave the test images alone")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--rate", type=float, help="learning rate, instead of the recipe's")
    parser.add_argument("--output", type=Path, default=Path("runs"), help="folder to write into")
    log = run(parser.parse_args())
    del log["history"]
    print(json.dumps(log, indent=2))


if __name__ == "__main__":
    main()
