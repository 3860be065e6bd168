"""A progress bar, drawn over itself on standard error."""

from __future__ import annotations

import sys


def draw_bar(title: str, share: float, words: str) -> None:
    """`title ██████░░░░ words`, with `share` (0 to 1) of the bar filled."""
    bar = "█" * int(24 * min(share, 1))
    print(f"\r{title} {bar:░<24} {words}", end="\033[K", file=sys.stderr, flush=True)
