"""Checkpoints and files: training goes on with the same bits, or is told why it cannot."""

from __future__ import annotations

import json
import os
import shutil
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_trainer import data, simple

from study import _files
from study.augment import distort, shift
from study.layers import Dense, Flatten
from study.model import Sequential
from study.optimizers import SGD, Adam, Momentum
from study.schedules import cosine, one_cycle, step
from study.trainer import Diverged, Trainer

X, T = data(100)


class Interrupted(Exception):
    pass


def interrupt_after(epochs: int) -> Callable[[Trainer], None]:
    def interrupt(run: Trainer) -> None:
        if len(run.history) > epochs:
            raise Interrupted

    return interrupt


@pytest.fixture(autouse=True)
def as_make_test_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or two threads warn, where threadpoolctl is not installed."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.npz"


def test_what_a_callback_changed_is_kept(path: Path) -> None:
    def halve(run: Trainer) -> None:
        run.optimizer.rate /= 2

    whole = simple(optimizer=Momentum(0.1))
    whole.fit(X, T, 4, callbacks=[halve])
    torn = simple(optimizer=Momentum(0.1))
    history = torn.history
    stop = interrupt_after(2)
    with pytest.raises(Interrupted):
        torn.fit(X, T, 4, checkpoint=path, callbacks=[halve, stop])
    for resumed in (torn, simple(optimizer=Momentum(0.1))):  # the same object, and another
        again = shutil.copy(path, path.with_suffix(".copy"))
        resumed.fit(X, T, 4, checkpoint=again, callbacks=[halve])
        assert np.array_equal(resumed.model.memory, whole.model.memory)
        assert [row["rate"] for row in resumed.history] == [0.1, 0.05, 0.025, 0.0125]
    assert torn.history is history


def test_the_end_that_a_callback_set_is_kept(path: Path) -> None:
    simple().fit(X, T, 5, checkpoint=path, callbacks=[lambda run: len(run.history) == 2])
    assert len(simple().fit(X, T, 5, checkpoint=path)) == 2


def test_the_best_weights_are_kept(path: Path) -> None:
    x, t = data(400)
    arguments = x[:200], t[:200], 5, (x[200:], (t[200:] + 1) % 10)
    whole = simple(0.5)
    history = whole.fit(*arguments, patience=9)
    assert max(row["val_accuracy"] for row in history[:2]) > history[2]["val_accuracy"]
    assert history[3]["val_accuracy"] <= history[2]["val_accuracy"]
    with pytest.raises(Interrupted):
        simple(0.5).fit(*arguments, patience=9, checkpoint=path, callbacks=[interrupt_after(3)])
    resumed = simple(0.5, seed=5)
    resumed.fit(*arguments, patience=9, checkpoint=path)
    assert np.array_equal(resumed.model.memory, whole.model.memory)


