import { Widget, html, point, scale, shown, svg } from "./widget.js"
import {
  ACTIVATIONS, DERIVATIVES, FLAT, LEAST, apart, backward, fate, fateBack, forward, histogram, normals, part, pinned, spread,
} from "./activations.math.js"

const WIDTH = 340, RIGHT = WIDTH - 10
const FAR = 8 // a goes from -8 to 8
const NEURONS = 64, BATCH = 16, MOST = 20 // layers
const across = scale([-FAR, FAR], [34, RIGHT]), back = scale([34, RIGHT], [-FAR, FAR])

// The panel of each curve: what it reaches from and to, and its ticks.
const PANELS = {
  step: [-0.2, 1.2, [0, 1]], sigmoid: [-0.2, 1.2, [0, 1]], tanh: [-1.3, 1.3, [-1, 0, 1]],
  relu: [-1, 8, [0, 4, 8]], identity: [-8, 8, [-8, 0, 8]],
}
const CURVE = [164, 8], SLOPE = [256, 184] // bottom and top of both panels
const steep = scale([0, 1.1], SLOPE)

const LEFT = 54 // of the drawings with layers
const OUTPUTS = [126, 8], SPREADS = [136, 8]
const BINS = 24
const spreadUp = scale([-6.6, 6.6], SPREADS) // of a power of 10

// Sizes of weights that a slider can go through evenly: powers of 2, the square root of 2 among them.
const POWERS = { min: -3, max: 3, step: 1 / 8 }
const near = size => 2 ** (Math.round(Math.max(POWERS.min, Math.min(POWERS.max, Math.log2(size))) / POWERS.step) * POWERS.step)
const tenth = a => Math.round(Math.max(-FAR, Math.min(FAR, a)) * 10) / 10

const raised = power => String(power).replace(/./g, each => each === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[each])
/** A number of any size for reading: 0.0036, 0.105, 12.3, 4.1 × 10⁻⁷. */
function sized(value) {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return shown(value)
  if (Number.isInteger(value) && size < 1000) return shown(value, 0)
  if (size >= 0.001 && size < 1000) return shown(value, size < 0.01 ? 4 : size < 1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0)
  const [digits, power] = value.toExponential(1).split("e")
  return `${digits.replace("-", "−")}\u00a0×\u00a010${raised(Number(power))}`
}
/** The next 1, 2 or 5 times a power of 10, and how it is written beside an axis. */
function round(value) {
  const power = Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map(each => each * 10 ** power).find(each => each >= value)
}
function tick(value) {
  if (Math.abs(value) < 1000) return shown(value, 0)
  const [digits, power] = value.toExponential(0).split("e")
  return `${digits.replace("-", "−")}×10${raised(Number(power))}`
}
const percent = value => `${shown(100 * value, value < 0.1 ? 1 : 0)}%`

