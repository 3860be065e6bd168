/*
 * The page's side of the worker: started at the first run, ended by Stop, replaced when it died.
 */

const LONGEST = 300 // seconds a block may take

/** Why there can be no Python in this browser, if so. */
export function unsupported() {
  if (typeof Worker !== "function" || typeof WebAssembly !== "object") return "old"
  if (typeof WebAssembly.instantiateStreaming !== "function") return "old"
  try {
    // The smallest module: where a policy forbids compiling, this throws.
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
  } catch {
    return "blocked"
  }
  return ""
}

let told = ""

/** Has the service worker keep the runtime, this page, and what the page is made of. */
async function keep({ fetched, all }) {
  const own = performance.getEntriesByType("resource").map(entry => entry.name)
  const here = location.href.split("#")[0]
  const addresses = [...new Set([here, ...own, ...fetched])].filter(each => each.startsWith(location.origin))
  if (!navigator.serviceWorker || told === addresses.join()) return
  told = addresses.join()
  try {
    await navigator.serviceWorker.register(new URL("../../sw.js", import.meta.url))
    const { active } = await navigator.serviceWorker.ready
    // A runtime script that this page loads later belongs to the same folder, and stays.
    const folder = [...all, ...own.filter(each => /\/static\/(run|widgets)-/.test(each))]
    active.postMessage({ type: "keep", addresses, folder })
  } catch { /* not allowed, as in a private window: then everything comes by network each time */ }
}

export class Python {
  #worker
  #run // the run that is going on: {id, handlers, finish, clock}
  #id = 0
  generation = 0 // counts interpreters: what a lab's cells defined is gone with theirs

  get busy() { return Boolean(this.#run) }

  /**
   * Runs blocks, one after the other, until one fails.
   *
   * Handlers: progress({stage, loaded, total}), started(block), text(block, text, warning),
   * figure(block, svg), done(block, result), tick(seconds). Resolves to "" or why it ended early:
   * stopped, time, network, renewed, start, crash.
   */
  run(request, handlers) {
    return this.#ask({ type: "run", ...request }, request.blocks.length, handlers)
  }

  /** Checks the answer to an exercise; handlers as for run, `done` gets {passed, message, error}. */
  mark(request, handlers) {
    return this.#ask({ type: "mark", ...request }, 1, handlers)
  }

  #ask(request, answers, handlers) {
    if (this.#run) throw new Error("one at a time")
    const reason = unsupported()
    if (reason) return Promise.resolve(reason)
    this.#worker ??= this.#start()
    const id = ++this.#id
    return new Promise(finish => {
      this.#run = { id, handlers, finish, left: answers, clock: 0, began: 0 }
      this.#worker.postMessage({ id, ...request })
    })
  }

  /** Ends whatever runs, at once; the next run has a new interpreter. */
  stop(reason = "stopped") {
    this.#worker?.terminate()
    this.#worker = undefined
    this.generation++
    this.#end(reason)
  }

  #start() {
    const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" })
    worker.addEventListener("message", ({ data }) => this.#hear(data))
    // A worker that cannot even be loaded: no such file any more, no network, no module workers.
    worker.addEventListener("error", event => {
      event.preventDefault()
      this.stop(navigator.onLine === false ? "network" : "start")
    })
    return worker
  }

  #hear(message) {
    if (message.type === "inventory") return keep(message)
    const run = this.#run
    if (!run || (message.id && message.id !== run.id)) return
    const { handlers } = run
    if (message.type === "progress") handlers.progress?.(message)
    if (message.type === "text") handlers.text?.(message.block, message.text, message.warning)
    if (message.type === "figure") handlers.figure?.(message.block, message.svg)
    if (message.type === "started") {
      clearInterval(run.clock)
      run.began = performance.now()
      run.clock = setInterval(() => {
        const seconds = Math.round((performance.now() - run.began) / 1000)
        handlers.tick?.(seconds)
        if (seconds >= LONGEST) this.stop("time")
      }, 1000)
      handlers.started?.(message.block)
    }
    if (message.type === "done") {
      clearInterval(run.clock)
      handlers.done?.(message.block, message.result)
      if (!--run.left || message.result.error) this.#end("")
    }
    // After a failure the interpreter may be half made: the next run begins with a new one.
    if (message.type === "unable") {
      console.info(`Python: ${message.detail}`)
      this.stop(message.reason)
    }
  }

  #end(reason) {
    const run = this.#run
    this.#run = undefined
    clearInterval(run?.clock)
    run?.finish(reason)
  }
}
