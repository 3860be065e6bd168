"""The records as tables in Markdown, for the README: `python -m benchmarks.results`."""

from __future__ import annotations

import re
import statistics
from pathlib import Path

from study import runs
from study.recipes import RECIPES

README = Path(__file__).resolve().parent.parent / "README.md"
_SECTION = re.compile(r"(?<=<!--results-->\n).*?(?=<!--end of results-->)", re.DOTALL)


def accuracies() -> str:
    """What each recipe reached on MNIST's test images: mean, lowest and highest of its seeds."""
    lines = ["| network | parameters | seconds | test accuracy | seeds |", "|---|---|---|---|---|"]
    for name in RECIPES:
        logs = [runs.load(name, seed) for seed in runs.seeds(name)]
        if not logs:
            continue
        reached = [log["test_accuracy"] for log in logs]
        seconds = statistics.mean(log["seconds"] for log in logs)
        spread = f" ({min(reached):.2%} to {max(reached):.2%})" if len(reached) > 1 else ""
        lines.append(
            f"| `{name}` | {logs[0]['parameters']:,} | {seconds:.0f} "
            f"| {statistics.mean(reached):.2%}{spread} | {len(reached)} |"
        )
    return "\n".join(lines)


def speed() -> str:
    """Milliseconds of a training step, and what they are to `study`'s under the same conditions."""
    log = runs.timings("train-step")
    lines = ["| network | contender | ms a step | ÷ `study` | MB |", "|---|---|---|---|---|"]
    for network, rows in log["steps"].items():
        for name, row in rows.items():
            own = rows["study, tuned" if "tuned" in name else "study"]["ms"]
            ratio = f"{row['ms'] / own:.2f}"
            lines.append(
                f"| `{network}` | {name} | {row['ms']:.3g} | {ratio} | {row['peak_mb']:.0f} |"
            )
    return "\n".join(lines)


def tables() -> str:
    """Both, with the machine."""
    log = runs.timings("train-step")
    versions = ", ".join(f"{name} {number}" for name, number in log["versions"].items())
    machine = f"{log['machine']}; {versions}; batch 100, float32."
    return f"\n{accuracies()}\n\n{machine}\n\n{speed()}\n\n"


def written(readme: str) -> str:
    """The README with the tables as the records have them."""
    if not _SECTION.search(readme):
        raise ValueError("the README has no <!--results--> and <!--end of results-->")
    return _SECTION.sub(lambda _: tables(), readme)


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
