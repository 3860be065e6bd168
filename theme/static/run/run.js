/*
 * Run, edit, compare: what the buttons under a block do. Loaded when the first of them is pressed.
 */

import { same } from "./drawing.js"
import { fill, words } from "./messages.js"
import { Python } from "./python.js"

const language = document.documentElement.lang === "en" ? "en" : "ko"
const t = words[language]
const python = new Python()
const cells = new Map() // a block's bar → its Cell
const REMEMBER = "journal:code:"

addEventListener("pagehide", () => python.stop()) // a page left while running leaves nothing behind

const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(key, value)
  }
  made.append(...children)
  return made
}

/** A message with its `code` as code. */
const quoted = text => text.split("`").map((part, place) => (place % 2 ? element("code", {}, part) : part))

const trimmed = text => text.replace(/\s+$/, "")

/** A block of the page: its code, what the page shows under it, and what the reader made of it. */
class Cell {
  constructor(bar) {
    this.bar = bar
    this.code = bar.previousElementSibling
    this.original = trimmed(this.code.querySelector("code").textContent) + "\n"
    this.output = bar.parentElement.querySelector(`.output[data-block="${bar.dataset.block}"]`)
    this.plot = bar.parentElement.querySelector(`figure.plot[data-block="${bar.dataset.block}"]`)
    this.status = bar.querySelector(".run-status")
    this.live = element("div", { class: "run-live", hidden: "" })
    const last = this.plot ?? this.output ?? bar
    last.after(this.live)
  }

  get text() { return this.editor ? trimmed(this.editor.text()) + "\n" : this.original }
  get untouched() { return this.text === this.original }
  get key() { return `${REMEMBER}${location.pathname}#${this.bar.dataset.name}` }

  say(text, kind = "") {
    this.status.textContent = text
    this.status.dataset.kind = kind
  }

  button(name) { return this.bar.querySelector(`[data-action="${name}"]`) }

  async edit() {
    if (this.editor) return this.editor.focus()
    const { create } = await import("./editor.js")
    if (this.editor) return
    const kept = remembered(this.key)
    this.frame = element("div", { class: "run-editor" })
    this.code.after(this.frame)
    this.code.hidden = true
    this.editor = create({
      parent: this.frame,
      text: trimmed(kept ?? this.original),
      label: t.editor,
      onRun: () => this.run(),
      onChange: () => this.changed(),
    })
    this.button("edit").hidden = true
    this.button("copy").hidden = false
    this.button("reset").hidden = this.untouched
    this.say(kept === null ? t.editing : t.kept)
    this.editor.focus()
  }

  changed() {
    this.editor.mark(0)
    this.button("reset").hidden = false
    remember(this.key, this.untouched ? null : this.text)
  }

  /** As if nothing had been pressed. */
  reset() {
    if (running === this) python.stop()
    remember(this.key, null)
    this.editor?.destroy()
    this.frame?.remove()
    this.editor = undefined
    this.code.hidden = false
    this.show(false)
    this.live.replaceChildren()
    for (const name of ["reset", "copy"]) this.button(name).hidden = true
    this.button("edit").hidden = false
    this.say("")
    this.button("edit").focus()
  }

  async copy() {
    await navigator.clipboard.writeText(this.text)
    this.say(t.copied)
  }

  /** What was run stands in the place of what the page shows, or the other way round. */
  show(live) {
    this.live.hidden = !live
    for (const each of [this.output, this.plot]) if (each) each.hidden = live
  }

  clear() {
    this.live.replaceChildren()
    this.printed = ""
    this.drawn = []
    this.pre = undefined
  }

  text_(text, warning) {
    if (warning) {
      this.live.append(element("p", { class: "run-warning" }, `${t.warning} · ${text.trim()}`))
      this.pre = undefined
      return
    }
    this.printed += text
    if (!this.pre) {
      this.pre = element("pre", { tabindex: "0" })
      this.live.append(element("div", { class: "output", role: "group", "aria-label": t.output }, this.pre))
    }
    this.pre.append(text)
  }

  figure(svg) {
    this.pre = undefined
    const plot = element("figure", { class: "plot" })
    plot.innerHTML = svg
    const drawing = plot.querySelector("svg")
    drawing.setAttribute("role", "img")
    drawing.setAttribute("aria-label", t.figure)
    this.drawn.push(drawing)
    this.live.append(plot)
  }

  failed({ type, message, line, help, words: values }) {
    const where = line ? `${fill(t.line, { n: line })} · ` : ""
    const box = element("div", { class: "run-error", role: "alert" },
      element("p", { class: "run-error-what" }, where, element("strong", {}, type), message ? `: ${message}` : ""))
    if (help) {
      const shapes = values.shapes ? ` (${values.shapes})` : ""
      box.append(element("p", {}, fill(t.help[help], { ...values, shapes })))
    }
    this.live.append(box)
    this.editor?.mark(line ?? 0)
  }

