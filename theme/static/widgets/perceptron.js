import { Widget, html, svg, shown, scale } from "./widget.js"
import { CORNERS, GOALS, boundary, fires, foot, half, layer, network, pieces, sum } from "./perceptron.math.js"

const PLANE = [[-0.5, -0.5], [1.5, -0.5], [1.5, 1.5], [-0.5, 1.5]]
const SIZE = 320, EDGE = 34
const across = scale([-0.5, 1.5], [EDGE, SIZE - 10])
const up = scale([-0.5, 1.5], [SIZE - EDGE, 10])
const back = { x: scale([EDGE, SIZE - 10], [-0.5, 1.5]), y: scale([SIZE - EDGE, 10], [-0.5, 1.5]) }
const ARROW = 0.45 // how long a weight of 1 is in the plane

const limited = (value, least, most) => Math.max(least, Math.min(most, value))
const rounded = value => Math.round(value * 20) / 20
const at = ([x, y]) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`

// The names that a neuron's numbers have in the state.
const NEURONS = { only: ["w1", "w2", "b"], first: ["p1", "p2", "p0"], second: ["q1", "q2", "q0"], last: ["r1", "r2", "r0"] }
const LINES = { only: ["c0", ""], first: ["c0", ""], second: ["c2", "7 4"], last: ["c4", ""] }
// An answer for each goal: the gates of `study`, and a last neuron over NAND and OR.
const ANSWERS = { AND: [0.5, 0.5, -0.7], OR: [0.5, 0.5, -0.2], NAND: [-0.5, -0.5, 0.7] }
const LAST = { AND: [-1, 0, 0.5], OR: [0, 1, -0.5], NAND: [1, 0, -0.5], XOR: [0.5, 0.5, -0.7] }

const WORDS = {
  ko: {
    title: "선을 끌어 게이트를 만들어요",
    goal: "목표", layers: "층", neuron: "고칠 뉴런",
    one: "한 층", two: "두 층",
    only: "뉴런", first: "은닉 1 (h₁)", second: "은닉 2 (h₂)", last: "출력",
    bias: "편향 b",
    rule: ([w1, w2, b], x) => `${w1} × ${x}₁ + ${w2} × ${x}₂가 문턱 ${b}보다 크면 1이에요.`,
    inputs: "입력 평면", hidden: "은닉층 평면",
    move: name => `${name}의 경계선 옮기기`, turn: name => `${name}의 가중치 화살표`,
    table: "진리표", sum: "합", wanted: "목표", right: "맞음", wrong: "틀림",
    answer: "답 하나 보기",
    done: goal => `${goal}${goal.endsWith("OR") ? "을" : "를"} 만들었어요! 네 점이 모두 맞아요.`,
    count: (right, wrong) => `네 점 가운데 ${right}개가 맞아요. 틀린 곳은 ${wrong}.`,
    drag: " 선 위의 동그라미를 끌면 선이 옮겨 가고, 화살표 끝을 끌면 돌아요.",
    stuck: " XOR은 세 개까지가 끝이에요. ‘두 층’을 눌러 뉴런을 더해 보세요.",
    divide: " 은닉층을 지나면 네 점이 오른쪽 평면의 자리로 모여요. 출력 뉴런의 선으로 나눠 보세요.",
    none: "XOR에는 답이 없어요. 직선 하나로는 네 점을 나눌 수 없다는 것을 위에서 증명했어요. 두 층이면 돼요.",
  },
  en: {
    title: "Drag a line, make a gate",
    goal: "Goal", layers: "Layers", neuron: "Neuron to change",
    one: "One layer", two: "Two layers",
    only: "neuron", first: "Hidden 1 (h₁)", second: "Hidden 2 (h₂)", last: "Output",
    bias: "bias b",
    rule: ([w1, w2, b], x) => `It gives 1 if ${w1} times ${x}₁ plus ${w2} times ${x}₂ is above the threshold ${b}.`,
    inputs: "Inputs", hidden: "After the hidden layer",
    move: name => `Move the boundary: ${name}`, turn: name => `Weights as an arrow: ${name}`,
    table: "Truth table", sum: "sum", wanted: "goal", right: "right", wrong: "wrong",
    answer: "Show an answer",
    done: goal => `This is ${goal}: all four points are right.`,
    count: (right, wrong) => `${right} of 4 points are right. Wrong at ${wrong}.`,
    drag: " Drag the dot on the line to move it, the arrow’s tip to turn it.",
    stuck: " For XOR it gets no better than 3. Choose “Two layers”.",
    divide: " The hidden layer moves the four points to where they are in the second plane. Divide them there, with the output’s line.",
    none: "XOR has no answer here: no straight line divides these points, as proved above. Two layers do it.",
  },
}

class Perceptron extends Widget {
  static words = WORDS
  static state = {
    goal: "AND", layers: 1, on: "last",
    w1: 1, w2: 0.4, b: -0.2,
    p1: -0.5, p2: -0.5, p0: 0.7, q1: 0.5, q2: 0.5, q0: -0.2, r1: 0.5, r2: 0.5, r0: -0.2,
  }

  valid(found) {
    const kept = {}
    for (const [key, value] of Object.entries(found)) {
      if (key === "goal") value in GOALS && (kept.goal = value)
      else if (key === "layers") [1, 2].includes(value) && (kept.layers = value)
      else if (key === "on") ["first", "second", "last"].includes(value) && (kept.on = value)
      else kept[key] = limited(value, -2, 2)
    }
    return kept
  }

  build() {
    const { t } = this
    this.anchors = { only: [0.5, 0.5], first: [0.9, 0.5], second: [0.1, 0.5], last: [0.5, 0.5] } // where arrows start
    this.sliders = Object.entries(NEURONS).map(([name, [first, second, bias]]) => {
      const x = name === "last" ? "h" : "x"
      const sliders = [[first, `w₁ (${x}₁)`], [second, `w₂ (${x}₂)`], [bias, t.bias]].map(([key, label]) =>
        this.slider(key, { label, min: -2, max: 2, step: 0.05, digits: 2 }))
      return { name, box: html("div", {}, ...sliders) }
    })
    this.rule = html("p", { class: "perceptron-rule" })
    this.neuron = this.choice("on", t.neuron, ["first", "second", "last"].map(name => [name, t[name]]))
    this.head = html("tr")
    this.rows = html("tbody")
    this.planes = [this.#plane(t.inputs, "x", ["only", "first", "second"]), this.#plane(t.hidden, "h", ["last"])]
    this.body.append(
      this.choice("goal", t.goal, Object.keys(GOALS).map(name => [name, name])),
      this.choice("layers", t.layers, [[1, t.one], [2, t.two]]),
      html("div", { class: "perceptron-planes" }, ...this.planes.map(each => each.figure)),
      html("div", { class: "perceptron-controls" },
        html("div", {}, this.neuron, ...this.sliders.map(each => each.box), this.rule,
          html("button", { type: "button", class: "widget-button", onclick: () => this.#answer() }, t.answer)),
        html("table", { class: "perceptron-table", "aria-label": t.table }, html("thead", {}, this.head), this.rows)),
    )
    this.body.classList.add("perceptron")
  }

  /** A plane with its axes, and for each neuron a line, an arrow and two handles. */
  #plane(title, x, names) {
    const areas = svg("g", { class: "perceptron-area" })
    const points = svg("g", {})
    const lines = names.map(name => {
      const [colour, dash] = LINES[name]
      const style = `--line: var(--fig-${colour})`
      const line = svg("path", { class: "perceptron-line", style, "stroke-dasharray": dash })
      const arrow = svg("path", { class: "perceptron-arrow", style })
      const set = numbers => this.set(Object.fromEntries(NEURONS[name].map((key, place) => [key, rounded(numbers[place])])))
      const pulled = ({ x, y }) => [limited(back.x(x), -0.45, 1.45), limited(back.y(y), -0.45, 1.45)]
      const move = this.handle(svg("circle", { r: 9, style }), {
        label: this.t.move(this.t[name]),
        move: place => {
          const [w1, w2] = this.#of(name), to = pulled(place)
          this.anchors[name] = to
          set([w1, w2, limited(-w1 * to[0] - w2 * to[1], -2, 2)])
        },
        nudge: (dx, dy) => {
          const [w1, w2, b] = this.#of(name)
          set([w1, w2, limited(b + 0.05 * (dx + dy), -2, 2)])
        },
      })
      const turned = ([w1, w2]) => {
        const [x1, x2] = this.anchors[name]
        const to = [rounded(limited(w1, -2, 2)), rounded(limited(w2, -2, 2))]
        set([...to, limited(-to[0] * x1 - to[1] * x2, -2, 2)])
      }
      const turn = this.handle(svg("path", { d: "M0-10 10 8-10 8Z", style }), {
        label: this.t.turn(this.t[name]),
        move: place => {
          const { x, y } = place
          turned([x, y].map((value, axis) => (back["xy"[axis]](value) - this.anchors[name][axis]) / ARROW))
        },
        nudge: (dx, dy) => {
          const [w1, w2] = this.#of(name)
          turned([w1 + 0.1 * dx, w2 + 0.1 * dy])
        },
      })
      return { name, line, arrow, move, turn, group: svg("g", {}, line, arrow, move, turn) }
    })
    const drawing = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "group", "aria-label": title },
      areas,
      svg("path", { class: "perceptron-axes", d: `M${EDGE} 10V${SIZE - EDGE}H${SIZE - 10}M${across(0)} 10V${SIZE - EDGE}M${across(1)} 10V${SIZE - EDGE}M${EDGE} ${up(0)}H${SIZE - 10}M${EDGE} ${up(1)}H${SIZE - 10}` }),
      ...[0, 1].flatMap(tick => [
        svg("text", { x: across(tick), y: SIZE - EDGE + 18, "text-anchor": "middle" }, String(tick)),
        svg("text", { x: EDGE - 8, y: up(tick) + 5, "text-anchor": "end" }, String(tick))]),
      svg("text", { x: across(0.5), y: SIZE - EDGE + 20, "text-anchor": "middle", class: "perceptron-name" }, `${x}₁`),
      svg("text", { x: EDGE - 8, y: up(0.5) + 5, "text-anchor": "end", class: "perceptron-name" }, `${x}₂`),
      points, ...lines.map(each => each.group))
    const caption = html("figcaption", {}, title)
    return { drawing, areas, points, lines, figure: html("div", { class: "perceptron-plane" }, caption, drawing) }
  }

  /** A neuron's numbers: [w₁, w₂, b]. */
  #of(name) {
    return NEURONS[name].map(key => this.state[key])
  }

  get #network() {
    return ["first", "second", "last"].map(name => this.#of(name))
  }

  update() {
    const { state, t } = this
    this.refresh()
    const deep = state.layers === 2
    const chosen = deep ? state.on : "only"
    this.body.classList.toggle("perceptron--two", deep)
    this.neuron.hidden = !deep
    for (const { name, box } of this.sliders) box.hidden = name !== chosen
    const [w1, w2, b] = this.#of(chosen)
    this.rule.textContent = t.rule([shown(w1), shown(w2), shown(-b)], chosen === "last" ? "h" : "x")

    const goal = GOALS[state.goal]
    const answers = CORNERS.map(x => deep ? network(this.#network, x) : fires(this.#of("only"), x))
    const hidden = CORNERS.map(x => layer(this.#network.slice(0, 2), x))
    this.#table(deep, goal, answers, hidden)

    const [inputs, after] = this.planes
    after.figure.hidden = !deep
    const square = polygon => svg("path", { d: `M${polygon.map(at).join("L")}Z` })
    inputs.areas.replaceChildren(...(deep ? pieces(PLANE, this.#network) : [half(PLANE, this.#of("only"))]).filter(each => each.length).map(square))
    after.areas.replaceChildren(...[half(PLANE, this.#of("last"))].filter(each => each.length).map(square))
    this.#points(inputs, CORNERS, goal, answers)
    this.#points(after, hidden, goal, answers)
    for (const plane of this.planes) {
      for (const each of plane.lines) {
        const own = each.name === "only" ? !deep : deep
        each.group.style.display = own ? "" : "none"
        if (own) this.#line(each)
      }
    }

    const right = answers.filter((each, place) => each === goal[place]).length
    const wrong = CORNERS.filter((_, place) => answers[place] !== goal[place]).map(x => `(${x.join(", ")})`).join(", ")
    if (right === 4) this.say(t.done(state.goal))
    else this.say(t.count(right, wrong) + (deep ? t.divide : state.goal === "XOR" && right === 3 ? t.stuck : t.drag))
  }

  #line({ name, line, arrow, move, turn }) {
    const neuron = this.#of(name)
    const ends = boundary(PLANE, neuron)
    const near = foot(neuron, this.anchors[name]).map(value => limited(value, -0.45, 1.45))
    this.anchors[name] = near
    const tip = near.map((value, axis) => value + ARROW * neuron[axis])
    line.setAttribute("d", neuron[0] || neuron[1] ? ends.length ? `M${ends.map(at).join("L")}` : "" : "")
    arrow.setAttribute("d", `M${at(near)}L${at(tip)}`)
    move.setAttribute("cx", across(near[0]))
    move.setAttribute("cy", up(near[1]))
    const angle = neuron[0] || neuron[1] ? Math.atan2(neuron[0], neuron[1]) * 180 / Math.PI : 0
    turn.setAttribute("transform", `translate(${at(tip)}) rotate(${angle.toFixed(1)})`)
    const said = [[move, neuron[2], `b = ${shown(neuron[2])}`], [turn, neuron[0], `w₁ = ${shown(neuron[0])}, w₂ = ${shown(neuron[1])}`]]
    for (const [handle, value, text] of said) {
      handle.setAttribute("aria-valuemin", -2)
      handle.setAttribute("aria-valuemax", 2)
      handle.setAttribute("aria-valuenow", value)
      handle.setAttribute("aria-valuetext", text)
    }
  }

  /** The four points; those that fell together stand beside each other. */
  #points({ points }, places, goal, answers) {
    const seen = {}
    points.replaceChildren(...places.flatMap((place, number) => {
      const others = seen[place] = (seen[place] ?? -1) + 1
      const x = across(place[0]) + 24 * others, y = up(place[1])
      const right = goal[number] === answers[number]
      const glyph = goal[number] ? "M0-10 10 8-10 8Z" : "M9 0A9 9 0 1 1-9 0A9 9 0 1 1 9 0Z"
      return [
        svg("path", { d: glyph, transform: `translate(${x} ${y})`, class: `perceptron-point perceptron-point--${goal[number]}${right ? "" : " perceptron-point--wrong"}` }),
        svg("text", { x, y: y - 15, "text-anchor": "middle", class: "perceptron-which" }, CORNERS[number].join("") + (right ? "" : " ✗")),
      ]
    }))
  }

  #table(deep, goal, answers, hidden) {
    const { t } = this
    const heads = deep ? ["x₁", "x₂", "h₁", "h₂", "y", t.wanted, ""] : ["x₁", "x₂", t.sum, "y", t.wanted, ""]
    this.head.replaceChildren(...heads.map(each => html(each ? "th" : "td", each ? { scope: "col" } : {}, each)))
    this.rows.replaceChildren(...CORNERS.map((x, place) => {
      const right = answers[place] === goal[place]
      const middle = deep ? hidden[place] : [shown(sum(this.#of("only"), x))]
      const mark = html("td", { class: right ? "perceptron-right" : "perceptron-wrong", "aria-label": right ? t.right : t.wrong }, right ? "✓" : "✗")
      return html("tr", {}, ...[...x, ...middle, answers[place], goal[place]].map(each => html("td", {}, String(each))), mark)
    }))
  }

  #answer() {
    const { goal, layers } = this.state
    const named = (name, numbers) => Object.fromEntries(NEURONS[name].map((key, place) => [key, numbers[place]]))
    if (layers === 2) this.set({ ...named("first", ANSWERS.NAND), ...named("second", ANSWERS.OR), ...named("last", LAST[goal]) })
    else if (ANSWERS[goal]) this.set(named("only", ANSWERS[goal]))
    else this.say(this.t.none)
  }
}

customElements.define("journal-perceptron", Perceptron)
