/*
 * Runs pytest on tests inside the runtime: npm's Pyodide with the wheels of `runtime/wheels`.
 *
 *   node suite.mjs JOB
 *
 * JOB is a JSON file: {core, wheels: [file…], results, arguments: [of pytest…]}. `record.py` writes
 * what becomes of each test to `results`, a line at a time, so that nothing is lost if it crashes.
 */

import { loadPyodide } from "pyodide"
import { readFileSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"

// Node quotes the line that threw: in Pyodide that is the whole script. The message is enough.
process.on("uncaughtException", error => {
  console.error(String(error.stack ?? error).split("\n").map(line => line.slice(0, 300)).join("\n"))
  process.exit(1)
})

const job = JSON.parse(readFileSync(process.argv[2]))
const here = path.dirname(fileURLToPath(import.meta.url))
const python = await loadPyodide({
  indexURL: job.core,
  env: { HOME: "/tmp", MPLBACKEND: "agg" },
  stdout: text => console.log(text),
  stderr: text => console.error(text),
})
python.FS.mkdirTree("/host")
python.FS.mount(python.FS.filesystems.NODEFS, { root: "/" }, "/host")
const main = python.runPython(`
import sys
sys.path.insert(0, "/host${here}")
import record
record.main
`)
process.exitCode = main(python.toPy(job)) > 1 ? 1 : 0 // 1 of pytest: some tests failed, which the results say
