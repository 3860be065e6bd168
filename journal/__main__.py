"""The journal's commands: `python -m journal COMMAND`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m journal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = commands.add_parser("build", help="build the site, both languages, into site/")
    command.add_argument("--site", type=Path, default=ROOT / "site")

    command = commands.add_parser("serve", help="build, serve and rebuild what changes")
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000)

    command = commands.add_parser("update-outputs", help="write what the blocks print under them")
    command.add_argument("pages", nargs="*", type=Path, help="Markdown files (default: all)")

    command = commands.add_parser("reviewed", help="record that both languages say the same")
    command.add_argument("pages", nargs="*", help="page ids, notes/perceptron (default: all)")

    commands.add_parser("check", help="check the text: parity, freshness, numbers")

    commands.add_parser("lint", help="ruff and mypy")

    command = commands.add_parser("test", help="everything CI checks")
    command.add_argument("arguments", nargs="*", help="handed on to pytest (after --)")

    command = commands.add_parser("new", help="begin a log entry, in both languages")
    command.add_argument("title")
    command.add_argument("--title-en", default="")

    options = parser.parse_args(arguments)
    # Before anything imports NumPy: the figures are drawn in parallel processes, and small matrices
    # gain nothing from a second BLAS thread.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return COMMANDS[options.command](options)


def _build(options: argparse.Namespace) -> int:
    from journal import build

    started = time.monotonic()
    try:
        build.build(options.site)
    except build.BuildError as error:
        print(f"\nThe site was not built:\n{error}", file=sys.stderr)
        return 1
    print(f"{options.site} built in {time.monotonic() - started:.1f} s", file=sys.stderr)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from journal.serve import serve

    return serve(options.host, options.port)


def _update_outputs(options: argparse.Namespace) -> int:
    from journal import outputs

    everything = sorted(DOCS.glob("*/**/*.md"))
    _, messages = outputs.update(options.pages or everything)
    messages += outputs.record_figures(everything)
    for message in messages:
        print(message, file=sys.stderr)
    return 1 if messages else 0


def _reviewed(options: argparse.Namespace) -> int:
    from journal import freshness

    freshness.record(DOCS, options.pages or None)
    return 0


def _check(options: argparse.Namespace) -> int:
    from journal import anatomy, freshness, numbers, parity

    found = [
        finding
        for check in (anatomy, parity, numbers, freshness)
        for finding in check.findings(DOCS)
    ]
    for finding in found:
        print(finding)
    print(f"{len(found)} findings", file=sys.stderr)
    return 1 if found else 0


def _lint(options: argparse.Namespace) -> int:
    from journal import checks

    return checks.lint()


def _test(options: argparse.Namespace) -> int:
    from journal import checks

    return checks.test(options.arguments)


def _new(options: argparse.Namespace) -> int:
    from journal.entry import new

    return new(DOCS, options.title, options.title_en)


COMMANDS = {
    "build": _build,
    "serve": _serve,
    "update-outputs": _update_outputs,
    "reviewed": _reviewed,
    "check": _check,
    "lint": _lint,
    "test": _test,
    "new": _new,
}

if __name__ == "__main__":
    sys.exit(main())
