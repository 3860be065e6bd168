"""How long a step of training takes: `study` beside PyTorch, scikit-learn and first-draft NumPy.

    pip install -r benchmarks/requirements.txt     into an environment of its own
    python -m benchmarks.train_step                25 rounds, about 5 minutes
    python -m benchmarks.train_step --networks plain-convnet --rounds 5

`timing.py` says how it is measured. What counts are the ratios.

“tuned” is the same with memory that the C library does not give back between steps
(`MALLOC_MMAP_THRESHOLD_`, `MALLOC_TRIM_THRESHOLD_`), and for PyTorch with channels-last images and
its fused optimiser as well.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from benchmarks import straightforward
from benchmarks.timing import (
    BATCH,
    KEEP,
    RATE,
    Child,
    Step,
    built,
    floating_point_operations,
    in_turns,
    is_image,
    matrix_peak,
    record,
    serve,
    steps,
)
from study import layers
from study.model import Sequential
from study.parallel import Parallel, keep_memory, one_blas_thread
from study.recipes import RECIPES

NETWORKS = ["backprop", "simple-convnet", "plain-convnet", "book-deep-convnet"]
CONTENDERS: dict[str, tuple[str, dict[str, str]]] = {
    "study": ("ours", {}),
    "study, tuned": ("ours", KEEP),
    "PyTorch": ("pytorch", {}),
    "PyTorch, tuned": ("pytorch_tuned", KEEP),
    "scikit-learn": ("scikit_learn", {}),
    "first-draft NumPy": ("first_draft", {}),
}


def ours(network: str) -> Step:
    """As `study.trainer` does it."""
    recipe, model = RECIPES[network], built(network)
    keep_memory()
    parallel = Parallel(model, recipe.threads)
    optimizer = recipe.optimizer(RATE, 0.0)  # no decay: the others have none
    one_blas_thread().__enter__()

    def step(x: np.ndarray, t: np.ndarray) -> None:
        parallel.gradient(x, t)
        optimizer.update(model.weights, model.grads)

    return step


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


def first_draft_layers(network: str, order: list[layers.Layer]) -> list[straightforward.Layer]:
    """The first draft of a network with these layers."""
    model = Sequential(order, RECIPES[network].input_shape, np.random.default_rng(0))
    return [first_draft_layer(*each) for each in zip(order, model.shapes[:-1], strict=True)]


def pytorch(network: str, tuned: bool = False) -> Step:
    """As it comes: as many threads as processors, the optimisers' defaults."""
    import torch

    model = torch.nn.Sequential(*map(pytorch_layer, built(network).layers, built(network).shapes))
    if tuned and is_image(network):
        model = model.to(memory_format=torch.channels_last)
    parameters = list(model.parameters())
    optimizer: Any
    if network == "backprop":
        optimizer = torch.optim.SGD(parameters, RATE, 0.9, nesterov=True, fused=tuned or None)
    else:
        optimizer = torch.optim.Adam(parameters, RATE, fused=tuned or None)
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

    model = MLPClassifier((50,), solver="sgd", alpha=0, batch_size=BATCH, learning_rate_init=RATE)
    classes = np.arange(10)
    return lambda x, t: model.partial_fit(x, t, classes=classes)


def first_draft(network: str) -> Step:
    """Arrays made anew at every turn; see straightforward.py."""
    draft = first_draft_layers(network, list(RECIPES[network].layers()))
    kind = straightforward.Adam if is_image(network) else straightforward.Nesterov
    optimizer = kind(draft, RATE)

    def step(x: np.ndarray, t: np.ndarray) -> None:
        straightforward.gradient(draft, x, t)
        optimizer.step()

    return step


def contenders(network: str) -> list[str]:
    """Who can train this network."""
    return [name for name in CONTENDERS if name != "scikit-learn" or not is_image(network)]


def table(results: dict[str, dict[str, Any]], peak: float) -> str:
    """The results, as a table in Markdown."""
    lines = ["| network | contender | ms a step | times the bare products | time ÷ study's | MB |"]
    lines.append("|---|---|---|---|---|---|")
    for network, rows in results.items():
        bare = BATCH * floating_point_operations(built(network)) / peak * 1e3
        for name, row in rows.items():
            own = rows.get("study, tuned" if "tuned" in name else "study", row)
            lines.append(
                f"| {network} | {name} | {row['ms']:.2f} | {row['ms'] / bare:.1f} "
                f"| {row['ms'] / own['ms']:.2f} | {row['peak_mb']:.0f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Measures, and prints the table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=0.4, help="of steps, in each turn")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--record", action="store_true", help="keep the results for the pages")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child == ["peak"]:
        serve(lambda: {"peak": matrix_peak()})
        return
    if given.child:
        kind, network = given.child
        serve(steps(globals()[kind](network), RECIPES[network].input_shape, given.seconds))
        return
    jobs = {"peak": Child("train_step", ["peak"])}
    for network in given.networks:
        for name in contenders(network):
            if name in given.contenders:
                kind, environment = CONTENDERS[name]
                options = [kind, network, "--seconds", str(given.seconds)]
                jobs[f"{network}: {name}"] = Child("train_step", options, environment)
    found = in_turns(jobs, given.rounds)
    peak = found.pop("peak")["peak"]
    results: dict[str, dict[str, Any]] = {}
    for job, row in found.items():
        network, name = job.split(": ")
        results.setdefault(network, {})[name] = row
    print(f"Matrix products at their best: {peak / 1e9:.0f} GFLOP/s\n\n{table(results, peak)}")
    if given.record:
        record("train-step", given.rounds, peak=peak, steps=results)


if __name__ == "__main__":
    main()
