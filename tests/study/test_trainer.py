"""The training loop: the same bits every time, and after every interruption."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from study import digits
from study.augment import shift
from study.layers import BatchNorm, Convolution, Dense, Dropout, Flatten, MaxPool, ReLU
from study.model import Sequential
from study.optimizers import SGD, Adam, Optimizer
from study.parallel import one_blas_thread
from study.schedules import cosine, one_cycle, warm_up
from study.trainer import Diverged, Trainer


@pytest.fixture(autouse=True)
def as_make_test_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or two threads warn, where threadpoolctl is not installed."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")


def data(count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    images, labels = digits.make(count, np.random.default_rng(0))
    return images.reshape(count, 784) / np.float32(255), labels


def trainer(seed: int = 0, threads: int = 2) -> Trainer:
    """One of everything that holds a state."""
    rng = np.random.default_rng(seed)
    layers = [Convolution(4, 5), MaxPool(4), BatchNorm(), ReLU(), Flatten(), Dropout(0.2)]
    model = Sequential([*layers, Dense(10)], (1, 28, 28), rng)
    return Trainer(
        model,
        Adam(0.01, 1e-4),
        rng,
        batch_size=32,
        schedule=cosine,
        augment=shift,
        threads=threads,
    )


def simple(
    rate: float = 0.1, seed: int = 0, optimizer: Optimizer | None = None, **options: Any
) -> Trainer:
    rng = np.random.default_rng(seed)
    model = Sequential([Dense(20), ReLU(), Dense(10)], (784,), rng)
    return Trainer(model, optimizer or SGD(rate), rng, **options)


def test_it_learns_and_keeps_a_table(tmp_path: Path) -> None:
    x, t = data(1200)
    before = x.copy()
    run = simple()
    history = run.fit(x[:1000], t[:1000], 8, (x[1000:], t[1000:]))
    assert history is run.history and len(history) == 8
    assert history[-1]["val_accuracy"] > 0.8 > history[0]["val_accuracy"]
    assert history[-1]["loss"] < history[0]["loss"] / 2
    loss, accuracy = run.model.evaluate(x[1000:], t[1000:])
    assert (history[-1]["val_loss"], history[-1]["val_accuracy"]) == pytest.approx((loss, accuracy))
    assert np.array_equal(x, before)
    run.write_csv(tmp_path / "history.csv")
    table = (tmp_path / "history.csv").read_text().splitlines()
    assert table[0] == "epoch,rate,seconds,loss,accuracy,val_loss,val_accuracy"
    assert [float(line.split(",")[3]) for line in table[1:]] == [row["loss"] for row in history]
    run.fit(x[:1000], t[:1000], 9)
    assert [row["epoch"] for row in run.history] == list(range(1, 10))


def test_a_batch_is_a_step_of_the_formula() -> None:
    x, t = data(50)
    run, alone = simple(), simple()
    (row,) = run.fit(x, t, 1)
    loss = alone.model.gradient(x, t)
    assert row["loss"] == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(
        run.model.weights, alone.model.weights - 0.1 * alone.model.grads, rtol=1e-4, atol=1e-6
    )


def test_the_rate_follows_the_schedule_and_biases_do_not_decay() -> None:
    x, t = data(30)
    rng, seen = np.random.default_rng(0), []
    model = Sequential([Dense(10)], (784,), rng)

    def schedule(done: float) -> float:
        seen.append(done)
        return 0.5

    run = Trainer(model, SGD(0.2, weight_decay=1.0), rng, batch_size=10, schedule=schedule)
    model.weights[model.decayed :] = 3
    x = np.zeros_like(x)  # then the loss says nothing about the weights
    before = model.weights.copy()
    rates = [row["rate"] for row in run.fit(x, t, 2)]
    assert seen == pytest.approx([0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6])
    assert rates == [0.1, 0.1]
    weights, biases = model.weights[: model.decayed], model.weights[model.decayed :]
    np.testing.assert_allclose(weights, before[: model.decayed] * 0.9**6, rtol=1e-5)
    assert biases.mean() == pytest.approx(3, rel=1e-5)


@pytest.mark.parametrize("threads", [1, 2])
def test_same_seed_same_bits(threads: int) -> None:
    x, t = data()
    memories = []
    for seed in (0, 0, 1):
        run = trainer(seed, threads)
        run.fit(x, t, 2)
        memories.append(run.model.memory.tobytes())
    assert memories[0] == memories[1] != memories[2]


@pytest.mark.parametrize("threads", [1, 2])
def test_going_on_from_a_checkpoint_changes_nothing(tmp_path: Path, threads: int) -> None:
    x, t = data()
    whole = trainer(threads=threads)
    whole.fit(x, t, 4, (x[:50], t[:50]), patience=4)

    class Interrupted(Exception):
        pass

    def interrupt(run: Trainer) -> None:
        if len(run.history) in (2, 3):
            raise Interrupted

    path = tmp_path / "run.checkpoint"
    for _ in range(2):
        # Interrupted in the third epoch, of which nothing is left; and so again.
        with pytest.raises(Interrupted):
            trainer(threads=threads).fit(
                x, t, 4, (x[:50], t[:50]), patience=4, checkpoint=path, callbacks=[interrupt]
            )
    resumed = trainer(seed=5, threads=threads)  # what its own seed began with does not matter
    resumed.fit(x, t, 4, (x[:50], t[:50]), patience=4, checkpoint=path)
    assert resumed.model.memory.tobytes() == whole.model.memory.tobytes()
    for ours, theirs in zip(resumed.history, whole.history, strict=True):
        assert {**ours, "seconds": 0} == {**theirs, "seconds": 0}


PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
import test_trainer
x, t = test_trainer.data()
run = test_trainer.trainer()
print("begun", flush=True)
run.fit(x, t, 15, checkpoint=sys.argv[1])
run.model.memory.tofile(sys.argv[1] + ".weights")
"""


