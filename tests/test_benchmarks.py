"""What the benchmarks compare does the same work: nothing here takes the time."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import ladder, products, results, straightforward
from benchmarks.timing import floating_point_operations
from benchmarks.train_step import first_draft_layers
from study.layers import Convolution, Dense, Layer
from study.layers import convolution as module
from study.model import Sequential
from study.parallel import Parallel
from study.recipes import RECIPES

NETWORK = "simple-convnet"


@pytest.fixture(autouse=True)
def _calls_for_each_row_end_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rung replaces this, in a process of its own when it is measured."""
    monkeypatch.setattr(module, "_products", module._products)


def batch(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.random((4, 1, 28, 28)), rng.integers(0, 10, 4)


def as_columns(layer: Layer, name: str) -> np.ndarray:
    """A weight of `study`, as the first draft keeps it."""
    array = layer.params[name]
    return array.reshape(len(array), -1) if array.ndim == 4 else array


@pytest.mark.parametrize("name", [name for name, (_, rung) in ladder.RUNGS.items() if rung[0]])
def test_every_rung_finds_the_same_gradient(name: str) -> None:
    x, t = batch(np.random.default_rng(1))
    plain = RECIPES[NETWORK].model(np.random.default_rng(0))
    loss = plain.gradient(x, t)
    model = ladder.model_for(NETWORK, ladder.RUNGS[name][1])
    assert model.gradient(x, t) == pytest.approx(loss, rel=1e-6)
    assert model.gradient(x, t) == pytest.approx(loss, rel=1e-6)  # with buffers used, too
    assert np.allclose(model.grads, plain.grads, rtol=1e-4, atol=1e-6)
    assert np.any(plain.grads != 0)


@pytest.mark.parametrize("network", ["simple-convnet", "plain-convnet"])
def test_the_first_draft_finds_the_same_gradient(network: str) -> None:
    x, t = batch(np.random.default_rng(1))
    layers = [each for each in RECIPES[network].layers() if type(each).__name__ != "Dropout"]
    model = Sequential(layers, RECIPES[network].input_shape, np.random.default_rng(0), np.float64)
    loss = model.gradient(x, t)
    again = [each for each in RECIPES[network].layers() if type(each).__name__ != "Dropout"]
    draft = first_draft_layers(network, again)
    pairs = zip(model.layers, draft, strict=True)
    learning = [pair for pair in pairs if isinstance(pair[0], Dense | Convolution)]
    for own, other in learning:
        other.weights = [as_columns(own, "W"), own.params["b"]]
    assert straightforward.gradient(draft, x, t) == pytest.approx(loss, rel=1e-6)
    for own, other in learning:
        shape = own.params["W"].shape
        assert np.allclose(other.grads[0].reshape(shape), own.grads["W"], rtol=1e-4, atol=1e-7)
        assert np.allclose(other.grads[1], own.grads["b"], rtol=1e-4, atol=1e-7)


def test_relu_first_changes_the_order_and_nothing_else() -> None:
    layers = list(RECIPES["book-deep-convnet"].layers())
    order = ladder.relu_first(layers)
    assert [id(each) for each in order] != [id(each) for each in layers]
    assert sorted(map(id, order)) == sorted(map(id, layers))


@pytest.mark.parametrize("threads", [1, 2])
def test_all_products_of_a_step_are_timed_and_nothing_else(threads: int) -> None:
    rng = np.random.default_rng(0)
    model = RECIPES["backprop"].model(rng)
    x, t = rng.random((8, 784), np.float32), rng.integers(0, 10, 8)
    calls = products.products(Parallel(model, threads), x, t)
    assert len(calls) == threads
    assert products.operations(calls) == 8 * floating_point_operations(model)


def test_the_readme_has_what_the_records_say() -> None:
    readme = results.README.read_text(encoding="utf-8")
    assert results.written(readme) == readme, "run python -m benchmarks.results"