  /** After a run of the page's own code: is it what the page shows? */
  verdict() {
    if (!this.untouched) return [this.printed || this.drawn.length ? t.changed : t.silent, ""]
    const verified = this.output?.querySelector("pre").textContent ?? ""
    if (trimmed(verified) !== trimmed(this.printed)) return [t.different, "differs"]
    if (this.plot) {
      const alike = this.drawn.length === 1 && same(this.plot.querySelector("svg"), this.drawn[0])
      return alike ? [t.sameFigure, "same"] : [t.differentFigure, "differs"]
    }
    return this.output ? [t.same, "same"] : [t.silent, "same"]
  }

  finished(result) {
    this.failure = result.error
    if (result.error) {
      this.failed(result.error)
      this.show(true)
      this.say(t.error, "differs")
      return
    }
    const [text, kind] = this.verdict()
    this.show(kind !== "same")
    this.say(`${text} · ${fill(t.seconds, { n: result.seconds.toFixed(2) })}`, kind)
    if (this.lab) this.ranIn = python.generation
  }

  async run() {
    if (python.busy) {
      if (running !== this) this.say(t.waiting)
      return
    }
    const before = this.lab ? this.earlier() : []
    const list = [...before, this]
    running = this
    for (const each of list) each.begin()
    const reason = await python.run({
      blocks: list.map(each => ({ code: each.text, name: each.bar.dataset.name })),
      fresh: !this.lab || !list[0].continues,
    }, {
      ...this.meanwhile(),
      started: block => list[block].say(t.running),
      text: (block, text, warning) => list[block].text_(text, warning),
      figure: (block, svg) => list[block].figure(svg),
      done: (block, result) => list[block].finished(result),
    })
    running = undefined
    for (const each of list) each.end(reason)
  }

  /** Checks the reader's answer to the exercise that this block starts. */
  async check() {
    if (python.busy) return this.say(t.waiting)
    running = this
    this.begin()
    const reason = await python.mark({ code: this.text, exercise: this.bar.dataset.exercise, language }, {
      ...this.meanwhile(),
      started: () => this.say(t.checking),
      done: (_, { passed, message, error }) => {
        this.show(!passed)
        if (error) this.failed(error)
        else if (!passed) {
          this.live.append(element("div", { class: "run-error run-feedback", role: "alert" }, ...quoted(message)))
        }
        this.say(passed ? t.right : t.notYet, passed ? "same" : "differs")
        if (passed) dispatchEvent(new CustomEvent("journal:solved", { detail: this.bar.dataset.exercise }))
      },
    })
    running = undefined
    this.end(reason)
  }

  meanwhile() {
    return {
      progress: ({ loaded, total }) => {
        const mega = bytes => (bytes / 1e6).toFixed(1)
        const all = loaded >= total
        this.say(all ? t.starting : `${t.loading} · ${fill(t.megabytes, { loaded: mega(loaded), total: mega(total) })}`)
        this.bar.style.setProperty("--progress", total ? loaded / total : 0)
      },
      tick: seconds => this.say(`${t.running} · ${fill(t.seconds, { n: seconds })}`),
    }
  }

  begin() {
    this.clear()
    this.editor?.mark(0)
    for (const name of ["run", "check"]) if (this.button(name)) this.button(name).hidden = true
    this.button("stop").hidden = false
    this.bar.dataset.running = ""
    this.say(t.starting)
  }

  end(reason) {
    delete this.bar.dataset.running
    this.bar.style.removeProperty("--progress")
    for (const name of ["run", "check"]) if (this.button(name)) this.button(name).hidden = false
    this.button("stop").hidden = true
    if (!reason) return
    this.show(this.live.childElementCount > 0)
    this.say(t.unable[reason] ?? t.unable.crash, "differs")
  }

  // A lab's cells share their names: those above are run first, unless this interpreter knows them.

  get lab() { return this.bar.dataset.lab !== undefined }
  get number() { return Number(this.bar.dataset.block) }
  get continues() { return this.number > 0 && this.above().some(each => each.ranIn === python.generation) }

  above() {
    return [...document.querySelectorAll(".run[data-lab]")].map(cell)
      .filter(each => each.number < this.number)
  }

  earlier() {
    const all = this.above()
    const last = all.findLastIndex(each => each.ranIn === python.generation && each.ranText === each.text)
    return all.slice(last + 1)
  }
}

let running

function cell(bar) {
  if (!cells.has(bar)) cells.set(bar, new Cell(bar))
  return cells.get(bar)
}

function remembered(key) {
  try { return localStorage.getItem(key) } catch { return null }
}

function remember(key, text) {
  try {
    if (text === null) localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  } catch { /* no room, or not allowed: the code is on the page all the same */ }
}

/** What `journal.js` calls when a button is pressed. */
export function press(bar, action) {
  const pressed = cell(bar)
  if (action === "stop") return python.stop()
  return pressed[action]()
}
