"""Makes the trained networks that the package ships: `python -m study.train NAME --seed S`.

Everything is chosen on a validation split, the last 10,000 training images. With the choice made,
the network is trained afresh on all 60,000, and only then is the test set looked at, once. What was
tried, chosen and reached is written beside the weights as `NAME.json`.

The two-layer network is trained exactly as on the training page. The three-layer network is to
read handwriting that is not from MNIST, so it never sees the same image twice (`study.augment`),
and uses Adam: a gradient descent in which every weight has a step size of its own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study import mnist
from study._arrays import FloatArray
from study.activations import relu_derivative
from study.augment import distort
from study.losses import one_hot
from study.network import Dense, Network
from study.training import TwoLayerNet, minibatches, train
from study.weights import FOLDER

VALIDATION = 10_000  # images at the end of the training set
BATCH = 100

Fit = Callable[["Recipe", NDArray[Any], NDArray[Any], int, float, int], Network]


@dataclass(frozen=True)
class Recipe:
    """What is fixed about a network, and what the validation split may choose from."""

    sizes: tuple[int, ...]
    epochs: tuple[int, ...]
    rates: tuple[float, ...]
    method: str
    fit: Fit


def _fit_two_layers(
    recipe: Recipe, x: NDArray[Any], t: NDArray[Any], epochs: int, rate: float, seed: int
) -> Network:
    rng = np.random.default_rng(seed)
    inputs, hidden, outputs = recipe.sizes
    net = TwoLayerNet(inputs, hidden, outputs, rng)
    train(net, x, t, epochs=epochs, batch_size=BATCH, learning_rate=rate, rng=rng)
    return net.to_network()


def _fit_with_adam(
    recipe: Recipe, x: NDArray[Any], t: NDArray[Any], epochs: int, rate: float, seed: int
) -> Network:
    """ReLU layers under a softmax. The learning rate falls to 0 along half a cosine."""
    rng = np.random.default_rng(seed)
    params: list[FloatArray] = []  # W1, b1, W2, b2 …
    for rows, columns in zip(recipe.sizes, recipe.sizes[1:], strict=False):
        spread = np.sqrt(2 / rows)
        params.append((rng.standard_normal((rows, columns)) * spread).astype(np.float32))
        params.append(np.zeros(columns, np.float32))
    mean = [np.zeros_like(each) for each in params]
    square = [np.zeros_like(each) for each in params]
    step, last_step = 0, epochs * -(-len(x) // BATCH)
    for epoch in range(1, epochs + 1):
        for x_batch, t_batch in minibatches(x, t, BATCH, rng):
            step += 1
            now = rate * (1 + np.cos(np.pi * step / last_step)) / 2
            slopes = _slopes(params, distort(x_batch, rng), t_batch)
            for param, slope, m, v in zip(params, slopes, mean, square, strict=True):
                # Adam (Kingma and Ba, 2015): the running mean of the slope, over the running
                # size of the slope. The divisors make up for both starting at 0.
                m += (1 - 0.9) * (slope - m)
                v += (1 - 0.999) * (slope**2 - v)
                param -= now * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        print(f"  epoch {epoch}/{epochs}", end="\r", flush=True)
    return _network(params)


def _slopes(params: list[FloatArray], x: FloatArray, t: NDArray[Any]) -> list[FloatArray]:
    """The gradient of the mean cross-entropy along each of `params`: forward, then backward."""
    trace = _network(params).trace(x)
    probabilities = trace[-1][1]
    truth = one_hot(t, probabilities.shape[1], probabilities.dtype)
    slope = (probabilities - truth) / len(x)
    slopes: list[FloatArray] = []
    for layer in reversed(range(len(trace))):
        inputs = trace[layer - 1][1] if layer else x
        slopes = [inputs.T @ slope, slope.sum(axis=0), *slopes]
        if layer:
            slope = slope @ params[2 * layer].T * relu_derivative(trace[layer - 1][0])
    return slopes


def _network(params: list[FloatArray]) -> Network:
    pairs = list(zip(params[::2], params[1::2], strict=True))
    names = ["relu"] * (len(pairs) - 1) + ["softmax"]
    return Network([Dense(*pair, name) for pair, name in zip(pairs, names, strict=True)])


RECIPES = {
    "two-layer": Recipe(
        sizes=(784, 50, 10),
        epochs=(10, 15),
        rates=(0.1, 0.2, 0.3, 0.5),
        method="plain stochastic gradient descent, batches of 100",
        fit=_fit_two_layers,
    ),
    "three-layer": Recipe(
        sizes=(784, 100, 50, 10),
        epochs=(40,),
        rates=(0.001, 0.002, 0.004),
        method="Adam, cosine learning rate, batches of 100, images distorted at random",
        fit=_fit_with_adam,
    ),
}


def accuracy(network: Network, x: NDArray[Any], t: NDArray[Any]) -> float:
    """The share of samples that the network gives the right label."""
    return float(np.mean(network.predict(x) == t))


def main() -> None:
    """Chooses, trains, tests once, and writes the weights and the log."""
    parser = argparse.ArgumentParser(prog="python -m study.train", description=main.__doc__)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    recipe, seed = RECIPES[arguments.name], arguments.seed

    x, t, x_test, t_test = mnist.load()
    tried: dict[tuple[int, float], float] = {}
    for epochs, rate in itertools.product(recipe.epochs, recipe.rates):
        network = recipe.fit(recipe, x[:-VALIDATION], t[:-VALIDATION], epochs, rate, seed)
        tried[epochs, rate] = accuracy(network, x[-VALIDATION:], t[-VALIDATION:])
        print(f"validation: {_name(epochs, rate)}: {tried[epochs, rate]:.2%}")
    chosen = max(tried, key=lambda each: tried[each])
    network = recipe.fit(recipe, x, t, *chosen, seed)
    tested = accuracy(network, x_test, t_test)
    print(f"test: {_name(*chosen)}: {tested:.2%}")

    network.save(FOLDER / f"{arguments.name}.npz")
    log = {
        "command": f"python -m study.train {arguments.name} --seed {seed}",
        "network": "-".join(map(str, recipe.sizes)),
        "method": recipe.method,
        "validation_images": f"the last {VALIDATION} of training",
        "validation_accuracy": {_name(*each): reached for each, reached in tried.items()},
        "chosen": _name(*chosen),
        "trained_on": f"all {len(x)} training images",
        "test_accuracy": tested,
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
    }
    (FOLDER / f"{arguments.name}.json").write_text(json.dumps(log, indent=2) + "\n")


def _name(epochs: int, rate: float) -> str:
    return f"{epochs} epochs, learning rate {rate}"


if __name__ == "__main__":
    main()
