"""What PyTorch computes, kept in `torch_reference.npz` for machines that have none.

    python tests/study/torch_reference.py       with PyTorch installed: writes the file anew

Inputs, weights and slopes are drawn from a seed, so only PyTorch's results are in the file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from study import optimizers  # noqa: E402
from study.layers import (  # noqa: E402
    AveragePool,
    BatchNorm,
    Convolution,
    Dense,
    Flatten,
    Layer,
    MaxPool,
    ReLU,
    Sigmoid,
    Tanh,
)
from study.model import Sequential  # noqa: E402

FILE = Path(__file__).with_name("torch_reference.npz")
Arrays = dict[str, NDArray[Any]]

# A layer, the shape of a sample, how many of them, and whether it is training.
LAYERS: list[tuple[Layer, tuple[int, ...], int, bool]] = [
    (Dense(4), (3,), 5, True),
    (Dense(1), (1,), 1, True),
    (ReLU(), (2, 3, 4), 2, True),
    (Sigmoid(), (6,), 3, True),
    (Tanh(), (6,), 3, True),
    (Flatten(), (2, 3, 4), 3, True),
    (BatchNorm(), (4,), 6, True),
    (BatchNorm(), (4,), 6, False),
    (BatchNorm(), (3, 4, 5), 6, True),
    (BatchNorm(), (3, 4, 5), 6, False),
    *(
        (Convolution(3, size, stride, padding), (2, 5, 4), 2, True)
        for size in (1, 2, 3)
        for stride in (1, 2, 3)
        for padding in (0, 1, 3)
    ),
    *(
        (kind(size, stride), (2, 5, 4), 2, True)
        for kind in (MaxPool, AveragePool)
        for size in (2, 3)
        for stride in (1, 2, 3)
    ),
]
OPTIMIZERS: dict[str, Callable[[float], optimizers.Optimizer]] = {
    kind.__name__: (lambda decay, kind=kind: kind(0.1, decay))
    for kind in (
        optimizers.SGD,
        optimizers.Momentum,
        optimizers.Nesterov,
        optimizers.AdaGrad,
        optimizers.RMSProp,
        optimizers.Adam,
        optimizers.AdamW,
    )
}
DECAYS = (0.0, 0.02)
STEPS = 10


def drawn(number: int) -> tuple[Layer, NDArray[Any], NDArray[Any], bool]:
    """A case's layer with random weights, an input and the slope along its output."""
    layer, shape, count, training = LAYERS[number]
    rng = np.random.default_rng(number)
    out = layer.build(shape, rng, np.float64)
    for array in layer.params.values():
        array += rng.normal(size=array.shape)

    def batch(sample: tuple[int, ...]) -> NDArray[Any]:
        return rng.normal(size=(*sample, count) if len(sample) == 3 else (count, *sample))

    return layer, batch(shape), batch(out), training


