"""Data set aside, images moved, values searched, recipes run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import digits, mnist, train
from study.augment import distort, shift
from study.data import minibatches, split
from study.network import Network
from study.search import choice, log_uniform, random_search
from study.trainer import Diverged, Trainer


def test_split() -> None:
    x = np.arange(10)
    x_train, t_train, x_val, t_val = split(x, -x, 3)
    assert x_train.tolist() == list(range(7)) and x_val.tolist() == [7, 8, 9]
    assert np.array_equal(t_train, -x_train) and np.array_equal(t_val, -x_val)
    for count in (0, 10, -1):
        with pytest.raises(ValueError, match="of 10"):
            split(x, x, count)
    with pytest.raises(ValueError, match=r"\(10,\).*\(9,\)"):
        split(x, x[1:], 3)
    with pytest.raises(ValueError, match=r"x of shape \(\)"):
        split(3, x, 3)


def test_lists_are_samples_too() -> None:
    x = [[1, 2], [3, 4], [5, 6]]
    assert split(x, [0, 1, 2], 1)[2].tolist() == [[5, 6]]
    batches = list(minibatches(x, [0, 1, 2], 2, np.random.default_rng(0)))
    assert [x[label] for _, labels in batches for label in labels] == [
        sample.tolist() for samples, _ in batches for sample in samples
    ]


@given(seed=st.integers(0, 1000), pixels=st.integers(0, 3))
def test_shift_moves_by_whole_pixels(seed: int, pixels: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.random((5, 1, 6, 6)).astype(np.float32)
    before = x.copy()
    y = shift(x, rng, pixels=pixels)
    assert y.shape == x.shape and y.dtype == x.dtype and np.array_equal(x, before)
    for image, moved in zip(x[:, 0], y[:, 0], strict=True):
        padded = np.pad(image, pixels)
        places = range(2 * pixels + 1)
        assert any(
            np.array_equal(padded[i : i + 6, j : j + 6], moved) for i in places for j in places
        )


def test_shift_goes_everywhere() -> None:
    x = np.zeros((500, 25), np.float32)
    x[:, 12] = 1
    found = {int(place) for place in shift(x, np.random.default_rng(0), pixels=1).argmax(axis=1)}
    assert found == {6, 7, 8, 11, 12, 13, 16, 17, 18}


@pytest.mark.parametrize("name", ["turn", "slant", "stretch", "shift"])
def test_each_limit_of_distort_counts(name: str) -> None:
    x = (digits.draw(np.arange(10), np.random.default_rng(0)) / np.float32(255)).reshape(10, 784)
    still = {"turn": 0.0, "slant": 0.0, "stretch": 0.0, "shift": 0.0}
    np.testing.assert_allclose(distort(x, np.random.default_rng(0), **still), x, atol=1e-5)
    moved = distort(x, np.random.default_rng(0), **{**still, name: 0.3})
    more = distort(x, np.random.default_rng(0), **{**still, name: 0.6})
    assert 1 < np.abs(moved - x).sum() < np.abs(more - x).sum()
    images = distort(x.reshape(10, 1, 28, 28), np.random.default_rng(0), **{**still, name: 0.3})
    assert images.shape == (10, 1, 28, 28) and np.array_equal(images.reshape(10, 784), moved)


def test_random_search() -> None:
    space = {"rate": log_uniform(1e-4, 1), "kind": choice("a", "b")}

    def trial(values: dict[str, object]) -> float:
        rate = float(values["rate"])  # type: ignore[arg-type]
        return float("nan") if rate > 0.5 else rate + (values["kind"] == "b")

    rows = random_search(trial, space, 300, np.random.default_rng(0))
    again = random_search(trial, space, 300, np.random.default_rng(0))
    assert str(rows) == str(again)  # as text, for a NaN is not equal to itself
    scores = [row["score"] for row in rows]
    finite = [score for score in scores if not np.isnan(score)]
    assert finite == sorted(finite, reverse=True) and scores[: len(finite)] == finite
    assert 0 < len(finite) < 300
    rates = np.array([row["rate"] for row in rows])
    assert rates.min() >= 1e-4 and rates.max() <= 1
    assert abs(np.mean(rates < 1e-2) - 0.5) < 0.1
    assert {row["kind"] for row in rows} == {"a", "b"}


def test_a_trial_that_fails_is_the_last_and_the_others_are_kept() -> None:
    def trial(values: dict[str, float]) -> float:
        if values["rate"] > 0.1:
            raise Diverged("NaN")
        return values["rate"]

    rows = random_search(trial, {"rate": log_uniform(0.01, 1)}, 20, np.random.default_rng(0))
    failed = [bool(np.isnan(row["score"])) for row in rows]
    assert len(rows) == 20 and 0 < sum(failed) < 20 and failed == sorted(failed)


def test_a_search_that_cannot_be_is_refused() -> None:
    rng, space = np.random.default_rng(0), {"rate": log_uniform(1.0, 1.0)}
    tried = []
    with pytest.raises(TypeError, match="return its score, a number, not None"):
        random_search(lambda values: tried.append(values), space, 3, rng)  # type: ignore[arg-type]
    assert tried == [{"rate": 1.0}]  # it does not wait until the end
    with pytest.raises(ValueError, match="'score'"):
        random_search(lambda values: 0.0, {"score": choice(1)}, 3, rng)
    for low, high in ((0, 1), (-1, 1), (2, 1), (1, np.inf), (np.nan, 1)):
        with pytest.raises(ValueError, match="above 0"):
            log_uniform(low, high)
    with pytest.raises(ValueError, match="at least one"):
        choice()


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = digits.make(300, np.random.default_rng(0))
    x = images.reshape(300, 784) / np.float32(255)
    made = mnist.Mnist(x[:200], labels[:200], x[200:], labels[200:])
    monkeypatch.setattr(mnist, "load", lambda: made)
    monkeypatch.setattr(train, "VALIDATION", 50)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # or two threads warn


@pytest.mark.parametrize("name", train.RECIPES)
def test_recipes_run(name: str, drawn: None, tmp_path: Path) -> None:
    log = train.run(name, seed=3, epochs=1, output=tmp_path / "runs", record=False)
    files = {path.name for path in (tmp_path / "runs").iterdir()}
    assert files == {f"{name}-3.json", f"{name}-3.npz"}
    path = tmp_path / "runs" / f"{name}-3.npz"
    assert json.loads(path.with_suffix(".json").read_text()) == log
    assert log["trained_on"] == 200
    x, t = mnist.load()[2:]
    recipe = train.RECIPES[name]
    if recipe.input_shape == (784,):
        reached = np.mean(Network.load(path).predict(x) == t)
    else:
        model = recipe.model(np.random.default_rng(0))
        model.load(path)
        reached = model.evaluate(x, t)[1]
    assert reached == pytest.approx(log["test_accuracy"])


@pytest.mark.parametrize("name", [name for name in train.RECIPES if train.RECIPES[name].trials])
def test_recipes_are_chosen_on_what_training_never_sees(
    name: str, drawn: None, tmp_path: Path
) -> None:
    log = train.choose(name, seed=3, epochs=1, output=tmp_path / "runs")
    (path,) = (tmp_path / "runs").iterdir()
    assert path.name == f"{name}-choice.json" and json.loads(path.read_text()) == log
    assert log["trained_on"] == 150
    tried = [{**row, "validation_accuracy": None} for row in log["trials"]]
    assert tried == [{**each, "validation_accuracy": None} for each in train.RECIPES[name].trials]


def test_a_trial_may_change_the_epochs_and_a_command_repeats_its_log(
    drawn: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials = [{"epochs": 1}, {"epochs": 2}]
    recipe = replace(train.RECIPES["backprop"], trials=trials)
    monkeypatch.setitem(train.RECIPES, "backprop", recipe)
    trained: list[int] = []
    fit = Trainer.fit

    def counted(self: Trainer, *arguments: Any, **options: Any) -> Any:
        trained.append(len(fit(self, *arguments, **options)))
        return self.history

    monkeypatch.setattr(Trainer, "fit", counted)
    log = train.choose("backprop", seed=3, epochs=4, output=tmp_path)
    assert trained == [1, 2]
    assert log["command"] == "python -m study.train backprop --seed 3 --epochs 4 --choose"


def test_a_recipe_without_trials_has_nothing_to_choose(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["train", "best-convnet", "--choose"])
    with pytest.raises(SystemExit):
        train.main()
    assert "best-convnet has no trials to choose from" in capsys.readouterr().err


def test_the_networks_are_as_large_as_planned() -> None:
    for name, size in [("backprop", 39_760), ("plain-convnet", 105_002), ("deep-convnet", 105_274)]:
        assert train.RECIPES[name].model(np.random.default_rng(0)).grads.size == size
