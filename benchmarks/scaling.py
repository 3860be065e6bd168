"""How the cost of a step grows: with the batch, the filters, the image and the threads.

    python -m benchmarks.scaling                15 rounds, about 6 minutes

The network is one convolution of 3×3 that keeps the size, pooling and a fully connected layer:
32 filters, images of 28×28, batches of 100, two threads, but for the one thing that changes. Beside
it PyTorch, as it comes, if it is installed. `timing.py` says how it is measured.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec

import numpy as np

from benchmarks.timing import (
    Child,
    Row,
    Step,
    floating_point_operations,
    in_turns,
    record,
    serve,
    steps,
)
from study.layers import Convolution, Dense, Flatten, MaxPool, ReLU
from study.model import Sequential
from study.optimizers import SGD
from study.parallel import Parallel, keep_memory, one_blas_thread


@dataclass(frozen=True)
class Size:
    """What may change."""

    batch: int = 100
    filters: int = 32
    side: int = 28
    threads: int = 2

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of an image: 16 channels, so that the convolution is one inside a network."""
        return 16, self.side, self.side


VALUES: dict[str, list[int]] = {
    "batch": [1, 2, 5, 10, 20, 50, 100, 200, 500],
    "filters": [4, 8, 16, 32, 64, 128],
    "side": [8, 14, 20, 28, 40, 56],
    "threads": [1, 2, 3, 4],
}


def model_of(size: Size) -> Sequential:
    """The network."""
    layers = [Convolution(size.filters, 3, padding=1), MaxPool(2), ReLU(), Flatten(), Dense(10)]
    return Sequential(layers, size.shape, np.random.default_rng(0))


def ours(size: Size) -> Step:
    """As `study.trainer` does it."""
    keep_memory()
    model = model_of(size)
    parallel, optimizer = Parallel(model, size.threads), SGD(0.01)
    one_blas_thread().__enter__()

    def step(x: np.ndarray, t: np.ndarray) -> None:
        parallel.gradient(x, t)
        optimizer.update(model.weights, model.grads)

    return step


def pytorch(size: Size) -> Step:
    """The same network, as it comes but for the number of threads."""
    import torch
    from torch import nn

    torch.set_num_threads(size.threads)
    model = nn.Sequential(
        nn.Conv2d(16, size.filters, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(size.filters * (size.side // 2) ** 2, 10),
    )
    optimizer, loss_of = torch.optim.SGD(model.parameters(), 0.01), nn.CrossEntropyLoss()

    def step(x: np.ndarray, t: np.ndarray) -> None:
        optimizer.zero_grad()
        loss = loss_of(model(torch.from_numpy(x)), torch.from_numpy(t))
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def main() -> None:
    """Measures, and prints a line for each size."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.3, help="of steps, in each turn")
    parser.add_argument("--record", action="store_true", help="keep the results for the pages")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        kind, size = given.child[0], Size(**json.loads(given.child[1]))
        serve(steps(globals()[kind](size), size.shape, given.seconds, size.batch))
        return
    kinds = ["ours", "pytorch"] if find_spec("torch") else ["ours"]
    found: dict[str, Row] = {}
    for what, values in VALUES.items():
        jobs = {}
        for value in values:
            size = json.dumps(asdict(replace(Size(), **{what: value})))
            for kind in kinds:
                options = [kind, size, "--seconds", str(given.seconds)]
                jobs[f"{what}: {value}: {kind}"] = Child("scaling", options)
        found |= in_turns(jobs, given.rounds)
    results: dict[str, list[Row]] = {}
    for what, values in VALUES.items():
        for value in values:
            size = replace(Size(), **{what: value})
            row: Row = {what: value}
            row["operations"] = size.batch * floating_point_operations(model_of(size))
            row |= {kind: found[f"{what}: {value}: {kind}"]["ms"] for kind in kinds}
            results.setdefault(what, []).append(row)
            print(row)
    if given.record:
        record("scaling", given.rounds, processors=os.cpu_count(), results=results)


if __name__ == "__main__":
    main()
