"""Python's headers and build settings as they are under WebAssembly.

    python3 headers.py STDLIB FOLDER

npm's pyodide brings no headers. Those of Debian's CPython of the same minor version serve, once
`pyconfig.h` says what Pyodide's own `_sysconfigdata` (in its `python_stdlib.zip`, STDLIB) says:
sizes of types, functions there are and are not. FOLDER gets `include/` and `settings/`, the latter
the `_sysconfigdata` with the paths of these headers.
"""

from __future__ import annotations

import pprint
import re
import shutil
import sys
import sysconfig
import zipfile
from pathlib import Path

SETTINGS = "_sysconfigdata__emscripten_wasm32-emscripten.py"
LINE = re.compile(r"\s*(?:#\s*define\s+(\w+)|/\* #undef (\w+) \*/)")


def pyconfig(template: str, settings: dict[str, object]) -> str:
    """`pyconfig.h` line by line with the values of `settings`, where it has one."""
    lines = []
    for line in template.splitlines():
        found = LINE.match(line)
        name = found and (found[1] or found[2])
        if name in settings:
            value = settings[name]
            # 0 means “not there”, but for sizes, which are numbers.
            absent = str(value) == "0" and not name.startswith(("SIZEOF", "ALIGNOF"))
            line = f"/* #undef {name} */" if absent else f"#define {name} {value}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def main(stdlib: Path, folder: Path) -> None:
    with zipfile.ZipFile(stdlib) as archive:
        source = archive.read(SETTINGS).decode()
    scope: dict[str, dict[str, object]] = {}
    exec(source, scope)
    settings = scope["build_time_vars"]

    include = folder / "include"
    shutil.rmtree(include, ignore_errors=True)
    headers = Path(sysconfig.get_path("platinclude"))
    shutil.copytree(headers, include)
    # Debian's `pyconfig.h` only chooses among those of its architectures: this machine's is meant.
    native = headers.parent / sysconfig.get_config_var("MULTIARCH") / headers.name / "pyconfig.h"
    (include / "pyconfig.h").write_text(pyconfig(native.read_text(), settings))

    for name in ("INCLUDEPY", "CONFINCLUDEPY"):
        settings[name] = str(include)
    for name in ("INCLUDEDIR", "CONFINCLUDEDIR"):
        settings[name] = str(folder)
    (folder / "settings").mkdir(exist_ok=True)
    text = f"build_time_vars = {pprint.pformat(settings)}\n"
    (folder / "settings" / SETTINGS).write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
