// Activation functions, their slopes, and a signal through many layers. See study/activations.py.

const small = a => Math.exp(-Math.abs(a)) // never above 1
const sigmoid = a => (a >= 0 ? 1 : small(a)) / (1 + small(a))

export const ACTIVATIONS = {
  step: a => a > 0 ? 1 : 0,
  sigmoid,
  tanh: Math.tanh,
  relu: a => Math.max(a, 0),
  identity: a => a,
}

/** The slopes; where there is none, at the step's jump and ReLU's corner, the 0 that is agreed on. */
export const DERIVATIVES = {
  step: () => 0,
  sigmoid: a => sigmoid(a) * sigmoid(-a),
  tanh: a => 1 - Math.tanh(a) ** 2,
  relu: a => a > 0 ? 1 : 0,
  identity: () => 1,
}

/** The part of its greatest slope below which a function is called saturated. */
export const LEAST = 0.01
const STEEPEST = { step: 0, sigmoid: 1 / 4, tanh: 1, relu: 1, identity: 1 }

/** The slope at `a` as a part of the greatest. */
export const part = (name, a) => STEEPEST[name] && DERIVATIVES[name](a) / STEEPEST[name]

// tanh' = 1 - tanh² is LEAST at ±EDGE; the sigmoid is twice as wide.
const EDGE = Math.atanh(Math.sqrt(1 - LEAST))

/** Where the slope is below LEAST of the greatest: intervals [from, to]. */
export const FLAT = {
  step: [[-Infinity, Infinity]],
  sigmoid: [[-Infinity, -2 * EDGE], [2 * EDGE, Infinity]],
  tanh: [[-Infinity, -EDGE], [EDGE, Infinity]],
  relu: [[-Infinity, 0]],
  identity: [],
}

/** Uniform numbers in [0, 1): mulberry32, by Tommy Ettinger. */
export function mulberry32(seed) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Normal numbers of mean 0 and standard deviation 1, by Box and Muller; the same for the same seed. */
export function normals(seed, count) {
  const uniform = mulberry32(seed)
  return Float64Array.from({ length: count }, () =>
    Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()))
}

/** The standard deviation; Infinity once the numbers have grown out of what a computer can hold. */
export function spread(values) {
  let sum = 0, squares = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  for (const value of values) squares += (value - mean) ** 2
  const found = Math.sqrt(squares / values.length)
  return Number.isFinite(found) ? found : Infinity
}

/**
 * A batch through layers of as many neurons each, without biases: `{ sums, outputs }` of every layer.
 *
 * All arrays are flat and row by row: `inputs` (batch, n), each of `weights` (n, n), whose numbers
 * are multiplied by `factor`.
 */
export function forward(name, weights, inputs, factor = 1) {
  const h = ACTIVATIONS[name], n = Math.sqrt(weights[0].length)
  const sums = [], outputs = []
  for (const W of weights) {
    const z = outputs.at(-1) ?? inputs, a = new Float64Array(z.length)
    for (let row = 0; row < z.length; row += n) {
      for (let i = 0; i < n; i++) {
        const x = factor * z[row + i]
        for (let j = 0; j < n; j++) a[row + j] += x * W[i * n + j]
      }
    }
    sums.push(a)
    outputs.push(a.map(h))
  }
  return { sums, outputs }
}

/** The way back: what `signal` at the last layer's outputs has become at every layer's. */
export function backward(name, weights, sums, signal, factor = 1) {
  const slope = DERIVATIVES[name], n = Math.sqrt(weights[0].length)
  const signals = [signal], g = new Float64Array(n)
  for (let layer = weights.length - 1; layer > 0; layer--) {
    const W = weights[layer], later = signals[0], a = sums[layer], here = new Float64Array(later.length)
    for (let row = 0; row < here.length; row += n) {
      for (let j = 0; j < n; j++) g[j] = factor * later[row + j] * slope(a[row + j])
      for (let i = 0; i < n; i++) {
        let total = 0
        for (let j = 0; j < n; j++) total += g[j] * W[i * n + j]
        here[row + i] = total
      }
    }
    signals.unshift(here)
  }
  return signals
}

/** Which part of a layer's sums lies where the function is flat. */
export const pinned = (name, sums) =>
  sums.reduce((total, a) => total + (part(name, a) < LEAST), 0) / sums.length

/**
 * How far apart different inputs still are: the standard deviation of each of `n` neurons over the
 * batch, their root mean square. `spread` also sees how the neurons differ from each other.
 */
export function apart(values, n) {
  const column = new Float64Array(values.length / n)
  let squares = 0
  for (let j = 0; j < n; j++) {
    for (let row = 0; row < column.length; row++) column[row] = values[row * n + j]
    squares += spread(column) ** 2
  }
  return Math.sqrt(squares / n)
}

/**
 * What has become of the outputs by the last layer, from the spread at each layer and, of the last,
 * the part that is `pinned` and how far `apart` inputs are.
 *
 * `binary` (a step gives nothing but 0 and 1), `pinned` (a third or more sit at the ends of an S),
 * `explodes`, `dies`, `alike` (the neurons differ, but each gives every input the same), `grows`,
 * `shrinks`, `lives`.
 */
export function fate(name, spreads, { pinned, apart }) {
  const first = spreads[0], last = spreads.at(-1)
  if (name === "step") return "binary"
  if (["sigmoid", "tanh"].includes(name) && pinned >= 1 / 3) return "pinned"
  if (last > 100) return "explodes"
  if (last < 0.01) return "dies"
  if (apart < last / 10) return "alike"
  return last > 4 * first ? "grows" : last < first / 4 ? "shrinks" : "lives"
}

/** What becomes of a signal on the way back, from what is `left` of 1 at the first layer. */
export function fateBack(left) {
  if (left === 0) return "nothing"
  if (left < 0.01) return "dies"
  if (left > 100) return "explodes"
  return left > 4 ? "grows" : left < 1 / 4 ? "weakens" : "lives"
}

/** How many of the values lie in each of `bins` equal parts of [from, to]. */
export function histogram(values, [from, to], bins) {
  const counts = new Uint32Array(bins)
  for (const value of values) {
    if (value >= from && value <= to) counts[Math.min(bins - 1, Math.floor((value - from) / (to - from) * bins))]++
  }
  return counts
}
