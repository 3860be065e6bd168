"""Every layer: the textbook's loops say the same, and small steps agree with its backward pass."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.gradient_check import GradientError, check_gradients
from study.initialization import he, normal, xavier
from study.layers import (
    AveragePool,
    BatchNorm,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool,
    ReLU,
    Residual,
    Sigmoid,
    SoftmaxLoss,
    Tanh,
)
from study.layers.base import leaves
from study.losses import one_hot, softmax_cross_entropy
from study.model import Sequential

seeds = st.integers(0, 2**32 - 1)
few = st.integers(1, 4)
shapes = st.one_of(st.tuples(few), st.tuples(few, st.integers(1, 6), st.integers(1, 6)))


def batch(shape: tuple[int, ...], count: int, rng: np.random.Generator) -> np.ndarray:
    """Distinct numbers, none near 0 or near another: no corner lies within a step."""
    size = int(np.prod(shape)) * count
    values = rng.permutation(np.linspace(-2, 2, 2 * size + 1)[1::2]) + 0.3 / (size + 1)
    return values.reshape((count, *shape) if len(shape) == 1 else (*shape, count))


def built(layer: Layer, shape: tuple[int, ...], rng: np.random.Generator) -> Layer:
    """In float64, with no weight at the round number it would start from."""
    layer.build(shape, rng, np.float64)
    for _, leaf in leaves([layer]):
        for array in leaf.params.values():
            array += rng.uniform(-0.5, 0.5, array.shape)
    return layer


def holds(
    layer: Layer, shape: tuple[int, ...], count: int, seed: int, *, training: bool = True
) -> None:
    """What every layer promises, for one batch."""
    rng = np.random.default_rng(seed)
    expected = layer.build(shape, rng, np.float64)
    built(layer, shape, rng)
    x = batch(shape, count, rng)
    before = x.copy()
    y = layer.forward(x, training)
    assert y.shape == ((count, *expected) if len(expected) == 1 else (*expected, count))
    grad = rng.standard_normal(y.shape)
    given_grad, given_y = grad.copy(), y.copy()
    first = layer.backward(grad).copy()
    slopes = {name: array.copy() for name, array in layer.grads.items()}
    second = layer.backward(grad)
    assert first.shape == x.shape
    assert np.array_equal(first, second), "backward twice"
    assert all(np.array_equal(slopes[name], layer.grads[name]) for name in slopes)
    assert np.array_equal(x, before) and np.array_equal(grad, given_grad), "arguments"
    assert np.array_equal(y, given_y), "outputs"
    check_gradients(layer, x, rng, training=training)
    layer.reuse_buffers()  # as in a network: what is left of the last batch does no harm
    for _ in range(2):
        layer.forward(-x, training)
        layer.backward(-2 * grad)
        again = layer.forward(x, training)
        if training or not layer.state:
            assert np.array_equal(again, given_y)
            assert np.array_equal(layer.backward(grad), first)


@pytest.mark.parametrize("kind", [ReLU, Sigmoid, Tanh])
@given(shape=shapes, count=few, seed=seeds)
def test_activations(kind: type[Layer], shape: tuple[int, ...], count: int, seed: int) -> None:
    holds(kind(), shape, count, seed)


@given(inputs=few, outputs=few, count=few, seed=seeds)
def test_dense(inputs: int, outputs: int, count: int, seed: int) -> None:
    holds(Dense(outputs), (inputs,), count, seed)


@given(shape=shapes, count=st.integers(2, 5), seed=seeds, training=st.booleans())
def test_batch_norm(shape: tuple[int, ...], count: int, seed: int, training: bool) -> None:
    # With few numbers in a feature their spread can be tiny, and the slope then changes fast.
    holds(BatchNorm(eps=0.1), shape, count, seed, training=training)


@given(shape=shapes, count=few, seed=seeds, rate=st.floats(0, 0.9), training=st.booleans())
def test_dropout(
    shape: tuple[int, ...], count: int, seed: int, rate: float, training: bool
) -> None:
    rng = np.random.default_rng(seed)
    layer = built(Dropout(rate), shape, rng)
    check_gradients(layer, batch(shape, count, rng), rng, training=training)


@given(shape=shapes, count=few, seed=seeds)
def test_flatten(shape: tuple[int, ...], count: int, seed: int) -> None:
    holds(Flatten(), shape, count, seed)


conv_cases = given(
    channels=few,
    sides=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    filters=few,
    size=st.integers(1, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 4),
    count=st.integers(1, 3),
    seed=seeds,
)


@conv_cases
def test_convolution(
    channels: int,
    sides: tuple[int, int],
    filters: int,
    size: int,
    stride: int,
    padding: int,
    count: int,
    seed: int,
) -> None:
    layer = Convolution(filters, size, stride, padding)
    shape = (channels, *sides)
    if size > min(sides) + 2 * padding:
        with pytest.raises(ValueError, match=f"{size}×{size}"):
            layer.build(shape, np.random.default_rng(0), np.float64)
        return
    holds(layer, shape, count, seed)
    x = batch(shape, count, np.random.default_rng(seed))
    np.testing.assert_allclose(layer.forward(x), slid(layer, x), rtol=1e-12, atol=1e-12)


def slid(layer: Convolution, x: np.ndarray) -> np.ndarray:
    """The convolution as the formula has it."""
    p, s, k = layer.padding, layer.stride, layer.size
    padded = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))
    rows, columns = ((side + 2 * p - k) // s + 1 for side in x.shape[1:3])
    y = np.empty((layer.filters, rows, columns, x.shape[-1]))
    for i in range(rows):
        for j in range(columns):
            seen = padded[:, i * s : i * s + k, j * s : j * s + k]
            y[:, i, j] = np.einsum("fckl,ckln->fn", layer.params["W"], seen)
    return y + layer.params["b"][:, None, None, None]


@pytest.mark.parametrize("kind", [MaxPool, AveragePool])
@given(
    channels=few,
    sides=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    size=st.integers(1, 4),
    stride=st.integers(0, 4),
    count=few,
    seed=seeds,
)
def test_pooling(
    kind: type[MaxPool] | type[AveragePool],
    channels: int,
    sides: tuple[int, int],
    size: int,
    stride: int,
    count: int,
    seed: int,
) -> None:
    layer, shape = kind(size, stride), (channels, *sides)
    if size > min(sides):
        with pytest.raises(ValueError, match=f"{size}×{size}"):
            layer.build(shape, np.random.default_rng(0), np.float64)
        return
    holds(layer, shape, count, seed)
    x = batch(shape, count, np.random.default_rng(seed))
    step = stride or size
    reduce = np.max if kind is MaxPool else np.mean
    y = layer.forward(x)
    for i in range(y.shape[1]):
        for j in range(y.shape[2]):
            window = x[:, i * step : i * step + size, j * step : j * step + size]
            np.testing.assert_allclose(y[:, i, j], reduce(window, axis=(1, 2)), rtol=1e-14)


def test_of_equal_numbers_the_first_gets_the_slope() -> None:
    layer = MaxPool(2)
    layer.build((1, 2, 4), np.random.default_rng(0), np.float64)
    x = np.array([[0.0, 0, 1, 2], [0, 0, 2, 2]]).reshape(1, 2, 4, 1)
    layer.forward(x)
    dx = layer.backward(np.array([5.0, 7]).reshape(1, 1, 2, 1))
    assert dx[0, :, :, 0].tolist() == [[5, 0, 0, 7], [0, 0, 0, 0]]


@given(seed=seeds, channels=few, count=few, projected=st.booleans(), training=st.booleans())
def test_residual(seed: int, channels: int, count: int, projected: bool, training: bool) -> None:
    filters = channels + 1 if projected else channels
    layers = [Convolution(filters, 3, padding=1), BatchNorm(eps=0.1), Tanh()]
    layer = Residual(layers, [Convolution(filters, 1)] if projected else [])
    holds(layer, (channels, 3, 4), count, seed, training=training)


def test_residual_refuses_what_has_no_sum() -> None:
    with pytest.raises(ValueError, match=r"\(3, 4, 4\).*\(2, 4, 4\)"):
        Residual([Convolution(3, 1)]).build((2, 4, 4), np.random.default_rng(0), np.float64)


@given(seed=seeds, count=st.integers(1, 5), classes=few, hot=st.booleans())
def test_softmax_loss(seed: int, count: int, classes: int, hot: bool) -> None:
    rng = np.random.default_rng(seed)
    scores, t = rng.normal(size=(count, classes)), rng.integers(0, classes, count)
    truth = one_hot(t, classes) if hot else t
    loss, before = SoftmaxLoss(), scores.copy()
    assert loss.forward(scores, truth) == pytest.approx(softmax_cross_entropy(scores, t), rel=1e-12)
    slope = loss.backward()
    assert np.array_equal(slope, loss.backward()) and np.array_equal(scores, before)
    direction = rng.normal(size=scores.shape)
    h = 1e-5
    above = SoftmaxLoss().forward(scores + h * direction, truth)
    below = SoftmaxLoss().forward(scores - h * direction, truth)
    assert np.sum(slope * direction) == pytest.approx((above - below) / (2 * h), abs=1e-8)
    assert loss.correct == np.sum(scores.argmax(axis=1) == t)


def test_softmax_loss_survives_scores_of_a_thousand_and_refuses_nonsense() -> None:
    loss = SoftmaxLoss()
    assert loss.forward(np.array([[0.0, 1000.0]]), [0]) == 1000
    assert loss.backward().tolist() == [[-1, 1]]
    for t in ([0, 1], [], [[1, 0, 0]]):
        with pytest.raises(ValueError, match="does not fit"):
            loss.forward(np.zeros((1, 2)), t)
    with pytest.raises(ValueError, match="label 2"):
        loss.forward(np.zeros((1, 2)), [2])
    with pytest.raises(ValueError, match="does not fit"):
        loss.forward(np.zeros((0, 2)), np.zeros(0, int))


@given(seed=seeds, images=st.booleans())
def test_batch_norm_normalises_and_remembers(seed: int, images: bool) -> None:
    rng = np.random.default_rng(seed)
    shape = (3, 4, 5) if images else (3,)
    axes = (1, 2, 3) if images else (0,)
    layer = BatchNorm()
    layer.build(shape, rng, np.float64)
    for _ in range(200):
        x = rng.normal(5, 3, (*shape, 40) if images else (400, 3))
        y = layer.forward(x, training=True)
    np.testing.assert_allclose(y.mean(axis=axes), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=axes), 1, rtol=1e-5)
    # Where training ended, the running averages are the data's mean and variance, about.
    np.testing.assert_allclose(layer.state["mean"], 5, atol=0.3)
    np.testing.assert_allclose(layer.state["var"], 9, rtol=0.15)
    kept = {name: array.copy() for name, array in layer.state.items()}
    alone = layer.forward(x[..., :1] if images else x[:1])
    np.testing.assert_allclose(alone, y[..., :1] if images else y[:1], atol=0.5)
    assert all(np.array_equal(kept[name], layer.state[name]) for name in kept)


def test_dropout_keeps_the_mean_and_switches_off_its_share() -> None:
    layer = Dropout(0.3)
    layer.build((1000,), np.random.default_rng(0), np.float64)
    x = np.ones((200, 1000))
    y = layer.forward(x, training=True)
    assert abs(np.mean(y == 0) - 0.3) < 0.005
    assert abs(y.mean() - 1) < 0.01
    assert not np.array_equal(y, layer.forward(x, training=True))
    assert np.array_equal(layer.forward(x), x)
    for rate in (-0.1, 1.0, float("nan")):
        with pytest.raises(ValueError, match="rate"):
            Dropout(rate)


def test_the_spread_of_initial_weights() -> None:
    rng = np.random.default_rng(0)
    for init, std in ((he, np.sqrt(2 / 50)), (xavier, np.sqrt(2 / 250)), (normal(0.01), 0.01)):
        assert init((500, 400), 50, 200, rng).std() == pytest.approx(std, rel=0.02)
    layer = Convolution(64, 5)
    layer.build((32, 8, 8), rng, np.float32)
    assert layer.params["W"].std() == pytest.approx(np.sqrt(2 / (32 * 25)), rel=0.02)
    assert layer.params["W"].dtype == np.float32


def test_results_stay_the_callers_own() -> None:
    """Outside a network no result is overwritten by the next call."""
    rng = np.random.default_rng(0)
    for layer, shape in ((Dense(3), (4,)), (ReLU(), (4,)), (Convolution(2, 3), (1, 5, 5))):
        built(layer, shape, rng)
        x = batch(shape, 2, rng)
        y = layer.forward(x)
        kept = y.copy()
        layer.forward(-x)
        assert np.array_equal(y, kept)


class Wrong(Dense):
    """A backward pass with a usual mistake."""

    def backward_params(self, grad: np.ndarray) -> None:
        super().backward_params(grad)
        self.grads["b"][...] = grad.mean(axis=0)


def test_a_wrong_backward_pass_is_found_and_named() -> None:
    rng = np.random.default_rng(0)
    layer = built(Wrong(3), (4,), rng)
    with pytest.raises(GradientError, match=r"b of layer 1, Wrong\(outputs=3\).*backward says"):
        check_gradients(layer, batch((4,), 5, rng), rng)
    model = Sequential([Dense(4), Tanh(), Wrong(3)], (2,), rng, np.float64)
    with pytest.raises(GradientError, match="b of layer 3, Wrong"):
        check_gradients(model, batch((2,), 5, rng), rng, t=[0, 1, 2, 0, 1])
    single = Dense(3)
    single.build((4,), rng, np.float32)
    with pytest.raises(ValueError, match="float32"):
        check_gradients(single, batch((4,), 5, rng), rng)
    with pytest.raises(ValueError, match="give t"):
        check_gradients(model, batch((2,), 5, rng), rng)


def test_a_check_leaves_everything_as_it_was() -> None:
    rng = np.random.default_rng(0)
    layers = [Dense(4), BatchNorm(eps=0.1), Tanh(), Dropout(0.5), Dense(3)]
    model, same = (
        Sequential(layers, (2,), np.random.default_rng(1), np.float64)
        for layers in (layers, copy.deepcopy(layers))
    )
    x = batch((2,), 6, rng)
    check_gradients(model, x, rng, t=[0, 1, 2, 0, 1, 2])
    assert np.array_equal(model.memory, same.memory)
    assert np.array_equal(model.forward(x, training=True), same.forward(x, training=True))


@given(seed=seeds)
def test_a_whole_network(seed: int) -> None:
    rng = np.random.default_rng(seed)
    layers = [
        Convolution(3, 3, padding=1),
        BatchNorm(eps=0.1),
        Tanh(),
        Residual([Convolution(3, 3, padding=1), Sigmoid()]),
        AveragePool(2),
        Flatten(),
        Dropout(0.3),
        Dense(4),
    ]
    model = Sequential(layers, (2, 6, 6), rng, np.float64)
    before = model.memory.copy()
    x = rng.normal(size=(5, 2, 6, 6))
    check_gradients(model, x, rng, t=rng.integers(0, 4, 5))
    trained = slice(model.grads.size)
    assert np.array_equal(model.memory[trained], before[trained]), "the check leaves no trace"
