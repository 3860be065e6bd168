"""The training loop: the same bits every time, and after every interruption."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from study import digits
from study.augment import shift
from study.layers import BatchNorm, Convolution, Dense, Dropout, Flatten, MaxPool, ReLU
from study.model import Sequential
from study.optimizers import SGD, Adam
from study.schedules import cosine
from study.trainer import Diverged, Trainer


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


def simple(rate: float = 0.1, seed: int = 0) -> Trainer:
    rng = np.random.default_rng(seed)
    return Trainer(Sequential([Dense(20), ReLU(), Dense(10)], (784,), rng), SGD(rate), rng)


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


def test_a_callback_can_end_it() -> None:
    x, t = data(100)
    assert len(simple().fit(x, t, 10, callbacks=[lambda run: len(run.history) == 3])) == 3


@pytest.mark.parametrize("threads", [1, 2])
def test_nan_stops_training_and_says_where(threads: int) -> None:
    x, t = data(300)
    run = trainer(threads=threads)
    run.fit(x, t, 1)
    x[:, 5] = np.nan
    with pytest.raises(Diverged, match="epoch 2, from the output of layer 1, Convolution"):
        run.fit(x, t, 2)
    assert np.isfinite(run.model.memory).all()
    assert np.isfinite(run.model.forward(data(10)[0])).all()


def test_weights_that_explode_stop_training_with_the_last_good_ones() -> None:
    x, t = data(2000)
    run = simple(1e12)
    with pytest.raises(Diverged, match="layer"):
        run.fit(x, t, 50)
    assert np.isfinite(run.model.memory).all()
    assert np.isfinite(run.model.evaluate(x, t)[0])


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    x, t = data(200)
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
