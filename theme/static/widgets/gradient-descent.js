import { Widget, calm, html, point, scale, shown, svg } from "./widget.js"
import { SURFACES, limit, path, value, verdict } from "./gradient-descent.math.js"

const WIDTH = 480, HEIGHT = 330
const across = scale([-4.8, 4.8], [0, WIDTH]), up = scale([-3.3, 3.3], [HEIGHT, 0])
const back = { x: scale([0, WIDTH], [-4.8, 4.8]), y: scale([HEIGHT, 0], [-3.3, 3.3]) }
const LEVELS = { bowl: [0.3, 1.5, 4, 8, 14, 22], valley: [0.3, 2, 6, 14, 30, 60, 100], saddle: [-8, -4, -1.5, -0.3, 0, 0.3, 1.5, 4, 8, 14] }
const MOST = 60 // steps
const FAR = 1000
const inside = (number, most) => Math.max(-most, Math.min(most, Math.round(number * 20) / 20))

const WORDS = {
  ko: {
    title: "출발점을 고르고 내려가 보세요",
    surface: "곡면", bowl: "그릇", valley: "골짜기", saddle: "안장",
    rate: "학습률 η", steps: "걸음 수",
    play: "처음부터 걷기", one: "한 걸음 더",
    start: "출발점", map: "등고선. 누른 곳이 출발점이 돼요.",
    at: (step, [x, y], f) => `${step}걸음째: (${x}, ${y}), 함숫값 ${f}. `,
    gone: step => `${step}걸음째에는 이미 그림 밖으로 멀리 나갔어요. `,
    bottom: "여기는 기울기가 0이라 한 걸음도 움직이지 않아요.",
    diverges: most => `학습률이 한계(${most})를 넘어서, 걸음마다 더 멀리 튀어 나가요.`,
    escapes: "안장점을 지나 아래로 빠져나가요. 이 곡면에는 바닥이 없어요.",
    bounces: most => `학습률이 한계(${most})와 꼭 같아서, 같은 거리를 두고 영원히 오가요.`,
    zigzag: most => `한계(${most})의 절반을 넘어서, 바닥을 건너뛰며 지그재그로 다가가요.`,
    crawls: "방향은 맞지만 너무 느려요. 한 걸음에 5%도 줄지 않는 방향이 있어요.",
    converges: "알맞은 걸음으로 내려가요.",
    ridge: "능선 위에서 출발해서 안장점에 갇혀요. 출발점을 위아래로 조금만 옮겨 보세요.",
  },
  en: {
    title: "Choose a start and go down",
    surface: "Surface", bowl: "Bowl", valley: "Valley", saddle: "Saddle",
    rate: "Learning rate η", steps: "Steps",
    play: "Walk from the start", one: "One more step",
    start: "Start", map: "Contour lines. Press anywhere to start there.",
    at: (step, [x, y], f) => `Step ${step} is at (${x}, ${y}), where the value is ${f}. `,
    gone: step => `By step ${step} it is far outside the picture. `,
    bottom: "The gradient is 0 here, so nothing moves.",
    diverges: most => `The rate is above the limit of ${most}: every step lands further out.`,
    escapes: "It passes the saddle and runs away downhill. This surface has no bottom.",
    bounces: most => `The rate is exactly the limit, ${most}: it bounces for ever, no nearer and no further.`,
    zigzag: most => `Above half the limit of ${most} it leaps across the bottom, a little closer each time.`,
    crawls: "The direction is right, the pace is not: along one axis a step gains less than 5%.",
    converges: "It comes down at a good pace.",
    ridge: "It started on the ridge and is caught at the saddle point. Move the start a little up or down.",
  },
}

class GradientDescent extends Widget {
  static words = WORDS
  static state = { surface: "bowl", rate: 0.1, steps: 20, x: -3.5, y: 2 }

  valid(found) {
    const kept = { ...found }
    if (!Object.hasOwn(SURFACES, kept.surface ?? "bowl")) delete kept.surface
    if ("rate" in kept) kept.rate = Math.max(0.005, Math.min(1.1, kept.rate))
    if ("steps" in kept) kept.steps = Math.max(0, Math.min(MOST, Math.round(kept.steps)))
    if ("x" in kept) kept.x = inside(kept.x, 4.5)
    if ("y" in kept) kept.y = inside(kept.y, 3)
    return kept
  }

