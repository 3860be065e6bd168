"""The forward pass, the shapes it refuses, and files written whole and read safely."""

from __future__ import annotations

import os
import pickle
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.activations import ACTIVATIONS, sigmoid
from study.network import Dense, Network, three_layer_example


def random_network(sizes: list[int], seed: int = 0, dtype: type = np.float64) -> Network:
    rng = np.random.default_rng(seed)
    names = [*["sigmoid"] * (len(sizes) - 2), "softmax"]
    return Network(
        [
            Dense(rng.normal(size=(a, b)).astype(dtype), rng.normal(size=b).astype(dtype), name)
            for a, b, name in zip(sizes, sizes[1:], names, strict=False)
        ]
    )


def test_the_diarys_network() -> None:
    y = three_layer_example().forward(np.array([1.0, 0.5]))
    assert str(y) == "[0.31682708 0.69627909]"


def test_the_forward_pass_by_hand() -> None:
    network = three_layer_example()
    z = np.array([1.0, 0.5])
    for layer in network.layers[:-1]:
        z = sigmoid(z @ layer.weights + layer.bias)
    last = network.layers[-1]
    assert np.array_equal(network.forward([1.0, 0.5]), z @ last.weights + last.bias)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.integers(0, 6))
def test_a_batch_is_its_samples(sizes: list[int], batch: int) -> None:
    network = random_network(sizes)
    x = np.random.default_rng(1).normal(size=(batch, sizes[0]))
    y = network.forward(x)
    assert y.shape == (batch, sizes[-1])
    alone = [network.forward(sample) for sample in x]
    np.testing.assert_allclose(y, np.reshape(alone, y.shape), rtol=1e-13)
    assert network.predict(x).tolist() == [int(network.predict(sample)) for sample in x]
    assert network.predict(x).dtype == np.int64


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5))
def test_the_trace_holds_every_step(sizes: list[int]) -> None:
    network = random_network(sizes)
    x = np.ones((3, sizes[0]))
    trace = network.trace(x)
    assert [a.shape for a, _ in trace] == [(3, size) for size in sizes[1:]]
    inputs = x
    for layer, (a, z) in zip(network.layers, trace, strict=True):
        assert np.array_equal(a, inputs @ layer.weights + layer.bias)
        assert np.array_equal(z, ACTIVATIONS[layer.activation](a))
        inputs = z
    assert np.array_equal(trace[-1][1], network.forward(x))


def test_dtypes() -> None:
    network = random_network([3, 2, 2], dtype=np.float32)
    assert network.forward(np.ones(3, np.float32)).dtype == np.float32
    assert network.forward([1, 1, 1]).dtype == np.float64
    step = Network([Dense([[1]], [0], "step"), Dense([[2]], [1])])
    assert step.forward([[5], [-5]]).tolist() == [[3.0], [1.0]]


def test_neighbours_that_do_not_fit_are_named() -> None:
    layers = [Dense(np.ones((2, 3)), np.ones(3)), Dense(np.ones((3, 4)), np.ones(4))]
    with pytest.raises(ValueError, match=r"layer 2 of shape \(3, 4\).*layer 3 of shape \(5, 2\)"):
        Network([*layers, Dense(np.ones((5, 2)), np.ones(2))])
    with pytest.raises(ValueError, match="at least one layer"):
        Network([])


def test_layers_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match=r"bias of shape \(3,\).*weights of shape \(3, 2\)"):
        Dense(np.ones((3, 2)), np.ones(3))
    with pytest.raises(ValueError, match=r"got shape \(3,\)"):
        Dense(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="no activation 'softmin'; there are step, sigmoid"):
        Dense([[1.0]], [1.0], "softmin")


@pytest.mark.parametrize("x", [np.ones(3), np.ones((5, 3)), np.float64(1)])
def test_input_that_does_not_fit_is_refused(x: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"weights of shape \(2, 3\)") as caught:
        three_layer_example().forward(x)
    assert f"x of shape {x.shape}" in str(caught.value)


def test_nothing_is_shared_and_nothing_is_changed() -> None:
    weights, bias, x = np.ones((2, 2)), np.ones(2), np.ones(2)
    network = Network([Dense(weights, bias)])
    before = network.forward(x)
    weights[:], bias[:] = 5, 5
    assert np.array_equal(network.forward(x), before)
    network.forward(x)[:] = 7
    assert x.tolist() == [1, 1]
    with pytest.raises(ValueError, match="read-only"):
        network.layers[0].weights[0, 0] = 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saved_and_loaded_it_is_the_same(tmp_path: Path, dtype: type) -> None:
    network = random_network([4, 3, 2], dtype=dtype)
    path = tmp_path / "own.npz"
    path.write_bytes(b"an older file")
    network.save(path)
    again = Network.load(path)
    for one, other in zip(network.layers, again.layers, strict=True):
        assert np.array_equal(one.weights, other.weights)
        assert np.array_equal(one.bias, other.bias)
        assert one.activation == other.activation
        assert other.weights.dtype == dtype
    assert [each.name for each in tmp_path.iterdir()] == ["own.npz"]
    first = path.read_bytes()
    again.save(path)
    assert path.read_bytes() == first


def test_an_interrupted_save_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "own.npz"
    path.write_bytes(b"an older file")
    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        three_layer_example().save(path)
    assert path.read_bytes() == b"an older file"
    assert list(tmp_path.iterdir()) == [path]


class Trap:
    """Unpickling this would raise the alarm."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return pytest.fail, ("a pickle was loaded",)


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    bare = tmp_path / "bare.npz"
    bare.write_bytes(pickle.dumps(Trap()))
    inside = tmp_path / "inside.npz"
    np.savez(inside, activations=np.array([Trap()], dtype=object))
    for path in (bare, inside):
        with pytest.raises(ValueError, match=f"{path.name} is not a network's file"):
            Network.load(path)


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    good = tmp_path / "good.npz"
    three_layer_example().save(good)
    broken = {
        "empty": b"",
        "text": b"not an npz",
        "truncated": good.read_bytes()[:-200],
    }
    for name, content in broken.items():
        path = tmp_path / f"{name}.npz"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=f"{name}.npz is not a network's file"):
            Network.load(path)
    other = tmp_path / "other.npz"
    np.savez(other, x=np.ones(3))
    with pytest.raises(ValueError, match=r"other.npz is not a network's file"):
        Network.load(other)
    array = tmp_path / "array.npy"
    np.save(array, np.ones(3))
    with pytest.raises(ValueError, match=r"array.npy is not a network's file"):
        Network.load(array)
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "absent.npz")


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_damaged_file_is_refused_or_makes_no_difference(place: int, change: int) -> None:
    network = three_layer_example()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.npz"
        network.save(path)
        data = bytearray(path.read_bytes())
        data[place % len(data)] ^= change
        path.write_bytes(data)
        try:
            again = Network.load(path)
        except ValueError as error:
            assert "own.npz is not a network's file" in str(error)
        else:
            assert np.array_equal(again.forward([1.0, 0.5]), network.forward([1.0, 0.5]))
