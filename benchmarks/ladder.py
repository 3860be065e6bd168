"""From first-draft NumPy to `study`, one change at a time, and what each is worth.

    python -m benchmarks.ladder                20 rounds, about 4 minutes

The first rungs are `straightforward.py`. The others are `study` with some of what makes it quick
taken away again: every rung gives one of those things back, and the last is `study` as it is. The
networks and their optimisers are those of the recipes, but for the learning rate; `timing.py` says
why, and how it is measured.

`--parts` tells instead which part of a step takes how long, in the first draft and in `study`.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from benchmarks import straightforward
from benchmarks.timing import (
    BATCH,
    RATE,
    SAMPLES,
    Child,
    Measure,
    Row,
    Step,
    in_turns,
    record,
    serve,
    steps,
    turn,
)
from benchmarks.train_step import first_draft_layers
from study.layers import Convolution, Layer, MaxPool, ReLU, convolution
from study.model import Sequential
from study.parallel import Parallel, keep_memory, one_blas_thread
from study.recipes import RECIPES

NETWORKS = ["simple-convnet", "book-deep-convnet"]


class Rung(NamedTuple):
    """What a step has of what makes it quick."""

    batch_innermost: bool = False  # `study`, but without the following
    rows_once: bool = False  # a row of pixels is moved once for a filter's column
    relu_last: bool = False  # ReLU after pooling: on a quarter of the numbers
    no_first_slope: bool = False  # nobody asks for the slope along the pixels
    kept_buffers: bool = False  # results are written over those of the last batch
    threads: bool = False  # two halves of the batch, with a thread of the matrix library each
    one_call: bool = False  # one call for the products of all rows, not one for each


RUNGS: dict[str, tuple[str, Rung]] = {
    "first draft, float64": ("float64", Rung()),
    "float32": ("float32", Rung()),
    **{
        name: ("float32", Rung(*[True] * number, *[False] * (7 - number)))
        for number, name in enumerate(
            [
                "batch innermost",
                "rows moved once",
                "ReLU after pooling",
                "no slope along pixels",
                "buffers kept",
                "two threads",
                "one call for all rows",
            ],
            start=1,
        )
    },
}


class EveryWindow(Convolution):
    """A convolution whose im2col copies every pixel once for each of the filter's places."""

    def _bands(
        self, name: str, x: np.ndarray, height: int, width: int, stride: int, padding: int
    ) -> np.ndarray:
        channels, high, wide, batch = x.shape
        shape = (channels, high + 2 * padding, wide + 2 * padding, batch)
        pixels = self.buffer(f"padded {name}", shape, x)
        pixels[:, padding : padding + high, padding : padding + wide] = x
        return pixels

    def _columns(self, bands: np.ndarray, stride: int) -> Any:
        return _Windows(self, bands, stride)


class _Windows:
    """The matrices of im2col, each made when it is asked for."""

    def __init__(self, layer: Convolution, pixels: np.ndarray, stride: int) -> None:
        self.layer, self.pixels, self.stride = layer, pixels, stride
        self.width = 1 + (pixels.shape[2] - layer.size) // stride

    def __getitem__(self, row: int) -> np.ndarray:
        size, (channels, _, _, batch) = self.layer.size, self.pixels.shape
        shape = (size, size, channels, self.width, batch)
        columns = self.layer.buffer(f"columns of {shape}", shape, self.pixels)
        start, reach = row * self.stride, (self.width - 1) * self.stride + 1
        for i in range(size):
            for j in range(size):
                columns[i, j] = self.pixels[:, start + i, j : j + reach : self.stride]
        return columns.reshape(-1, self.width * batch)


def row_by_row(a: Any, b: Any, out: np.ndarray) -> None:
    """The products of a convolution, with a call for each row."""
    for row, each in enumerate(out):
        left = a if isinstance(a, np.ndarray) and a.ndim == 2 else a[row]
        np.matmul(left, b[row], out=each)


def model_for(network: str, rung: Rung) -> Sequential:
    """The recipe's network, without what the rung does not have yet."""
    recipe = RECIPES[network]
    layers = list(recipe.layers())
    if not rung.relu_last:
        layers = relu_first(layers)
    if not rung.rows_once:
        layers = [every_window(layer) for layer in layers]
    if not rung.one_call:
        convolution._products = row_by_row
    model = Sequential(layers, recipe.input_shape, np.random.default_rng(0))
    first = model.layers[0]
    if not rung.no_first_slope:
        params_only = first.backward_params

        def whole_backward(grad: np.ndarray) -> None:
            params_only(grad)
            first.backward_input(grad)

        first.backward_params = whole_backward  # type: ignore[method-assign]
    if not rung.kept_buffers:
        for layer in model.layers:
            layer.reuse = False
    return model


def relu_first(layers: list[Layer]) -> list[Layer]:
    """ReLU before the pooling that it now follows: the same function."""
    order = list(layers)
    for i, (layer, after) in enumerate(pairwise(layers)):
        if isinstance(layer, MaxPool) and isinstance(after, ReLU):
            order[i], order[i + 1] = after, layer
    return order


def every_window(layer: Layer) -> Layer:
    """A convolution without its bands; other layers as they are."""
    if not isinstance(layer, Convolution):
        return layer
    return EveryWindow(layer.filters, layer.size, layer.stride, layer.padding, layer.init)