def test_the_good_weights_are_kept(path: Path) -> None:
    def spoil(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return images * np.float32(np.nan if len(runs[-1].history) == 2 else 1)

    runs = []
    for checkpoint in (None, path, path):
        runs.append(simple(augment=spoil, batch_size=10))
        with pytest.raises(Diverged, match="step 1 of epoch 3"):
            runs[-1].fit(X, T, 3, checkpoint=checkpoint)
    whole, _, resumed = (run.model.memory.tobytes() for run in runs)
    assert whole == resumed


@pytest.mark.parametrize("kind", ["PCG64", "MT19937", "Philox", "SFC64"])
def test_every_generator_and_numbers_of_numpy(kind: str, path: Path) -> None:
    def begin() -> Trainer:
        rng = np.random.Generator(getattr(np.random, kind)(0))
        model = Sequential([Dense(10)], (784,), rng)
        schedule = lambda done: np.float32(1 - done / 3)  # noqa: E731
        return Trainer(model, SGD(0.1), rng, schedule=schedule, augment=shift, batch_size=30)

    def note(run: Trainer) -> None:
        run.history[-1]["size"] = np.abs(run.model.memory).max()
        run.optimizer.rate = np.float32(0.3)

    whole = begin()
    whole.fit(X, T, 3, callbacks=[note])
    with pytest.raises(Interrupted):
        begin().fit(X, T, 3, checkpoint=path, callbacks=[note, interrupt_after(1)])
    resumed = begin()
    resumed.fit(X, T, 3, checkpoint=path, callbacks=[note])
    assert np.array_equal(resumed.model.memory, whole.model.memory)
    json.dumps([row["rate"] for row in resumed.history])


def flat(**options: Any) -> Trainer:
    """A training of which the next test changes one thing at a time."""
    rng = np.random.default_rng(0)
    given = {"layers": [Flatten(), Dense(10)], "shape": (784,), "dtype": np.float32} | options
    model = Sequential(given.pop("layers"), given.pop("shape"), rng, given.pop("dtype"))
    return Trainer(model, given.pop("optimizer", SGD(0.1)), rng, **given)


VALIDATION = (X[:50], T[:50])
OTHER = X + np.float32(np.arange(100) == 70)[:, np.newaxis]


@pytest.mark.parametrize(
    ("options", "arguments", "differs"),
    [
        ({"layers": [Flatten(), Dense(20), Dense(10)]}, {}, "layers"),
        ({"shape": (1, 28, 28)}, {}, "input_shape"),
        ({"dtype": np.float64}, {}, "dtype"),
        ({"optimizer": SGD(0.2)}, {}, "optimizer"),
        ({"optimizer": Adam(0.1)}, {}, "optimizer"),
        ({"schedule": one_cycle()}, {}, "schedule"),
        ({"batch_size": 50}, {}, "batch_size"),
        ({"augment": partial(distort, turn=0.2)}, {}, "augment"),
        ({"augment": partial(shift, pixels=1)}, {}, "augment"),
        ({"threads": 2}, {}, "threads"),
        ({}, {"x": OTHER}, "samples"),
        ({}, {"t": (T + (np.arange(100) == 70)) % 10}, "samples"),
        ({}, {"x": X.astype(np.float64)}, "samples"),
        ({}, {"t": T.astype(np.uint64)}, "samples"),
        ({}, {"validation": (OTHER[50:], T[50:])}, "validation samples"),
        ({}, {"validation": None, "patience": None}, "validation samples"),
        ({}, {"epochs": 2}, "epochs"),
        ({}, {"patience": 2}, "patience"),
    ],
)
def test_the_message_says_what_differs(
    options: dict[str, Any], arguments: dict[str, Any], differs: str, path: Path
) -> None:
    usual = {"schedule": cosine, "augment": partial(distort, turn=0.1)}
    given = {"x": X, "t": T, "epochs": 1, "validation": VALIDATION, "patience": 1}
    flat(**usual).fit(**given, checkpoint=path)
    other = flat(**usual | options)
    before = other.model.memory.copy()
    with pytest.raises(ValueError, match="another training") as caught:
        other.fit(**given | arguments, checkpoint=path)
    message = str(caught.value)
    assert f": {differs} was " in message and "Give another file, or delete it" in message
    assert str(path) in message and " at 0x" not in message
    assert np.array_equal(other.model.memory, before)
    # Equal things that are not the same objects are no other training.
    assert (
        len(
            flat(schedule=cosine, augment=partial(distort, turn=0.1)).fit(
                X.copy(), T.copy(), 1, VALIDATION, patience=1, checkpoint=path
            )
        )
        == 1
    )


def rewritten(change: Callable[[dict[str, Any], dict[str, Any]], None]) -> Callable[[Path], None]:
    """A checkpoint with other notes or arrays."""

    def rewrite(path: Path) -> None:
        with np.load(path) as file:
            arrays = dict(file)
        notes = json.loads(str(arrays.pop("notes")))
        change(notes, arrays)
        np.savez(path, notes=np.array(json.dumps(notes)), **arrays)

    return rewrite


def bare(array: np.ndarray) -> Callable[[Path], None]:
    """A file of one array, as `np.save` writes it."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.save(file, array)

    return write


def with_text(path: Path) -> None:
    np.savez(path, memory=np.zeros(3))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("notes", "not an array")


def flipped(place: int) -> Callable[[Path], None]:
    """A bit flipped so many bytes before the end, where the zip says what it holds."""

    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[-place] ^= 0x80
        path.write_bytes(content)

    return flip


NO_CHECKPOINTS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("not a zip"),
    "npy": bare(np.zeros(3)),
    "objects": bare(np.array([{}], dtype=object)),
    "text in the zip": with_text,
    "other arrays": lambda path: np.savez(path, memory=np.zeros(3)),
    "no JSON": lambda path: np.savez(path, notes=np.array("not JSON")),
    "another JSON": lambda path: np.savez(path, notes=np.array("[]")),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "a network": lambda path: simple().model.save(path),
    **{f"{place} from the end": flipped(place) for place in (3, 7)},
    "no memory": rewritten(lambda notes, arrays: arrays.pop("memory")),
    "no velocity": rewritten(lambda notes, arrays: arrays.pop("optimizer0")),
    "shape": rewritten(lambda notes, arrays: arrays.update(good=np.zeros(3))),
    "dtype": rewritten(lambda notes, arrays: arrays.update(best=arrays["best"].astype(float))),
    "NaN": rewritten(lambda notes, arrays: arrays["memory"].fill(np.nan)),
    "no history": rewritten(lambda notes, arrays: notes.pop("history")),
    "no steps": rewritten(lambda notes, arrays: notes.update(steps=None)),
    "optimizer": rewritten(lambda notes, arrays: notes.update(optimizer={"rate": 1})),
    "few generators": rewritten(lambda notes, arrays: notes["generators"].pop()),
    "no state": rewritten(lambda notes, arrays: notes["generators"][-1].pop("state")),
    "Philox": rewritten(
        lambda notes, arrays: notes["generators"][1].update(bit_generator="Philox")
    ),
}


@pytest.mark.parametrize("kind", NO_CHECKPOINTS)
def test_a_file_that_is_no_checkpoint_is_refused(kind: str, path: Path) -> None:
    simple(optimizer=Momentum(0.1)).fit(X, T, 1, checkpoint=path)
    NO_CHECKPOINTS[kind](path)
    run = simple(seed=5, optimizer=Momentum(0.1))
    memory, state = run.model.memory.copy(), run.rng.bit_generator.state
    with pytest.raises(ValueError) as caught:
        run.fit(X, T, 1, checkpoint=path)
    assert str(path) in str(caught.value) and "pickle" not in str(caught.value)
    assert np.array_equal(run.model.memory, memory) and run.rng.bit_generator.state == state
    assert run.history == [] and run.optimizer == Momentum(0.1) and run.optimizer.steps == 0


def test_schedules_that_are_alike_at_most_moments_are_different(path: Path) -> None:
    simple(schedule=step(0.48)).fit(X, T, 1, checkpoint=path)
    with pytest.raises(ValueError, match="schedule was"):
        simple(schedule=step(0.515)).fit(X, T, 1, checkpoint=path)


def test_damaged_bits_are_refused_or_harmless(path: Path) -> None:
    whole = simple()
    whole.fit(X, T, 1, checkpoint=path)
    content, rng, refused = path.read_bytes(), np.random.default_rng(0), 0
    for _ in range(200):
        damaged = bytearray(content)
        damaged[rng.integers(len(damaged))] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        run = simple(seed=5)
        before = run.model.memory.copy()
        try:
            run.fit(X, T, 1, checkpoint=path)
        except ValueError:
            refused += 1
            assert np.array_equal(run.model.memory, before)
        else:
            assert np.array_equal(run.model.memory, whole.model.memory)
    assert refused > 150


def test_where_nothing_can_be_written_is_found_before_training(tmp_path: Path) -> None:
    run = simple()
    with pytest.raises(OSError, match="nowhere: make the folder"):
        run.fit(X, T, 1, checkpoint=tmp_path / "nowhere" / "run.checkpoint")
    with pytest.raises(IsADirectoryError):
        run.fit(X, T, 1, checkpoint=tmp_path)
    assert run.optimizer.steps == 0


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that is there already, alone."""
    target = tmp_path / "folder" / "file[1].txt"
    target.parent.mkdir()
    target.write_text("old")
    return target


def test_replacing_is_one_step(target: Path) -> None:
    with target.open() as reader, _files.replacing(target) as file:
        file.write(b"new")
        file.flush()
        assert target.read_text() == "old"
        inode = os.fstat(file.fileno()).st_ino
    assert target.read_text() == "new" and target.stat().st_ino == inode  # moved, not copied
    assert list(target.parent.iterdir()) == [target]
    assert reader.closed


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_replacing_leaves_nothing_when_it_fails(
    target: Path, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(error), _files.replacing(target) as file:
        file.write(b"new")
        raise error
    assert target.read_text() == "old" and list(target.parent.iterdir()) == [target]

    replace = os.replace

    def interrupted(*paths: Path) -> None:
        replace(*paths)
        raise error

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(error), _files.replacing(target) as file:
        file.write(b"new")
    assert target.read_text() == "new" and list(target.parent.iterdir()) == [target]


def test_what_is_written_is_on_the_disk_before_it_has_its_name(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = []
    monkeypatch.setattr(os, "fsync", lambda handle: order.append(os.fstat(handle).st_size))
    monkeypatch.setattr(os, "replace", lambda *paths: order.append("replace"))
    with _files.replacing(target) as file:
        file.write(b"new")
    assert order[:2] == [3, "replace"] and len(order) == 3


def test_what_a_killed_process_left_goes_away(target: Path) -> None:
    old, young, other = (
        target.with_name(name)
        for name in (
            ".file[1].txt.00000000.partial",
            ".file[1].txt.11111111.partial",
            ".file1.txt.0.partial",
        )
    )
    for path in (old, young, other):
        path.write_text("half")
    for path in (old, other):
        os.utime(path, (0, time.time() - 4000))
    with _files.replacing(target) as file:
        file.write(b"new")
    assert set(target.parent.iterdir()) == {target, young, other}


def test_a_file_has_the_rights_that_the_system_gives(target: Path) -> None:
    before = os.umask(0o027)
    try:
        with _files.replacing(target) as file:
            file.write(b"new")
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_link_stays(target: Path) -> None:
    link = target.with_name("link")
    link.symlink_to(target)
    with _files.replacing(link) as file:
        file.write(b"new")
    assert link.is_symlink() and target.read_text() == "new"


def test_a_networks_file_with_nan_is_refused(tmp_path: Path) -> None:
    path, model = tmp_path / "net.npz", simple().model
    model.memory[3] = np.nan
    model.save(path)
    with pytest.raises(ValueError, match=r"net.npz is not .*: 1.W holds NaN"):
        simple().model.load(path)
