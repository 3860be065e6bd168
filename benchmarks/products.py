"""How much of a step is matrix products: those of `study`, alone, beside whole steps.

    pip install -r benchmarks/requirements.txt     into an environment of its own
    python -m benchmarks.products                  15 rounds, about 2 minutes

The products are those of one step: the same calls, on arrays laid out as in `study`, on as many
threads, and nothing between them. No code that multiplies with this library in this layout can be
faster. `timing.py` says how it is measured.
"""

from __future__ import annotations

import argparse
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.timing import BATCH, Child, Step, built, in_turns, serve, steps
from benchmarks.train_step import CONTENDERS, NETWORKS
from study.parallel import Parallel, keep_memory, one_blas_thread
from study.recipes import RECIPES

Product = tuple[np.ndarray, np.ndarray, np.ndarray]
ALONE = "products alone"
WHOLE = ["study", "PyTorch", "PyTorch, tuned"]
SECONDS = 0.3  # of steps, in each turn


def products(parallel: Parallel, x: np.ndarray, t: np.ndarray) -> list[list[Product]]:
    """The products of a gradient, `(a, b, where the result goes)`: a list for each thread."""
    calls: dict[int, list[Product]] = {}
    matmul = np.matmul

    def noted(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> np.ndarray:
        calls.setdefault(threading.get_ident(), []).append((a, b, out))
        return matmul(a, b, out=out)

    parallel.gradient(x, t)  # makes the buffers
    with mock.patch.object(np, "matmul", noted):
        parallel.gradient(x, t)
    return list(calls.values())


def operations(calls: list[list[Product]]) -> int:
    """Additions and multiplications in all of them."""
    return sum(2 * out.size * a.shape[-1] for each in calls for a, _, out in each)


def alone(network: str) -> Step:
    """A step of which only the products are left."""
    keep_memory()
    one_blas_thread().__enter__()
    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCH, *RECIPES[network].input_shape), np.float32)
    parallel = Parallel(built(network), RECIPES[network].threads)
    first, *others = products(parallel, x, rng.integers(0, 10, BATCH))
    pool = ThreadPoolExecutor(max(1, len(others)))

    def multiply(calls: list[Product]) -> None:
        for a, b, out in calls:
            np.matmul(a, b, out=out)

    def step(*_: Any) -> None:
        waiting = [pool.submit(multiply, each) for each in others]
        multiply(first)
        wait(waiting)

    return step


def main() -> None:
    """Measures, and prints a line for each network."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        serve(steps(alone(given.child), RECIPES[given.child].input_shape, SECONDS))
        return
    for network in given.networks:
        jobs = {ALONE: Child("products", [network])}
        for name in WHOLE:
            kind, environment = CONTENDERS[name]
            options = [kind, network, "--seconds", str(SECONDS)]
            jobs[name] = Child("train_step", options, environment)
        found = in_turns(jobs, given.rounds)
        print(f"{network:18}", *[f"{name} {row['ms']:.3g} ms" for name, row in found.items()])


if __name__ == "__main__":
    main()
