"""What the reader's browser runs Python with, put into the site.

`bootstrap.py` has packed Pyodide's core and the wheels (`runtime/`) into `.venv/runtime`. Here they
are given addresses that contain their own digest, so that a browser may keep each file for good and
an update of the site can never mix old and new: a page names one folder of scripts, that folder's
`config.json` names every other file.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journal import stills
from study import mnist
from study.weights import MODELS, load_pretrained

ROOT = Path(__file__).resolve().parent.parent
PACKED = ROOT / ".venv" / "runtime"
CORE = ROOT / "node_modules" / "pyodide"
SCRIPTS = ROOT / "theme" / "static" / "run"
WIDGETS = ROOT / "theme" / "static" / "widgets"
BUNDLES = ROOT / ".cache" / "bundles"

CORE_FILES = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"]
# What of ours runs beside the reader's code.
TOOLS = ["__init__.py", "browser.py", "marking.py", "svg.py"]
MEMORY = 1 << 30  # bytes that a block may take: phones close a page that takes much more


class RuntimeMissing(Exception):
    """The packed runtime is not there; the message says what to run."""


@dataclass(frozen=True)
class Runtime:
    """The runtime's files.

    Attributes:
        folder: The folder below `static/` that a page names for running code.
        widgets: The folder of the widgets' scripts.
        files: Every file, by its place below `static/`.
    """

    folder: str
    widgets: str
    files: dict[str, bytes | Path]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


@functools.cache
def prepared(study_wheel: Path) -> Runtime:
    """Reads, bundles and names everything.

    Args:
        study_wheel: The wheel of `study` as it is now.

    Raises:
        RuntimeMissing: Set-up has not packed the runtime.
    """
    if not PACKED.is_dir():
        raise RuntimeMissing(f"{PACKED} is missing; run `python3 bootstrap.py`")
    files: dict[str, bytes | Path] = {}
    core = {name: (CORE / name).read_bytes() for name in CORE_FILES}
    core["python_stdlib.pack"] = (PACKED / "python_stdlib.pack").read_bytes()
    core_folder = f"python/core-{digest(b''.join(core.values()))}"
    files |= {f"{core_folder}/{name}": content for name, content in core.items()}

    packages = {path.name: path.read_bytes() for path in sorted(PACKED.glob("*-*.pack"))}
    packages[study_wheel.name], packages["models-of-study.zip"] = parted(study_wheel)
    places = {name: f"python/{digest(content)}/{name}" for name, content in packages.items()}
    files |= {places[name]: content for name, content in packages.items()}
    lock = json.dumps(no_packages(), separators=(",", ":")).encode()
    lock_name = f"python/lock-{digest(lock)}.json"
    ours = {f"journal/{name}": (ROOT / "journal" / name).read_bytes() for name in TOOLS}
    checks = ROOT / "docs" / "exercises"
    ours |= {f"journal/checks/{path.name}": path.read_bytes() for path in checks.glob("*.py")}
    # Matplotlib looks for its list of fonts in its folder for settings: making one takes seconds.
    fonts = {f"journal/matplotlib/{p.name}": p.read_bytes() for p in PACKED.glob("fontlist-*.json")}
    tools = archive(ours | fonts)
    tools_name = f"python/tools-{digest(tools)}.zip"
    files |= {lock_name: lock, tools_name: tools}

    handwriting: list[dict[str, Any]] = []
    if mnist.available():
        found = mnist.fetch(progress=False)
        for name in mnist.TEST_FILES:  # the training images would be six times as much
            files[f"mnist/{name}"] = found[name]
            handwriting.append(
                {"name": name, "url": f"../mnist/{name}", "size": found[name].stat().st_size}
            )

    def sized(*names: str) -> list[dict[str, Any]]:
        return [{"url": f"../{name}", "size": _size(files[name])} for name in names]

    by_package = {_project(name): place for name, place in places.items()}
    others = {"numpy", "study", "models"}
    drawing = [by_package[name] for name in sorted(by_package) if name not in others]
    config = {
        "core": f"../{core_folder}/",
        "lock": f"../{lock_name}",
        "tools": f"../{tools_name}",
        "memory": MEMORY,
        "mnist": bool(handwriting),
        "drawing": drawing_modules(),
        "files": {
            "core": sized(*(f"{core_folder}/{name}" for name in core), lock_name, tools_name),
            "numpy": sized(by_package["numpy"]),
            "study": sized(by_package["study"]),
            "matplotlib": sized(*drawing),
            "models": sized(by_package["models"]),
            "mnist": handwriting,
        },
    }
    scripts = {
        path.name: path.read_bytes()
        for path in sorted(SCRIPTS.glob("*.js"))
        if not path.name.endswith(".source.js")
    }
    scripts["editor.js"] = minified(SCRIPTS / "editor.source.js", "--bundle")
    scripts["config.json"] = json.dumps(config, separators=(",", ":"), sort_keys=True).encode()
    folder = f"run-{digest(b''.join(scripts.values()))}"
    files |= {f"{folder}/{name}": content for name, content in scripts.items()}
    widgets = {path.name: minified(path) for path in sorted(WIDGETS.glob("*.js"))}
    widgets |= network_files("three-layer") | {"digit.svg": stills.digit()}
    widget_folder = f"widgets-{digest(b''.join(widgets.values()))}"
    files |= {f"{widget_folder}/{name}": content for name, content in widgets.items()}
    return Runtime(folder, widget_folder, files)


def network_files(name: str) -> dict[str, bytes]:
    """A trained network as scripts can read it: `digit.math.js` does.

    `<name>.bin` holds, layer after layer, the weights row by row (a row is one input's weights to
    every neuron) and then the biases: float32, little-endian, with nothing between. `<name>.json`
    holds the shape of each layer's weights and the name of its activation.

    Args:
        name: One of `study.weights`.
    """
    layers = load_pretrained(name).layers
    arrays = [array for layer in layers for array in (layer.weights, layer.bias)]
    shapes = [{"weights": layer.weights.shape, "activation": layer.activation} for layer in layers]
    return {
        f"{name}.bin": b"".join(array.astype("<f4").tobytes() for array in arrays),
        f"{name}.json": json.dumps({"layers": shapes}, separators=(",", ":")).encode(),
    }


def parted(wheel: Path) -> tuple[bytes, bytes]:
    """The wheel without the larger networks, and these, which few blocks ask for."""
    with zipfile.ZipFile(wheel) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    models = {f"study/weights/{name}.npz" for name in MODELS}
    apart = {name: files.pop(name) for name in models & files.keys()}
    return archive(files), archive(apart)


def no_packages() -> dict[str, Any]:
    """Pyodide's list of the packages that it can load: none.

    Its loader compiles every library of a package at once, used or not; the worker unpacks the
    wheels itself, and Python then loads the libraries that are imported.
    """
    whole = json.loads((CORE / "pyodide-lock.json").read_text(encoding="utf-8"))
    return {"info": whole["info"], "packages": {}}


def drawing_modules() -> list[str]:
    """The modules of `study` that need matplotlib."""
    found = []
    for path in sorted((ROOT / "study").glob("*.py")):
        if re.search(r"^(import|from) matplotlib", path.read_text(encoding="utf-8"), re.MULTILINE):
            found.append(path.stem)
    return found


LICENCES = {
    "numpy": ("NumPy", "BSD-3-Clause and others"),
    "matplotlib": ("Matplotlib", "PSF-based"),
    "pillow": ("Pillow", "MIT-CMU"),
    "kiwisolver": ("Kiwisolver", "BSD-3-Clause"),
    "contourpy": ("ContourPy", "BSD-3-Clause"),
    "cycler": ("Cycler", "BSD-3-Clause"),
    "packaging": ("Packaging", "Apache-2.0 OR BSD-2-Clause"),
    "pyparsing": ("pyparsing", "MIT"),
    "python-dateutil": ("python-dateutil", "Apache-2.0 AND BSD-3-Clause"),
}


def licences() -> list[tuple[str, str, str, str]]:
    """Name, version, licence and its words for everything that runs beside the reader's code.

    The words are those that the wheels carry; those of what was compiled into them, and of Python
    itself, are in `runtime/licences`.
    """
    found = []
    for path in sorted(PACKED.glob("*.whl")):
        name, kind = LICENCES[_project(path.name)]
        with zipfile.ZipFile(path) as wheel:
            texts = [
                f"{entry}\n\n{wheel.read(entry).decode()}"
                for entry in sorted(wheel.namelist())
                if re.search(r"/(LICEN[CS]E|COPYING)[^/]*$", entry)
            ]
        found.append((name, path.name.split("-")[1], kind, f"\n\n{'-' * 80}\n\n".join(texts)))
    for path in sorted((ROOT / "runtime" / "licences").glob("*.txt")):
        name, version, kind = COMPILED_IN[path.stem]
        found.append((name, version, kind, path.read_text(encoding="utf-8")))
    return found


COMPILED_IN = {
    "python": ("Python", "3.14, in Pyodide", "PSF-2.0 and others"),
    "musl": ("musl", "as in Emscripten, in Pyodide", "MIT"),
    "freetype": ("FreeType", "2.12.1, in Matplotlib", "FTL"),
    "qhull": ("Qhull", "2020.2, in Matplotlib", "Qhull"),
    "zlib": ("zlib", "1.2.13, in Pillow", "Zlib"),
}


def archive(files: dict[str, bytes]) -> bytes:
    """A zip archive, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in sorted(files.items()):
            target.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()


def minified(source: Path, *options: str) -> bytes:
    """A script without its comments and spaces, by esbuild: a third less for a phone to fetch.

    Args:
        source: The script.
        options: `--bundle`, to have what it imports in the same file.
    """
    lock = (ROOT / "package-lock.json").read_bytes()
    target = BUNDLES / f"{digest(lock + source.read_bytes() + str(options).encode())}.js"
    if not target.exists():
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        command = [str(ROOT / "node_modules/.bin/esbuild"), str(source), *options, "--minify"]
        command += ["--format=esm", "--target=es2022", "--charset=utf8"]
        command += ["--legal-comments=none"]
        command += ["--log-level=warning", f"--outfile={target}"]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PATH": path}
        )
        if done.returncode:
            raise RuntimeMissing(f"{source.name} could not be made smaller:\n{done.stderr}")
    return target.read_bytes()


def _size(content: bytes | Path) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)


def _project(archive: str) -> str:
    return re.sub(r"[-_.]+", "-", archive.split("-")[0]).lower()
