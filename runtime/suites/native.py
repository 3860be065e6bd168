"""matplotlib's tests once more, in CPython on Debian 12: which failures are not the browser's.

    python runtime/suites/native.py FOLDER

FOLDER is what `runtime/recipe/build.sh` made: matplotlib is built from the very source there, with
Debian 12's FreeType 2.12.1, which the browser's wheel has as well. The suite's images were drawn
with 2.6.1. The same parts as in `run.py` then run, with the same helpers; what fails is written to
`matplotlib-native.json`. A test that fails there too fails for something that this matplotlib has
in common with the browser's, not for what the browser is.

Needs: g++, pkg-config and libfreetype-dev of Debian 12.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import run as suites  # noqa: E402

FREETYPE = "2.12.1"
# As in the browser; contourpy's there is not for every Python that this may run with.
NEEDED = ["numpy==2.4.6", "pillow==12.2.0", "kiwisolver==1.5.0", "contourpy", "cycler==0.12.1"]
NEEDED += ["packaging==26.3", "pyparsing==3.3.3", "python-dateutil==4.0.0"]
BUILD = ["meson-python==0.22.1", "pybind11==3.0.1", "setuptools-scm", "ninja"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    python = folder / "native" / "bin" / "python"
    if not python.exists():
        build(folder, python)
    command = [python, "-c", "from matplotlib import ft2font as f; print(f.__freetype_version__)"]
    freetype = subprocess.check_output(command, text=True).strip()
    if freetype != FREETYPE:
        sys.exit(f"native.py: FreeType {freetype} here; the browser's wheel has {FREETYPE}")
    found: dict[str, dict[str, str]] = {}
    for part in suites.PARTS["matplotlib"]:
        found |= run_part(part, python, folder)
        print(part, len(found), flush=True)
    failed = sorted(name for name, each in found.items() if each["outcome"] == "failed")
    record = {
        "command": "python runtime/suites/native.py FOLDER",
        "freetype": freetype,
        "run": len(found),
        "failed": failed,
    }
    text = json.dumps(record, indent=1) + "\n"
    (HERE / "matplotlib-native.json").write_text(text, encoding="utf-8")
    return 0


def build(folder: Path, python: Path) -> None:
    """A virtual environment with matplotlib of this source, its tests, and what they need."""
    venv = python.parent.parent
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    install = [python, "-m", "pip", "install", "-q"]
    subprocess.run([*install, *BUILD, *NEEDED], check=True)
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    helpers = [line.split()[0] for line in lines if "==" in line]  # hashes are the browser's
    subprocess.run([*install, "--no-deps", *helpers], check=True)
    source = folder / "debian" / "build" / "src" / "matplotlib"
    options = ["-Csetup-args=-Dsystem-freetype=true", "-Csetup-args=-Db_lto=false"]
    options += ["-Cinstall-args=--tags=data,python-runtime,runtime,tests"]
    environment = os.environ | {
        "SETUPTOOLS_SCM_PRETEND_VERSION": "3.10.8",
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = [*install, "--no-deps", "--no-build-isolation", *options, source]
    subprocess.run(command, check=True, env=environment)


def run_part(part: str, python: Path, folder: Path) -> dict[str, dict[str, str]]:
    """What became of each test of a part, by the name that it has in `matplotlib.json`."""
    results = folder / f"native-{part}.jsonl"
    results.write_text("", encoding="utf-8")
    code = (
        "import sys, matplotlib, pathlib\n"
        f"sys.path.insert(0, {str(HERE)!r})\n"
        "import record\n"
        "packages = pathlib.Path(matplotlib.__file__).parent.parent\n"
        f"tests = packages / 'matplotlib/tests/test_{part}.py'\n"
        "record.run(str(packages), sys.argv[1], [*sys.argv[2:], str(tests)])\n"
    )
    subprocess.run(
        [python, "-c", code, results, *suites.OPTIONS["matplotlib"]],
        cwd=folder,
        env=os.environ | {"MPLBACKEND": "agg"},
        stdout=subprocess.DEVNULL,
    )
    return suites.read(results)[0]


if __name__ == "__main__":
    sys.exit(main())
