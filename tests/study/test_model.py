"""A network as a whole: put together, split over threads, written and read."""

from __future__ import annotations

import copy
import os
import pickle
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from study.layers import (
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
)
from study.model import Sequential
from study.parallel import Parallel


def convnet(seed: int = 0, dtype: type = np.float32, extra: Layer | None = None) -> Sequential:
    layers = [Convolution(4, 3, padding=1), MaxPool(2), extra or ReLU(), Flatten(), Dense(3)]
    return Sequential(layers, (1, 6, 6), np.random.default_rng(seed), dtype)


def samples(count: int = 7, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.random((count, 36)), rng.integers(0, 3, count)


def test_images_and_flat_images_are_the_same() -> None:
    x, t = samples()
    model = convnet()
    before = x.copy()
    scores = model.forward(x)
    assert scores.shape == (7, 3) and scores.dtype == np.float32
    assert np.array_equal(scores, model.forward(x.reshape(7, 1, 6, 6)))
    np.testing.assert_allclose(model.forward(x[2:3])[0], scores[2], rtol=1e-5)
    assert np.array_equal(model.predict(x), scores.argmax(axis=1))
    loss, accuracy = model.evaluate(x, t, batch_size=3)
    assert loss == pytest.approx(model.gradient(x, t), rel=1e-6)
    assert accuracy == np.mean(model.predict(x) == t)
    assert np.array_equal(x, before)


def test_layers_that_do_not_fit_are_refused_by_name() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(
        ValueError, match=r"layer 2, Dense\(outputs=3\).*layer 1, Conv.*\(4, 5, 5\)"
    ):
        Sequential([Convolution(4, 2), Dense(3)], (1, 6, 6), rng)
    with pytest.raises(ValueError, match=r"layer 1, Conv.*the input.*\(36,\)"):
        Sequential([Convolution(4, 2)], (36,), rng)
    with pytest.raises(ValueError, match=r"layer 2, MaxPool\(size=9.*layer 1, ReLU"):
        Sequential([ReLU(), MaxPool(9)], (1, 6, 6), rng)
    with pytest.raises(ValueError, match=r"layer 1, Residual.*layer 1, Dense.*\(1, 6, 6\)"):
        Sequential([Residual([Dense(3)])], (1, 6, 6), rng)
    with pytest.raises(ValueError, match="can learn"):
        Sequential([], (3,), rng)
    model = convnet()
    for x in (np.zeros((2, 35)), np.zeros(36), np.zeros((2, 6, 6, 1))):
        with pytest.raises(ValueError, match=r"\(batch, \*\(1, 6, 6\)\)"):
            model.forward(x)


def test_summary() -> None:
    text = convnet().summary()
    assert text.splitlines()[1].split() == (
        "1 Convolution(filters=4, size=3, stride=1, padding=1) 4×6×6 40 1,296".split()
    )
    assert text.splitlines()[-1].split() == ["total", "151", "1,404"]


def test_the_vector_is_the_weights() -> None:
    model = convnet()
    names = dict(model.named())
    assert sorted(names) == ["1.W", "1.b", "5.W", "5.b"]
    assert model.decayed == names["1.W"].size + names["5.W"].size
    model.weights[: model.decayed] = 0
    assert not names["1.W"].any() and not names["5.W"].any()
    names["5.b"][...] = [1, 2, 3]
    assert model.forward(samples()[0])[0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("threads", [2, 3])
def test_parts_of_a_batch_add_up(threads: int) -> None:
    x, t = samples(count=8)
    alone = convnet(dtype=np.float64)
    loss = alone.gradient(x, t)
    shared = convnet(dtype=np.float64)
    parallel = Parallel(shared, threads)
    assert parallel.gradient(x, t) == (pytest.approx(loss, rel=1e-12), alone.loss.correct)
    np.testing.assert_allclose(shared.grads, alone.grads, rtol=1e-9, atol=1e-12)
    assert parallel.evaluate(x, t) == pytest.approx(alone.evaluate(x, t), rel=1e-12)
    shared.weights *= 2  # the replicas' weights are the same numbers
    alone.weights *= 2
    alone.gradient(x[:1], t[:1])  # fewer samples than threads: the others rest
    parallel.gradient(x[:1], t[:1])
    np.testing.assert_allclose(shared.grads, alone.grads, rtol=1e-9, atol=1e-12)
    parallel.gradient(x, t)
    alone.gradient(x, t)
    np.testing.assert_allclose(shared.grads, alone.grads, rtol=1e-9, atol=1e-12)
    with pytest.raises(ValueError, match="threads"):
        Parallel(alone, 0)


def test_threads_give_the_same_bits_every_time() -> None:
    x, t = samples(count=9)
    results = set()
    for _ in range(5):
        layers = [Convolution(4, 3), BatchNorm(), ReLU(), Dropout(0.4), Flatten(), Dense(3)]
        model = Sequential(layers, (1, 6, 6), np.random.default_rng(1))
        parallel = Parallel(model, 2, lambda x, rng: x + rng.random(x.shape))
        for _ in range(5):
            parallel.gradient(x, t)
            model.weights -= 0.1 * model.grads
        results.add(model.memory.tobytes())
    assert len(results) == 1


def test_batch_norm_in_threads_keeps_one_running_average() -> None:
    x, t = samples(count=8)
    model = convnet(extra=BatchNorm())
    Parallel(model, 2).gradient(x, t)
    state = {name: array.copy() for name, array in model.named() if name.startswith("3.")}
    again = convnet(extra=BatchNorm())
    again.gradient(x[:4], t[:4])  # the first thread's part
    assert all(np.array_equal(array, state[name]) for name, array in again.named() if name in state)
    assert state["3.mean"].any()


def test_an_error_in_one_thread_arrives_after_the_others_have_ended() -> None:
    x, t = samples(count=4)
    ended = threading.Event()

    def augment(part: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if threading.current_thread() is threading.main_thread():
            raise RuntimeError("here")
        ended.wait(0.05)
        ended.set()
        return part

    with pytest.raises(RuntimeError, match="here"):
        Parallel(convnet(), 2, augment).gradient(x, t)
    assert ended.is_set()


def test_save_and_load(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    model, other = convnet(0, extra=BatchNorm()), convnet(1, extra=BatchNorm())
    model.gradient(*samples())  # moves the running averages
    model.save(path)
    assert sorted(tmp_path.iterdir()) == [path]
    other.load(path)
    assert np.array_equal(model.memory, other.memory)
    with np.load(path, allow_pickle=False) as arrays:
        assert set(arrays.files) == {"layers", *dict(model.named())}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda: convnet(extra=Sigmoid()), r"layers: .*ReLU\(\).* there, .*Sigmoid\(\).* here"),
        (lambda: convnet(dtype=np.float64), r"1.W: float32 \(4, 1, 3, 3\) there, float64"),
        (lambda: Sequential([Dense(3)], (36,), np.random.default_rng(0)), "layers: "),
    ],
)
def test_another_networks_file_is_refused(tmp_path: Path, other: object, said: str) -> None:
    path = tmp_path / "net.npz"
    convnet().save(path)
    model = other()  # type: ignore[operator]
    before = model.memory.copy()
    with pytest.raises(ValueError, match=f"another network; {said}"):
        model.load(path)
    assert np.array_equal(model.memory, before)
    np.savez(path, notes=np.array("a checkpoint, say"), other=np.zeros(3))
    with pytest.raises(ValueError, match="another network; layers: missing there"):
        model.load(path)
    with pytest.raises(FileNotFoundError, match="make it first"):
        model.save(tmp_path / "no-folder" / "net.npz")


def test_damaged_files_are_refused_or_harmless(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    convnet().save(path)
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    truth, refused = convnet().memory, 0
    for _ in range(300):
        damaged = bytearray(content)
        damaged[rng.integers(len(damaged))] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        model = convnet(1)
        before = model.memory.copy()
        try:
            model.load(path)
        except ValueError:
            refused += 1
            assert np.array_equal(model.memory, before)
        else:  # a bit that nobody reads, such as of a date
            assert np.array_equal(model.memory, truth)
    assert refused > 200
    for cut in (0, 10, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:cut])
        with pytest.raises(ValueError, match="not a network"):
            convnet().load(path)
    with pytest.raises(FileNotFoundError):
        convnet().load(tmp_path / "nowhere.npz")


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "exploded"),)

    path = tmp_path / "net.npz"
    np.savez(path, layers=np.array([Bomb()], dtype=object))
    with pytest.raises(ValueError, match="not a network"):
        convnet().load(path)
    assert not (tmp_path / "exploded").exists()