def test_killed_at_random_moments_the_weights_are_the_same(tmp_path: Path) -> None:
    program = [sys.executable, "-c", PROGRAM.format(tests=str(Path(__file__).parent))]

    def start(name: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([*program, tmp_path / name], stdout=subprocess.PIPE, text=True)
        assert process.stdout
        with process.stdout as told:
            assert told.readline() == "begun\n"
        return process

    process = start("whole")
    begun = time.perf_counter()
    process.wait()
    seconds = time.perf_counter() - begun
    chance, killed = random.Random(0), 0
    while True:
        process = start("torn")
        try:
            assert process.wait(timeout=seconds * chance.uniform(0.05, 0.4)) == 0
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
            assert killed < 100, "no progress from one interruption to the next"
    assert killed
    whole, torn = (
        np.fromfile(tmp_path / f"{name}.weights", np.float32) for name in ("whole", "torn")
    )
    assert len(whole) == trainer().model.memory.size and np.array_equal(whole, torn)


def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    x, t = data(100)
    path = tmp_path / "run.checkpoint"
    trainer().fit(x, t, 1, checkpoint=path)
    for other, arguments in (
        (simple(), (x, t, 1)),
        (trainer(threads=1), (x, t, 1)),
        (trainer(), (x[:90], t[:90], 1)),
        (trainer(), (x, t, 2)),
    ):
        before = other.model.memory.copy()
        with pytest.raises(ValueError, match="another training"):
            other.fit(*arguments, checkpoint=path)
        assert np.array_equal(other.model.memory, before)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="not a checkpoint"):
        trainer().fit(x, t, 1, checkpoint=path)
    simple().model.save(path)
    with pytest.raises(ValueError, match="another training"):
        trainer().fit(x, t, 1, checkpoint=path)


def test_early_stopping_goes_back_to_the_best() -> None:
    x, t = data(400)
    wrong = (t[200:] + 1) % 10  # what is learnt makes this worse
    run, memories = simple(0.5), []
    history = run.fit(
        x[:200],
        t[:200],
        30,
        (x[200:], wrong),
        patience=3,
        callbacks=[lambda run: memories.append(run.model.memory.copy())],
    )
    accuracies = [row["val_accuracy"] for row in history]
    best = accuracies.index(max(accuracies))
    assert len(history) == best + 4 < 30
    assert np.array_equal(run.model.memory, memories[best])
    with pytest.raises(ValueError, match="patience"):
        simple().fit(x, t, 1, patience=1)


def test_the_best_come_back_after_the_last_epoch_too() -> None:
    x, t = data(400)
    run, memories = simple(0.5), []
    history = run.fit(
        x[:200],
        t[:200],
        4,
        (x[200:], (t[200:] + 1) % 10),
        patience=100,
        callbacks=[lambda run: memories.append(run.model.memory.copy())],
    )
    accuracies = [row["val_accuracy"] for row in history]
    best = accuracies.index(max(accuracies))
    assert best < 3 and np.array_equal(run.model.memory, memories[best])


