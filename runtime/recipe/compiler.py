#!/usr/bin/python3 -S
"""Emscripten under the names a build expects: installed as `wcc` (C) and `wcxx` (C++).

Builds speak to a Linux compiler. This leaves out what Emscripten does not know, compiles as
Pyodide's own modules are compiled, and turns `-shared` into a side module that exports nothing but
its init function: without that list every symbol would be kept, and the files be far larger.
"""

import os
import sys

UNKNOWN = {
    *("-lm", "-lpthread", "-pthread", "-ldl", "-Wl,-O1", "-Wl,--strip-all", "-Wl,--gc-sections"),
    "-Wl,--allow-shlib-undefined",
}
UNKNOWN_STARTS = (
    *("-Wl,-soname", "-Wl,--version-script", "-Wl,-rpath", "-Wl,--start-group", "-Wl,--end-group"),
    *("-Wl,--as-needed", "-Wl,--no-undefined"),
)
AS_PYODIDE = ["-fwasm-exceptions", "-sSUPPORT_LONGJMP=wasm", "-fPIC"]
# What makes build tools believe they run under WebAssembly: not for Emscripten's own Python.
FOR_BUILDS_ONLY = ["_PYTHON_HOST_PLATFORM", "_PYTHON_SYSCONFIGDATA_NAME", "PYTHONPATH"]


def main(name: str, arguments: list[str]) -> None:
    tool = "emcc" if name == "wcc" else "em++"
    shared = "-shared" in arguments
    kept = [
        each
        for each in arguments
        if each != "-shared" and each not in UNKNOWN and not each.startswith(UNKNOWN_STARTS)
    ]
    kept += AS_PYODIDE if name == "wcc" else ["-Wno-c++11-narrowing", *AS_PYODIDE]
    if shared:
        module = os.path.basename(arguments[arguments.index("-o") + 1]).split(".")[0]
        kept += ["-sSIDE_MODULE=2", f'-sEXPORTED_FUNCTIONS=["_PyInit_{module}"]']
        kept += ["-sWASM_BIGINT", "-O2", "-g0"]
    for each in FOR_BUILDS_ONLY:
        os.environ.pop(each, None)
    os.execvp(tool, [tool, *kept])


main(os.path.basename(sys.argv[0]), sys.argv[1:])
