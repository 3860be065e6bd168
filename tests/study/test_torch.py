"""PyTorch computes the same: layers, losses, optimisers, a run of ten steps. Skipped without it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study import optimizers
from study.layers import (
    AveragePool,
    BatchNorm,
    Convolution,
    Dense,
    Flatten,
    Layer,
    MaxPool,
    ReLU,
    Residual,
    Sigmoid,
    SoftmaxLoss,
    Tanh,
)
from study.model import Sequential

torch: Any = pytest.importorskip("torch")
nn, functional = torch.nn, torch.nn.functional
torch.set_num_threads(1)

few, sides = st.integers(1, 4), st.integers(1, 8)
EXACT = {"rtol": 1e-10, "atol": 1e-12}  # float64: the order of sums is all that may differ


def turned(x: np.ndarray) -> Any:
    """Ours to PyTorch's: the batch first."""
    return torch.tensor(np.moveaxis(x, -1, 0) if x.ndim == 4 else x, requires_grad=True)


def back(x: Any) -> np.ndarray:
    array = x.detach().numpy()
    return np.moveaxis(array, 0, -1) if array.ndim == 4 else array


def agree(
    ours: Layer, theirs: Any, shape: tuple[int, ...], count: int, training: bool = True
) -> None:
    """Forward, the slope along x, and those along the weights."""
    rng = np.random.default_rng(0)
    ours.build(shape, rng, np.float64)
    for array in ours.params.values():
        array += rng.normal(size=array.shape)
    theirs = theirs.double().train(training)
    with torch.no_grad():
        for mine, parameter in zip(ours.params.values(), theirs.parameters(), strict=True):
            parameter.copy_(torch.tensor(mine.T if mine.ndim == 2 else mine))
    x = rng.normal(size=(*shape, count) if len(shape) == 3 else (count, *shape))
    for _ in range(2):  # the second time batch normalisation has running averages
        y, x_theirs = ours.forward(x, training), turned(x)
        y_theirs = theirs(x_theirs)
        np.testing.assert_allclose(y, back(y_theirs), **EXACT)
        grad = rng.normal(size=y.shape)
        theirs.zero_grad()
        y_theirs.backward(turned(grad).detach())
        np.testing.assert_allclose(ours.backward(grad), back(x_theirs.grad), **EXACT)
        for mine, parameter in zip(ours.grads.values(), theirs.parameters(), strict=True):
            slope = parameter.grad.numpy()
            np.testing.assert_allclose(mine, slope.T if mine.ndim == 2 else slope, **EXACT)


@settings(max_examples=100)
@given(few, sides, sides, few, st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), few)
def test_convolution(
    channels: int, height: int, width: int, filters: int, size: int, stride: int, pad: int, n: int
) -> None:
    if size <= min(height, width) + 2 * pad:
        ours = Convolution(filters, size, stride, pad)
        theirs = nn.Conv2d(channels, filters, size, stride, pad)
        agree(ours, theirs, (channels, height, width), n)


@given(few, sides, sides, st.integers(1, 4), st.integers(1, 4), few)
def test_pooling(channels: int, height: int, width: int, size: int, stride: int, n: int) -> None:
    if size <= min(height, width):
        shape = (channels, height, width)
        agree(MaxPool(size, stride), nn.MaxPool2d(size, stride), shape, n)
        agree(AveragePool(size, stride), nn.AvgPool2d(size, stride), shape, n)


def test_of_equal_numbers_the_same_one_gets_the_slope() -> None:
    rng = np.random.default_rng(0)
    for size, stride in ((2, 2), (3, 1), (3, 2)):
        ours = MaxPool(size, stride)
        ours.build((2, 8, 8), rng, np.float64)
        x = rng.integers(0, 3, (2, 8, 8, 5)).astype(float)
        y, x_theirs = ours.forward(x), turned(x)
        grad = rng.normal(size=y.shape)
        nn.MaxPool2d(size, stride)(x_theirs).backward(turned(grad).detach())
        np.testing.assert_allclose(ours.backward(grad), back(x_theirs.grad), **EXACT)


@given(few, few, few)
def test_dense_and_activations(inputs: int, outputs: int, n: int) -> None:
    agree(Dense(outputs), nn.Linear(inputs, outputs), (inputs,), n)
    agree(ReLU(), nn.ReLU(), (inputs, 3, 2), n)
    agree(Sigmoid(), nn.Sigmoid(), (inputs,), n)
    agree(Tanh(), nn.Tanh(), (inputs,), n)


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm(training: bool) -> None:
    for shape, theirs in (((4,), nn.BatchNorm1d(4)), ((3, 4, 5), nn.BatchNorm2d(3))):
        ours = BatchNorm()
        agree(ours, theirs, shape, 6, training)
        np.testing.assert_allclose(ours.state["mean"], theirs.running_mean.numpy(), **EXACT)
        np.testing.assert_allclose(ours.state["var"], theirs.running_var.numpy(), **EXACT)


