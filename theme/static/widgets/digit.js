import { Widget, html, shown } from "./widget.js"
import { SIDE, example, forward, prepared, ranking, unpacked } from "./digit.math.js"

// In parts of the canvas: how wide the pen is, and what is too small to be magnified any further.
const PEN = 0.075
const LEAST = 0.12
const CELL = 24 // pixels for a neuron
const ROW = 10 // neurons in a row of the drawing
const MOST = 0.9995 // from here on it would read “100.0%”, which softmax never gives

const percent = p => `${shown(100 * p, 1)}%`

const WORDS = {
  ko: {
    title: "신경망이 내 글씨를 읽어요",
    paper: "숫자를 쓰는 칸. 키보드로는 아래의 예시 버튼을 쓰세요.",
    here: "여기에 써 보세요",
    undo: "한 획 지우기",
    clear: "모두 지우기",
    examples: "예시",
    example: digit => `예시 ${digit} 그리기`,
    seen: "28×28 픽셀",
    made: "MNIST처럼 줄이고 가운데에 놓음",
    hidden: number => `은닉층 ${number}`,
    neurons: count => `뉴런 ${count}개`,
    lit: (on, all) => `${on}/${all} 켜짐`,
    probabilities: "숫자마다의 확률",
    empty: "숫자를 하나 써 보세요. 마우스, 손가락, 펜 모두 돼요. 예시 버튼을 눌러도 좋아요.",
    loading: "신경망의 가중치를 가져오고 있어요…",
    failed: "가중치를 가져오지 못했어요. 인터넷을 확인하고 다시 시도해 주세요.",
    again: "다시 시도",
    sure: (first, p) => `${first}${[0, 3, 6].includes(first) ? "으로" : "로"} 읽었어요. ${p ? `확률은 ${p}예요.` : "확률이 99.9%를 넘어요."}`,
    next: (second, p) => ` 그다음은 ${second}, ${p}예요.`,
    torn: digits => `${digits.map(each => `${each}일까요`).join(", ")}? `,
    settled: (all, first) => `${all.map(([digit, p]) => `${digit}에 ${p}`).join(", ")}를 주고, ${first}${[0, 3, 6].includes(first) ? "으로" : "로"} 읽었어요.`,
  },
  en: {
    title: "A network reads your handwriting",
    paper: "A place to draw a digit. With a keyboard, use the example buttons below.",
    here: "Draw here",
    undo: "Undo stroke",
    clear: "Clear",
    examples: "Examples",
    example: digit => `Draw an example ${digit}`,
    seen: "28×28 pixels",
    made: "fitted and centred as in MNIST",
    hidden: number => `Hidden layer ${number}`,
    neurons: count => `${count} neurons`,
    lit: (on, all) => `${on}/${all} on`,
    probabilities: "The probability of each digit",
    empty: "Draw something: a digit, by mouse, finger or pen. Or press an example.",
    loading: "Fetching the network’s weights…",
    failed: "The weights could not be fetched. Check your connection and try again.",
    again: "Try again",
    sure: (first, p) => `The network reads ${first}, with a probability ${p ? `of ${p}` : "above 99.9%"}.`,
    next: (second, p) => ` Next comes ${second}, at ${p}.`,
    torn: digits => `${digits.join(" or ")}? `,
    settled: (all, first) => `The network gives ${all.map(([digit, p]) => `${p} to ${digit}`).join(", ")}, and settles on ${first}.`,
  },
}

class Digit extends Widget {
  static words = WORDS

  #strokes = []
  #pointer // the one that is drawing
  #frame
  #network
  #loading = false
  #failed = false
  #presses = 0