const WORDS = {
  ko: {
    title: "곡선 위의 점을 끌고, 층을 쌓아 보세요",
    name: "함수", step: "계단", sigmoid: "시그모이드", tanh: "tanh", relu: "ReLU", identity: "항등",
    curve: "위는 함수, 아래는 기울기. 누른 곳으로 점이 옮겨 가요.", point: "곡선 위의 점",
    place: (a, y, slope) => `a = ${a}, h(a) = ${y}, 기울기 ${slope}`,
    read: (a, y, slope) => `a가 ${a}일 때 값은 ${y}, 기울기는 ${slope}. `,
    here: {
      moves: of => `가장 가파른 곳의 ${of}예요. a를 바꾸면 출력도 따라 움직여요.`,
      saturated: () => "포화된 곳이에요. 기울기가 가장 가파른 곳의 100분의 1도 안 돼서, a를 바꿔도 출력은 거의 그대로예요.",
      on: () => "켜져 있어요. 기울기 1을 곱하니 신호가 줄지 않아요.",
      off: () => "꺼져 있어요. 기울기가 0이라 거슬러 오는 신호가 여기서 끊겨요.",
      corner: () => "꺾이는 점이라 기울기가 없지만 0으로 정해 둬요.",
      step: () => "어디로 옮겨도 기울기가 0이라, 어느 쪽으로 고쳐야 할지 알 수 없어요.",
      jump: () => "1로 뛰기 바로 앞이에요. 뛰는 곳에는 기울기가 없어요.",
      identity: () => "어디서나 기울기가 1이라 포화되지 않아요. 그 대신 몇 층을 쌓아도 한 층과 같아요.",
    },
    none: "없음",
    zone: {
      S: "회색은 포화된 곳이에요. 기울기가 가장 가파른 곳의 100분의 1도 안 돼요.",
      relu: "회색은 기울기가 0인 곳이에요.", step: "회색은 기울기가 0인 곳이에요. 0에서 뛰는 곳만 빼고 전부예요.",
      identity: "회색이 없어요. 포화되는 곳이 없어요.",
    },
    chain: "층을 쌓으면",
    size: "가중치 크기", layers: "층의 수", again: "가중치 다시 뽑기",
    outputs: "층마다 나온 출력. 두꺼운 곳일수록 그 값이 많아요.",
    spreads: "층마다 퍼진 정도(표준편차). 한 칸에 1,000배예요.",
    there: "앞으로 가는 출력 →", backwards: "← 거슬러 가는 신호", layer: "층",
    fate: {
      binary: () => "가중치가 크든 작든 출력은 0 아니면 1이에요.",
      pinned: ({ pinned }) => `마지막 층 출력의 ${percent(pinned)}가 양 끝에 붙어 포화됐어요.`,
      explodes: ({ last }) => `출력이 층마다 불어나 폭발해요(표준편차 ${last}).`,
      dies: ({ last }) => `출력이 층마다 줄어들어 사라져요(표준편차 ${last}).`,
      alike: ({ last }) => `뉴런마다 출력은 다르지만(표준편차 ${last}), 어떤 입력을 넣어도 거의 같은 값이 나와요. 입력의 신호는 사라졌어요.`,
      grows: ({ first, last }) => `출력이 층을 지날수록 커져요(표준편차 ${first} → ${last}).`,
      shrinks: ({ first, last }) => `출력이 층을 지날수록 줄어요(표준편차 ${first} → ${last}).`,
      lives: ({ last }) => `출력이 마지막 층까지 잘 퍼져 있어요(표준편차 ${last}).`,
    },
    fateBack: {
      nothing: () => " 거슬러 가는 신호는 기울기 0에 막혀 하나도 전해지지 않아요.",
      dies: left => ` 마지막 층에서 크기 1로 출발한 신호는 거슬러 가며 사라져요(1층에서 ${left}). 앞쪽 층은 거의 배우지 못해요.`,
      explodes: left => ` 마지막 층에서 크기 1로 출발한 신호는 거슬러 가며 폭발해요(1층에서 ${left}).`,
      weakens: left => ` 마지막 층에서 크기 1로 출발한 신호는 1층에 닿을 때 많이 약해져 있어요(${left}).`,
      grows: left => ` 마지막 층에서 크기 1로 출발한 신호는 1층까지 오면서 커져요(${left}).`,
      lives: left => ` 마지막 층에서 크기 1로 출발한 신호는 1층까지 살아서 와요(${left}).`,
    },
    few: " 기울기가 남은 몇몇 뉴런이 큰 가중치를 곱해 보내기 때문이에요.",
  },
  en: {
    title: "Drag the point, stack the layers",
    name: "Function", step: "step", sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU", identity: "identity",
    curve: "The function above, its slope below. Press anywhere to move the point there.", point: "Point on the curve",
    place: (a, y, slope) => `a = ${a}, h(a) = ${y}, slope ${slope}`,
    read: (a, y, slope) => `At a = ${a} the value is ${y}, the slope ${slope}. `,
    here: {
      moves: of => `That is ${of} of the steepest slope: move a and the output moves too.`,
      saturated: () => "Saturated: less than a hundredth of the steepest slope is left. Move a, and the output hardly moves.",
      on: () => "It is on: a slope of 1 takes nothing from the signal.",
      off: () => "It is off: with slope 0, a signal on its way back ends here.",
      corner: () => "A corner has no slope; it is taken to be 0.",
      step: () => "It is 0 wherever you go, so nothing says which way to change.",
      jump: () => "From here it jumps to 1, and a jump has no slope.",
      identity: () => "It is 1 everywhere and never saturates. But then any number of layers is no more than one.",
    },
    none: "none",
    zone: {
      S: "Grey: saturated. The slope is less than a hundredth of its steepest.",
      relu: "Grey: the slope is 0.", step: "Grey: the slope is 0, everywhere but at the jump.",
      identity: "No grey: it saturates nowhere.",
    },
    chain: "With layers stacked",
    size: "weight size", layers: "layers", again: "Draw other weights",
    outputs: "What each layer puts out. The thicker, the more outputs have that value.",
    spreads: "How far they spread (standard deviation). Each line is 1,000 times the one below.",
    there: "outputs, going forward →", backwards: "← signal, going back", layer: "layer",
    fate: {
      binary: () => "Whatever the weights, every output is 0 or 1.",
      pinned: ({ pinned }) => `${percent(pinned)} of the last layer’s outputs are pinned to the ends: saturated.`,
      explodes: ({ last }) => `The outputs grow with every layer and explode (standard deviation ${last}).`,
      dies: ({ last }) => `The outputs shrink with every layer and die out (standard deviation ${last}).`,
      alike: ({ last }) => `The neurons differ (standard deviation ${last}), but each puts out nearly the same for every input. Of the inputs, nothing is left to see.`,
      grows: ({ first, last }) => `The outputs grow from layer to layer (standard deviation ${first} → ${last}).`,
      shrinks: ({ first, last }) => `The outputs shrink from layer to layer (standard deviation ${first} → ${last}).`,
      lives: ({ last }) => `The outputs are still well spread at the last layer (standard deviation ${last}).`,
    },
    fateBack: {
      nothing: () => " A signal going back gets nowhere: it is multiplied by slopes of 0.",
      dies: left => ` A signal of size 1 sent back from the last layer dies out on the way (${left} at layer 1). The early layers would hardly learn.`,
      explodes: left => ` A signal of size 1 sent back from the last layer explodes on the way (${left} at layer 1).`,
      weakens: left => ` A signal of size 1 sent back from the last layer is weak by the time it reaches layer 1 (${left}).`,
      grows: left => ` A signal of size 1 sent back from the last layer has grown by the time it reaches layer 1 (${left}).`,
      lives: left => ` A signal of size 1 sent back from the last layer reaches layer 1 alive (${left}).`,
    },
    few: " The few neurons that still have a slope pass it on, times large weights.",
  },
}

