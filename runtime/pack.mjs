/*
 * Makes the runtime ready to be served: archives made smaller and compiled by `slim.py`, inside the
 * very Python that will read them.
 *
 *   node pack.mjs CORE OUT WHEEL…
 *
 * CORE is npm's `pyodide`. OUT receives `python_stdlib.zip` and every wheel, each as it is read
 * (`.zip`, `.whl`) and as it travels (`.pack`), and the list of fonts.
 */

import { loadPyodide } from "pyodide"
import path from "node:path"
import { fileURLToPath } from "node:url"

const [core, out, ...wheels] = process.argv.slice(2).map(each => path.resolve(each))
const here = path.dirname(fileURLToPath(import.meta.url))
const quiet = { stdout: () => {}, stderr: text => console.error(text) }

const python = await loadPyodide({ indexURL: core, ...quiet })
python.FS.mkdirTree("/host")
python.FS.mount(python.FS.filesystems.NODEFS, { root: "/" }, "/host")
const run = python.runPython(`
import importlib.util, json, pathlib, sys
sys.path.insert(0, "/host${here}")
import pack
pack.main
`)
run(core, out, python.toPy(wheels))