def test_where_a_nan_came_from() -> None:
    model = convnet()
    assert model.not_finite() == ""
    x, t = samples()
    model.gradient(x, t)
    model.layers[0].grads["b"][0] = np.inf
    assert model.not_finite().startswith("the slope along b of layer 1, Convolution")
    model.outputs[2][...] = np.nan
    assert model.not_finite().startswith("the output of layer 3, ")
    dict(model.named())["5.W"][0, 0] = np.nan
    assert model.not_finite().startswith("W of layer 5, Dense")
    x[0, 0] = np.inf
    with np.errstate(invalid="ignore"):
        model.forward(x)
    assert model.not_finite() == "the samples"


def test_a_layer_has_one_place() -> None:
    rng, relu = np.random.default_rng(0), ReLU()
    with pytest.raises(ValueError, match=r"layer 4, ReLU\(\), is also layer 2"):
        Sequential([Dense(6), relu, Dense(6), relu, Dense(3)], (4,), rng)
    inside = [Dense(4), relu]
    with pytest.raises(ValueError, match=r"layer 3\.2, ReLU\(\), is also layer 1"):
        Sequential([relu, Dense(4), Residual(inside)], (4,), rng)
    layers = [Dense(3)]
    Sequential(layers, (4,), rng)
    with pytest.raises(
        ValueError, match=r"layer 1, Dense\(outputs=3\), is also of another network"
    ):
        Sequential(layers, (4,), rng)


