"""`make test`: everything CI checks, one step after the other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = ["study", "journal", "tests", "benchmarks", "runtime", "docs/exercises"]
CODE += ["bootstrap.py", "conftest.py"]
LINT = [
    ("ruff check", [sys.executable, "-m", "ruff", "check", *CODE]),
    ("ruff format", [sys.executable, "-m", "ruff", "format", "--check", *CODE]),
    ("mypy", [sys.executable, "-m", "mypy"]),
]

# One more than there are processors: a browser test spends a quarter of its time waiting.
WORKERS = str(min(os.cpu_count() or 2, 8) + 1)
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", WORKERS, "--dist", "worksteal"]


def lint() -> int:
    """Ruff and mypy."""
    return _all(LINT)


def test(arguments: list[str]) -> int:
    """Everything: lint, scripts, the whole site, the tests, and every snippet of the pages.

    Args:
        arguments: Handed on to pytest.

    Returns:
        0 if all is well; every step runs, whatever the ones before it found.
    """
    browser = subprocess.run(
        [sys.executable, "bootstrap.py", "browser"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    if browser.returncode:
        return browser.returncode
    os.environ["CHROMIUM"] = browser.stdout.strip()
    os.environ["JOURNAL_SITE"] = str(ROOT / "site")
    # The processes are the parallelism: two BLAS threads in each would wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    node = str(Path(sys.executable).with_name("node"))
    scripts = sorted(str(path) for path in (ROOT / "tests" / "js").glob("*.test.mjs"))
    steps = [
        *LINT,
        ("fixtures", [sys.executable, "tests/js/make_fixtures.py"]),
        ("scripts", [node, "--test", *scripts]),
        # Drawn once here; the tests then find the figures in the cache and the site in `site/`.
        ("site", [sys.executable, "-m", "journal", "build"]),
        ("tests and snippets", [*PYTEST, "--codeblocks", "tests", "docs", *arguments]),
    ]
    return _all(steps)


def _all(steps: list[tuple[str, list[str]]]) -> int:
    failed = []
    for name, command in steps:
        print(f"── {name}", file=sys.stderr, flush=True)
        started = time.monotonic()
        if subprocess.run(command, cwd=ROOT).returncode:
            failed.append(name)
        print(f"   {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0
