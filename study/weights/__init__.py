"""The trained networks that come with the package. `python -m study.train` made them.

- `"three-layer"`: the network of the inference page
- `"two-layer"`: 784-50-10, the one that the training page trains from nothing

`study.runs` has the logs of their training.
"""

from __future__ import annotations

from pathlib import Path

from study.network import Network

FOLDER = Path(__file__).parent
SHIPPED = ("two-layer", "three-layer")


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
    if name not in SHIPPED:
        raise ValueError(f"no pretrained network {name!r}; there are {', '.join(SHIPPED)}")
    return Network.load(FOLDER / f"{name}.npz")
