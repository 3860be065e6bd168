"""The trained networks that come with the package. `python -m study.train` made them.

- `"three-layer"`: the network of the inference page
- `"two-layer"`: 784-50-10, the one that the training page trains from nothing
- `"deep-convnet"`: the convolutional network of the page on depth

`study.runs` has the logs of their training.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from study.model import Sequential
from study.network import Network
from study.recipes import RECIPES

FOLDER = Path(__file__).parent
NETWORKS = ("two-layer", "three-layer")
MODELS = ("deep-convnet",)


def load_pretrained(name: str) -> Network:
    """Loads a network that recognises MNIST's digits.

    It takes images of shape (784,) or (batch, 784) with values from 0 to 1, and gives the
    probabilities of the ten digits.

    Args:
        name: `"three-layer"` or `"two-layer"`.

    Returns:
        The network, in float32.

    Raises:
        ValueError: There is no network of this name.
    """
    return Network.load(_file(name, NETWORKS))


def load_model(name: str) -> Sequential:
    """Loads a trained network as a list of layers.

    Args:
        name: `"deep-convnet"`, which takes images of shape (batch, 1, 28, 28) or (batch, 784).

    Returns:
        The network, in float32.

    Raises:
        ValueError: There is no network of this name.
    """
    path = _file(name, MODELS)
    model = RECIPES[name].model(np.random.default_rng(0))
    model.load(path)
    return model


def _file(name: str, names: tuple[str, ...]) -> Path:
    if name not in names:
        raise ValueError(f"no pretrained network {name!r}; there are {', '.join(names)}")
    return FOLDER / f"{name}.npz"