@pytest.mark.parametrize("kind", ["labels", "rows"])
def test_softmax_loss(kind: str) -> None:
    rng = np.random.default_rng(0)
    scores, t = rng.normal(size=(7, 5)) * 10, rng.integers(0, 5, 7)
    truth = t if kind == "labels" else np.eye(5)[t]
    theirs = torch.tensor(scores, requires_grad=True)
    loss = functional.cross_entropy(theirs, torch.tensor(truth))
    loss.backward()
    ours = SoftmaxLoss()
    np.testing.assert_allclose(ours.forward(scores, truth), loss.item(), **EXACT)
    np.testing.assert_allclose(ours.backward(), theirs.grad.numpy(), **EXACT)


OPTIMIZERS: list[tuple[type[optimizers.Optimizer], Any]] = [
    (optimizers.SGD, lambda p, d: torch.optim.SGD(p, 0.1, weight_decay=d)),
    (optimizers.Momentum, lambda p, d: torch.optim.SGD(p, 0.1, 0.9, weight_decay=d)),
    (
        optimizers.Nesterov,
        lambda p, d: torch.optim.SGD(p, 0.1, 0.9, nesterov=True, weight_decay=d),
    ),
    (optimizers.AdaGrad, lambda p, d: torch.optim.Adagrad(p, 0.1, weight_decay=d)),
    (optimizers.RMSProp, lambda p, d: torch.optim.RMSprop(p, 0.1, weight_decay=d)),
    (optimizers.Adam, lambda p, d: torch.optim.Adam(p, 0.1, weight_decay=d)),
    (optimizers.AdamW, lambda p, d: torch.optim.AdamW(p, 0.1, weight_decay=d)),
]


@pytest.mark.parametrize("kind, make", OPTIMIZERS)
@pytest.mark.parametrize("decay", [0.0, 0.02])
def test_optimizers(kind: type[optimizers.Optimizer], make: Any, decay: float) -> None:
    rng = np.random.default_rng(0)
    w = rng.normal(size=20)
    parameter = torch.tensor(w.copy(), requires_grad=True)
    ours, theirs = kind(0.1, decay), make([parameter], decay)
    for _ in range(10):
        g = rng.normal(size=20)
        parameter.grad = torch.tensor(g)
        theirs.step()
        ours.update(w, g)
        np.testing.assert_allclose(w, parameter.detach().numpy(), rtol=1e-9, atol=1e-12)


class TheirResidual(nn.Module):
    def __init__(self, inside: Any, shortcut: Any) -> None:
        super().__init__()
        self.inside, self.shortcut = inside, shortcut

    def forward(self, x: Any) -> Any:
        return self.inside(x) + self.shortcut(x)


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-8), (np.float32, 2e-4)])
def test_ten_steps(dtype: type, tolerance: float) -> None:
    """The same start, batches, network and optimiser: the same losses and the same weights."""
    rng = np.random.default_rng(0)
    layers = [
        Convolution(4, 3, padding=1),
        ReLU(),
        BatchNorm(),  # not just behind the convolution, whose bias would then change nothing
        MaxPool(2),
        Residual([Convolution(6, 3, padding=1), Tanh()], [Convolution(6, 1)]),
        Flatten(),
        Dense(20),
        ReLU(),
        Dense(10),
    ]
    model = Sequential(layers, (1, 12, 12), rng, dtype)
    conv = nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.Tanh())
    theirs = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(4),
        nn.MaxPool2d(2),
        TheirResidual(conv, nn.Conv2d(4, 6, 1)),
        nn.Flatten(),
        nn.Linear(216, 20),
        nn.ReLU(),
        nn.Linear(20, 10),
    ).to(torch.float64 if dtype == np.float64 else torch.float32)
    weights = [array for name, array in model.named() if name[-4:] not in ("mean", ".var")]
    with torch.no_grad():
        for array, parameter in zip(weights, theirs.parameters(), strict=True):
            parameter.copy_(torch.tensor(array.T if array.ndim == 2 else array))
    ours = optimizers.Adam(0.01)
    optimizer = torch.optim.Adam(theirs.parameters(), 0.01)
    for _ in range(10):
        x, t = rng.random((16, 1, 12, 12)).astype(dtype), rng.integers(0, 10, 16)
        loss = functional.cross_entropy(theirs(torch.tensor(x)), torch.tensor(t))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert model.gradient(x, t) == pytest.approx(loss.item(), rel=tolerance)
        ours.update(model.weights, model.grads)
    for array, parameter in zip(weights, theirs.parameters(), strict=True):
        expected = parameter.detach().numpy()
        np.testing.assert_allclose(
            array.T if array.ndim == 2 else array, expected, rtol=0, atol=tolerance
        )
