"""The recorded runs are those of the recipes, and the recipes are what the trials chose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from study import runs
from study.recipes import RECIPES, Recipe

DOCS = Path(__file__).resolve().parents[2] / "docs"
RECORDED = [(name, seed) for name in RECIPES for seed in runs.seeds(name)]
CHOSEN = sorted({name for name, _ in RECORDED if RECIPES[name].trials})


@pytest.mark.parametrize(("name", "seed"), RECORDED)
def test_a_recorded_run_is_that_of_the_recipe(name: str, seed: int) -> None:
    recipe, log = RECIPES[name], runs.load(name, seed)
    model = recipe.model(np.random.default_rng(seed))
    assert log["command"] == f"python -m study.train {name} --seed {seed}"
    assert log["layers"] == list(map(str, model.layers))
    assert log["parameters"] == model.grads.size
    assert log["optimizer"] == str(recipe.optimizer(recipe.rate, recipe.decay))
    assert log["augment"] == recipe.augment
    assert (log["epochs"], log["threads"]) == (recipe.epochs, recipe.threads)
    assert log["trained_on"] == 60_000
    assert [row["epoch"] for row in log["history"]] == list(range(1, recipe.epochs + 1))
    assert log["seconds"] == pytest.approx(sum(row["seconds"] for row in log["history"]), abs=0.1)


@pytest.mark.parametrize("name", CHOSEN)
def test_the_choice_was_made_on_the_validation_split(name: str) -> None:
    recipe, record = RECIPES[name], runs.choice(name)
    trials = record["trials"]
    assert record["trained_on"] == 50_000
    assert len(trials) > 1
    assert [{k: v for k, v in row.items() if k != "validation_accuracy"} for row in trials] == [
        dict(trial) for trial in recipe.trials
    ]
    own = [row for trial, row in zip(recipe.trials, trials, strict=True) if is_in(trial, recipe)]
    assert len(own) == 1
    best = max(row["validation_accuracy"] for row in trials)
    chance = (best * (1 - best) / 10_000) ** 0.5  # the standard error of such an accuracy
    assert own[0]["validation_accuracy"] >= best - chance


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_experiment_log_has_every_recorded_run(language: str) -> None:
    page = (DOCS / language / "experiments.md").read_text(encoding="utf-8")
    missing = [name for name, _ in RECORDED if f'in runs.seeds("{name}")' not in page]
    missing += [f"{name}-choice" for name in CHOSEN if f'runs.choice("{name}")' not in page]
    assert missing == []
    sections = re.split(r"^## .*\{#", page, flags=re.MULTILINE)[1:]
    unconcluded = [text.split("}")[0] for text in sections if text.rstrip().endswith("-->")]
    assert unconcluded == [], "what was learned?"


def is_in(trial: Mapping[str, Any], recipe: Recipe) -> bool:
    return all(getattr(recipe, key) == value for key, value in trial.items())


def test_what_is_not_recorded_is_refused() -> None:
    with pytest.raises(ValueError, match="no run 'two-layer-99' is recorded; there are "):
        runs.load("two-layer", 99)
    assert runs.seeds("three-layer-of-another-kind") == []