def test_of_equal_accuracies_the_first_counts() -> None:
    x, t = data(100)
    run, memories = simple(), []
    label = run.model.predict(x[:1])  # right from the beginning, and so it stays
    keep = [lambda run: memories.append(run.model.memory.copy())]
    t[t == t[0]] = t[0] = label[0]
    history = run.fit(x[:1], t[:1], 10, (x[:1], t[:1]), patience=2, callbacks=keep)
    assert [row["val_accuracy"] for row in history] == [1, 1, 1]
    assert np.array_equal(run.model.memory, memories[0])


def test_epochs_without_validation_do_not_count_for_patience() -> None:
    x, t = data(100)
    run = simple()
    run.fit(x, t, 5)
    after = run.model.memory.copy()
    run.fit(x, t, 5, (x, t), patience=3)
    assert np.array_equal(run.model.memory, after)
    assert len(run.fit(x, t, 8, (x, t), patience=3)) == 8
    assert np.array_equal(run.model.memory, run.best)
    assert not np.array_equal(run.model.memory, after)


def test_a_training_that_was_stopped_can_go_on() -> None:
    x, t = data(100)
    run = simple()
    assert len(run.fit(x, t, 10, callbacks=[lambda run: len(run.history) == 3])) == 3
    assert len(run.fit(x, t, 5)) == 5
    run, wrong = simple(0.5), (t + 1) % 10
    stopped = len(run.fit(x, t, 30, (x, wrong), patience=2))
    assert stopped < 30
    assert len(run.fit(x, t, 30, (x, wrong), patience=2)) == stopped
    assert len(run.fit(x, t, 30, (x, wrong), patience=25)) > stopped


def test_a_callback_can_end_it_and_all_are_called() -> None:
    x, t = data(100)
    called = []

    def end(run: Trainer) -> bool:
        called.append(len(run.history))
        return len(run.history) == 3

    assert len(simple().fit(x, t, 10, callbacks=[end, end])) == 3
    assert called == [1, 1, 2, 2, 3, 3]


def test_a_row_is_the_mean_over_samples_also_with_a_smaller_last_batch() -> None:
    x, t = data(50)
    run = simple(0.0, batch_size=32)
    (row,) = run.fit(x, t, 1)
    loss, accuracy = run.model.evaluate(x, t)
    assert row["loss"] == pytest.approx(loss, rel=1e-6)
    assert row["accuracy"] == pytest.approx(accuracy)


@pytest.mark.parametrize("threads", [1, 2])
def test_validation_does_not_train(threads: int) -> None:
    x, t = data(100)
    judged, alone = trainer(threads=threads), trainer(threads=threads)
    (row,) = judged.fit(x, t, 1, (x, t))  # dropout and batch normalisation are there
    alone.fit(x, t, 1)
    assert np.array_equal(judged.model.memory, alone.model.memory)
    assert judged.rng.random() == alone.rng.random()
    right = alone.model.forward(x, training=False).argmax(axis=1) == t
    assert row["val_accuracy"] == pytest.approx(np.mean(right))


def test_the_matrix_library_has_one_thread_while_training(monkeypatch: pytest.MonkeyPatch) -> None:
    x, t = data(50)
    limits: list[int] = []

    class Limit:
        def __init__(self, limit: int, user_api: str) -> None:
            self.limit = limit

        def __enter__(self) -> None:
            limits.append(self.limit)

        def __exit__(self, *_: object) -> None:
            limits.pop()

    def look(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        assert limits == [1]
        return images

    module = ModuleType("threadpoolctl")
    module.threadpool_limits = Limit  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "threadpoolctl", module)
    simple(augment=look, threads=2).fit(x, t, 1)
    assert limits == []


def test_without_threadpoolctl_two_threads_warn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    simple(threads=2).fit(*data(50), 1)  # the other way was taken
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    with pytest.warns(UserWarning, match="install threadpoolctl, or set OPENBLAS_NUM_THREADS"):
        simple(threads=2).fit(*data(50), 1)
    simple(threads=1).fit(*data(50), 1)
    with one_blas_thread():
        pass