def slopes() -> list[NDArray[Any]]:
    """What the optimisers are given: the weights to start from, then a slope for each step."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=20) for _ in range(STEPS + 1)]


def network() -> Sequential:
    """The network that is trained for ten steps. The batch norm is not just behind a convolution,
    whose bias would then change nothing."""
    layers = [Convolution(4, 3, padding=1), ReLU(), BatchNorm(), MaxPool(2), Convolution(6, 3)]
    layers = [*layers, Tanh(), AveragePool(2), Flatten(), Dense(20), ReLU(), Dense(10)]
    return Sequential(layers, (1, 12, 12), np.random.default_rng(0), np.float64)


def batches() -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """The ten batches that it sees."""
    rng = np.random.default_rng(1)
    for _ in range(STEPS):
        yield rng.random((16, 1, 12, 12)), rng.integers(0, 10, 16)


def record() -> Arrays:
    """PyTorch's results, by name."""
    import torch
    from torch import nn, optim

    found: Arrays = {}

    def theirs(layer: Layer, channels: int, image: bool) -> Any:
        match layer:
            case Dense():
                module = nn.Linear(channels, layer.outputs)
            case Convolution():
                options = (layer.size, layer.stride, layer.padding)
                module = nn.Conv2d(channels, layer.filters, *options)
            case MaxPool():
                module = nn.MaxPool2d(layer.size, layer.stride or None)
            case AveragePool():
                module = nn.AvgPool2d(layer.size, layer.stride or None)
            case BatchNorm():
                module = (nn.BatchNorm2d if image else nn.BatchNorm1d)(channels)
            case _:
                kinds = {ReLU: nn.ReLU, Sigmoid: nn.Sigmoid, Tanh: nn.Tanh, Flatten: nn.Flatten}
                module = kinds[type(layer)]()
        module = module.double()
        with torch.no_grad():
            for mine, parameter in zip(layer.params.values(), module.parameters(), strict=True):
                parameter.copy_(torch.tensor(mine.T if mine.ndim == 2 else mine))
        return module

    def turned(x: NDArray[Any]) -> Any:
        return torch.tensor(np.moveaxis(x, -1, 0) if x.ndim == 4 else x, requires_grad=True)

    def back(x: Any) -> NDArray[Any]:
        array = x.detach().numpy()
        return np.moveaxis(array, 0, -1) if array.ndim == 4 else array

    for number in range(len(LAYERS)):
        layer, x, grad, training = drawn(number)
        module = theirs(layer, len(x) if x.ndim == 4 else x.shape[1], x.ndim == 4).train(training)
        x_theirs = turned(x)
        y = module(x_theirs)
        y.backward(turned(grad).detach())
        found |= {f"layer{number}.y": back(y), f"layer{number}.dx": back(x_theirs.grad)}
        for name, parameter in zip(layer.params, module.parameters(), strict=True):
            slope = parameter.grad.numpy()
            found[f"layer{number}.{name}"] = slope.T if slope.ndim == 2 else slope
        if isinstance(layer, BatchNorm):
            found[f"layer{number}.mean"] = module.running_mean.numpy()
            found[f"layer{number}.var"] = module.running_var.numpy()

    rng = np.random.default_rng(0)
    scores, t = (
        torch.tensor(rng.normal(size=(7, 5)) * 10, requires_grad=True),
        rng.integers(0, 5, 7),
    )
    loss = nn.functional.cross_entropy(scores, torch.tensor(t))
    loss.backward()
    found |= {"loss.y": np.array(loss.item()), "loss.dx": scores.grad.numpy()}

    make = {
        "SGD": lambda p, d: optim.SGD(p, 0.1, weight_decay=d),
        "Momentum": lambda p, d: optim.SGD(p, 0.1, 0.9, weight_decay=d),
        "Nesterov": lambda p, d: optim.SGD(p, 0.1, 0.9, nesterov=True, weight_decay=d),
        "AdaGrad": lambda p, d: optim.Adagrad(p, 0.1, weight_decay=d),
        "RMSProp": lambda p, d: optim.RMSprop(p, 0.1, weight_decay=d),
        "Adam": lambda p, d: optim.Adam(p, 0.1, weight_decay=d),
        "AdamW": lambda p, d: optim.AdamW(p, 0.1, weight_decay=d),
    }
    for name in OPTIMIZERS:
        for decay in DECAYS:
            start, *gradients = slopes()
            w = torch.tensor(start, requires_grad=True)
            rule = make[name]([w], decay)
            steps = []
            for g in gradients:
                w.grad = torch.tensor(g)
                rule.step()
                steps.append(w.detach().numpy().copy())
            found[f"{name} {decay}"] = np.stack(steps)

    model = network()
    pairs = zip(model.layers, model.shapes, strict=False)
    module = nn.Sequential(*(theirs(each, shape[0], len(shape) == 3) for each, shape in pairs))
    rule, losses = optim.Adam(module.parameters(), 0.01), []
    for x, t in batches():
        loss = nn.functional.cross_entropy(module(torch.tensor(x)), torch.tensor(t))
        rule.zero_grad()
        loss.backward()
        rule.step()
        losses.append(loss.item())
    found["training.losses"] = np.array(losses)
    names = [name for name, _ in model.named() if name.split(".")[1] not in ("mean", "var")]
    for name, parameter in zip(names, module.parameters(), strict=True):
        array = parameter.detach().numpy()
        found[f"training.{name}"] = array.T if array.ndim == 2 else array
    return found


if __name__ == "__main__":
    np.savez_compressed(FILE, **record())
    print(f"{FILE.name}: {FILE.stat().st_size / 1e3:.0f} kB")