class Activations extends Widget {
  static words = WORDS
  static state = { name: "sigmoid", a: 2, w: 1, layers: 10, seed: 1 }

  valid(found) {
    const kept = { ...found }
    if (!Object.hasOwn(ACTIVATIONS, kept.name ?? "step")) delete kept.name
    if ("a" in kept) kept.a = tenth(kept.a)
    if ("w" in kept) kept.w = near(Math.max(0, kept.w))
    if ("layers" in kept) kept.layers = Math.max(2, Math.min(MOST, Math.round(kept.layers)))
    if ("seed" in kept) kept.seed = Math.max(1, Math.min(999, Math.round(kept.seed)))
    return kept
  }

  build() {
    const { t } = this
    this.reading = html("p", { class: "widget-result", role: "status" })
    this.zone = html("p", { class: "activations-caption" })
    const sizes = this.#sizes()
    const again = html("button", {
      type: "button", class: "widget-button", onclick: () => this.set({ seed: this.state.seed % 999 + 1 }),
    }, t.again)
    const key = (which, text) => html("span", { class: `activations-key activations-${which}` }, text)
    this.outputs = this.#layers(t.outputs, OUTPUTS)
    this.spreads = this.#layers(t.spreads, SPREADS)
    this.body.append(
      this.choice("name", t.name, Object.keys(ACTIVATIONS).map(name => [name, t[name]])),
      html("div", { class: "activations-part" },
        this.#curve(),
        html("div", {}, this.zone, this.slider("a", { label: "a", min: -FAR, max: FAR, step: 0.1 }), this.reading)),
      html("p", { class: "activations-head" }, t.chain),
      html("div", { class: "activations-part" },
        html("div", {},
          html("p", { class: "activations-caption" }, t.outputs), this.outputs.drawing),
        html("div", {},
          html("p", { class: "activations-caption" }, t.spreads), this.spreads.drawing,
          html("p", { class: "activations-keys" }, key("there", t.there), key("back", t.backwards))),
        html("div", {}, sizes, this.slider("layers", { label: t.layers, min: 2, max: MOST, step: 1, digits: 0 }), again),
        this.result))
  }

