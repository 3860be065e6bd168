/*
 * Runs blocks in the runtime that the site serves, without a browser.
 *
 *   node every_block.mjs STATIC RUN BLOCKS RESULTS
 *
 * STATIC is the site's `static`, RUN the name of its folder of scripts. BLOCKS is a JSON file with a
 * list of {code, name, fresh}; RESULTS receives a list of {text, warnings, figures, error, seconds}. An answer
 * to an exercise is {code, exercise, language}; its result is {passed, message, error}.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { gunzipSync } from "node:zlib"

// Node quotes the line that threw: in Pyodide that is the whole script. The message is enough.
process.on("uncaughtException", error => {
  console.error(String(error.stack ?? error).split("\n").map(line => line.slice(0, 300)).join("\n"))
  process.exit(1)
})

const [site, run, input, output] = process.argv.slice(2)
const folder = path.resolve(site, run)
const config = JSON.parse(readFileSync(path.join(folder, "config.json")))
const place = name => path.resolve(folder, name)

const { loadPyodide } = await import(pathToFileURL(place(config.core + "pyodide.mjs")))
const library = path.join(mkdtempSync(path.join(tmpdir(), "library-")), "python_stdlib.zip")
writeFileSync(library, gunzipSync(readFileSync(place(config.core + "python_stdlib.pack"))))
const python = await loadPyodide({
  indexURL: place(config.core) + "/",
  stdLibURL: library,
  lockFileURL: place(config.lock),
  env: { HOME: "/home/reader", MPLBACKEND: "agg", STUDY_OFFLINE: "1", STUDY_DATA: "/mnist",
    MPLCONFIGDIR: "/lib/python3.14/site-packages/journal/matplotlib" },
  stdout: () => {},
  stderr: () => {},
})
rmSync(path.dirname(library), { recursive: true })
const unpack = (url, format) => {
  const content = readFileSync(place(url))
  const archive = new Uint8Array(url.endsWith(".pack") ? gunzipSync(content) : content)
  python.unpackArchive(archive.buffer, format, { extractDir: "/lib/python3.14/site-packages" })
}
unpack(config.tools, "zip")
for (const name of ["numpy", "study", "matplotlib", "models"]) {
  for (const { url } of config.files[name]) unpack(url, "wheel")
}
python.FS.mkdirTree("/mnist")
for (const file of config.files.mnist) {
  python.FS.writeFile(`/mnist/${file.name}`, readFileSync(place(file.url)))
}

const browser = python.pyimport("journal.browser")
const marking = python.pyimport("journal.marking")
const results = []
const blocks = JSON.parse(readFileSync(input, "utf-8"))
for (const [number, { code, name, fresh, exercise, language }] of blocks.entries()) {
  if (exercise) {
    results.push(JSON.parse(marking.mark_here(code, exercise, language)))
    continue
  }
  const seen = { text: "", warnings: "", figures: [] }
  const emit = (kind, text) => {
    if (kind === "figure") seen.figures.push(text)
    else seen[kind === "warning" ? "warnings" : "text"] += text
  }
  const { error, seconds } = JSON.parse(browser.run(code, name, emit, fresh))
  results.push({ ...seen, error, seconds })
  if (process.stderr.isTTY) process.stderr.write(`\r${number + 1}/${blocks.length}`)
}
writeFileSync(output, JSON.stringify(results))
