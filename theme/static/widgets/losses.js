import { Widget, html, shown } from "./widget.js"
import { crossEntropy, meanWith, softmax, squaredError } from "./losses.math.js"

const CLASSES = [0, 1, 2]
const LONGEST = 10 // the loss at which a bar is full
const OTHERS = 9, SURE = 0.9 // the batch that a mistake spoils
const percent = p => p > 0.9995 && p < 1 ? ">99.9%" : p < 0.0005 && p > 0 ? "<0.1%" : `${shown(100 * p, 1)}%`

const WORDS = {
  ko: {
    title: "점수를 움직여 손실을 봐요",
    truth: "정답", klass: each => `${each}번`,
    score: each => `${each}번의 점수`, temperature: "온도 T",
    probabilities: "확률", losses: "손실",
    entropy: "교차 엔트로피", squares: "오차제곱합",
    right: (truth, p) => `정답 ${truth}번에 ${p}를 걸어 맞혔어요.`,
    wrong: (truth, p, first, q) => `${first}번에 ${q}를 걸어 틀렸어요. 정답 ${truth}번에 건 확률은 ${p}예요.`,
    tie: (truth, p) => `정답 ${truth}번에 ${p}를 걸었고, 더 크게 건 곳은 없지만 똑같이 건 곳이 있어요.`,
    both: (entropy, squares) => ` 교차 엔트로피 ${entropy}, 오차제곱합 ${squares}.`,
    batch: (before, after) => ` 정답에 ${SURE * 100}%씩 건 데이터 ${OTHERS}개와 한 배치라면, 이것 하나가 교차 엔트로피의 평균을 바꿔요. ${before} → ${after}.`,
  },
  en: {
    title: "Move the scores, watch the loss",
    truth: "Truth", klass: each => `class ${each}`,
    score: each => `score of ${each}`, temperature: "temperature T",
    probabilities: "Probabilities", losses: "Losses",
    entropy: "cross-entropy", squares: "squared errors",
    right: (truth, p) => `Right: the truth, class ${truth}, got ${p}.`,
    wrong: (truth, p, first, q) => `Wrong: class ${first} got ${q}, and the truth, class ${truth}, got ${p}.`,
    tie: (truth, p) => `The truth, class ${truth}, got ${p}; nothing got more, but something got as much.`,
    both: (entropy, squares) => ` Cross-entropy ${entropy}, squared errors ${squares}.`,
    batch: (before, after) => ` In a batch with ${OTHERS} samples that gave the truth ${SURE * 100}% each, this one moves the mean cross-entropy from ${before} to ${after}.`,
  },
}

class Losses extends Widget {
  static words = WORDS
  static state = { truth: 0, a0: 2, a1: 1, a2: -1, t: 1 }

  valid(found) {
    const kept = {}
    for (const [key, value] of Object.entries(found)) {
      if (key === "truth") CLASSES.includes(value) && (kept.truth = value)
      else if (key === "t") kept.t = Math.max(0.2, Math.min(5, value))
      else kept[key] = Math.max(-8, Math.min(8, value))
    }
    return kept
  }

  build() {
    const { t } = this
    const row = (name, colour) => {
      const bar = html("span", { class: "losses-bar", "aria-hidden": "true", style: `--colour: var(--fig-${colour})` })
      const value = html("span", { class: "losses-value" })
      const label = html("span", {}, name)
      return { bar, value, label, row: html("div", { class: "losses-row", role: "listitem" }, label, bar, value) }
    }
    this.probabilities = CLASSES.map(each => row(t.klass(each), "c0"))
    this.entropy = row(t.entropy, "c1")
    this.squares = row(t.squares, "c2")
    const list = (name, rows) => html("div", {}, html("p", { class: "losses-head" }, name),
      html("div", { role: "list", "aria-label": name }, ...rows.map(each => each.row)))
    this.body.classList.add("widget-body--two")
    this.body.append(
      html("div", {},
        this.choice("truth", t.truth, CLASSES.map(each => [each, t.klass(each)])),
        ...CLASSES.map(each => this.slider(`a${each}`, { label: t.score(each), min: -8, max: 8, step: 0.1, digits: 1 })),
        this.slider("t", { label: t.temperature, min: 0.2, max: 5, step: 0.1, digits: 1 })),
      html("div", {}, list(t.probabilities, this.probabilities), list(t.losses, [this.entropy, this.squares])))
  }

  update() {
    const { state, t } = this
    const scores = CLASSES.map(each => state[`a${each}`]), { truth } = state
    const y = softmax(scores, state.t)
    const entropy = crossEntropy(scores, truth, state.t), squares = squaredError(y, truth)
    this.refresh()
    for (const [each, { bar, value, label, row }] of this.probabilities.entries()) {
      bar.style.setProperty("--part", y[each])
      value.textContent = percent(y[each])
      label.textContent = t.klass(each) + (each === truth ? " ★" : "")
      row.classList.toggle("losses-truth", each === truth)
    }
    for (const [{ bar, value }, loss] of [[this.entropy, entropy], [this.squares, squares]]) {
      bar.style.setProperty("--part", Math.min(1, loss / LONGEST))
      value.textContent = shown(loss)
    }
    const most = Math.max(...y), firsts = CLASSES.filter(each => y[each] === most)
    const verdict = !firsts.includes(truth) ? t.wrong(truth, percent(y[truth]), firsts[0], percent(most))
      : (firsts.length > 1 ? t.tie : t.right)(truth, percent(y[truth]))
    this.say(verdict + t.both(shown(entropy), shown(squares))
      + t.batch(shown(-Math.log(SURE)), shown(meanWith(entropy, OTHERS, SURE))))
  }
}

customElements.define("journal-losses", Losses)
