/*
 * What every widget shares: an element without a framework, in the page's language, its state in the
 * address, usable by mouse, touch and keyboard, with its result in words.
 *
 * A widget is a file `<name>.js` that defines `journal-<name>` by extending `Widget`, and a file
 * `<name>.math.js` with its arithmetic alone: functions of plain numbers and arrays that the tests
 * compare with `study`.
 */

const SVG = "http://www.w3.org/2000/svg"

/** An HTML element; `on…` properties are listeners, the rest attributes (false and null leave out). */
export function html(name, properties = {}, ...children) {
  return filled(document.createElement(name), properties, children)
}

/** The same for SVG. */
export function svg(name, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, name), properties, children)
}

function filled(element, properties, children) {
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value)
    else if (value !== false && value != null) element.setAttribute(key, value === true ? "" : value)
  }
  element.append(...children.filter(each => each != null))
  return element
}

export const language = document.documentElement.lang === "en" ? "en" : "ko"

/** A number for reading: `digits` decimals, a real minus sign, no “-0”. */
export function shown(value, digits = 2) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "∞" : "−∞"
  const text = Math.abs(value) >= 1e5 ? value.toExponential(1) : value.toFixed(digits)
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace("-", "−")
}

export const calm = matchMedia("(prefers-reduced-motion: reduce)")

export class Widget extends HTMLElement {
  /** Words in both languages: {ko: {…}, en: {…}} with the same keys; each has `title`. */
  static words = {}
  /** The state that can be shared: {name: default number or text}. Names are short Latin words. */
  static state = {}

