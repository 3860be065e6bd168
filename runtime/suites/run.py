"""numpy's and matplotlib's own tests, run on the wheels that readers get, in Pyodide under Node.

    python runtime/suites/run.py numpy FOLDER
    python runtime/suites/run.py matplotlib FOLDER

FOLDER is what `runtime/recipe/build.sh` made: its `with-tests/` has the tests. Everything else
comes from `runtime/wheels`, so that these very files are tested. The result is written to
`numpy.json` or `matplotlib.json` beside this file, each failure with the reason that
`reasons.json` gives for it; a failure without a reason ends the run with an error. A reason holds
for tests by name (`tests`), by what they say (`says`), and by failing in CPython too (`native`).

A test that takes the interpreter down is recorded as crashed, one without an answer for ten minutes
as hung; the run then goes on behind it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

import bootstrap  # noqa: E402

# What is run together in one interpreter. numpy: everything that has tests and can run without a
# compiler. matplotlib: what the pages lean on.
PARTS = {
    "numpy": [
        *("_core", "fft", "lib", "linalg", "ma", "matrixlib", "polynomial", "random", "testing"),
        "tests",
    ],
    "matplotlib": [
        *("backend_svg", "agg", "agg_filter", "text", "mathtext", "image", "contour", "axes"),
        *("figure", "legend", "lines", "collections", "font_manager", "ft2font", "ticker"),
    ],
}
# The quick part of numpy's tests, which `numpy.test()` runs. matplotlib's make errors of warnings,
# and this pytest warns of how they are parametrised.
OPTIONS = {
    "numpy": ["-m", "not slow"],
    "matplotlib": ["-W", "ignore::pytest.PytestRemovedIn10Warning"],
}
SILENT = 600  # seconds without an answer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", choices=PARTS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", action="append", help="only this part; records nothing")
    options = parser.parse_args()
    folder = options.folder.resolve()
    wheels = shipped() + helpers(folder) + sorted((folder / "with-tests").glob("*.whl"))
    outcomes: dict[str, dict[str, str]] = {}
    for part in options.part or PARTS[options.suite]:
        found = run_part(options.suite, part, wheels, folder)
        print(f"{part}: {dict(Counter(each['outcome'] for each in found.values()))}", flush=True)
        outcomes |= found
    result = described(options.suite, outcomes)
    if not options.part:
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        (HERE / f"{options.suite}.json").write_text(text, encoding="utf-8")
    print(json.dumps(result["counts"]))
    for name, why in result["unexplained"].items():
        print(f"unexplained: {name}: {why}", file=sys.stderr)
    return 1 if result["unexplained"] else 0


def shipped() -> list[Path]:
    """The wheels of this folder, and those from PyPI that bootstrap.py fetched."""
    return sorted((ROOT / "runtime" / "wheels").glob("*.whl")) + sorted(
        path
        for path in bootstrap.PACKED_RUNTIME.glob("*.whl")
        if not (ROOT / "runtime" / "wheels" / path.name).exists()
    )


def helpers(folder: Path) -> list[Path]:
    """pytest and what the suites use, for the runtime's platform, by hash."""
    target = folder / "helpers"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
    command += ["--only-binary=:all:", *bootstrap.RUNTIME_TARGET, "-d", str(target)]
    subprocess.run([*command, "-r", str(HERE / "requirements.txt")], check=True)
    return sorted(target.glob("*.whl"))


def run_part(suite: str, part: str, wheels: list[Path], folder: Path) -> dict[str, dict[str, str]]:
    """What became of each test: {name: {outcome, why}}."""
    results, log = folder / f"{suite}-{part}.jsonl", folder / f"{suite}-{part}.log"
    results.write_text("", encoding="utf-8")
    place = f"numpy/{part}" if suite == "numpy" else f"matplotlib/tests/test_{part}.py"
    job = {
        "core": str(ROOT / "node_modules" / "pyodide"),
        "wheels": [str(path) for path in wheels],
        "results": str(results),
    }
    while True:
        found, _ = read(results)
        done = [f"--deselect={name}" for name in found]
        arguments = [f"/lib/python3.14/site-packages/{place}", *OPTIONS[suite], *done]
        path = folder / f"{suite}-{part}.job"
        path.write_text(json.dumps(job | {"arguments": arguments}), encoding="utf-8")
        ended = watched(path, results, log)
        found, begun = read(results)
        if ended == "finished":
            return found
        if begun is None:
            sys.exit(f"{part}: {ended} before any test began; see {log}")
        with results.open("a", encoding="utf-8") as file:
            tail = log.read_text(encoding="utf-8", errors="replace")[-400:]
            line = {"test": begun, "outcome": ended, "why": tail}
            file.write(json.dumps(line) + "\n")


def watched(job: Path, results: Path, log: Path) -> str:
    """Runs one interpreter: `finished`, `crashed` or `hung`."""
    node = str(bootstrap.BIN / "node")
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [node, str(HERE / "suite.mjs"), str(job)], stdout=output, stderr=subprocess.STDOUT
        )
        while process.poll() is None:
            time.sleep(1)
            if time.time() - os.stat(results).st_mtime > SILENT:
                process.kill()
                process.wait()
                return "hung"
    return "crashed" if process.returncode else "finished"


def read(results: Path) -> tuple[dict[str, dict[str, str]], str | None]:
    """The outcomes, and the test that had begun and come to none."""
    found: dict[str, dict[str, str]] = {}
    begun = None
    for line in results.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "outcome" in entry:
            # A test may fail, and its tear-down as well: the first word stands.
            found.setdefault(entry["test"], {"outcome": entry["outcome"], "why": entry["why"]})
            begun = None
        else:
            begun = entry["test"]
    return found, begun


def described(suite: str, outcomes: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The record: counts, what was tested, and a reason for each failure."""
    reasons = json.loads((HERE / "reasons.json").read_text(encoding="utf-8"))[suite]
    elsewhere = {
        each["native"]: set(json.loads((HERE / each["native"]).read_text("utf-8"))["failed"])
        for each in reasons
        if "native" in each
    }
    failures: dict[str, list[str]] = {each["reason"]: [] for each in reasons}
    unexplained = {}
    for name, each in sorted(outcomes.items()):
        if each["outcome"] not in {"failed", "crashed", "hung"}:
            continue
        for reason in reasons:
            says = re.search(reason.get("says", ""), each["why"])
            known = name in elsewhere.get(reason.get("native"), {name})
            if known and says and re.search(reason.get("tests", ""), name):
                failures[reason["reason"]].append(name)
                break
        else:
            unexplained[name] = f"{each['outcome']}: {each['why']}"
    skips = Counter(each["why"] for each in outcomes.values() if each["outcome"] == "skipped")
    wheels = sorted((ROOT / "runtime" / "wheels").glob("*.whl"))
    if suite == "numpy":  # which knows nothing of the other wheels
        wheels = [path for path in wheels if path.name.startswith("numpy-")]
    return {
        "command": f"python runtime/suites/run.py {suite} FOLDER",
        "wheels": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in wheels},
        "parts": PARTS[suite],
        "counts": dict(sorted(Counter(each["outcome"] for each in outcomes.values()).items())),
        "failures": {reason: names for reason, names in failures.items() if names},
        "unexplained": unexplained,
        "skips": dict(skips.most_common()),
    }


if __name__ == "__main__":
    sys.exit(main())
