"""The training loop: batches, steps, and everything that should survive a bad day."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study._files import read_npz, replacing, write_npz
from study._progress import draw_bar
from study.data import minibatches
from study.layers.base import leaves
from study.model import Sequential
from study.optimizers import Optimizer
from study.parallel import Augment, Parallel, keep_memory, one_blas_thread
from study.schedules import Schedule, constant

Row = dict[str, float]
Data = tuple[NDArray[Any], NDArray[Any]]
_SNAPSHOT = 50  # steps from one copy of good weights to the next


class Diverged(ArithmeticError):
    """The loss became NaN or infinite. The message names the layer where it began."""


class Trainer:
    """Trains a network.

    Args:
        model: The network; its weights are changed.
        optimizer: The rule for steps.
        rng: The source of the samples' order and of what `augment` does.
        batch_size: Samples for each step.
        schedule: How the optimiser's rate changes.
        augment: Changes the images of a batch, `augment(images, rng)`.
        threads: Into how many parts a batch is split, one for each thread.

    Attributes:
        history: A row for each epoch: `epoch`, `rate`, `seconds`, `loss` and `accuracy` (over the
            epoch's own steps, as they were taken), and `val_loss`, `val_accuracy`.
    """

    def __init__(
        self,
        model: Sequential,
        optimizer: Optimizer,
        rng: np.random.Generator,
        *,
        batch_size: int = 100,
        schedule: Schedule = constant,
        augment: Augment | None = None,
        threads: int = 1,
    ) -> None:
        self.model, self.optimizer, self.rng = model, optimizer, rng
        self.batch_size, self.schedule = batch_size, schedule
        self.parallel = Parallel(model, threads, augment, rng)
        self.history: list[Row] = []
        self._best = self._good = model.memory.copy()
        self._stopped = False

    def fit(
        self,
        x: NDArray[Any],
        t: NDArray[Any],
        epochs: int,
        validation: Data | None = None,
        *,
        patience: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        callbacks: Sequence[Callable[[Trainer], bool | None]] = (),
        progress: bool = False,
    ) -> list[Row]:
        """Trains until `epochs` rows are in `history`.

        Args:
            x: Training samples, shape (n, ...).
            t: Their truths, as integer labels or one-hot.
            epochs: How many times every sample is seen, in all.
            validation: Samples and truths to judge by after every epoch, never trained on.
            patience: Stop when the validation accuracy has not risen for so many epochs, and go
                back to the weights that had the highest.
            checkpoint: A file, written after every epoch. If it is there already, training goes
                on from it, and ends with the same bits as if it had never been interrupted.
            callbacks: Called after every epoch; one that returns True ends the training.
            progress: Draw a progress bar on standard error.

        Returns:
            `history`.

        Raises:
            Diverged: The loss is not finite. The network has the last weights that were good.
            ValueError: The shapes do not fit, or `checkpoint` is of another training.
        """
        if patience is not None and validation is None:
            raise ValueError("patience needs validation samples")
        keep_memory()
        settings = self._settings(len(x), epochs)
        if checkpoint is not None and Path(checkpoint).exists():
            self._resume(checkpoint, settings)
        with one_blas_thread():
            while len(self.history) < epochs and not self._stopped:
                row = self._epoch(x, t, epochs, progress)
                if validation is not None:
                    row["val_loss"], row["val_accuracy"] = self.parallel.evaluate(
                        *validation, self.batch_size
                    )
                self.history.append(row)
                self._stopped = self._judge(patience)
                self._stopped |= any([callback(self) for callback in callbacks])
                if checkpoint is not None:
                    self._save(checkpoint, settings)
                if progress:
                    words = (f"{name} {value:.4g}" for name, value in row.items())
                    print("\r" + ", ".join(words), end="\033[K\n", file=sys.stderr)
        if patience is not None:
            self.model.memory[:] = self._best
        return self.history

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes `history` as a table, a column for each name."""
        names = list(self.history[0]) if self.history else []
        lines = [names, *([str(row[name]) for name in names] for row in self.history)]
        with replacing(path) as file:
            file.write("".join(",".join(line) + "\n" for line in lines).encode())

    def _epoch(self, x: NDArray[Any], t: NDArray[Any], epochs: int, progress: bool) -> Row:
        model, begun, drawn = self.model, time.perf_counter(), -1.0
        epoch, steps = len(self.history), -(-len(x) // self.batch_size)
        total, right, seen = 0.0, 0, 0
        for step, (x_batch, t_batch) in enumerate(minibatches(x, t, self.batch_size, self.rng)):
            loss, correct = self.parallel.gradient(x_batch, t_batch)
            if not np.isfinite(loss):
                places = [each.not_finite() for each in self.parallel.models]
                model.memory[:] = self._good
                where = next(filter(None, places), "the loss itself")
                raise Diverged(f"loss {loss} in step {step + 1} of epoch {epoch + 1}, from {where}")
            if step % _SNAPSHOT == 0:
                self._good = model.memory.copy()
            done = (epoch + step / steps) / epochs
            rate = self.optimizer.rate * self.schedule(done)
            self.optimizer.update(model.weights, model.grads, rate, model.decayed)
            total, right = total + loss * len(x_batch), right + correct
            seen += len(x_batch)
            seconds = time.perf_counter() - begun
            if progress and seconds > drawn + 0.2:
                drawn = seconds
                left = seconds * ((epochs - epoch) * steps / (step + 1) - 1)
                words = f"loss {total / seen:.4f}, accuracy {right / seen:.2%}, {left:.0f} s left"
                draw_bar(f"epoch {epoch + 1}/{epochs}", seen / len(x), words)
        row = {"epoch": epoch + 1, "rate": rate, "seconds": round(seconds, 3)}
        return row | {"loss": total / seen, "accuracy": right / seen}

    def _judge(self, patience: int | None) -> bool:
        """Keeps the best weights; tells whether they are too long ago."""
        accuracies = [row.get("val_accuracy", 0.0) for row in self.history]
        since = len(accuracies) - 1 - accuracies.index(max(accuracies))
        if since == 0:
            self._best = self.model.memory.copy()
        return patience is not None and since >= patience

    def _generators(self) -> list[np.random.Generator]:
        """Everything random in the training, in a fixed order."""
        layers = [layer for model in self.parallel.models for _, layer in leaves(model.layers)]
        return [self.rng, *self.parallel.rngs, *(layer.rng for layer in layers if layer.rng)]

    def _settings(self, samples: int, epochs: int) -> str:
        """What a checkpoint must agree on."""
        threads, layers = len(self.parallel.models), list(map(str, self.model.layers))
        return f"{layers} {self.model.shapes[0]} {self.model.dtype} {self.optimizer} " + (
            f"batch {self.batch_size}, {threads} threads, {samples} samples, {epochs} epochs"
        )

    def _save(self, path: str | os.PathLike[str], settings: str) -> None:
        notes = {
            "settings": settings,
            "history": self.history,
            "stopped": self._stopped,
            "steps": self.optimizer.steps,
            "generators": [each.bit_generator.state for each in self._generators()],
        }
        arrays = {"memory": self.model.memory, "best": self._best, "good": self._good}
        state = {f"optimizer{number}": each for number, each in enumerate(self.optimizer.state)}
        write_npz(path, {"notes": np.array(json.dumps(notes)), **arrays, **state})

    def _resume(self, path: str | os.PathLike[str], settings: str) -> None:
        arrays = read_npz(path, "a checkpoint")
        notes = json.loads(str(arrays.get("notes", "{}")))
        if notes.get("settings") != settings:
            before = notes.get("settings")
            raise ValueError(f"{os.fspath(path)} is of another training: {before}, not {settings}")
        self.model.memory[:] = arrays["memory"]
        self._best, self._good = arrays["best"], arrays["good"]
        self.history, self._stopped = notes["history"], notes["stopped"]
        self.optimizer.steps = notes["steps"]
        state = [arrays[name] for name in sorted(arrays) if name.startswith("optimizer")]
        self.optimizer.state = state
        for generator, saved in zip(self._generators(), notes["generators"], strict=True):
            generator.bit_generator.state = saved