  build() {
    const { t } = this
    this.paper = html("canvas", { class: "digit-paper", role: "img", "aria-label": t.paper })
    this.here = html("span", { class: "digit-here", "aria-hidden": "true" }, t.here)
    const button = (text, onclick, properties = {}) =>
      html("button", { type: "button", class: "widget-button", onclick, ...properties }, text)
    const digits = [...Array(10).keys()]
    this.again = button(t.again, () => this.#load(), { class: "widget-button digit-again", hidden: true })
    this.pixels = html("canvas", { class: "digit-pixels", width: SIDE, height: SIDE, "aria-hidden": "true" })
    const picture = (canvas, text, more = "") => {
      const caption = html("span", {}, more)
      const figure = html("div", { class: "digit-picture" }, canvas, html("div", {}, text, caption))
      return { canvas, caption, figure }
    }
    this.seen = picture(this.pixels, t.seen, t.made)
    this.layers = [100, 50].map((count, layer) => ({
      count,
      ...picture(html("canvas", { width: ROW * CELL, height: (count / ROW) * CELL, "aria-hidden": "true" }), t.hidden(layer + 1)),
    }))
    this.bars = digits.map(digit => {
      const bar = html("span", { class: "digit-bar", "aria-hidden": "true" })
      const value = html("span", { class: "digit-value" })
      return { bar, value, row: html("div", { class: "digit-row", role: "listitem" }, html("b", {}, String(digit)), bar, value) }
    })
    this.body.classList.add("digit")
    this.body.append(
      html("div", { class: "digit-draw" },
        html("div", { class: "digit-sheet" }, this.paper, this.here),
        this.result, this.again,
        html("div", { class: "widget-choices" }, button(t.undo, () => this.#undo()), button(t.clear, () => this.reset())),
        html("div", { class: "digit-examples", role: "group", "aria-label": t.examples }, html("span", {}, t.examples),
          ...digits.map(digit => button(String(digit), () => this.#example(digit), { "aria-label": t.example(digit) })))),
      html("div", { class: "digit-seen" },
        html("div", { class: "digit-pictures" }, this.seen.figure, ...this.layers.map(each => each.figure)),
        html("div", { class: "digit-bars", role: "list", "aria-label": t.probabilities }, ...this.bars.map(each => each.row))),
    )
    this.note.parentElement.remove() // a drawing is too long for an address, and to clear is to reset

    this.paper.addEventListener("pointerdown", event => this.#begin(event))
    this.paper.addEventListener("pointermove", event => this.#go(event))
    for (const name of ["pointerup", "pointercancel"]) this.paper.addEventListener(name, event => this.#end(event))
    // The weights are 0.3 MB: they come when the reader wants something of them.
    for (const name of ["pointerdown", "focusin"]) this.addEventListener(name, () => this.#load(), { once: true })

    new ResizeObserver(() => this.#fit()).observe(this.paper)
    new MutationObserver(() => this.update()).observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
  }

  reset() {
    this.#strokes = []
    this.#pointer = undefined
    this.update()
  }

  #undo() {
    this.#strokes.pop()
    this.update()
  }

  #example(digit) {
    this.#strokes = example(digit, this.#presses++)
    this.#load() // a screen reader's press may come without a pointer and without the focus
    this.update()
  }

  // Drawing.

  #begin(event) {
    if (event.button !== 0 || !event.isPrimary) return // a second finger does not draw
    event.preventDefault()
    try {
      this.paper.setPointerCapture(event.pointerId)
    } catch { /* it has been lifted already */ }
    this.#pointer = event.pointerId
    this.#strokes.push([])
    this.result.setAttribute("aria-busy", "true") // to be read out when the stroke is done
    this.#add(event)
  }

  #go(event) {
    if (event.pointerId === this.#pointer) this.#add(event)
  }

  #end(event) {
    if (event.pointerId !== this.#pointer) return
    this.#pointer = undefined
    this.result.removeAttribute("aria-busy")
  }

  #add(event) {
    const { left, top, width, height } = this.paper.getBoundingClientRect()
    const inside = value => Math.max(0, Math.min(1, value))
    const all = event.getCoalescedEvents?.() ?? []
    for (const each of all.length ? all : [event]) {
      this.#strokes.at(-1).push([inside((each.clientX - left) / width), inside((each.clientY - top) / height)])
    }
    this.#frame ??= requestAnimationFrame(() => this.update())
  }

  // The network.

  async #load() {
    if (this.#network || this.#loading) return
    const again = document.activeElement === this.again // which is about to go, and the focus with it
    this.#loading = true
    this.#failed = false
    this.update()
    try {
      const [shapes, weights] = await Promise.all(["json", "bin"].map(async kind => {
        const response = await fetch(new URL(`three-layer.${kind}`, import.meta.url))
        if (!response.ok) throw new Error(`${response.url}: ${response.status}`)
        return kind === "json" ? response.json() : response.arrayBuffer()
      }))
      this.#network = unpacked(shapes, weights)
    } catch (error) {
      console.info(error)
      this.#failed = true
    }
    this.#loading = false
    this.update()
    if (again) (this.#network ? this.querySelector(".digit-examples button") : this.again).focus()
  }

  // The screen.

  update() {
    cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    const drawn = this.#strokes.length > 0
    const image = prepared(this.#strokes, LEAST)
    const outputs = drawn && this.#network ? forward(this.#network, image) : []
    const probabilities = outputs.at(-1)
    this.here.hidden = drawn
    this.again.hidden = !this.#failed
    this.#ink()
    this.#dots(image)
    for (const [place, layer] of this.layers.entries()) this.#neurons(layer, outputs[place])
    const first = probabilities && ranking(probabilities)[0]
    for (const [digit, { row, bar, value }] of this.bars.entries()) {
      const p = probabilities?.[digit] ?? 0
      bar.style.setProperty("--part", p)
      value.textContent = !probabilities ? "–" : p < MOST ? percent(p) : ">99.9%"
      row.classList.toggle("digit-first", digit === first)
    }
    this.say(this.#failed ? this.t.failed : this.#loading ? this.t.loading : !probabilities ? this.t.empty : this.#answer(probabilities))
  }

  #answer(probabilities) {
    const { t } = this
    const order = ranking(probabilities)
    const [first, second] = order
    const near = order.slice(0, 3).filter(digit => probabilities[digit] >= Math.max(0.1, probabilities[first] / 4))
    if (near.length > 1) return t.torn(near) + t.settled(near.map(digit => [digit, percent(probabilities[digit])]), first)
    const next = probabilities[second] >= 0.0005 ? t.next(second, percent(probabilities[second])) : ""
    return t.sure(first, probabilities[first] < MOST && percent(probabilities[first])) + next
  }

  #colour(name) {
    return getComputedStyle(this).getPropertyValue(`--fig-${name}`)
  }

  #fit() {
    const side = Math.round(this.paper.clientWidth * devicePixelRatio)
    if (!side || side === this.paper.width) return
    this.paper.width = this.paper.height = side
    this.#ink()
  }

  #ink() {
    const context = this.paper.getContext("2d"), side = this.paper.width
    context.clearRect(0, 0, side, side)
    context.strokeStyle = this.#colour("ink")
    context.lineWidth = PEN * side
    context.lineCap = context.lineJoin = "round"
    for (const stroke of this.#strokes) {
      context.beginPath()
      for (const [x, y] of stroke) context.lineTo(x * side, y * side)
      if (stroke.length === 1) context.lineTo(stroke[0][0] * side, stroke[0][1] * side)
      context.stroke()
    }
  }

  #dots(image) {
    const context = this.pixels.getContext("2d")
    context.clearRect(0, 0, SIDE, SIDE)
    context.fillStyle = this.#colour("ink")
    for (const [place, value] of image.entries()) {
      if (!value) continue
      context.globalAlpha = value
      context.fillRect(place % SIDE, Math.floor(place / SIDE), 1, 1)
    }
  }

  /** A neuron is a ring; the stronger its output, the larger the disc in it. */
  #neurons({ canvas, caption, count }, values) {
    const context = canvas.getContext("2d")
    const highest = values ? Math.max(...values) : 0
    const disc = (place, radius) => {
      context.beginPath()
      context.arc((place % ROW + 0.5) * CELL, (Math.floor(place / ROW) + 0.5) * CELL, radius, 0, 2 * Math.PI)
    }
    context.clearRect(0, 0, canvas.width, canvas.height)
    context.lineWidth = 1.5
    context.strokeStyle = this.#colour("grid")
    context.fillStyle = this.#colour("c0")
    for (let place = 0; place < count; place++) {
      disc(place, CELL * 0.4)
      context.stroke()
      if (!values?.[place]) continue
      disc(place, CELL * 0.44 * Math.sqrt(values[place] / highest))
      context.fill()
    }
    caption.textContent = values ? this.t.lit(values.filter(value => value > 0).length, count) : this.t.neurons(count)
  }
}

customElements.define("journal-digit", Digit)
