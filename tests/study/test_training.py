"""The analytic gradient against trying, batches that hold everybody once, and learning itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import digits
from study.gradient import numerical_gradient
from study.layers import Dense, ReLU
from study.losses import one_hot
from study.model import Sequential
from study.network import Network
from study.training import TwoLayerNet, minibatches
from study.training import train as descend


def small(seed: int = 0, dtype: type = np.float64) -> TwoLayerNet:
    return TwoLayerNet(5, 4, 3, np.random.default_rng(seed), dtype)


def samples(seed: int, count: int = 6) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 5)), rng.integers(0, 3, count)


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    images, labels = digits.make(2500, np.random.default_rng(0))
    x = images.reshape(-1, 784) / np.float32(255)
    return x[:2000], labels[:2000], x[2000:], labels[2000:]


@pytest.mark.parametrize("seed", range(4))
def test_the_gradient_is_the_slope(seed: int) -> None:
    net = small(seed)
    x, t = samples(seed)
    # No sum may lie within the step of ReLU's corner, where there is no slope to compare.
    assert np.abs(x @ net.params["W1"] + net.params["b1"]).min() > 5e-4
    for name, slope in net.gradient(x, t).items():

        def loss_at(value: np.ndarray, name: str = name) -> float:
            other = small(seed)
            other.params = {**net.params, name: value}
            return float(other.loss(x, t))

        tried = numerical_gradient(loss_at, net.params[name])
        assert slope.shape == net.params[name].shape
        np.testing.assert_allclose(slope, tried, rtol=0, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("seed", range(2))
def test_the_gradient_of_deeper_networks_is_the_slope(seed: int) -> None:
    rng = np.random.default_rng(seed)
    layers = [Dense(4), ReLU(), Dense(4), ReLU(), Dense(3)]
    model = Sequential(layers, (5,), rng, np.float64)
    model.weights[:] = rng.normal(size=model.weights.size)
    x, t = samples(seed)
    model.gradient(x, t)
    slopes = model.grads.copy()

    def loss_at(value: np.ndarray) -> float:
        model.weights[:] = value
        return model.gradient(x, t)

    tried = numerical_gradient(loss_at, model.weights.copy())
    np.testing.assert_allclose(slopes, tried, rtol=0, atol=1e-7)


def test_labels_of_both_kinds() -> None:
    net = small()
    x, t = samples(1)
    rows = one_hot(t, 3)
    assert net.loss(x, t) == net.loss(x, rows)
    assert net.accuracy(x, t) == net.accuracy(x, rows)
    for name, slope in net.gradient(x, t).items():
        assert np.array_equal(slope, net.gradient(x, rows)[name])


def test_forward_is_the_network_it_becomes() -> None:
    net = small()
    x, t = samples(2)
    network = net.to_network()
    assert isinstance(network, Network)
    assert np.array_equal(network.forward(x), net.forward(x))
    np.testing.assert_allclose(net.forward(x).sum(axis=1), 1, rtol=1e-14)
    assert net.accuracy(x, t) == np.mean(network.predict(x) == t)
    assert np.array_equal(net.forward(x[0]), net.forward(x[:1])[0])


def test_float32_stays(drawn: tuple[np.ndarray, ...]) -> None:
    x, t = drawn[0][:200], drawn[1][:200]
    rng = np.random.default_rng(0)
    net = TwoLayerNet(784, 8, 10, rng)
    descend(net, x, t, epochs=1, rng=rng)
    assert {each.dtype for each in net.params.values()} == {np.dtype(np.float32)}
    assert net.forward(x).dtype == np.float32
    assert net.loss(x, t).dtype == np.float32
    assert {each.dtype for each in net.gradient(x, t).values()} == {np.dtype(np.float32)}


def test_scores_of_a_thousand_do_no_harm() -> None:
    net = small()
    x, t = samples(3)
    net.params["W2"] *= 1000
    assert np.isfinite(net.loss(x, t))
    assert all(np.isfinite(slope).all() for slope in net.gradient(x, t).values())


def test_same_seed_same_network() -> None:
    one, other, third = small(7), small(7), small(8)
    assert np.array_equal(one.params["W1"], other.params["W1"])
    assert not np.array_equal(one.params["W1"], third.params["W1"])


def test_wrong_shapes_are_refused_by_name() -> None:
    net = small()
    x, t = samples(0)
    for wrong in (net.forward, net.scores, lambda x: net.gradient(x, t)):
        with pytest.raises(ValueError, match=r"\(6, 4\).*\(5, 4\)"):
            wrong(x[:, :4])
    for wrong in (net.loss, net.accuracy, net.gradient):
        with pytest.raises(ValueError, match=r"\(5,\).*\(6, 3\)"):
            wrong(x, t[:5])
        with pytest.raises(ValueError, match=r"empty|shape"):
            wrong(np.zeros((0, 5)), np.zeros(0, int))
    assert net.forward(np.zeros((0, 5))).shape == (0, 3)


@given(st.integers(0, 50), st.integers(1, 60), st.integers(0, 5))
def test_minibatches_hold_everybody_once(n: int, size: int, seed: int) -> None:
    x = np.arange(2 * n).reshape(n, 2)
    batches = list(minibatches(x, np.arange(n), size, np.random.default_rng(seed)))
    assert all(len(xb) == len(tb) for xb, tb in batches)
    assert [len(xb) for xb, _ in batches[:-1]] == [size] * (len(batches) - 1)
    assert all(1 <= len(xb) <= size for xb, _ in batches)
    order = [int(t) for _, tb in batches for t in tb]
    assert sorted(order) == list(range(n))
    assert all(np.array_equal(xb[:, 0], 2 * tb) for xb, tb in batches)


def test_minibatches_are_shuffled_and_refuse_nonsense() -> None:
    x = np.arange(100)
    (first, _), *_ = minibatches(x, x, 100, np.random.default_rng(0))
    assert first.tolist() != x.tolist()
    with pytest.raises(ValueError, match=r"\(100,\).*\(99,\)"):
        next(minibatches(x, x[1:], 10, np.random.default_rng(0)))
    with pytest.raises(ValueError, match="batch_size"):
        next(minibatches(x, x, 0, np.random.default_rng(0)))


def test_it_learns(drawn: tuple[np.ndarray, ...]) -> None:
    x, t, x_val, t_val = drawn
    rng = np.random.default_rng(0)
    net = TwoLayerNet(784, 30, 10, rng)
    before, x_before = net.accuracy(x_val, t_val), x.copy()
    history = descend(net, x, t, epochs=5, learning_rate=0.2, rng=rng, x_val=x_val, t_val=t_val)
    assert len(history.loss) == 5 * 20
    assert len(history.train_accuracy) == len(history.val_accuracy) == 5
    assert before < 0.4
    assert history.val_accuracy[-1] == net.accuracy(x_val, t_val) > 0.9
    assert np.mean(history.loss[-20:]) < np.mean(history.loss[:20]) / 3
    assert np.array_equal(x, x_before)


def test_a_step_is_a_step_of_gradient_descent() -> None:
    x, t = samples(4)
    net, start = small(4), small(4)
    history = descend(
        net, x, t, epochs=1, batch_size=6, learning_rate=0.5, rng=np.random.default_rng(0)
    )
    np.testing.assert_allclose(history.loss, [start.loss(x, t)], rtol=1e-12)
    assert history.val_accuracy == []
    for name, slope in start.gradient(x, t).items():
        expected = start.params[name] - 0.5 * slope
        np.testing.assert_allclose(net.params[name], expected, rtol=1e-12, atol=1e-15)


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    x, t = samples(5)
    descend(small(), x, t, epochs=2, rng=np.random.default_rng(0), progress=True)
    shown = capsys.readouterr()
    assert "epoch 2/2" in shown.err and shown.out == ""
    descend(small(), x, t, epochs=1, rng=np.random.default_rng(0))
    assert capsys.readouterr().err == ""