  /** The slider of the weights' size: it doubles in even steps. */
  #sizes() {
    this.size = html("input", {
      type: "range", ...POWERS, oninput: () => this.set({ w: 2 ** Number(this.size.value) }),
    })
    this.sizeShown = html("output", {})
    return html("label", { class: "widget-slider" }, html("span", {}, this.t.size), this.size, this.sizeShown)
  }

  /** Function and slope one above the other, and the point. */
  #curve() {
    const { t } = this
    this.flat = svg("g", { class: "activations-flat" })
    this.ticks = svg("g", {})
    this.line = svg("path", { class: "activations-there" })
    this.slope = svg("path", { class: "activations-back" })
    this.plumb = svg("path", { class: "activations-plumb" })
    this.tangent = svg("path", { class: "activations-tangent" })
    this.under = svg("circle", { r: 5, class: "activations-under" })
    this.dot = this.handle(svg("g", {}, svg("circle", { r: 26, class: "activations-finger" }), svg("circle", { r: 9 })), {
      label: t.point,
      move: ({ x }) => this.set({ a: tenth(back(x)) }),
      nudge: (dx, dy) => this.set({ a: tenth(this.state.a + 0.1 * (dx + dy)) }),
    })
    this.dot.setAttribute("aria-valuemin", -FAR)
    this.dot.setAttribute("aria-valuemax", FAR)
    const panel = ([bottom, top]) => ({ x: across(-FAR), y: top, width: RIGHT - across(-FAR), height: bottom - top })
    const text = (x, y, anchor, words, name) => svg("text", { x, y, "text-anchor": anchor, class: name }, words)
    const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} 284`, role: "group", "aria-label": t.curve, class: "activations" },
      svg("clipPath", { id: "activations-panel" }, svg("rect", panel(CURVE))),
      svg("rect", { width: WIDTH, height: 284, class: "activations-map" }), this.flat,
      ...[CURVE, SLOPE].map(each => svg("rect", { ...panel(each), class: "activations-frame" })),
      this.ticks,
      ...[0, 1].map(each => text(28, steep(each) + 5, "end", tick(each))),
      svg("path", { class: "activations-grid", d: `M${across(-FAR)} ${steep(1)}H${RIGHT}` }),
      ...[-8, -4, 0, 4, 8].map(each => text(across(each), 277, "middle", tick(each))),
      text(across(6), 277, "middle", "a", "activations-name"),
      text(40, 25, "start", "h(a)", "activations-name"), text(40, 222, "start", "h′(a)", "activations-name"),
      this.plumb, this.line, this.slope, svg("g", { "clip-path": "url(#activations-panel)" }, this.tangent), this.under, this.dot)
    drawing.addEventListener("click", event => {
      if (!this.dot.contains(event.target)) this.set({ a: tenth(back(point(drawing, event).x)) })
    })
    return drawing
  }

  /** An empty drawing with a place for each layer. */
  #layers(label, [bottom, top]) {
    const marks = svg("g", {}), ticks = svg("g", {}), id = `activations-${bottom}`
    const frame = { x: LEFT, y: top, width: RIGHT - LEFT, height: bottom - top }
    const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${bottom + 22}`, role: "img", "aria-label": label, class: "activations" },
      svg("clipPath", { id }, svg("rect", frame)),
      ticks, svg("rect", { ...frame, class: "activations-frame" }), svg("g", { "clip-path": `url(#${id})` }, marks))
    return { drawing, marks, ticks, bottom }
  }

  update() {
    const { state } = this
    this.refresh()
    this.size.value = Math.log2(state.w)
    this.sizeShown.textContent = shown(state.w)
    this.size.setAttribute("aria-valuetext", shown(state.w))
    if (this.drawn !== state.name) this.#shape(state.name)
    this.#point(state)
    // The chain is much to compute, and moving the point does not change it.
    const chain = `${state.name} ${state.w} ${state.layers} ${state.seed}`
    if (this.chained !== chain) this.#chain(state)
    this.chained = chain
  }

  /** The curve, its slope, and where it is flat. */
  #shape(name) {
    this.drawn = name
    const [least, most, ticks] = PANELS[name]
    this.up = scale([least, most], CURVE)
    const h = ACTIVATIONS[name], slope = DERIVATIVES[name], steps = [...Array(321).keys()].map(each => each / 20 - FAR)
    const line = (f, up) => `M${steps.map(a => `${across(a).toFixed(1)} ${up(f(a)).toFixed(1)}`).join("L")}`
    // Two pieces where it jumps: the slope of ReLU and the step itself.
    const broken = (f, up) => `M${across(-FAR)} ${up(f(-1))}H${across(0)}M${across(0)} ${up(f(1))}H${RIGHT}`
    this.line.setAttribute("d", (name === "step" ? broken : line)(h, this.up))
    this.slope.setAttribute("d", (name === "relu" ? broken : line)(slope, steep))
    const inside = a => across(Math.max(-FAR, Math.min(FAR, a)))
    this.flat.replaceChildren(...FLAT[name].flatMap(([from, to]) => [CURVE, SLOPE].map(([bottom, top]) =>
      svg("rect", { x: inside(from), y: top, width: inside(to) - inside(from), height: bottom - top }))))
    this.ticks.replaceChildren(...ticks.flatMap(each => [
      svg("text", { x: 28, y: this.up(each) + 5, "text-anchor": "end" }, tick(each)),
      svg("path", { class: "activations-grid", d: `M${across(-FAR)} ${this.up(each)}H${RIGHT}` })]))
    this.zone.textContent = this.t.zone[["sigmoid", "tanh"].includes(name) ? "S" : name]
  }

  #point({ name, a }) {
    const { t } = this
    const y = ACTIVATIONS[name](a), slope = DERIVATIVES[name](a)
    const x = across(a), top = this.up(y)
    const broken = a === 0 && (name === "relu" || name === "step")
    this.dot.setAttribute("transform", `translate(${x} ${top})`)
    this.plumb.setAttribute("d", `M${x} ${top}V${SLOPE[0]}`)
    this.under.setAttribute("cx", x)
    this.under.setAttribute("cy", steep(slope))
    const down = slope * (this.up(1) - this.up(0)) / (across(1) - across(0)), long = 58 / Math.hypot(1, down)
    this.tangent.setAttribute("d", broken ? "" : `M${x - long} ${top - long * down}L${x + long} ${top + long * down}`)
    const numbers = [shown(a, 1), sized(y), broken ? t.none : sized(slope)]
    this.dot.setAttribute("aria-valuenow", a)
    this.dot.setAttribute("aria-valuetext", t.place(...numbers))
    const here = {
      step: a === 0 ? "jump" : "step", identity: "identity", relu: a > 0 ? "on" : a < 0 ? "off" : "corner",
    }[name] ?? (part(name, a) < LEAST ? "saturated" : "moves")
    const words = t.read(...numbers) + t.here[here](percent(part(name, a)))
    if (this.reading.textContent !== words) this.reading.textContent = words
  }

  /** Random weights, inputs and a signal for the way back: drawn once for each seed. */
  #draws(seed) {
    if (this.drawnSeed !== seed) {
      const square = NEURONS * NEURONS, batch = NEURONS * BATCH, numbers = normals(seed, MOST * square + 2 * batch)
      this.inputs = numbers.subarray(0, batch)
      this.signal = numbers.subarray(batch, 2 * batch)
      this.weights = [...Array(MOST).keys()].map(layer => numbers.subarray(2 * batch + layer * square, 2 * batch + (layer + 1) * square))
      this.drawnSeed = seed
    }
  }

  #chain({ name, w, layers, seed }) {
    const { t } = this
    this.#draws(seed)
    const weights = this.weights.slice(0, layers), factor = w / Math.sqrt(NEURONS)
    const { sums, outputs } = forward(name, weights, this.inputs, factor)
    const signals = backward(name, weights, sums, this.signal, factor)
    const spreads = outputs.map(spread), returning = signals.map(spread), left = returning[0] / returning.at(-1)

    const column = (RIGHT - LEFT) / layers, middle = layer => LEFT + (layer + 0.5) * column
    this.#thickness(name, outputs, spreads, middle, Math.min(column * 0.45, 16))
    const line = (values, kind) => {
      // What lies outside of the picture is drawn there, and cut off.
      const places = values.map((value, layer) => [middle(layer), spreadUp(Math.log10(Math.max(value, 1e-30)))].map(each => each.toFixed(1)))
      return [svg("path", { class: kind, d: `M${places.map(each => each.join(" ")).join("L")}` }),
        ...places.map(([cx, cy]) => svg("circle", { cx, cy, r: 3.5, class: kind }))]
    }
    this.spreads.marks.replaceChildren(
      ...line(returning.map(each => each / returning.at(-1)), "activations-back"), ...line(spreads, "activations-there"))
    this.#ticks(this.spreads, layers, middle, [-6, -3, 0, 3, 6].map(power => [spreadUp(power), power ? `10${raised(power)}` : "1"]))

    const last = outputs.at(-1), share = pinned(name, sums.at(-1))
    const forth = fate(name, spreads, { pinned: share, apart: apart(last, NEURONS) }), home = fateBack(left)
    this.say(t.fate[forth]({ first: sized(spreads[0]), last: sized(spreads.at(-1)), pinned: share })
      + t.fateBack[home](sized(left)) + (forth === "pinned" && ["grows", "explodes"].includes(home) ? t.few : ""))
  }

  /** Each layer's outputs as an upright shape: the more of them at a value, the thicker. */
  #thickness(name, outputs, spreads, middle, half) {
    const grown = round(3 * Math.max(1, ...spreads))
    const range = { relu: [0, grown], identity: [-grown, grown], tanh: [-1, 1] }[name] ?? [0, 1]
    const up = scale(range, [OUTPUTS[0] - 8, OUTPUTS[1] + 8]), high = (up(range[0]) - up(range[1])) / BINS
    this.outputs.marks.replaceChildren(...outputs.map((values, layer) => {
      const x = middle(layer)
      const d = [...histogram(values, range, BINS)].map((count, bin) => {
        const thick = Math.min(1, count / values.length * 5) * half // full with a fifth of all
        return count ? `M${(x - thick).toFixed(2)} ${(up(range[0]) - bin * high).toFixed(2)}h${(2 * thick).toFixed(2)}v${(-high).toFixed(2)}h${(-2 * thick).toFixed(2)}Z` : ""
      }).join("")
      return svg("path", { d, class: "activations-thick" })
    }))
    const ticks = range[0] < 0 ? [range[0], 0, range[1]] : range
    this.#ticks(this.outputs, outputs.length, middle, ticks.map(each => [up(each), tick(each)]))
  }

  /** The ticks of a drawing with layers: [height, words] on the left, the layers below. */
  #ticks({ ticks, bottom }, layers, middle, heights) {
    const numbers = [...Array(layers).keys()].map(each => each + 1).filter(each => layers <= 10 || each === 1 || each % 5 === 0)
    const below = (x, anchor, words) => svg("text", { x, y: bottom + 18, "text-anchor": anchor }, words)
    ticks.replaceChildren(
      ...heights.flatMap(([y, words]) => [
        svg("text", { x: LEFT - 6, y: y + 5, "text-anchor": "end" }, words),
        svg("path", { class: "activations-grid", d: `M${LEFT} ${y}H${RIGHT}` })]),
      below(LEFT - 6, "end", this.t.layer), ...numbers.map(each => below(middle(each - 1), "middle", String(each))))
  }
}

customElements.define("journal-activations", Activations)