X, T = data(20)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((X[:0], T[:0], 1), {}, "no samples"),
        (([], [], 1), {}, "no samples"),
        ((X, T[:19], 1), {}, r"\(20, 784\).*\(19,\)"),
        ((X[:, 1:], T, 1), {}, "783"),
        ((X, T + 10, 1), {}, "10"),
        ((3.0, T, 1), {}, r"\(\)"),
        ((X, T, 1, (X[:0], T[:0])), {}, "no samples"),
        ((X, T, 1, (X[:, 1:], T)), {}, "783"),
        ((X, T, 1, (X, T[1:])), {}, r"\(19,\)"),
        ((X, T, 1, (X, T)), {"patience": 0}, "patience"),
        ((X, T, 1, (X, T)), {"patience": -3}, "patience"),
        ((X, T, 1), {"patience": 1}, "patience"),
    ],
)
def test_what_cannot_be_trained_on_is_refused_at_once(
    arguments: tuple[Any, ...], options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    run, path = simple(), tmp_path / "run.checkpoint"
    before = run.model.memory.copy(), run.rng.bit_generator.state
    with pytest.raises(ValueError, match=message):
        run.fit(*arguments, **options, checkpoint=path)
    assert np.array_equal(run.model.memory, before[0]) and run.rng.bit_generator.state == before[1]
    assert run.history == [] and not path.exists()


def test_what_cannot_train_is_refused() -> None:
    with pytest.raises(ValueError, match="batch_size"):
        simple(batch_size=0)
    with pytest.raises(ValueError, match="threads"):
        simple(threads=0)
    model = simple().model
    for rng in (np.random.RandomState(0), 0, None):
        with pytest.raises(TypeError, match="default_rng"):
            Trainer(model, SGD(0.1), rng)  # type: ignore[arg-type]
    used = simple()
    used.fit(X, T, 1)
    with pytest.raises(ValueError, match=r"SGD.* 1 steps: make a new one"):
        simple(optimizer=used.optimizer)
    with pytest.raises(ValueError, match="no samples"):
        used.parallel.evaluate(X[:0], T[:0])


def test_lists_are_samples_too() -> None:
    lists, arrays = simple(), simple()
    lists.fit(X.tolist(), T.tolist(), 2, (X.tolist(), T.tolist()))
    arrays.fit(X, T, 2, (X, T))
    assert np.array_equal(lists.model.memory, arrays.model.memory)


def test_a_table_of_rows_that_differ(tmp_path: Path) -> None:
    run = simple()
    run.fit(X, T, 1)
    run.fit(X, T, 2, (X, T))
    run.fit(X, T, 3)
    run.write_csv(tmp_path / "history.csv")
    table = [line.split(",") for line in (tmp_path / "history.csv").read_text().splitlines()]
    assert table[0] == "epoch,rate,seconds,loss,accuracy,val_loss,val_accuracy".split(",")
    assert [len(line) for line in table] == [7] * 4
    assert [line[6] for line in table[1:]] == ["", str(run.history[1]["val_accuracy"]), ""]


def test_schedules_at_their_edges() -> None:
    assert [warm_up(0.5, start=0.2)(done) for done in (0, 0.25, 0.5)] == pytest.approx(
        [0.2, 0.6, 1]
    )
    assert warm_up(0.0)(0) == one_cycle(0.0)(0) == 1
    for share in (1.0, -0.1, 2.0):
        with pytest.raises(ValueError, match="share must be"):
            warm_up(share)
        with pytest.raises(ValueError, match="peak_at must be"):
            one_cycle(share)


@pytest.mark.parametrize("threads", [1, 2])
def test_nan_stops_training_and_says_where(threads: int) -> None:
    x, t = data(300)
    run = trainer(threads=threads)
    run.fit(x, t, 1)
    with pytest.raises(Diverged, match="epoch 2, from the output of layer 1, Convolution"):
        run.fit(np.full_like(x, 3e38), t, 2)  # each number is finite, their sums are not
    x[:, 5] = np.nan
    with pytest.raises(Diverged, match="step 1 of epoch 2, from the samples"):
        run.fit(x, t, 2)
    assert np.isfinite(run.model.memory).all()
    assert np.isfinite(run.model.forward(data(10)[0])).all()


def test_nan_in_the_part_of_another_thread_is_found_there() -> None:
    def spoil(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        here = threading.current_thread() is threading.main_thread()
        return images if here else images * np.float32(np.nan)

    with pytest.raises(Diverged, match="from the samples"):
        simple(threads=2, augment=spoil).fit(*data(100), 1)


def test_weights_that_explode_stop_training_with_the_last_good_ones() -> None:
    x, t = data(2000)
    run = simple(1e12)
    with pytest.raises(Diverged, match="layer"):
        run.fit(x, t, 50)
    assert np.isfinite(run.model.memory).all()
    assert np.isfinite(run.model.evaluate(x, t)[0])


@pytest.mark.parametrize("judged", [True, False])
def test_weights_that_explode_in_the_last_step_are_not_handed_out(
    judged: bool, tmp_path: Path
) -> None:
    x, t = data(60)
    run, path = simple(1e39), tmp_path / "run.checkpoint"
    before = run.model.memory.copy()
    with pytest.raises(Diverged, match="after epoch 1, from W of layer 1"):
        run.fit(x, t, 1, (x, t) if judged else None, checkpoint=path)
    assert np.array_equal(run.model.memory, before)
    assert run.history == [] and not path.exists()


def test_finite_weights_whose_validation_loss_is_not_are_not_handed_out() -> None:
    x, t = data(60)
    with pytest.raises(Diverged, match="after epoch 1, from the output of layer 3"):
        simple(1e30).fit(x, t, 1, (x, t))


def test_a_loss_that_overflows_stops_training_though_its_slope_is_finite() -> None:
    x, t = data(60)
    model = Sequential([Dense(10)], (784,), np.random.default_rng(0))
    model.layers[0].params["W"][:, :5], model.layers[0].params["W"][:, 5:] = 1e36, -1e36
    with pytest.raises(Diverged, match="step 1 of epoch 1, from the loss itself"):
        Trainer(model, SGD(0.1), np.random.default_rng(0)).fit(x, t, 1)


def test_a_gradient_that_is_not_finite_does_not_reach_the_weights() -> None:
    class Broken(ReLU):
        def backward_input(self, grad: np.ndarray) -> np.ndarray:
            return grad * np.float32(np.nan)

    rng = np.random.default_rng(0)
    model = Sequential([Dense(20), Broken(), Dense(10)], (784,), rng)
    with pytest.raises(Diverged, match="step 1 of epoch 1, from the slope along W of layer 1"):
        Trainer(model, SGD(0.1), rng).fit(*data(60), 1)


def test_infinite_weights_are_never_good_though_the_loss_is_finite() -> None:
    x, t = data(60)

    def spoil(run: Trainer) -> None:
        run.model.memory[0] = -np.inf  # ReLU makes 0 of it

    run = simple()
    with pytest.raises(Diverged, match="step 1 of epoch 2, from W of layer 1"):
        run.fit(x + np.float32(0.1), t, 2, callbacks=[spoil])
    assert np.isfinite(run.model.memory).all()


def test_an_optimiser_that_overflows_stops_training() -> None:
    x, t = data(60)
    run = simple(optimizer=Adam(0.01))
    huge = x * np.float32(1e25)  # the gradient is finite, its square is not
    with pytest.raises(Diverged, match="after epoch 1, from what the optimiser remembers"):
        run.fit(huge, t, 1)


@pytest.mark.parametrize("last", [2, 5, 70])
def test_back_to_the_weights_before_the_last_step_and_a_fresh_optimiser(last: int) -> None:
    x, t = data(100)
    seen: list[np.ndarray] = []

    def spoil(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        seen.append(run.model.memory.copy())
        return images * np.float32(np.nan if len(seen) == last else 1)

    run = simple(optimizer=Adam(0.01), batch_size=1, augment=spoil)
    with pytest.raises(Diverged, match=f"step {last} of epoch 1"):
        run.fit(x, t, 1)
    assert np.array_equal(run.model.memory, seen[last - 2])
    assert run.optimizer.steps == 0 and not any(each.any() for each in run.optimizer.state)
    run.fit(x, t, 1)  # the next attempt is sound


def test_weights_loaded_after_the_constructor_are_not_lost() -> None:
    x, t = data(100)
    run = simple()
    run.model.memory[:] = loaded = simple(seed=5).model.memory.copy()
    with pytest.raises(Diverged):
        run.fit(x * np.float32(np.nan), t, 1)
    assert np.array_equal(run.model.memory, loaded)


def test_progress_goes_to_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    x, t = data(200)
    simple().fit(x, t, 2, (x, t), progress=True)
    shown = capsys.readouterr()
    assert shown.out == "" and "\033" not in shown.err and "\r" not in shown.err
    first, second = shown.err.splitlines()  # a file gets no bars
    assert first.startswith("epoch 1, rate 0.1") and "val_accuracy" in second
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    simple().fit(x, t, 2, (x, t), progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "epoch 1/2" in shown.err and "s left" in shown.err and "val_accuracy" in shown.err
    simple().fit(x, t, 1)
    assert capsys.readouterr().err == ""


def test_history_is_plain(tmp_path: Path) -> None:
    x, t = data(100)
    history = simple().fit(x, t, 1, (x, t))
    assert json.loads(json.dumps(history)) == history