def rung_step(network: str, name: str) -> Step:
    """A step on this rung."""
    dtype, rung = RUNGS[name]
    recipe = RECIPES[network]
    if not rung.batch_innermost:
        draft = first_draft_layers(network, relu_first(list(recipe.layers())))
        for layer in draft:
            layer.weights = [weights.astype(dtype) for weights in layer.weights]
        adam = straightforward.Adam(draft, RATE)

        def draft_step(x: np.ndarray, t: np.ndarray) -> None:
            straightforward.gradient(draft, x, t)
            adam.step()

        return draft_step
    if rung.kept_buffers:
        keep_memory()
    model = model_for(network, rung)
    parallel = Parallel(model, 2 if rung.threads else 1)
    optimizer = recipe.optimizer(RATE, 0.0)
    (one_blas_thread() if rung.threads else nullcontext()).__enter__()

    def step(x: np.ndarray, t: np.ndarray) -> None:
        parallel.gradient(x, t)
        optimizer.update(model.weights, model.grads)

    return step


class Stopwatch:
    """Adds up what methods take, by a name for each."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def watch(self, owner: Any, method: str, name: str) -> None:
        """From now on `owner.method` is timed. Time inside a watched call counts there alone."""
        original: Callable[..., Any] = getattr(owner, method)

        def timed(*arguments: Any, **options: Any) -> Any:
            before, inside = time.perf_counter(), sum(self.seconds.values())
            result = original(*arguments, **options)
            spent = time.perf_counter() - before - (sum(self.seconds.values()) - inside)
            self.seconds[name] = self.seconds.get(name, 0.0) + spent
            return result

        setattr(owner, method, timed)


def parts(network: str, kind: str, seconds: float) -> Measure:
    """In the child: measures milliseconds of a step in each part of it, on one thread."""
    watch = Stopwatch()
    recipe = RECIPES[network]
    if kind == "first draft":
        layers: list[Any] = first_draft_layers(network, relu_first(list(recipe.layers())))
        optimizer: Any = straightforward.Adam(layers, RATE)
        update, run = "step", partial(straightforward.gradient, layers)
        for layer in layers:
            if isinstance(layer, straightforward.Convolution):
                watch.watch(layer, "to_columns", "im2col")
                watch.watch(layer, "from_columns", "col2im")
    else:
        model = RECIPES[network].model(np.random.default_rng(0))
        keep_memory()
        layers, optimizer = list(model.layers), recipe.optimizer(RATE, 0.0)
        update, run = "update", model.gradient
        for layer in layers:
            if isinstance(layer, Convolution):
                watch.watch(layer, "_bands", "im2col")
    one_blas_thread().__enter__()
    for layer in layers:
        for method in ("forward", "backward", "backward_params", "backward_input"):
            if hasattr(layer, method):
                watch.watch(layer, method, type(layer).__name__)
    watch.watch(optimizer, update, "optimiser")
    rng = np.random.default_rng(0)
    x = rng.standard_normal((SAMPLES, *recipe.input_shape), np.float32)
    t = rng.integers(0, 10, SAMPLES)
    starts = itertools.cycle(range(0, SAMPLES, BATCH))

    def once() -> Row:
        i = next(starts)
        watch.seconds.clear()
        before = time.perf_counter()
        run(x[i : i + BATCH], t[i : i + BATCH])
        optimizer.step() if update == "step" else optimizer.update(model.weights, model.grads)
        all_of_it = time.perf_counter() - before
        return {**watch.seconds, "rest": all_of_it - sum(watch.seconds.values())}

    def measure() -> Row:
        rows = turn(once, seconds)
        return {name: statistics.median(row[name] for row in rows) * 1e3 for name in rows[0]}

    return measure


def main() -> None:
    """Measures, and prints a line for each rung."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.3, help="of steps, in each turn")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--record", action="store_true", help="keep the results for the pages")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        what, network, name = given.child
        if what == "parts":
            serve(parts(network, name, given.seconds))
            return
        dtype, shape = RUNGS[name][0], RECIPES[network].input_shape
        serve(steps(rung_step(network, name), shape, given.seconds, dtype=dtype))
        return
    kinds = [("step", name) for name in RUNGS] + [("parts", "first draft"), ("parts", "study")]
    seconds = ["--seconds", str(given.seconds)]
    jobs = {
        f"{network}: {what}: {name}": Child("ladder", [what, network, name, *seconds])
        for network in given.networks
        for what, name in kinds
    }
    found = in_turns(jobs, given.rounds)
    rungs: dict[str, dict[str, float]] = {}
    shares: dict[str, dict[str, Row]] = {}
    for job, row in found.items():
        network, what, name = job.split(": ")
        if what == "step":
            before = list(rungs.get(network, {}).values())
            rungs.setdefault(network, {})[name] = row["ms"]
            gain = f"{before[-1] / row['ms']:.2f} times as fast" if before else ""
            print(f"{network:18} {name:24} {row['ms']:8.1f} ms  {gain}")
        else:
            shares.setdefault(network, {})[name] = row
            print(f"{network:18} parts of {name}: {row}")
    if given.record:
        record("ladder", given.rounds, steps=rungs, parts=shares)


if __name__ == "__main__":
    main()