  build() {
    const { t } = this
    this.levels = svg("g", { class: "descent-levels" })
    this.walk = svg("path", { class: "descent-walk" })
    this.dots = svg("g", { class: "descent-dots" })
    const go = ({ x, y }) => {
      this.#stop()
      this.set({ x: inside(back.x(x), 4.5), y: inside(back.y(y), 3) })
    }
    this.start = this.handle(svg("circle", { r: 10 }), {
      label: t.start,
      move: go,
      nudge: (dx, dy) => {
        this.#stop()
        this.set({ x: inside(this.state.x + 0.1 * dx, 4.5), y: inside(this.state.y + 0.1 * dy, 3) })
      },
    })
    for (const [name, number] of Object.entries({ valuemin: -4.5, valuemax: 4.5 })) this.start.setAttribute(`aria-${name}`, number)
    const map = svg("rect", { width: WIDTH, height: HEIGHT, class: "descent-map" })
    const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": t.map, class: "descent" },
      map, this.levels,
      svg("text", { x: WIDTH - 6, y: up(0) - 6, "text-anchor": "end" }, "x₀"), svg("text", { x: across(0) + 6, y: 16 }, "x₁"),
      this.walk, this.dots, this.start)
    drawing.addEventListener("click", event => event.target !== this.start && go(point(drawing, event)))
    const button = (text, onclick) => html("button", { type: "button", class: "widget-button", onclick }, text)
    this.body.classList.add("widget-body--two")
    this.body.append(
      html("div", { class: "descent-frame" }, drawing),
      html("div", { class: "descent-controls" },
        this.choice("surface", t.surface, Object.keys(SURFACES).map(name => [name, t[name]])),
        this.slider("rate", { label: t.rate, min: 0.005, max: 1.1, step: 0.005, digits: 3 }),
        this.slider("steps", { label: t.steps, min: 0, max: MOST, step: 1, digits: 0 }),
        html("div", { class: "widget-choices" }, button(t.play, () => this.#play()),
          button(t.one, () => {
            this.#stop()
            this.set({ steps: Math.min(MOST, this.state.steps + 1) })
          })),
        this.result))
  }

  reset() {
    this.#stop()
    super.reset()
  }

  /** Step after step, for those who like to watch; at once for those who do not. */
  #play() {
    this.#stop()
    if (calm.matches) return this.set({ steps: MOST })
    this.set({ steps: 0 })
    this.#timer = setInterval(() => {
      this.set({ steps: this.state.steps + 1 })
      if (this.state.steps >= MOST || !this.isConnected) this.#stop()
    }, 180)
  }

  #timer
  #stop() {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  update() {
    const { state, t } = this
    const curvatures = SURFACES[state.surface], start = [state.x, state.y]
    this.refresh()
    if (this.drawn !== state.surface) this.#contours(state.surface)
    const places = path(curvatures, start, state.rate, state.steps)
    const near = places.filter((each, step) => step === 0 || places[step - 1].every(number => Math.abs(number) < FAR))
    const at = ([x, y]) => [across(x).toFixed(1), up(y).toFixed(1)]
    this.walk.setAttribute("d", `M${near.map(each => at(each).join(" ")).join("L")}`)
    this.dots.replaceChildren(...near.slice(1).map(each => {
      const [cx, cy] = at(each)
      return svg("circle", { cx, cy, r: 3.5 })
    }))
    this.start.setAttribute("cx", across(state.x))
    this.start.setAttribute("cy", up(state.y))
    this.start.setAttribute("aria-valuenow", state.x)
    this.start.setAttribute("aria-valuetext", `(${shown(state.x)}, ${shown(state.y)})`)

    const here = places.at(-1), said = verdict(curvatures, start, state.rate)
    const where = here.every(number => Math.abs(number) < FAR)
      ? t.at(state.steps, here.map(number => shown(number)), shown(value(curvatures, here)))
      : t.gone(state.steps)
    const ridge = curvatures[1] < 0 && state.y === 0 && !["bottom", "diverges", "bounces"].includes(said)
    const words = ridge ? t.ridge : t[said]
    // While it walks, a screen reader is spared sixty announcements.
    this.result.setAttribute("aria-busy", String(this.#timer !== undefined))
    this.say(where + (typeof words === "function" ? words(shown(limit(curvatures), 2)) : words))
  }

  #contours(name) {
    this.drawn = name
    const [a, b] = SURFACES[name]
    const line = (points, low) => svg("path", { d: `M${points.map(([x, y]) => `${across(x).toFixed(1)} ${up(y).toFixed(1)}`).join("L")}`, "stroke-dasharray": low ? "4 3" : null })
    const parts = [...Array(81).keys()].map(each => each / 40 - 1)
    this.levels.replaceChildren(...LEVELS[name].flatMap(level => {
      if (b > 0) {
        return [svg("ellipse", { cx: across(0), cy: up(0), rx: across(Math.sqrt(2 * level / a)) - across(0), ry: up(0) - up(Math.sqrt(2 * level / b)) })]
      }
      // x₀² - x₁² = level: two branches, right and left of the saddle or above and below it.
      return [-1, 1].map(side => line(parts.map(part => level >= 0
        ? [side * Math.sqrt(level + (3.4 * part) ** 2), 3.4 * part]
        : [4.9 * part, side * Math.sqrt((4.9 * part) ** 2 - level)]), level < 0))
    }))
  }
}

customElements.define("journal-gradient-descent", GradientDescent)
