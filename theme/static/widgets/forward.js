import { Widget, calm, html, shown, svg } from "./widget.js"
import { INPUT, NETWORK, trace } from "./forward.math.js"

const HIDDEN = ["sigmoid", "tanh", "relu", "identity"], OUTPUT = ["identity", "softmax"]
const SIZES = [INPUT.length, ...NETWORK.map(({ b }) => b.length)]
const LAYERS = [1, 2, 3]
const LIMIT = 5 // of whatever can be changed
const PACE = 2200 // milliseconds: long enough to read the sum

const numbers = count => [...Array(count).keys()].map(each => each + 1)
const limited = value => Math.max(-LIMIT, Math.min(LIMIT, Math.round(value * 100) / 100))

// An entry's name in the state has the page's order: `w132` is w⁽¹⁾₃₂, in layer 1 to neuron 3 from input 2.
const weight = (layer, to, from) => `w${layer}${to}${from}`
const bias = (layer, neuron) => `b${layer}${neuron}`
const layerOf = name => name[0] === "x" ? 1 : Number(name[1])
const entries = Object.fromEntries([
  ...INPUT.map((value, place) => [`x${place + 1}`, value]),
  ...NETWORK.flatMap(({ W, b }, place) => [
    ...W.flatMap((row, from) => row.map((value, to) => [weight(place + 1, to + 1, from + 1), value])),
    ...b.map((value, neuron) => [bias(place + 1, neuron + 1), value])]),
])

/** How many steps a layer takes: one a neuron; softmax needs all the sums, and one more. */
const steps = (layer, output) => SIZES[layer] + (layer === 3 && output === "softmax" ? 1 : 0)

/** The same state with a step that the layer has, and an entry chosen that belongs to it. */
function settled(state) {
  const step = Math.min(state.step, steps(state.layer, state.output))
  const on = layerOf(state.on) === state.layer ? state.on : weight(state.layer, Math.max(1, Math.min(step, SIZES[state.layer])), 1)
  return { ...state, step, on }
}

const trimmed = text => text.replace(/(\.\d+?)0+$/, "$1")
/** A number to calculate with: up to four decimals, as the page prints them. */
const exact = value => trimmed(shown(value, 4))
/** A number for a cell: never more than six characters. */
const brief = value => shown(value, Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0)
const row = values => `[${values.map(exact).join("\u00a0")}]`
const inside = value => value < 0 ? `(${exact(value)})` : exact(value)

const WORDS = {
  ko: {
    title: "순전파를 한 칸씩 따라가요",
    layer: "층", layers: ["1층", "2층", "3층(출력)"], columns: ["입력", "1층", "2층", "출력"],
    legend: "굵을수록 큰 가중치, 점선은 음수예요.",
    hidden: "은닉층의 활성화 함수", output: "출력층의 활성화 함수",
    sigmoid: "시그모이드", tanh: "tanh", relu: "ReLU", identity: "항등 함수", softmax: "소프트맥스",
    begin: "한 칸씩", next: "다음 칸", back: "이전 칸", play: "자동 재생", stop: "멈추기",
    cells: layer => `${layer}층에서 바꿀 수 있는 수`,
    input: from => `${from}번 입력`,
    weight: (layer, to, from) => `${layer}층 가중치, ${from}번 ${layer === 1 ? "입력" : "뉴런"}에서 ${to}번 뉴런으로`,
    bias: (layer, neuron) => `${layer}층 편향, ${neuron}번 뉴런`,
    still: "아직", diagram: values => `신경망 그림. ${values}`,
    whole: (x, y) => `입력이 ${x}일 때 출력은 ${y}.`,
    step: (layer, neuron, sum) => `${layer}층 ${neuron}번 뉴런. 합은 ${sum}.`,
    activated: text => ` 활성화 함수를 지나면 ${text}.`, same: value => ` 항등 함수라 그대로 ${value}.`,
    waits: " 소프트맥스는 합이 다 모여야 계산할 수 있어요.",
    together: (a, z) => `소프트맥스는 두 합을 한꺼번에 받아요. softmax(${a}) = ${z}. 이것이 출력이고, 더하면 1이에요.`,
    end: y => ` 이제 끝이에요. 출력은 ${y}.`,
  },
  en: {
    title: "Walk through the forward pass",
    layer: "Layer", layers: ["1", "2", "3 (output)"], columns: ["input", "layer 1", "layer 2", "output"],
    legend: "Thick: a large weight. Dashed: negative.",
    hidden: "Hidden layers", output: "Output layer",
    sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU", identity: "identity", softmax: "softmax",
    begin: "Step through", next: "Next", back: "Back", play: "Play", stop: "Stop",
    cells: layer => `Numbers of layer ${layer} that can be changed`,
    input: from => `Input ${from}`,
    weight: (layer, to, from) => `Layer ${layer} weight from ${layer === 1 ? "input" : "neuron"} ${from} to neuron ${to}`,
    bias: (layer, neuron) => `Layer ${layer} bias of neuron ${neuron}`,
    still: "not yet", diagram: values => `The network. ${values}`,
    whole: (x, y) => `For the input ${x}, the network’s output is ${y}.`,
    step: (layer, neuron, sum) => `Layer ${layer}, neuron ${neuron}. The sum is ${sum}.`,
    activated: text => ` The activation: ${text}.`, same: value => ` The identity leaves it at ${value}.`,
    waits: " Softmax has to wait until all the sums are there.",
    together: (a, z) => `Softmax takes both sums at once: softmax(${a}) = ${z}. That is the output, and it adds up to 1.`,
    end: y => ` That is the end: the output is ${y}.`,
  },
}

