"""The outputs printed in the pages, rewritten from what the blocks print."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from journal import figures
from journal.blocks import OUTPUT_COMMENT, Block, parse
from journal.run import BlockError, run, stage
from study import mnist


def update(pages: Iterable[Path], *, progress: bool = True) -> tuple[list[Path], list[str]]:
    """Runs every block of the pages and writes what it prints under it.

    Also records the figures that need MNIST, where MNIST can be had, and removes records that no
    block has any more.

    Args:
        pages: The Markdown files.
        progress: Whether to name each page as it is done.

    Returns:
        The pages that changed, and the messages: failures and blocks left alone.
    """
    pages = list(pages)
    changed: list[Path] = []
    messages: list[str] = []
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        results = pool.map(_rewritten, pages)
        for page, (text, notes) in zip(pages, results, strict=True):
            messages.extend(notes)
            if text != page.read_text(encoding="utf-8"):
                page.write_text(text, encoding="utf-8")
                changed.append(page)
            if progress:
                print(f"{'rewritten' if page in changed else 'unchanged'}  {page}", file=sys.stderr)
    return changed, messages


def record_figures(pages: Iterable[Path]) -> list[str]:
    """Records the MNIST figures of all pages and removes records without a block."""
    wanted = set()
    messages = []
    for page in pages:
        for block in parse(page.read_text(encoding="utf-8")).python:
            if not (block.draws and block.needs_mnist):
                continue
            wanted.add(figures.recorded_path(block.code))
            if not mnist.available():
                continue
            try:
                figures.record(figures.Job(block.code, str(page), block.line))
            except BlockError as error:
                messages.append(str(error))
    if mnist.available():
        for stale in set(figures.RECORDED.glob("*.svg")) - wanted:
            stale.unlink()
    return messages


def _rewritten(page: Path) -> tuple[str, list[str]]:
    text = page.read_text(encoding="utf-8")
    parsed = parse(text)
    notes = [f"{page}:{problem.line}: {problem.message}" for problem in parsed.problems]
    if any(block.continues for block in parsed.blocks):
        return text, notes  # a notebook: its outputs are made when it is executed
    lines = text.splitlines()
    # From the last block to the first, so that the line numbers above stay true.
    for block in reversed(parsed.python):
        if block.needs_mnist and not mnist.available():
            notes.append(f"{page}:{block.line}: needs MNIST, left as it is")
            continue
        try:
            with stage():
                printed = run(block.code, path=str(page), line=block.line)
        except BlockError as error:
            notes.append(str(error))
            continue
        _replace(lines, block, printed)
    return "\n".join(lines) + "\n", notes


def _replace(lines: list[str], block: Block, printed: str) -> None:
    fence = [block.indent + line if line else "" for line in printed.splitlines()]
    fence = [block.indent + "```", *fence, block.indent + "```"]
    if block.output is not None:
        if not printed:
            lines[block.output.line - 1 : block.output.end] = []
        else:
            lines[block.output.fence_line - 1 : block.output.end] = fence
    elif printed:
        lines[block.end : block.end] = [block.indent + OUTPUT_COMMENT, *fence]
