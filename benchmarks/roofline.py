"""What the machine can do, and how near to it each layer comes.

    python -m benchmarks.roofline                5 rounds, about 1 minute

Two roofs, for one thread: the arithmetic that the matrix library reaches at its best, and the bytes
that move between memory and processor when a large array is copied. A layer's place under them is
the arithmetic it does for each byte that it must at least move: its inputs, outputs and weights,
once each. S. Williams, A. Waterman and D. Patterson, Roofline: An Insightful Visual Performance
Model for Multicore Architectures, 2009. `timing.py` says how it is measured.
"""

from __future__ import annotations

import argparse
from functools import partial

import numpy as np

from benchmarks import straightforward
from benchmarks.timing import BATCH, Child, Row, in_turns, matrix_peak, record, serve, shortest
from benchmarks.train_step import first_draft_layer
from study.layers import Convolution, Layer, MaxPool, ReLU
from study.layers.base import Shape, build_all
from study.parallel import keep_memory, one_blas_thread
from study.recipes import RECIPES

NETWORKS = ["simple-convnet", "book-deep-convnet"]
ITEM = 4  # bytes of a float32


def bandwidth() -> float:
    """Bytes a second: a large array read, and written elsewhere."""
    source = np.ones(2**25, np.float32)
    target = source.copy()
    return 2 * source.nbytes / shortest(lambda: np.copyto(target, source), 15)


def work(layer: Layer, shape: Shape, out: Shape) -> tuple[float, float]:
    """Operations, and bytes that must move at least, of a batch on its way forward."""
    inputs, outputs = (BATCH * float(np.prod(each)) for each in (shape, out))
    weights = sum(array.size for array in layer.params.values())
    operations = 2.0 * BATCH * layer.multiply_adds
    if isinstance(layer, ReLU):
        operations = outputs  # one comparison each
    if isinstance(layer, MaxPool):
        operations = outputs * (layer.size**2 - 1)
    return operations, ITEM * (inputs + outputs + weights)


def forward(layer: Layer | straightforward.Layer, x: np.ndarray) -> float:
    """Seconds of a layer's way forward, at its quickest."""
    if isinstance(layer, Layer):
        layer.reuse_buffers()
        keep_memory()
    layer.forward(x)
    return shortest(lambda: layer.forward(x), 30)


def measure(network: str) -> Row:
    """In the child, on one thread: the roofs, and each layer's operations, bytes and seconds."""
    rng = np.random.default_rng(0)
    found: Row = {}
    with one_blas_thread():
        found["roofs"] = {"operations": matrix_peak(), "bytes": bandwidth()}
        recipe = RECIPES[network]
        layers = list(recipe.layers())
        shapes = build_all(layers, recipe.input_shape, rng, np.float32)
        for number, layer in enumerate(layers):
            operations, moved = work(layer, shapes[number], shapes[number + 1])
            if not operations:
                continue
            x = rng.standard_normal((BATCH, *shapes[number]), np.float32)
            own = np.ascontiguousarray(np.moveaxis(x, 0, -1)) if x.ndim == 4 else x
            row = {"operations": operations, "bytes": moved, "seconds": forward(layer, own)}
            if isinstance(layer, Convolution):
                draft = first_draft_layer(layer, shapes[number])
                row["draft_seconds"] = forward(draft, x)
            found[f"{number + 1} {layer}"] = row
    return found


def main() -> None:
    """Measures, and prints a line for each layer."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--record", action="store_true", help="keep the results for the pages")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        serve(partial(measure, given.child))
        return
    jobs = {network: Child("roofline", [network]) for network in given.networks}
    found = in_turns(jobs, given.rounds)
    roofs = {}
    for network, rows in found.items():
        roofs[network] = rows.pop("roofs")
        print(f"{network}: {roofs[network]}")
        for name, row in rows.items():
            intensity = row["operations"] / row["bytes"]
            reached = row["operations"] / row["seconds"]
            roof = min(roofs[network]["operations"], intensity * roofs[network]["bytes"])
            print(
                f"  {name:60} {intensity:7.1f} operations a byte, "
                f"{reached / 1e9:7.2f} GFLOP/s, {reached / roof:.0%} of the roof"
            )
    if given.record:
        record("roofline", given.rounds, roofs=roofs, layers=found)


if __name__ == "__main__":
    main()
