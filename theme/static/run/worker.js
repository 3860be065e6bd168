/*
 * Python, away from the page: this worker holds one interpreter and runs one block at a time.
 *
 * Takes {type: "run", id, blocks: [{code, name}], fresh}, or {type: "mark", id, code, exercise,
 * language} for the answer to an exercise, and answers with
 *   {type: "progress", stage, loaded, total}      while anything has to be fetched first
 *   {type: "started", id, block}                  as each block begins
 *   {type: "text", id, block, text, warning}      as it prints
 *   {type: "figure", id, block, svg}              as it draws
 *   {type: "done", id, block, result}             when it has ended, well or with an error
 *   {type: "unable", reason, detail}              when there can be no Python here
 * Whoever wants to stop it terminates it: nothing in here has to cooperate.
 */

import { fetching } from "./fetching.js"

let config // what there is and where; fetched with the first run
const address = path => new URL(path, import.meta.url).href

// A page on a phone is closed without a word when it takes too much: better Python's MemoryError.
const grow = WebAssembly.Memory.prototype.grow
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 65536 > (config?.memory ?? Infinity)) throw new RangeError("memory limit")
  return grow.call(this, pages)
}

const post = (type, rest) => self.postMessage({ type, ...rest })
const files = fetching(self, progress => post("progress", progress))

/** What a block needs beyond the core: packages by name, and the MNIST files. */
function needs(code) {
  const imports = name => new RegExp(`^\\s*(import|from)\\s[^#\\n]*\\b${name}\\b`, "m").test(code)
  const found = new Set()
  const draws = ["matplotlib", ...config.drawing].some(imports)
  if (draws) found.add("matplotlib")
  // Whatever is drawn is drawn in the page's style and font, which study has.
  if (draws || imports("study")) found.add("study")
  if (found.has("study") || imports("numpy")) found.add("numpy")
  if (/\bload_model\b/.test(code)) found.add("models")
  return found
}

let python
const here = new Set() // packages that have been loaded

/** Starts Python, and fetches the first packages while it starts. */
async function start(packages) {
  const script = address(config.core + "pyodide.mjs")
  const loader = import(script) // the first to be needed, the first to be fetched
  files.expect([...config.files.core, ...packages.flatMap(name => config.files[name])].map(
    file => ({ ...file, url: address(file.url) })))
  const { loadPyodide } = await loader.catch(async error => {
    await files.get(script) // tells what an import does not: no network, or no such file any more
    throw error
  })
  const started = loadPyodide({
    indexURL: address(config.core),
    stdLibURL: address(config.core + "python_stdlib.pack"),
    lockFileURL: address(config.lock),
    env: { HOME: "/home/reader", MPLBACKEND: "agg", STUDY_OFFLINE: "1", STUDY_DATA: "/mnist",
      MPLCONFIGDIR: "/lib/python3.14/site-packages/journal/matplotlib" },
    stdout: () => {},
    stderr: () => {},
  })
  python = await Promise.race([started, files.breaking]) // without its wasm, it would neither start nor fail
  await unpack(await files.get(address(config.tools)), "zip")
}

/** Puts an archive's files where Python looks for modules; a library is loaded when it is imported. */
async function unpack(response, format) {
  python.unpackArchive(await response.arrayBuffer(), format, { extractDir: "/lib/python3.14/site-packages" })
}

async function load(wanted) {
  const missing = [...wanted].filter(name => !here.has(name))
  if (!python) await start(missing)
  if (missing.length) {
    files.expect(missing.flatMap(name => config.files[name]).map(
      file => ({ ...file, url: address(file.url) })))
    for (const name of missing) {
      for (const file of config.files[name]) await unpack(await files.get(address(file.url)), "wheel")
      here.add(name)
    }
  }
}

let mnist // fetched at most once
async function handwriting() {
  if (!config.mnist) return
  mnist ??= (async () => {
    files.expect(config.files.mnist.map(file => ({ ...file, url: address(file.url) })))
    python.FS.mkdirTree("/mnist")
    for (const file of config.files.mnist) {
      const response = await files.get(address(file.url))
      python.FS.writeFile(`/mnist/${file.name}`, new Uint8Array(await response.arrayBuffer()))
    }
  })()
  await mnist
}

/** Everything that the runtime consists of, and what of it was asked for: for the service worker. */
function inventory() {
  const all = Object.values(config.files).flat().map(file => address(file.url))
  const scripts = performance.getEntriesByType("resource").map(entry => entry.name)
  post("inventory", { fetched: [...new Set([...files.asked(), ...scripts, import.meta.url])], all: [...all, ...scripts] })
}

async function run({ id, blocks, fresh }) {
  config ??= await (await files.get(address("config.json"))).json()
  for (const [block, { code, name }] of blocks.entries()) {
    await load(needs(code))
    if (/\bmnist\./.test(code)) await handwriting()
    post("started", { id, block })
    const emit = (kind, text) => kind === "figure"
      ? post("figure", { id, block, svg: text })
      : post("text", { id, block, text, warning: kind === "warning" })
    const browser = python.pyimport("journal.browser")
    const result = JSON.parse(browser.run(code, name, emit, fresh && !block))
    post("done", { id, block, result })
    if (result.error) break
  }
  inventory()
}

/** Checks the answer to an exercise; the checks may use all of study. */
async function mark({ id, code, exercise, language }) {
  config ??= await (await files.get(address("config.json"))).json()
  await load(new Set([...needs(code), "numpy", "study"]))
  post("started", { id, block: 0 })
  const marking = python.pyimport("journal.marking")
  post("done", { id, block: 0, result: JSON.parse(marking.mark_here(code, exercise, language)) })
  inventory()
}

self.addEventListener("message", async ({ data }) => {
  try {
    await (data.type === "mark" ? mark(data) : run(data))
  } catch (error) {
    const failed = error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError
    const reason = files.failed() ?? (failed || !python ? "start" : "crash")
    post("unable", { id: data.id, reason, detail: String(error?.message ?? error) })
  }
})
