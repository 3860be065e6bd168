"""Checkpoints: all that training needs to go on, with the same bits, after it was interrupted.

A checkpoint is one `.npz` file: arrays, and `notes` in JSON. It holds what changes while training.
What does not change, data included, is only described, so that nobody goes on with another
training by mistake.
"""

from __future__ import annotations

import copy
import json
import os
import re
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from study._arrays import FloatArray
from study._files import read_npz, write_npz
from study.data import Pair
from study.layers.base import leaves

if TYPE_CHECKING:
    from study.trainer import Trainer

FilePath = str | os.PathLike[str]
_ADDRESS = re.compile(" at 0x[0-9a-fA-F]+")  # in a function's text, another in every process


def describe(
    trainer: Trainer, data: Pair, validation: Pair | None, epochs: int, patience: int | None
) -> dict[str, str]:
    """What must be the same when training goes on, by name."""
    model = trainer.model
    factors = [trainer.schedule(done) for done in np.linspace(0, 0.999, 1000).tolist()]
    settings = {
        "layers": list(map(str, model.layers)),
        "input_shape": model.shapes[0],
        "dtype": model.dtype,
        "optimizer": trainer.given_optimizer,
        "schedule": _digest(np.round(factors, 6)),
        "batch_size": trainer.batch_size,
        "augment": trainer.parallel.augment,
        "threads": len(trainer.parallel.models),
        "samples": _digest(*data),
        "validation samples": _digest(*validation) if validation else None,
        "epochs": epochs,
        "patience": patience,
    }
    return {name: _ADDRESS.sub("", str(value)) for name, value in settings.items()}


def save(path: FilePath, trainer: Trainer, settings: dict[str, str], ended: bool) -> None:
    """Writes a checkpoint, whole or not at all.

    Args:
        path: Where to; an existing file is replaced.
        trainer: What is between two epochs.
        settings: What `describe` says.
        ended: Whether a callback has ended the training.
    """
    notes = {
        "settings": settings,
        "history": trainer.history,
        "ended": ended,
        "steps": trainer.optimizer.steps,
        "optimizer": asdict(trainer.optimizer),  # a callback may have changed the rate
        "generators": [each.bit_generator.state for each in _generators(trainer)],
    }
    text = json.dumps(notes, default=lambda value: value.tolist())  # NumPy's arrays and numbers
    write_npz(path, {"notes": np.array(text), **_arrays(trainer, trainer.optimizer.state)})


def resume(path: FilePath, trainer: Trainer, settings: dict[str, str]) -> bool:
    """Goes back to where a checkpoint was written; without a file, it only checks the folder.

    Args:
        path: The file.
        trainer: Is changed only if all of the file is right.
        settings: What `describe` says now.

    Returns:
        Whether a callback had ended the training.

    Raises:
        OSError: No file can be written or read there.
        ValueError: The file is damaged, no checkpoint, or of another training.
    """
    folder = Path(path).resolve().parent
    if not os.access(folder, os.W_OK):
        raise OSError(f"no checkpoint can be written to {folder}: make the folder, or name another")
    if not os.path.exists(path):
        return False
    arrays = read_npz(path, "a checkpoint")
    try:
        notes = _checked(arrays, trainer, settings)
    except Exception as error:  # something is missing, or is not what its name says
        raise ValueError(
            f"{os.fspath(path)} is of another training, or damaged: {error}. "
            "Give another file, or delete it"
        ) from error
    optimizer = trainer.optimizer
    for name, array in _arrays(trainer, []).items():
        array[...] = arrays[name]
    optimizer.state = [arrays[f"optimizer{number}"] for number in range(optimizer.remembers)]
    optimizer.steps = notes["steps"]
    for name, value in notes["optimizer"].items():
        setattr(optimizer, name, value)
    for generator, state in zip(_generators(trainer), notes["generators"], strict=True):
        generator.bit_generator.state = state
    trainer.history[:] = notes["history"]
    ended: bool = notes["ended"]
    return ended


def _checked(
    arrays: dict[str, NDArray[Any]], trainer: Trainer, settings: dict[str, str]
) -> dict[str, Any]:
    """The notes, after a look at everything; raises something or other if it does not fit."""
    if "notes" not in arrays:
        raise ValueError("it has no notes")
    notes: dict[str, Any] = json.loads(str(arrays["notes"]))
    before = notes["settings"]
    if before != settings:
        pairs = [(name, before.get(name), now) for name, now in settings.items()]
        raise ValueError(
            "; ".join(f"{name} was {old}, is now {new}" for name, old, new in pairs if old != new)
        )
    optimizer = trainer.optimizer
    for name, array in _arrays(trainer, [trainer.model.weights] * optimizer.remembers).items():
        if (arrays[name].shape, arrays[name].dtype) != (array.shape, array.dtype):
            raise ValueError(f"{name} has another shape or dtype")
    if notes["optimizer"].keys() != asdict(optimizer).keys():
        raise ValueError("the optimiser has other settings")
    for generator, state in zip(_generators(trainer), notes["generators"], strict=True):
        copy.deepcopy(generator.bit_generator).state = state
    history = [dict(row) for row in notes["history"]]
    return notes | {"history": history, "steps": int(notes["steps"]), "ended": bool(notes["ended"])}


def _arrays(trainer: Trainer, state: list[FloatArray]) -> dict[str, FloatArray]:
    """All arrays of a checkpoint by name, those of the optimiser being `state`."""
    arrays = {"memory": trainer.model.memory, "best": trainer.best, "good": trainer.good}
    return arrays | {f"optimizer{number}": each for number, each in enumerate(state)}


def _generators(trainer: Trainer) -> list[np.random.Generator]:
    """Everything random in the training, in a fixed order."""
    models, rngs = trainer.parallel.models, trainer.parallel.rngs
    layers = [layer for model in models for _, layer in leaves(model.layers)]
    return [trainer.rng, *rngs, *(layer.rng for layer in layers if layer.rng)]


def _digest(*arrays: NDArray[Any]) -> str:
    """Shapes, and the beginning of a SHA-256: other numbers, another text."""
    digest = sha256()
    for array in arrays:
        digest.update(f"{array.shape} {array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return f"{arrays[0].shape} {digest.hexdigest()[:12]}"
