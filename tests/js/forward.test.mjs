// The forward pass: every sum and every activation as `study.network` has it.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { INPUT, NETWORK, trace, weightedSum } from "../../theme/static/widgets/forward.math.js"

const fixture = JSON.parse(readFileSync(new URL("../../.cache/fixtures/forward.json", import.meta.url), "utf8"))
const close = (a, b, what) => assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)), `${what}: ${a}, not ${b}`)

test("the network is the page’s", () => assert.deepEqual(NETWORK, fixture.page))

test("its input too", () => assert.deepEqual(INPUT, fixture.passes[0].samples[0].x))

test("every sum and activation is study’s", () => {
  assert.ok(fixture.passes.length > 30)
  const tried = new Set()
  for (const { layers, samples } of fixture.passes) {
    for (const { activation } of layers) tried.add(activation)
    for (const { x, trace: expected } of samples) {
      const found = trace(x, layers)
      assert.equal(found.length, expected.length)
      assert.deepEqual(found[0].x, x)
      for (const [layer, { a, z }] of expected.entries()) {
        if (layer) assert.deepEqual(found[layer].x, found[layer - 1].z)
        for (const [name, values] of Object.entries({ a, z })) {
          assert.equal(found[layer][name].length, values.length)
          for (const [neuron, value] of values.entries()) {
            close(found[layer][name][neuron], value, `${layers[layer].activation}, ${name} of layer ${layer + 1}, neuron ${neuron + 1}`)
          }
        }
      }
    }
  }
  assert.deepEqual([...tried].sort(), ["identity", "relu", "sigmoid", "softmax", "tanh"])
})

test("a column of W is one neuron’s weights", () => {
  assert.deepEqual(weightedSum([1, 10, 100], { W: [[1, 4], [2, 5], [3, 6]], b: [1000, 2000] }), [1321, 2654])
})
