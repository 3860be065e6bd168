"""How the training benchmarks measure: contenders in processes of their own, taking turns.

A step is forward, backward and update on a batch, in float32 unless a contender says otherwise.
All contenders' processes are there from the beginning, and one at a time is asked to take steps for
some tenths of a second, of which it tells the median. The turns are short and many, so that
whatever else the machine does falls on all of them; what is kept is the median of the rounds.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from study import runs
from study.model import Sequential
from study.recipes import RECIPES

ROOT = Path(__file__).resolve().parent.parent
BATCH = 100
SAMPLES = 1000
# Small, so that a network stays as it was initialised. With the recipe's, units die in thousands of
# steps on noise, and momentum lets their velocities fade until each number takes a processor many
# times as long (denormal numbers): a step of 784-50-10 took 0.4 ms at first and then 1.
RATE = 1e-6
KEEP = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**34)}
Step = Callable[[np.ndarray, np.ndarray], Any]
Row = dict[str, Any]
Measure = Callable[[], Row]
T = TypeVar("T")


def is_image(network: str) -> bool:
    """Whether the network looks at images, rather than at rows of pixels."""
    return RECIPES[network].input_shape != (784,)


def built(network: str) -> Sequential:
    """The network as `study` has it; the others are built layer for layer from this one."""
    return RECIPES[network].model(np.random.default_rng(0))


def floating_point_operations(model: Sequential) -> int:
    """Of a sample's matrix products: forward, the weights' slopes, the inputs' but the first."""
    counts = [layer.multiply_adds for layer in model.layers if layer.multiply_adds]
    return 2 * (3 * sum(counts) - counts[0])


def steps(
    step: Step, shape: tuple[int, ...], seconds: float, batch: int = BATCH, dtype: str = "float32"
) -> Measure:
    """In the child: measures milliseconds of a step, the median, and the process's peak of memory.

    The samples are around 0, and the truths are drawn anew for each step: nothing is learnt by
    heart, so slopes do not fade.
    """
    rng = np.random.default_rng(0)
    x = rng.standard_normal((max(SAMPLES, 2 * batch), *shape), np.float32).astype(dtype)
    starts = itertools.cycle(range(0, len(x), batch))

    def once() -> float:
        start = next(starts)
        samples, truths = x[start : start + batch], rng.integers(0, 10, batch)
        before = time.perf_counter()
        step(samples, truths)
        return time.perf_counter() - before

    def measure() -> Row:
        times = turn(once, seconds)
        unit = 1024 if sys.platform == "darwin" else 1  # kilobytes, but bytes on macOS
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit / 1024
        return {"ms": statistics.median(times) * 1e3, "peak_mb": peak}

    return measure


def turn(once: Callable[[], T], seconds: float) -> list[T]:
    """In the child: what comes of calling `once` for so long, at least one result."""
    begun = time.perf_counter()
    once()  # after a pause, the first one finds the caches cold
    found = [once()]
    while time.perf_counter() - begun < seconds:
        found.append(once())
    return found


def serve(measure: Measure) -> None:
    """In the child: a result in a line, whenever the parent asks with one."""
    for _ in sys.stdin:
        print(json.dumps(measure()), flush=True)


class Child:
    """A contender in a process of its own: a benchmark's `--child`, which calls `serve`."""

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        self.command = [sys.executable, "-m", f"benchmarks.{module}", "--child", *arguments]
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
            cwd=ROOT,
        )

    def ask(self) -> Any:
        """What it measures now."""
        assert self.process.stdin
        assert self.process.stdout
        with suppress(BrokenPipeError):
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{' '.join(self.command)} failed with {self.process.wait()}, see above")
        return json.loads(line)

    def end(self) -> None:
        """Ends the process."""
        self.process.communicate()


def in_turns(jobs: Mapping[str, Child], rounds: int) -> dict[str, Row]:
    """Every job once a round; each number is the median of the rounds."""
    found: dict[str, list[Row]] = {name: [] for name in jobs}
    for job in jobs.values():
        job.ask()  # begins with what is done only once
    for number in range(rounds):
        for name, job in jobs.items():
            time.sleep(0.05)  # the threads of the one before have come to rest
            found[name].append(job.ask())
            print(f"{number + 1}: {name}: {brief(found[name][-1])}", file=sys.stderr, flush=True)
    for job in jobs.values():
        job.end()
    return {
        name: {key: middle([r[key] for r in rows]) for key in rows[0]}
        for name, rows in found.items()
    }


def middle(values: Sequence[Any]) -> Any:
    """The median of numbers; of dictionaries, of each of their entries."""
    if isinstance(values[0], dict):
        return {key: middle([value[key] for value in values]) for key in values[0]}
    return float(f"{statistics.median(values):.4g}")  # more digits would be noise


def brief(row: Row) -> str:
    """A result in a line."""
    return ", ".join(
        f"{key} {value:.3g}" for key, value in row.items() if not isinstance(value, dict)
    )


def matrix_peak() -> float:
    """What the matrix library reaches at its best: operations a second, in float32."""
    a = np.random.default_rng(0).random((2048, 2048), np.float32)
    b, out = a.copy(), a.copy()
    return 2 * 2048**3 / shortest(lambda: np.matmul(a, b, out=out), 9)


def shortest(work: Callable[[], Any], times: int) -> float:
    """Seconds of the quickest of some tries: what the machine can do when nothing is in its way."""
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        work()
        taken.append(time.perf_counter() - before)
    return min(taken)


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        described = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        described = ""
    names = re.findall(r"^model name\s*: (.*)$", described, re.MULTILINE)
    return names[0] if names else platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """Of Python, and of what was measured."""
    found = {"python": platform.python_version(), "numpy": np.__version__}
    for package in ("torch", "scikit-learn"):
        if find_spec(package.replace("scikit-learn", "sklearn")):
            found[package] = version(package)
    return found


def record(name: str, rounds: int, **results: Any) -> None:
    """Keeps results where the pages find them: `study.runs.timings(name)`."""
    log = {
        "command": f"python -m benchmarks.{name.replace('-', '_')} --record",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{processor()}, {os.cpu_count()} processors",
        "versions": versions(),
        "rounds": rounds,
        **results,
    }
    path = runs.FOLDER / f"timing-{name}.json"
    path.write_text(json.dumps(log, indent=1) + "\n")
