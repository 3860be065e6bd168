"""The training loop: batches, steps, and everything that should survive a bad day."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study._arrays import FloatArray
from study._files import replacing
from study._progress import draw_bar, print_row
from study.checkpoint import describe, resume, save
from study.data import Pair, minibatches, paired
from study.layers.base import generator, positive
from study.model import Sequential
from study.optimizers import Optimizer
from study.parallel import Augment, Parallel, keep_memory, one_blas_thread
from study.schedules import Schedule, constant

Row = dict[str, float]


class Diverged(ArithmeticError):
    """A number of the training became NaN or infinite. The message says where that began."""


class Trainer:
    """Trains a network.

    Args:
        model: The network; its weights are changed.
        optimizer: The rule for steps, one that no other network has taken steps with.
        rng: The source of the samples' order and of what `augment` does.
        batch_size: Samples for each step.
        schedule: How the optimiser's rate changes.
        augment: Changes the images of a batch, `augment(images, rng)`. It may draw from `rng`, but
            not spawn generators, of which a checkpoint would not know.
        threads: Into how many parts a batch is split, one for each thread.

    Attributes:
        model: As given, as are `optimizer`, `rng`, `batch_size` and `schedule`.
        parallel: The threads; its `evaluate` is the model's, on all of them.
        history: A row for each epoch: `epoch`; `rate`, that of the last step; `seconds`, without
            validation; `loss` and `accuracy` (over the epoch's own steps, as they were taken); and
            `val_loss`, `val_accuracy`.
        best: `model.memory` after the epoch with the highest validation accuracy.
        good: `model.memory` before the last step: what a training that diverged goes back to.
        given_optimizer: The optimiser as text, as it was given.

    Raises:
        ValueError: `batch_size` or `threads` is not positive, or `optimizer` was used before.
        TypeError: `rng` is no `numpy.random.Generator`.
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
        generator(rng)
        positive(batch_size=batch_size)
        if optimizer.steps:
            raise ValueError(f"{optimizer} remembers {optimizer.steps} steps: make a new one")
        self.model, self.optimizer, self.rng = model, optimizer, rng
        self.batch_size, self.schedule = batch_size, schedule
        self.parallel = Parallel(model, threads, augment, rng)
        self.history: list[Row] = []
        self.best, self.good = model.memory.copy(), model.memory.copy()
        self.given_optimizer = str(optimizer)

    def fit(
        self,
        x: ArrayLike,
        t: ArrayLike,
        epochs: int,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        *,
        patience: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        callbacks: Sequence[Callable[[Trainer], bool | None]] = (),
        progress: bool = False,
    ) -> list[Row]:
        """Trains until `epochs` rows are in `history`.

        Without a checkpoint, or before the first epoch is in it, an interrupt (Ctrl-C) leaves the
        network in the middle of an epoch. The next `fit` begins that epoch anew, from there; for
        the same bits as without the interrupt, make network and trainer anew.

        Args:
            x: Training samples, shape (n, ...).
            t: Their truths, as integer labels or one-hot.
            epochs: How many times every sample is seen, in all.
            validation: Samples and truths to judge by after every epoch, never trained on.
            patience: Stop when the validation accuracy has not risen for so many epochs. Whether
                stopped or not, go back in the end to the weights that had the highest, the first
                of them if there are several.
            checkpoint: A file, written after every epoch. If it is there already, training goes
                on from it, and ends with the same bits as if it had never been interrupted.
            callbacks: Called after every epoch; one that returns True ends the training. An epoch
                is in the checkpoint once all of them have returned.
            progress: A line for each epoch on standard error, and on a terminal a progress bar.

        Returns:
            `history`.

        Raises:
            Diverged: A loss, the gradient, or a number of network or optimiser is not finite. The
                network has the last weights that were good, the optimiser begins anew.
            ValueError: The shapes do not fit, there is no sample, `patience` is not positive or
                has no validation, or `checkpoint` is of another training or damaged.
            OSError: `checkpoint` cannot be written.
        """
        data = self._fitting(x, t)
        judged_by = self._fitting(*validation) if validation is not None else None
        if patience is not None and (patience < 1 or judged_by is None):
            raise ValueError(f"patience must be positive and needs validation, got {patience}")
        keep_memory()
        self.good[:] = self.model.memory
        ended, settings = False, {}
        if checkpoint is not None:
            settings = describe(self, data, judged_by, epochs, patience)
            ended = resume(checkpoint, self, settings)
        with one_blas_thread(len(self.parallel.models)):
            while len(self.history) < epochs and not (ended or self._waited(patience)):
                row = self._epoch(*data, epochs, progress)
                if judged_by is not None:
                    judged = self.parallel.evaluate(*judged_by, self.batch_size)
                    row["val_loss"], row["val_accuracy"] = judged
                loss = row.get("val_loss", row["loss"])
                self._check(loss, f"after epoch {row['epoch']}", self.optimizer.state)
                self.history.append(row)
                if judged_by is not None and self._since_best() == 0:
                    self.best[:] = self.model.memory
                ended = any([callback(self) for callback in callbacks])  # each gets its call
                if checkpoint is not None:
                    save(checkpoint, self, settings, ended)
                if progress:
                    print_row(row)
        if patience is not None and self._since_best() >= 0:
            self.model.memory[:] = self.best
        return self.history

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes `history` as a table, a column for each name."""
        names = list(dict.fromkeys(name for row in self.history for name in row))
        lines = [names, *([str(row.get(name, "")) for name in names] for row in self.history)]
        with replacing(path) as file:
            file.write("".join(",".join(line) + "\n" for line in lines).encode())

    def _fitting(self, x: ArrayLike, t: ArrayLike) -> Pair:
        """The data as arrays, after a try with the first sample: the network must take them."""
        samples, truths = paired(x, t)
        self.parallel.evaluate(samples[:1], truths[:1])
        return samples, truths

    @np.errstate(over="ignore", invalid="ignore")  # `_check` looks at what comes of it
    def _epoch(self, x: NDArray[Any], t: NDArray[Any], epochs: int, progress: bool) -> Row:
        model, begun, drawn = self.model, time.perf_counter(), -1.0
        epoch, steps = len(self.history), -(-len(x) // self.batch_size)
        total, right, seen = 0.0, 0, 0
        for step, (x_batch, t_batch) in enumerate(minibatches(x, t, self.batch_size, self.rng)):
            loss, correct = self.parallel.gradient(x_batch, t_batch)
            self._check(loss, f"in step {step + 1} of epoch {epoch + 1}")
            self.good[:] = model.memory
            done = (epoch + step / steps) / epochs
            rate = float(self.optimizer.rate) * float(self.schedule(done))
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

    @np.errstate(over="ignore", invalid="ignore")
    def _check(self, loss: float, when: str, state: Sequence[FloatArray] = ()) -> None:
        """Raises `Diverged` unless all is finite; the network is then as it was when it was good.

        A sum is not finite if one of its numbers is not, and is found quickly, at every step.
        """
        model = self.model
        sums = {
            "the loss itself": loss,
            "the gradient": model.grads.sum(),
            "the running averages": model.memory.sum(),
            "what the optimiser remembers": sum(each.sum() for each in state),
        }
        not_finite = [name for name, total in sums.items() if not np.isfinite(total)]
        if not_finite:
            # The network itself comes last: the gradients of the others are added to its own.
            places = [each.not_finite() for each in reversed(self.parallel.models)]
            where = next(filter(None, places), not_finite[0])
            model.memory[:] = self.good
            self.optimizer.steps = 0
            for each in self.optimizer.state:
                each.fill(0)
            raise Diverged(
                f"NaN or infinity {when}, from {where}: "
                "if the data have none, try a smaller learning rate"
            )

    def _since_best(self) -> int:
        """How many judged epochs ago the validation accuracy was highest; -1 without any."""
        accuracies = [row["val_accuracy"] for row in self.history if "val_accuracy" in row]
        return len(accuracies) - 1 - accuracies.index(max(accuracies)) if accuracies else -1

    def _waited(self, patience: int | None) -> bool:
        return patience is not None and self._since_best() >= patience
