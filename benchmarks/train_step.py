"""How long a step of training takes: `study` beside PyTorch, scikit-learn and first-draft NumPy.

    pip install -r benchmarks/requirements.txt     into an environment of its own
    python -m benchmarks.train_step                7 rounds, about 10 minutes
    python -m benchmarks.train_step --networks deep-convnet --rounds 3

A step is forward, backward and update on a batch of 100, in float32. Every contender has a process
of its own, which warms up, takes steps for some seconds and tells the median; the contenders take
turns, round after round, and the table has the median of the rounds. What counts are the ratios.

“tuned” is the same with memory that the C library does not give back between steps
(`MALLOC_MMAP_THRESHOLD_`, `MALLOC_TRIM_THRESHOLD_`), and for PyTorch with channels-last images and
its fused optimiser as well.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import straightforward
from study import layers
from study.model import Sequential
from study.parallel import Parallel, keep_memory, one_blas_thread
from study.recipes import RECIPES

ROOT = Path(__file__).resolve().parent.parent
BATCH = 100
SAMPLES = 1000
KEEP = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**34)}
NETWORKS = ["backprop", "simple-convnet", "deep-convnet", "book-deep-convnet"]
CONTENDERS: dict[str, tuple[str, dict[str, str]]] = {
    "study": ("ours", {}),
    "study, tuned": ("ours", KEEP),
    "PyTorch": ("pytorch", {}),
    "PyTorch, tuned": ("pytorch_tuned", KEEP),
    "scikit-learn": ("scikit_learn", {}),
    "first-draft NumPy": ("first_draft", {}),
}
Step = Callable[[np.ndarray, np.ndarray], Any]


def is_image(network: str) -> bool:
    """Whether the network looks at images, rather than at rows of pixels."""
    return network != "backprop"


def ours(network: str) -> Step:
    """As `study.trainer` does it."""
    recipe, model = RECIPES[network], built(network)
    keep_memory()
    parallel, optimizer = Parallel(model, recipe.threads), recipe.optimizer()
    optimizer.weight_decay = 0  # the others have none
    one_blas_thread().__enter__()

    def step(x: np.ndarray, t: np.ndarray) -> None:
        parallel.gradient(x, t)
        optimizer.update(model.weights, model.grads)

    return step


def built(network: str) -> Sequential:
    """The network as `study` has it; the others are built layer for layer from this one."""
    return RECIPES[network].model(np.random.default_rng(0))


def pytorch_layer(layer: layers.Layer, shape: tuple[int, ...]) -> Any:
    """PyTorch's layer for inputs of this shape."""
    from torch import nn

    match layer:
        case layers.Dense():
            return nn.Linear(shape[0], layer.outputs)
        case layers.Convolution():
            return nn.Conv2d(shape[0], layer.filters, layer.size, layer.stride, layer.padding)
        case layers.MaxPool():
            return nn.MaxPool2d(layer.size)
        case layers.Dropout():
            return nn.Dropout(layer.rate)
    return {layers.ReLU: nn.ReLU, layers.Flatten: nn.Flatten}[type(layer)]()


def first_draft_layer(layer: layers.Layer, shape: tuple[int, ...]) -> straightforward.Layer:
    """The first draft's layer for inputs of this shape."""
    rng = np.random.default_rng(0)
    match layer:
        case layers.Dense():
            return straightforward.Dense(shape[0], layer.outputs, rng)
        case layers.Convolution():
            return straightforward.Convolution(
                shape[0], layer.filters, layer.size, layer.padding, rng
            )
        case layers.Dropout():
            return straightforward.Dropout(layer.rate, rng)
    return getattr(straightforward, type(layer).__name__)()


def pytorch(network: str, tuned: bool = False) -> Step:
    """As it comes: as many threads as processors, the optimisers' defaults."""
    import torch

    model = torch.nn.Sequential(*map(pytorch_layer, built(network).layers, built(network).shapes))
    if tuned and is_image(network):
        model = model.to(memory_format=torch.channels_last)
    parameters = list(model.parameters())
    optimizer: Any
    if network == "backprop":
        optimizer = torch.optim.SGD(parameters, 0.05, 0.9, nesterov=True, fused=tuned or None)
    else:
        optimizer = torch.optim.Adam(parameters, 1e-3, fused=tuned or None)
    loss_of = torch.nn.CrossEntropyLoss()

    def step(x: np.ndarray, t: np.ndarray) -> None:
        images = torch.from_numpy(x)
        if tuned and is_image(network):
            images = images.to(memory_format=torch.channels_last)
        optimizer.zero_grad()
        loss = loss_of(model(images), torch.from_numpy(t))
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def pytorch_tuned(network: str) -> Step:
    """Channels last, fused optimiser; the parent sets how memory is kept."""
    return pytorch(network, tuned=True)


