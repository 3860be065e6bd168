// The perceptron: sums, answers, and the polygons of the plane that they cut. See study/perceptron.py.

export const CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]]

/** What each gate gives at the corners. */
export const GOALS = { AND: [0, 0, 0, 1], OR: [0, 1, 1, 1], NAND: [1, 1, 1, 0], XOR: [0, 1, 1, 0] }

/** The weighted sum w·x + b of a neuron [w₁, w₂, b]. */
export const sum = ([w1, w2, b], [x1, x2]) => x1 * w1 + x2 * w2 + b

/** 1 where the sum is above 0, and 0 elsewhere: on the boundary too. */
export const fires = (neuron, x) => sum(neuron, x) > 0 ? 1 : 0

/** The answers of the neurons of one layer to x. */
export const layer = (neurons, x) => neurons.map(each => fires(each, x))

/** The answer of two neurons and a third that hears only them. */
export const network = ([first, second, last], x) => fires(last, layer([first, second], x))

/** The part of a convex polygon where a neuron's sum is at least 0 (`side` 1) or at most 0 (-1). */
export function half(polygon, neuron, side = 1) {
  const kept = []
  for (const [place, here] of polygon.entries()) {
    const before = polygon.at(place - 1)
    const a = side * sum(neuron, before), b = side * sum(neuron, here)
    if ((a < 0 && b > 0) || (a > 0 && b < 0)) {
      const part = a / (a - b)
      kept.push(before.map((value, axis) => value + part * (here[axis] - value)))
    }
    if (b >= 0) kept.push(here)
  }
  return kept.length > 2 ? kept : []
}

/** The ends of the boundary within a convex polygon; empty where it does not pass. */
export function boundary(polygon, neuron) {
  const ends = half(polygon, neuron).filter(x => Math.abs(sum(neuron, x)) < 1e-9)
  return ends.length > 1 ? [ends[0], ends.at(-1)] : []
}

/** The point of the boundary that is nearest to x; x itself where there is no boundary. */
export function foot(neuron, x) {
  const [w1, w2] = neuron
  const square = w1 * w1 + w2 * w2
  if (!square) return x
  const far = sum(neuron, x) / square
  return [x[0] - far * w1, x[1] - far * w2]
}

/** Where the network gives 1: convex pieces of a convex polygon. */
export function pieces(polygon, [first, second, last]) {
  const found = []
  for (const a of [0, 1]) {
    for (const b of [0, 1]) {
      if (!fires(last, [a, b])) continue
      const piece = half(half(polygon, first, a ? 1 : -1), second, b ? 1 : -1)
      if (piece.length) found.push(piece)
    }
  }
  return found
}
