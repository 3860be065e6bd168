"""What PyTorch computed, as `torch_reference.npz` has it; `test_torch` asks PyTorch itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from study.layers import SoftmaxLoss
from study.optimizers import Adam
from tests.study import torch_reference as reference

EXACT: Any = {"rtol": 1e-10, "atol": 1e-12}  # float64: the order of sums is all that may differ


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    with np.load(reference.FILE, allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("number", range(len(reference.LAYERS)), ids=map(str, range(99)))
def test_layers(number: int, theirs: dict[str, Any]) -> None:
    layer, x, grad, training = reference.drawn(number)
    ours = {"y": layer.forward(x, training), "dx": layer.backward(grad), **layer.grads}
    ours |= layer.state
    names = {name.split(".")[1] for name in theirs if name.startswith(f"layer{number}.")}
    assert ours.keys() == names
    for name, array in ours.items():
        np.testing.assert_allclose(
            array, theirs[f"layer{number}.{name}"], **EXACT, err_msg=f"{name} of {layer}"
        )


def test_loss(theirs: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    scores, t = rng.normal(size=(7, 5)) * 10, rng.integers(0, 5, 7)
    loss = SoftmaxLoss()
    np.testing.assert_allclose(loss.forward(scores, t), theirs["loss.y"], **EXACT)
    np.testing.assert_allclose(loss.backward(), theirs["loss.dx"], **EXACT)


@pytest.mark.parametrize("name", reference.OPTIMIZERS)
@pytest.mark.parametrize("decay", reference.DECAYS)
def test_optimizers(name: str, decay: float, theirs: dict[str, Any]) -> None:
    w, *gradients = reference.slopes()
    rule = reference.OPTIMIZERS[name](decay)
    for g, expected in zip(gradients, theirs[f"{name} {decay}"], strict=True):
        rule.update(w, g)
        np.testing.assert_allclose(w, expected, rtol=1e-9, atol=1e-12)


def test_ten_steps(theirs: dict[str, Any]) -> None:
    """The same start, batches, network and optimiser: the same losses and the same weights."""
    model, rule = reference.network(), Adam(0.01)
    losses = []
    for x, t in reference.batches():
        losses.append(model.gradient(x, t))
        rule.update(model.weights, model.grads)
    np.testing.assert_allclose(losses, theirs["training.losses"], rtol=1e-8)
    weights = {name: a for name, a in model.named() if name.split(".")[1] not in ("mean", "var")}
    assert len(weights) == sum(name.startswith("training.") for name in theirs) - 1
    for name, array in weights.items():
        np.testing.assert_allclose(array, theirs[f"training.{name}"], rtol=0, atol=1e-8)


def test_the_file_is_what_pytorch_says(theirs: dict[str, Any]) -> None:
    pytest.importorskip("torch")
    anew = reference.record()
    assert anew.keys() == theirs.keys()
    for name, array in anew.items():
        np.testing.assert_allclose(array, theirs[name], rtol=1e-9, atol=1e-11, err_msg=name)