// The drawing, in its own units.
const WIDTH = 340, HEIGHT = 200, RADIUS = 23, GAP = 62
const across = column => 28 + column * (WIDTH - 56) / 3
const down = (column, neuron) => 112 + (neuron - 1 - (SIZES[column] - 1) / 2) * GAP

class Forward extends Widget {
  static words = WORDS
  static state = { ...entries, hidden: "sigmoid", output: "identity", layer: 1, step: 0, on: "w111" }

  valid(found) {
    const kept = {}
    for (const [name, value] of Object.entries(found)) {
      if (Object.hasOwn(entries, name)) kept[name] = limited(value)
      else if (name === "on") Object.hasOwn(entries, value) && (kept.on = value)
      else if (name === "hidden") HIDDEN.includes(value) && (kept.hidden = value)
      else if (name === "output") OUTPUT.includes(value) && (kept.output = value)
      else if (name === "layer") LAYERS.includes(value) && (kept.layer = value)
      else if (name === "step") Number.isInteger(value) && value > 0 && (kept.step = value)
    }
    return settled({ ...this.constructor.state, ...kept })
  }

  /** A step of 0 is the whole pass, with everything computed. */
  set(changes) {
    this.#stop()
    this.#go(changes)
  }

  #go(changes) {
    const jumps = "layer" in changes && changes.layer !== this.state.layer && !("step" in changes)
    const next = { ...this.state, ...(jumps && this.state.step ? { step: 1 } : {}), ...changes }
    // What is being computed is what there is to change.
    if ("step" in changes && next.step && !("on" in changes)) next.on = weight(next.layer, Math.min(next.step, SIZES[next.layer]), 1)
    super.set(settled(next))
  }

  build() {
    const { t } = this
    const button = (text, onclick) => html("button", { type: "button", class: "widget-button", onclick }, text)
    this.next = button(t.next, () => this.set(this.#after()))
    this.player = button(t.play, () => this.#timer === undefined ? this.#play() : this.set({}))
    this.sheets = LAYERS.map(layer => this.#sheet(layer))
    const activation = (name, names) => {
      const row = this.choice(name, t[name], names.map(each => [each, t[each]]))
      row.classList.add("forward-activation")
      return row
    }
    this.body.classList.add("forward")
    this.body.append(
      this.choice("layer", t.layer, LAYERS.map(layer => [layer, t.layers[layer - 1]])),
      html("div", { class: "widget-choices forward-steps" }, button(t.back, () => this.set(this.#before())), this.next, this.player),
      html("div", {}, this.#drawing(), html("p", { class: "forward-legend" }, t.legend)),
      html("div", {}, ...this.sheets.map(each => each.sheet)),
      this.result,
      this.#editor(),
      activation("hidden", HIDDEN),
      activation("output", OUTPUT),
    )
  }

  /** The network as circles and lines; what they hold is written by `update`. */
  #drawing() {
    this.halo = svg("path", { class: "forward-halo" })
    this.edges = [], this.neurons = []
    for (const layer of LAYERS) {
      for (const to of numbers(SIZES[layer])) {
        for (const from of numbers(SIZES[layer - 1])) {
          const start = [across(layer - 1), down(layer - 1, from)], end = [across(layer), down(layer, to)]
          const far = Math.hypot(end[0] - start[0], end[1] - start[1])
          const at = part => start.map((each, axis) => (each + part * (end[axis] - each)).toFixed(1))
          const d = `M${at(RADIUS / far)}L${at(1 - RADIUS / far)}`, [x, y] = at(0.42)
          const name = weight(layer, to, from)
          this.edges.push({
            name, layer, to, d,
            line: svg("path", { d }),
            // On a line that is level the text would hide it: there it stands above.
            label: svg("text", { x, y: Number(y) + (start[1] === end[1] ? -5 : 4), "text-anchor": "middle", class: "forward-weight" }),
            hit: svg("path", { d, class: "forward-hit", onclick: () => this.set({ on: name, layer }) }),
          })
        }
      }
    }
    for (const [layer, size] of SIZES.entries()) {
      for (const neuron of numbers(size)) {
        const x = across(layer), y = down(layer, neuron)
        const circle = svg("circle", { cx: x, cy: y, r: RADIUS }), text = svg("text", { x, y: y + 5, "text-anchor": "middle" })
        const onclick = () => this.set(layer ? { layer, step: neuron } : { on: `x${neuron}`, layer: 1 })
        this.neurons.push({ layer, neuron, text, group: svg("g", { class: "forward-neuron", onclick }, circle, text) })
      }
    }
    this.drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" },
      ...this.t.columns.map((title, column) =>
        svg("text", { x: across(column), y: 13, "text-anchor": "middle", class: "forward-column" }, title)),
      this.halo,
      svg("g", { class: "forward-edges" }, ...this.edges.map(each => each.line)),
      ...this.edges.map(each => each.hit), ...this.edges.map(each => each.label),
      ...this.neurons.map(each => each.group))
    return this.drawing
  }

  /** A layer as matrices: x @ W, and under each column of W the bias, the sum and the output of its neuron. */
  #sheet(layer) {
    const ins = SIZES[layer - 1], outs = SIZES[layer], first = ins + 2
    const cells = []
    const put = (element, line, column, lines = 1, columns = 1) => {
      element.style.gridArea = `${line} / ${column} / span ${lines} / span ${columns}`
      return element
    }
    /** What can be changed is a radio button: arrow keys go from one to the next. */
    const entry = (name, line, column) => {
      const cell = html("button", {
        type: "button", role: "radio", class: "forward-cell", "data-name": name,
        onclick: () => this.set({ on: name }),
        onkeydown: event => this.#move(event, cells, line, column),
      })
      cells.push({ name, cell, line, column })
      return put(cell, line, column)
    }
    const computed = (kind, neuron, line, column, from = layer) => {
      const cell = html("span", { class: "forward-cell forward-computed", onclick: () => this.set({ layer: from, step: neuron }) })
      cells.push({ kind, neuron, cell })
      return put(cell, line, column)
    }
    const bracket = (...place) => put(html("span", { class: "forward-bracket", "aria-hidden": "true" }), ...place)
    const named = (text, ...place) => put(html("span", { class: "forward-name" }, text), ...place)
    const before = (text, line, columns) => put(html("span", { class: "forward-name forward-before" }, text), line, 1, 1, columns)
    const sign = (text, line) => put(html("span", { class: "forward-sign" }, text), line, ins + 1)
    const below = ins + 2
    const x = layer === 1 ? "x" : `z${layer - 1}`, a = `a${layer}`, z = layer === 3 ? "y" : `z${layer}`
    const sheet = html("div", { class: "forward-sheet", role: "radiogroup", "aria-label": this.t.cells(layer), style: `--ins: ${ins}; --outs: ${outs}` },
      bracket(2, 1, 1, ins), bracket(2, first, ins, outs), ...[0, 1, 2].map(each => bracket(below + each, first, 1, outs)),
      named(`${x} (${ins},)`, 1, 1, 1, ins), named(`W${layer} (${ins}, ${outs})`, 1, first, 1, outs),
      ...numbers(ins).map(from => layer === 1 ? entry(`x${from}`, 2, from) : computed("x", from, 2, from, layer - 1)),
      sign("@", 2),
      ...numbers(ins).flatMap(from => numbers(outs).map(to => entry(weight(layer, to, from), 1 + from, ins + 1 + to))),
      before(`b${layer} (${outs},)`, below, ins), sign("+", below),
      ...numbers(outs).map(neuron => entry(bias(layer, neuron), below, ins + 1 + neuron)),
      before(`${a} (${outs},)`, below + 1, ins), sign("=", below + 1),
      ...numbers(outs).map(neuron => computed("a", neuron, below + 1, ins + 1 + neuron)),
      before(`${z} = h(${a})`, below + 2, ins + 1),
      ...numbers(outs).map(neuron => computed("z", neuron, below + 2, ins + 1 + neuron)))
    return { layer, sheet, cells }
  }

  #move(event, cells, line, column) {
    const [right, under] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? []
    if (right === undefined) return
    event.preventDefault()
    const next = cells.find(each => each.line === line + under && each.column === column + right)
    if (!next) return
    this.set({ on: next.name })
    next.cell.focus()
  }

  /** The chosen entry: its names, a slider and a field. */
  #editor() {
    const change = value => Number.isFinite(value) && this.set({ [this.state.on]: limited(value) })
    this.code = html("code")
    this.symbol = html("i")
    this.words = html("span")
    this.range = html("input", { type: "range", min: -LIMIT, max: LIMIT, step: 0.1, oninput: () => change(this.range.valueAsNumber) })
    this.field = html("input", {
      type: "number", min: -LIMIT, max: LIMIT, step: 0.1,
      oninput: () => change(this.field.valueAsNumber),
      onblur: () => this.update(), // “-” and “99” are put right when the reader has done
    })
    return html("div", { class: "forward-editor" },
      html("p", {}, this.code, " ", this.symbol, " ", this.words), this.range, this.field)
  }

  #after() {
    const { layer, step, output } = this.state
    if (!step) return { layer: 1, step: 1 }
    if (step < steps(layer, output)) return { step: step + 1 }
    return layer < 3 ? { layer: layer + 1, step: 1 } : { step: 0 }
  }

  #before() {
    const { layer, step, output } = this.state
    if (!step) return { layer: 3, step: steps(3, output) }
    if (step > 1) return { step: step - 1 }
    return layer > 1 ? { layer: layer - 1, step: steps(layer - 1, output) } : { step: 0 }
  }

  /** From the first neuron to the end, for those who like to watch; at once for those who do not. */
  #play() {
    if (calm.matches) return this.set({ layer: 3, step: 0 })
    this.#timer = setInterval(() => {
      const next = this.#after()
      if (next.step === 0 || !this.isConnected) this.#stop()
      this.#go(next)
    }, PACE)
    this.#go({ layer: 1, step: 1 })
  }

  #timer
  #stop() {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  get #layers() {
    const { state } = this
    return LAYERS.map(layer => ({
      W: numbers(SIZES[layer - 1]).map(from => numbers(SIZES[layer]).map(to => state[weight(layer, to, from)])),
      b: numbers(SIZES[layer]).map(neuron => state[bias(layer, neuron)]),
      activation: layer < 3 ? state.hidden : state.output,
    }))
  }

  /** Whether the pass has come to this neuron's sum (`a`) or output (`z`). */
  #reached(layer, neuron, kind) {
    const { state } = this
    if (!state.step || layer < state.layer) return true
    if (layer > state.layer) return false
    const together = kind === "z" && layer === 3 && state.output === "softmax"
    return (together ? SIZES[3] + 1 : neuron) <= state.step
  }

  /** Whether the step at hand computes this neuron. */
  #now(layer, neuron) {
    const { state } = this
    return layer === state.layer && state.step > 0 && (neuron === state.step || state.step > SIZES[layer])
  }

  update() {
    const { state, t } = this
    this.refresh()
    const input = numbers(SIZES[0]).map(each => state[`x${each}`])
    const layers = this.#layers, passed = trace(input, layers)
    this.#draw(input, passed)
    for (const { layer, sheet, cells } of this.sheets) {
      sheet.hidden = layer !== state.layer
      if (!sheet.hidden) this.#fill(cells, layer, passed[layer - 1])
    }
    this.#edit()
    this.next.textContent = state.step ? t.next : t.begin
    this.player.textContent = this.#timer === undefined ? t.play : t.stop
    // While it plays, a screen reader is spared the sums.
    this.result.setAttribute("aria-busy", String(this.#timer !== undefined))
    this.say(this.#words(input, layers, passed))
  }

  #draw(input, passed) {
    const { state, t } = this
    const values = [input, ...passed.map(each => each.z)]
    for (const { layer, neuron, text, group } of this.neurons) {
      const reached = !layer || this.#reached(layer, neuron, "z")
      text.textContent = reached ? brief(values[layer][neuron - 1]) : ""
      group.classList.toggle("forward-now", this.#now(layer, neuron) || (state.step > 0 && state.step <= SIZES[state.layer] && layer === state.layer - 1))
      group.classList.toggle("forward-target", this.#now(layer, neuron))
    }
    for (const { name, layer, to, line, label } of this.edges) {
      const value = state[name], now = this.#now(layer, to) && state.step <= SIZES[layer]
      line.setAttribute("class", `${value < 0 ? "forward-negative" : value > 0 ? "forward-positive" : "forward-zero"}${state.step && !now ? " forward-aside" : ""}`)
      line.style.strokeWidth = (0.7 + 1.5 * Math.sqrt(Math.abs(value))).toFixed(2)
      label.textContent = now || name === state.on ? exact(value) : ""
    }
    const column = (title, layer) => `${title}: ${values[layer].map((value, place) =>
      !layer || this.#reached(layer, place + 1, "z") ? brief(value) : t.still).join(", ")}.`
    this.drawing.setAttribute("aria-label", t.diagram(t.columns.map(column).join(" ")))
    const { on } = state, edge = this.edges.find(each => each.name === on)
    const ring = (layer, neuron) => `M${across(layer) - RADIUS} ${down(layer, neuron)}a${RADIUS} ${RADIUS} 0 1 0 ${2 * RADIUS} 0a${RADIUS} ${RADIUS} 0 1 0 ${-2 * RADIUS} 0`
    this.halo.setAttribute("d", edge ? edge.d : on[0] === "x" ? ring(0, Number(on[1])) : ring(Number(on[1]), Number(on[2])))
  }

  #fill(cells, layer, passed) {
    const { state } = this
    const product = state.step <= SIZES[layer]
    for (const { name, kind, neuron, cell } of cells) {
      if (!name) {
        const reached = kind === "x" || this.#reached(layer, neuron, kind)
        cell.textContent = reached ? brief(passed[kind][neuron - 1]) : ""
        cell.classList.toggle("forward-now", kind === "x" ? state.step > 0 && product : this.#now(layer, neuron) && (product || kind === "a"))
        cell.classList.toggle("forward-target", kind === "z" && this.#now(layer, neuron) && reached)
        continue
      }
      const value = exact(state[name]), chosen = name === state.on
      cell.textContent = value
      cell.setAttribute("aria-label", `${this.#called(name)}, ${value}`)
      cell.setAttribute("aria-checked", String(chosen))
      cell.tabIndex = chosen ? 0 : -1
      const now = name[0] === "x" ? state.step > 0 : this.#now(layer, Number(name[2]))
      cell.classList.toggle("forward-now", now && product)
    }
  }

  #called(name) {
    const [kind, ...places] = name
    return this.t[{ x: "input", w: "weight", b: "bias" }[kind]](...places.map(Number))
  }

  #edit() {
    const { on } = this.state, value = this.state[on]
    const [kind, ...places] = on, [layer, to, from] = places.map(Number)
    this.code.textContent = kind === "x" ? `x[${layer - 1}]` : kind === "b" ? `b${layer}[${to - 1}]` : `W${layer}[${from - 1}, ${to - 1}]`
    const small = (name, text) => html(name, {}, text)
    this.symbol.replaceChildren(kind, ...(kind === "x" ? [small("sub", layer)] : [small("sup", `(${layer})`), small("sub", places.slice(1).join(""))]))
    this.words.textContent = this.#called(on)
    for (const input of [this.range, this.field]) input.setAttribute("aria-label", this.#called(on))
    this.range.value = value
    this.range.setAttribute("aria-valuetext", exact(value)) // the slider itself has tenths only
    // Not while the reader is typing in it: “0.” would lose its point.
    if (this.field !== document.activeElement) this.field.value = value
  }

  #words(input, layers, passed) {
    const { state: { layer, step, output }, t } = this
    if (!step) return t.whole(row(input), row(passed.at(-1).z))
    const { x, a, z } = passed[layer - 1], { W, b, activation } = layers[layer - 1]
    const end = layer === 3 && step === steps(3, output) ? t.end(row(z)) : ""
    if (step > SIZES[layer]) return t.together(row(a), row(z))
    const neuron = step - 1, sum = exact(a[neuron]), out = exact(z[neuron])
    const products = x.map((each, from) => `${from ? inside(each) : exact(each)}\u00a0×\u00a0${inside(W[from][neuron])}`)
    const activated = activation === "softmax" ? t.waits : activation === "identity" ? t.same(out)
      : t.activated(`${activation}(${sum})\u00a0=\u00a0${out}`)
    return t.step(layer, step, `${[...products, inside(b[neuron])].join(" + ")} = ${sum}`) + activated + end
  }
}

customElements.define("journal-forward", Forward)