def scikit_learn(network: str) -> Step:
    """`MLPClassifier.partial_fit`, which takes one step for each batch that it is given."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier((50,), solver="sgd", alpha=0, batch_size=BATCH, learning_rate_init=0.05)
    classes = np.arange(10)
    return lambda x, t: model.partial_fit(x, t, classes=classes)


def first_draft(network: str) -> Step:
    """Arrays made anew at every turn; see straightforward.py."""
    model = built(network)
    draft = [first_draft_layer(*each) for each in zip(model.layers, model.shapes[:-1], strict=True)]
    kind = straightforward.Adam if is_image(network) else straightforward.Nesterov
    optimizer = kind(draft, 1e-3)

    def step(x: np.ndarray, t: np.ndarray) -> None:
        straightforward.gradient(draft, x, t)
        optimizer.step()

    return step


def measure(kind: str, network: str, seconds: float) -> dict[str, float]:
    """In the child: milliseconds of a step, the median, and the process's peak of memory."""
    rng = np.random.default_rng(0)
    shape = (1, 28, 28) if is_image(network) else (784,)
    x = rng.random((SAMPLES, *shape), np.float32)
    t = rng.integers(0, 10, SAMPLES)
    batches = [(x[i : i + BATCH], t[i : i + BATCH]) for i in range(0, SAMPLES, BATCH)]
    step = globals()[kind](network)
    for batch in batches:
        step(*batch)
    times: list[float] = []
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        for batch in batches:
            before = time.perf_counter()
            step(*batch)
            times.append(time.perf_counter() - before)
    unit = 1024 if sys.platform == "darwin" else 1  # kilobytes, but bytes on macOS
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit / 1024
    return {"ms": statistics.median(times) * 1e3, "peak_mb": peak}


def floating_point_operations(network: str) -> int:
    """Of the matrix products alone: forward, the weights' slopes, and the inputs' but the first."""
    counts = [layer.multiply_adds for layer in built(network).layers if layer.multiply_adds]
    return 2 * BATCH * (3 * sum(counts) - counts[0])


def matrix_peak() -> float:
    """What the matrix library reaches at its best: operations a second, in float32."""
    a = np.random.default_rng(0).random((2048, 2048), np.float32)
    b, out = a.copy(), a.copy()
    times = []
    for _ in range(9):
        before = time.perf_counter()
        np.matmul(a, b, out=out)
        times.append(time.perf_counter() - before)
    return 2 * 2048**3 / min(times)


def child(arguments: list[str], environment: dict[str, str]) -> Any:
    """Runs this file in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.train_step", *arguments]
    ran = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | environment, cwd=ROOT
    )
    if ran.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{ran.stderr}")
    return json.loads(ran.stdout.splitlines()[-1])


def contenders(network: str) -> list[str]:
    """Who can train this network."""
    return [name for name in CONTENDERS if name != "scikit-learn" or not is_image(network)]


def table(results: dict[str, Any], peak: float) -> str:
    """The results, as a table in Markdown."""
    lines = ["| network | contender | ms a step | times the bare products | time ÷ study's | MB |"]
    lines.append("|---|---|---|---|---|---|")
    for network, rows in results.items():
        bare = floating_point_operations(network) / peak * 1e3
        for name, row in rows.items():
            ratio = row["ms"] / rows["study, tuned" if "tuned" in name else "study"]["ms"]
            lines.append(
                f"| {network} | {name} | {row['ms']:.2f} | {row['ms'] / bare:.1f} "
                f"| {ratio:.2f} | {row['peak_mb']:.0f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Measures, and prints the table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3, help="of steps, in each process")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, help="default: all")
    parser.add_argument("--json", type=Path, help="write the results here too")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--peak", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        print(json.dumps(matrix_peak()))
        return
    if arguments.child:
        print(json.dumps(measure(*arguments.child, arguments.seconds)))
        return
    rounds: dict[str, dict[str, list[dict[str, float]]]] = {}
    peaks = []
    for number in range(arguments.rounds):
        peaks.append(child(["--peak"], {}))
        for network in arguments.networks:
            for name in contenders(network):
                if arguments.contenders and name not in arguments.contenders:
                    continue
                kind, environment = CONTENDERS[name]
                options = ["--child", kind, network, "--seconds", str(arguments.seconds)]
                row = child(options, environment)
                rounds.setdefault(network, {}).setdefault(name, []).append(row)
                print(f"{number + 1}: {network}, {name}: {row['ms']:.2f} ms", file=sys.stderr)
    results = {
        network: {
            name: {key: statistics.median(row[key] for row in rows) for key in ("ms", "peak_mb")}
            for name, rows in each.items()
        }
        for network, each in rounds.items()
    }
    peak = statistics.median(peaks)
    print(f"Matrix products at their best: {peak / 1e9:.0f} GFLOP/s\n\n{table(results, peak)}")
    if arguments.json:
        machine = f"{platform.machine()}, {os.cpu_count()} processors"
        record = {"machine": machine, "rounds": arguments.rounds, "peak": peak, "steps": results}
        arguments.json.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
