"""Progress on standard error: a bar, drawn over itself, and a line for what is done."""

from __future__ import annotations

import sys
from collections.abc import Mapping


def draw_bar(title: str, share: float, words: str) -> None:
    """`title ██████░░░░ words`, with `share` (0 to 1) of the bar filled; on a terminal only."""
    if sys.stderr.isatty():
        bar = "█" * int(24 * min(share, 1))
        print(f"\r{title} {bar:░<24} {words}", end="\033[K", file=sys.stderr, flush=True)


def print_row(row: Mapping[str, float]) -> None:
    """A line of names and numbers, in the place of the bar."""
    line = ", ".join(f"{name} {value:.4g}" for name, value in row.items())
    over = ("\r", "\033[K") if sys.stderr.isatty() else ("", "")
    print(line.join(over), file=sys.stderr, flush=True)