def test_a_copy_learns_by_itself() -> None:
    model, (x, t) = convnet(), samples()
    before = model.memory.copy()
    other = copy.deepcopy(model)
    other.gradient(x, t)
    other.weights -= other.grads
    assert np.array_equal(model.memory, before)
    assert not np.array_equal(other.forward(x), model.forward(x))


def test_copies_leave_the_original_its_weights() -> None:
    """A view of the weights that comes loose would no longer learn, and nobody would be told."""
    x, t = samples()

    def learns(model: Sequential) -> bool:
        before = model.gradient(x, t)
        model.weights -= 0.1 * model.grads
        return bool(model.grads.any()) and model.gradient(x, t) < before

    model = convnet()
    shallow, deep, restored = (
        copy.copy(model),
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(model)),
    )
    pair = copy.deepcopy([model, model.replica()])
    for each in (model, shallow, deep, restored, *pair):
        assert learns(each)
    assert shallow.memory is model.memory
    assert np.array_equal(pair[0].memory, pair[1].memory)
    assert not any(np.shares_memory(each.memory, model.memory) for each in (deep, restored, *pair))


def test_predicting_many_takes_no_more_memory_than_a_hundred() -> None:
    x, _ = samples(250)
    model = convnet()
    one_by_one = [int(model.predict(each[np.newaxis])[0]) for each in x]
    assert np.array_equal(model.predict(x), one_by_one)
    kept = model.layers[1]._buffers.values()
    assert kept and all(array.shape[-1] <= 100 for array in kept)
    assert model.predict(x[:0]).shape == (0,)


def test_as_many_right_are_the_same_accuracy_in_whichever_thread() -> None:
    x, _ = samples(100)
    model = convnet()
    t = model.predict(x)
    t[:9] = (t[:9] + 1) % 3
    parallel = Parallel(model, 2)
    for shift in range(0, 100, 7):
        found = parallel.evaluate(np.roll(x, shift, axis=0), np.roll(t, shift))[1]
        assert found == 0.91


