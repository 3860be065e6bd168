"""Trains the networks of this journal: `python -m study.train NAME --seed S`.

What a recipe leaves open is chosen with `--choose`: every trial trains on the first 50,000 training
images and is judged by the other 10,000. Without it, a run trains on all 60,000, looks at the test
images once, at the end, and has the last word. It writes its weights (`.npz`) and its log (`.json`:
settings, every epoch, result, machine), and goes on where it was if it was interrupted and the
same command is given again.

`--record` is for the journal itself: the log goes to `study/runs`, and the weights, if the package
ships them, to `study/weights`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study import mnist, network, runs, weights
from study._files import replacing
from study.data import split
from study.layers import Dense
from study.model import Sequential
from study.recipes import RECIPES

VALIDATION = 10_000  # images at the end of the training set


def to_network(model: Sequential) -> network.Network:
    """A model of dense layers with ReLU between them, as the network that the pages trace."""
    params = [layer.params for layer in model.layers if isinstance(layer, Dense)]
    names = ["relu"] * (len(params) - 1) + ["softmax"]
    return network.Network(
        [network.Dense(p["W"], p["b"], name) for p, name in zip(params, names, strict=True)]
    )


def choose(name: str, seed: int, epochs: int | None, output: Path) -> dict[str, Any]:
    """Tries a recipe's trials on the validation split, and writes what each reached."""
    recipe = RECIPES[name] if epochs is None else replace(RECIPES[name], epochs=epochs)
    images, labels, _, _ = mnist.load()
    x, t, x_aside, t_aside = split(images, labels, VALIDATION)
    rows = []
    for trial in recipe.trials:
        tried = replace(recipe, **trial)
        trainer = tried.trainer(seed)
        trainer.fit(x, t, tried.epochs, progress=True)
        accuracy = trainer.parallel.evaluate(x_aside, t_aside)[1]
        rows.append({**trial, "validation_accuracy": round(accuracy, 4)})
        print(rows[-1], flush=True)
    log = {
        "command": _command(name, seed, epochs, "--choose"),
        "date": today(),
        "trained_on": len(x),
        "validation_images": f"the last {VALIDATION} of training",
        "epochs": recipe.epochs,
        "trials": rows,
        "versions": versions(),
    }
    _write(output / f"{name}-choice.json", log)
    return log


def run(name: str, seed: int, epochs: int | None, output: Path, record: bool) -> dict[str, Any]:
    """Trains by a recipe, and writes the weights and the log, which it returns."""
    recipe = RECIPES[name] if epochs is None else replace(RECIPES[name], epochs=epochs)
    trainer = recipe.trainer(seed)
    model = trainer.model
    images, labels, x_test, t_test = mnist.load()
    output.mkdir(parents=True, exist_ok=True)
    checkpoint = output / f"{name}-{seed}.checkpoint"
    trainer.fit(images, labels, recipe.epochs, checkpoint=checkpoint, progress=True)
    misread = mistakes(model, x_test, t_test)
    log = {
        "command": _command(name, seed, epochs),
        "date": today(),
        "layers": list(map(str, model.layers)),
        "parameters": model.grads.size,
        "optimizer": str(trainer.optimizer),
        "augment": recipe.augment,
        "epochs": recipe.epochs,
        "threads": recipe.threads,
        "trained_on": len(images),
        "seconds": round(sum(row["seconds"] for row in trainer.history), 1),
        "test_accuracy": 1 - len(misread) / len(x_test),
        "misread": misread,
        "versions": versions(),
        "history": trainer.history,
    }
    kept = to_network(model) if recipe.input_shape == (784,) else model
    ships = record and name in weights.NETWORKS + weights.MODELS and seed == 0
    kept.save(weights.FOLDER / f"{name}.npz" if ships else output / f"{name}-{seed}.npz")
    _write((runs.FOLDER if record else output) / f"{name}-{seed}.json", log)
    checkpoint.unlink(missing_ok=True)
    return log


def mistakes(model: Sequential, x: NDArray[Any], t: NDArray[Any]) -> dict[str, int]:
    """What a network takes samples for that it misreads, by their index."""
    read = model.predict(x)
    return {str(i): int(read[i]) for i in np.flatnonzero(read != t)}


def today() -> str:
    """The date, in UTC."""
    return datetime.now(UTC).date().isoformat()


def versions() -> dict[str, str]:
    """Where a run was made."""
    machine = f"{platform.machine()}, {os.cpu_count()} processors"
    return {"python": platform.python_version(), "numpy": np.__version__, "machine": machine}


def _command(name: str, seed: int, epochs: int | None, *options: str) -> str:
    """What makes this log again."""
    given = options if epochs is None else ("--epochs", str(epochs), *options)
    return " ".join(["python -m study.train", name, "--seed", str(seed), *given])


def _write(path: Path, log: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write((json.dumps(log, indent=1) + "\n").encode())


def main() -> None:
    """Trains one of the journal's networks on MNIST."""
    parser = argparse.ArgumentParser(prog="python -m study.train", description=main.__doc__)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--choose", action="store_true", help="try settings on a validation split")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--output", type=Path, default=Path("runs"), help="folder to write into")
    parser.add_argument("--record", action="store_true", help="keep the log in the package")
    given = parser.parse_args()
    if given.epochs is not None and (given.epochs < 1 or given.record):
        parser.error("--epochs must be positive, and is not for --record: what is kept is a recipe")
    if given.choose and not RECIPES[given.name].trials:
        parser.error(f"{given.name} has no trials to choose from")
    if given.choose:
        choose(given.name, given.seed, given.epochs, runs.FOLDER if given.record else given.output)
        return
    log = run(given.name, given.seed, given.epochs, given.output, given.record)
    print(json.dumps({name: log[name] for name in ("command", "seconds", "test_accuracy")}))


if __name__ == "__main__":
    main()