  connectedCallback() {
    if (this.ready) return
    this.ready = true
    this.name = this.localName.replace("journal-", "")
    this.t = this.constructor.words[language]
    this.state = { ...this.constructor.state, ...this.#fromAddress() }
    this.setAttribute("role", "group")
    this.setAttribute("aria-label", this.t.title)
    this.body = html("div", { class: "widget-body" })
    // The result in words: for readers who do not see the picture, and for those who do.
    this.result = html("p", { class: "widget-result", role: "status" })
    const share = html("button", { type: "button", class: "run-button", onclick: () => this.#share() }, SHARED[language].share)
    const reset = html("button", { type: "button", class: "run-button", onclick: () => this.reset() }, SHARED[language].reset)
    this.note = html("span", { class: "run-status", role: "status" })
    this.append(
      html("p", { class: "widget-title" }, this.t.title), this.body, this.result,
      html("p", { class: "widget-foot" }, reset, share, this.note),
    )
    this.build()
    this.update()
    this.dataset.ready = ""
  }

  /** Makes the controls and the drawing, once. */
  build() {}

  /** Brings everything on the screen to `this.state`. */
  update() {}

  /** Changes the state, the screen and the address. */
  set(changes) {
    Object.assign(this.state, changes)
    this.update()
    this.#toAddress()
  }

  reset() {
    this.note.textContent = ""
    this.set({ ...this.constructor.state })
  }

  /** Says the result; a screen reader hears it when the reader pauses. */
  say(text) {
    if (this.result.textContent !== text) this.result.textContent = text
  }

  /**
   * A slider with its value in numbers, bound to a name of the state; `update` must call
   * `this.refresh()` to have the sliders follow.
   */
  slider(name, { label, min, max, step = 0.1, digits = 1 }) {
    const input = html("input", {
      type: "range", min, max, step, value: this.state[name],
      oninput: () => this.set({ [name]: Number(input.value) }),
    })
    const output = html("output", {})
    const row = html("label", { class: "widget-slider" }, html("span", {}, label), input, output)
    const follow = () => {
      input.value = this.state[name]
      output.textContent = shown(this.state[name], digits)
    }
    this.#followers.push(follow)
    return row
  }

  /** Buttons of which one is chosen: [[value, label], …]. */
  choice(name, label, options) {
    const buttons = options.map(([value, text]) => html("button", {
      type: "button", class: "widget-choice", "data-value": value, onclick: () => this.set({ [name]: value }),
    }, text))
    this.#followers.push(() => {
      for (const [place, button] of buttons.entries()) {
        button.setAttribute("aria-pressed", String(String(options[place][0]) === String(this.state[name])))
      }
    })
    return html("div", { class: "widget-choices", role: "group", "aria-label": label }, html("span", {}, label), ...buttons)
  }

  refresh() {
    for (const follow of this.#followers) follow()
  }

  #followers = []

  /**
   * Makes an SVG element a handle: dragged by mouse and finger, moved by the arrow keys.
   *
   * `at(event)` gives the point in the drawing's own units; `move(point)` is told where it is pulled
   * to, `nudge(dx, dy)` how many steps the arrow keys ask for (y upwards).
   */
  handle(element, { label, move, nudge }) {
    element.setAttribute("tabindex", "0")
    element.setAttribute("role", "slider")
    element.setAttribute("aria-label", label)
    element.classList.add("widget-handle")
    element.addEventListener("pointerdown", event => {
      event.preventDefault()
      element.focus({ preventScroll: true })
      element.setPointerCapture(event.pointerId)
      const pull = each => move(point(element.ownerSVGElement, each))
      const end = () => {
        element.removeEventListener("pointermove", pull)
        element.removeEventListener("pointerup", end)
        element.removeEventListener("pointercancel", end)
      }
      element.addEventListener("pointermove", pull)
      element.addEventListener("pointerup", end)
      element.addEventListener("pointercancel", end)
    })
    // Browsers do not heed `touch-action` within an SVG: the page would scroll and end the pull.
    element.addEventListener("touchstart", event => event.preventDefault(), { passive: false })
    element.addEventListener("keydown", event => {
      const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
      if (!steps) return
      event.preventDefault()
      nudge(...steps.map(each => each * (event.shiftKey ? 5 : 1)))
    })
    return element
  }

  // The address: ?<widget>=name:value,name:value beside whatever else is in it.

  #fromAddress() {
    const text = new URLSearchParams(location.search).get(this.name)
    const found = {}
    for (const part of (text ?? "").split(",")) {
      const [key, value] = part.split(":")
      const standard = this.constructor.state[key]
      if (standard === undefined || !value) continue
      if (typeof standard !== "number") found[key] = value
      else if (Number.isFinite(Number(value))) found[key] = Number(value)
    }
    return this.valid(found)
  }

  /** What of a state out of an address may be used: addresses are typed, cut and mangled. */
  valid(found) {
    return found
  }

  #address() {
    const url = new URL(location)
    const standard = this.constructor.state
    const changed = Object.entries(this.state).filter(([key, value]) => key in standard && value !== standard[key])
    url.searchParams.delete(this.name)
    const others = url.searchParams.toString()
    const own = changed.map(([key, value]) => `${key}:${typeof value === "number" ? Number(value.toFixed(4)) : value}`).join(",")
    // Written by hand: URLSearchParams would turn the colons and commas into %3A and %2C.
    url.search = [others, own && `${this.name}=${own}`].filter(Boolean).join("&")
    return url
  }

  #timer
  #toAddress() {
    clearTimeout(this.#timer) // browsers allow only so many changes of the address in a second
    this.#timer = setTimeout(() => history.replaceState(history.state, "", this.#address()), 250)
  }

  async #share() {
    const url = this.#address()
    url.hash = this.id
    try {
      await navigator.clipboard.writeText(url.href)
      this.note.textContent = SHARED[language].copied
    } catch {
      this.note.textContent = url.href // to be copied by hand
    }
  }
}

const SHARED = {
  ko: { share: "이 설정의 주소 복사", copied: "복사했어요", reset: "처음으로" },
  en: { share: "Copy a link to this setting", copied: "Copied", reset: "Reset" },
}

/** Where an event happened, in the units of an SVG drawing. */
export function point(drawing, event) {
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse())
  return { x: place.x, y: place.y }
}

/** A linear scale: from values to places. */
export const scale = ([a, b], [from, to]) => value => from + ((value - a) / (b - a)) * (to - from)