def test_prediction_and_evaluation_are_not_training() -> None:
    rng = np.random.default_rng(0)
    model = Sequential([Dense(8), BatchNorm(), Dropout(0.5), Dense(3)], (4,), rng)
    x, t = rng.normal(size=(20, 4)), rng.integers(0, 3, 20)
    before = model.memory.copy()
    assert np.array_equal(model.predict(x), model.predict(x))
    assert model.evaluate(x, t, 7) == model.evaluate(x, t, 7)
    assert np.array_equal(model.memory, before)
    single = np.concatenate([model.predict(x[i : i + 1]) for i in range(20)])
    assert np.array_equal(single, model.predict(x))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda rng: Sequential([Dense(3)], 784, rng), "input_shape is a tuple"),  # type: ignore[arg-type]
        (
            lambda rng: Sequential([Flatten(), Dense(3)], (28, 28), rng),
            r"image, \(1, 28, 28\); got",
        ),
        (lambda rng: Sequential([Dense(3)], (4,), rng, np.float16), "float32 or float64"),
        (lambda rng: Convolution(4, 3, padding="same"), "must be whole, got 'same'"),  # type: ignore[arg-type]
        (lambda rng: Convolution(4, 3, padding=0.5), "must be whole"),  # type: ignore[arg-type]
        (lambda rng: Residual([Dense(4)]).forward(np.ones((2, 4))), "call build"),
        (lambda rng: Parallel(convnet()).evaluate(samples(7)[0], samples(8)[1]), "does not fit"),
        (lambda rng: Parallel(convnet()).gradient(samples(7)[0], samples(8)[1]), "does not fit"),
        (lambda rng: Sequential([Dense(3)], (0,), rng), "input_shape must be a whole number"),
        (lambda rng: Sequential([Dense(3)], (4,), rng, np.int64), "float32 or float64"),
        (lambda rng: Sequential([Dense], (4,), rng), "layer 1 is no layer"),  # type: ignore[list-item]
        (lambda rng: Dense(0), "outputs must be a whole number above 0"),
        (lambda rng: Convolution(4, 0), "size must be"),
        (lambda rng: Convolution(4, 3, 0), "stride must be"),
        (lambda rng: Convolution(4, 3, padding=-1), "padding must not be below 0"),
        (lambda rng: MaxPool(2, -1), "stride must be"),
        (lambda rng: BatchNorm(momentum=5), "momentum is from 0 to 1"),
        (lambda rng: Sequential([BatchNorm(), Flatten(), Dense(2)], (6, 6), rng), "image"),
    ],
)
def test_what_cannot_be_is_refused_with_words(make: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make(np.random.default_rng(0))


def test_chance_comes_from_a_generator() -> None:
    with pytest.raises(TypeError, match=r"default_rng\(0\), not 7"):
        Sequential([Dense(3)], (4,), 7)  # type: ignore[arg-type]


def test_what_is_no_batch_is_refused_before_anything_moves() -> None:
    rng = np.random.default_rng(0)
    model = Sequential([Dense(8), BatchNorm(), Dense(3)], (4,), rng)
    before = model.memory.copy()
    x, t = rng.normal(size=(6, 4)), np.zeros(6, int)
    for bad in ((x[:0], t[:0]), (x, t[:5])):
        with pytest.raises(ValueError, match="does not fit"):
            model.gradient(*bad)
        with pytest.raises(ValueError, match="does not fit"):
            model.evaluate(*bad)
    assert np.array_equal(model.memory, before)
    with pytest.raises(ValueError, match="batch_size"):
        model.evaluate(x, t, -1)
    with pytest.raises(ValueError, match="end with Flatten and Dense"):
        Sequential([Convolution(4, 3)], (1, 6, 6), rng).predict(np.zeros((2, 1, 6, 6)))
