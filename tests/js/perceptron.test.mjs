// The perceptron to drag: sums and answers as in `study`, and the pieces of the plane.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import {
  CORNERS, GOALS, boundary, fires, foot, half, network, pieces, sum,
} from "../../theme/static/widgets/perceptron.math.js"

const fixture = JSON.parse(readFileSync(new URL("../../.cache/fixtures/perceptron.json", import.meta.url), "utf8"))
const SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1]]

const area = polygon => Math.abs(polygon.reduce((total, [x, y], place) => {
  const [before, above] = polygon.at(place - 1)
  return total + (before * y - x * above) / 2
}, 0))

test("sums and answers are study’s", () => {
  for (const [number, neuron] of fixture.neurons.entries()) {
    for (const [place, x] of fixture.inputs.entries()) {
      const expected = fixture.sums[number][place]
      assert.ok(Math.abs(sum(neuron, x) - expected) <= 1e-6 * Math.max(1, Math.abs(expected)))
      assert.equal(fires(neuron, x), fixture.answers[number][place], `${neuron} at ${x}`)
    }
  }
})

test("so are two layers", () => {
  for (const [number, neurons] of fixture.networks.entries()) {
    for (const [place, x] of fixture.inputs.entries()) {
      assert.equal(network(neurons, x), fixture.outputs[number][place], `${neurons} at ${x}`)
    }
  }
})

test("the gates are study’s", () => {
  assert.deepEqual(GOALS, fixture.gates)
})

test("a half-plane and its other half make the whole", () => {
  for (const neuron of fixture.neurons.slice(4)) {
    const both = [half(SQUARE, neuron), half(SQUARE, neuron, -1)]
    assert.ok(Math.abs(area(both[0]) + area(both[1]) - 1) < 1e-9, neuron)
    for (const x of both[0]) assert.ok(sum(neuron, x) > -1e-9)
  }
  assert.equal(half(SQUARE, [0, 0, -1]).length, 0)
  assert.deepEqual(half(SQUARE, [0, 0, 1]), SQUARE)
})

test("the boundary ends at the edges, where the sum is 0", () => {
  assert.deepEqual(boundary(SQUARE, [1, 0, -0.25]).map(each => each[0]), [0.25, 0.25])
  assert.deepEqual(boundary(SQUARE, [1, 1, 5]), [])
  assert.deepEqual(boundary(SQUARE, [0, 0, 0]).length, 2) // 0 everywhere: anything will do
})

test("the foot lies on the boundary, straight across", () => {
  assert.deepEqual(foot([2, 0, -1], [3, 0.7]), [0.5, 0.7])
  assert.deepEqual(foot([0, 0, 1], [3, 0.7]), [3, 0.7])
})

test("the pieces are where the network gives 1", () => {
  for (const neurons of fixture.networks) {
    const found = pieces(SQUARE, neurons)
    for (const piece of found) {
      const middle = [0, 1].map(axis => piece.reduce((total, x) => total + x[axis] / piece.length, 0))
      assert.equal(network(neurons, middle), 1)
    }
    const steps = [...Array(40).keys()].map(each => (each + 0.5) / 40)
    const counted = steps.flatMap(x => steps.map(y => network(neurons, [x, y]))).reduce((a, b) => a + b) / 1600
    assert.ok(Math.abs(found.reduce((total, piece) => total + area(piece), 0) - counted) < 0.06)
  }
  assert.equal(CORNERS.length, 4)
})
