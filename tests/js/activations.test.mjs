// Activation functions and chains of layers as in `study`, the random numbers, and what is said.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import {
  ACTIVATIONS, DERIVATIVES, FLAT, LEAST, apart, backward, fate, fateBack, forward, histogram, mulberry32, normals, part,
  pinned, spread,
} from "../../theme/static/widgets/activations.math.js"

const fixture = JSON.parse(readFileSync(new URL("../../.cache/fixtures/activations.json", import.meta.url), "utf8"))
const weights = fixture.weights.map(each => each.flat()), inputs = fixture.inputs.flat(), signal = fixture.signal.flat()
const n = fixture.weights[0].length

/** Relative to the size of the expected numbers altogether: a sum near 0 has the rounding of its parts. */
function close(actual, expected, what, size = Math.abs(expected)) {
  assert.ok(Math.abs(actual - expected) <= 1e-6 * size, `${what}: ${actual}, not ${expected}`)
}
function allClose(actual, expected, what) {
  assert.equal(actual.length, expected.length, what)
  const size = Math.max(...expected.map(Math.abs))
  for (const [place, value] of expected.entries()) close(actual[place], value, `${what} [${place}]`, size)
}

test("values and slopes are study’s, each to a millionth of itself", () => {
  assert.deepEqual(Object.keys(fixture.values), Object.keys(ACTIVATIONS))
  for (const [name, values] of Object.entries(fixture.values)) {
    for (const [place, value] of values.entries()) close(ACTIVATIONS[name](fixture.a[place]), value, `${name}(${fixture.a[place]})`)
  }
  assert.deepEqual(Object.keys(fixture.slopes), ["sigmoid", "tanh", "relu", "identity"]) // the step's is 0
  for (const [name, slopes] of Object.entries(fixture.slopes)) {
    for (const [place, slope] of slopes.entries()) {
      const a = fixture.a[place]
      // 1 - tanh² far out has only the digits that rounding left, in study as here.
      close(DERIVATIVES[name](a), slope, `${name}′(${a})`, name === "tanh" ? Math.max(slope, 1e-8) : slope)
    }
  }
  for (const a of fixture.a) assert.equal(DERIVATIVES.step(a), 0)
})

test("sums, outputs and their spread are study’s at every layer", () => {
  assert.equal(fixture.chains.length, 20)
  for (const { name, factor, sums, outputs, spreads, apart: expected } of fixture.chains) {
    const found = forward(name, weights, inputs, factor)
    for (const [layer, value] of spreads.entries()) {
      const what = `${name} × ${factor}, layer ${layer + 1}`
      allClose(found.sums[layer], sums[layer].flat(), what)
      allClose(found.outputs[layer], outputs[layer].flat(), what)
      close(spread(found.outputs[layer]), value, `spread of ${what}`)
    }
    close(apart(found.outputs.at(-1), n), expected, `apart: ${name} × ${factor}`)
  }
})

test("so is the signal on its way back, and it is the slope that numerical differentiation measures", () => {
  let measured = 0
  for (const { name, factor, signals, returning, measured: slope } of fixture.chains) {
    const found = backward(name, weights, forward(name, weights, inputs, factor).sums, signal, factor)
    assert.equal(found.length, weights.length)
    if (!signals) {
      assert.equal(name, "step")
      for (const each of found.slice(0, -1)) assert.ok(each.every(value => value === 0))
      continue
    }
    for (const [layer, value] of returning.entries()) {
      allClose(found[layer], signals[layer].flat(), `${name} × ${factor}, back at layer ${layer + 1}`)
      close(spread(found[layer]), value, `spread of ${name} × ${factor}, back at layer ${layer + 1}`)
    }
    if (slope) {
      allClose(found[0], slope.flat(), `${name} × ${factor}, measured`)
      measured++
    }
  }
  assert.equal(measured, 6)
})

test("weights times a factor are those weights", () => {
  const larger = weights.map(each => each.map(w => 0.3 * w))
  allClose(forward("tanh", larger, inputs).outputs.at(-1), [...forward("tanh", weights, inputs, 0.3).outputs.at(-1)], "× 0.3")
})

test("numbers past all bounds give Infinity, not nan", () => {
  for (const name of ["relu", "identity"]) {
    const { outputs } = forward(name, weights, inputs, 1e80)
    assert.equal(spread(outputs.at(-1)), Infinity)
  }
  assert.equal(spread([Infinity, -Infinity]), Infinity)
  assert.equal(spread(forward("tanh", weights, inputs, 1e80).outputs.at(-1)) <= 1, true)
})

test("a function is flat where its slope is below a hundredth of its greatest", () => {
  for (const [name, intervals] of Object.entries(FLAT)) {
    for (const [from, to] of intervals) {
      for (const end of [from, to].filter(each => Number.isFinite(each) && each)) {
        assert.ok(Math.abs(part(name, end) - LEAST) < 1e-9, `${name} at ${end}`)
      }
    }
    for (const a of fixture.a) {
      const inside = intervals.some(([from, to]) => a >= from && a <= to)
      assert.equal(part(name, a) < LEAST, inside, `${name} at ${a}`)
    }
  }
  assert.equal(pinned("tanh", [-4, 0, 1, 4]), 0.5)
  assert.equal(pinned("relu", [-1, 1, 2, 3]), 0.25)
  assert.equal(pinned("step", [-1, 1]), 1)
  assert.equal(pinned("identity", [-1, 1e9]), 0)
})

test("the random numbers are mulberry32’s", () => {
  const next = mulberry32(1)
  // From the generator's own C code, by Tommy Ettinger, as unsigned 32-bit integers.
  assert.deepEqual([next(), next(), next()].map(each => each * 2 ** 32), [2693262067, 11749833, 2265367787])
})

test("the draws are normal, of mean 0 and spread 1, and the same for the same seed", () => {
  for (const seed of [1, 2, 999]) {
    const drawn = normals(seed, 83_968)
    assert.deepEqual(drawn.subarray(0, 500), normals(seed, 500))
    const mean = power => drawn.reduce((total, each) => total + each ** power, 0) / drawn.length
    for (const [power, moment, off] of [[1, 0, 0.015], [2, 1, 0.02], [3, 0, 0.04], [4, 3, 0.12]]) {
      assert.ok(Math.abs(mean(power) - moment) < off, `seed ${seed}, moment ${power}: ${mean(power)}`)
    }
    const next = drawn.subarray(1).reduce((total, each, place) => total + each * drawn[place], 0) / drawn.length
    assert.ok(Math.abs(next) < 0.015, `neighbours: ${next}`)
    assert.ok(drawn.every(Number.isFinite))
    const within = drawn.filter(each => Math.abs(each) < 1).length / drawn.length
    assert.ok(Math.abs(within - 0.6827) < 0.01, `within one: ${within}`)
  }
  assert.notDeepEqual(normals(1, 5), normals(2, 5))
})

test("what is said of a chain is what it does, whatever the draw", () => {
  const neurons = 64, batch = 16, layers = 10
  const said = (name, size, seed) => {
    const drawn = normals(seed, layers * neurons ** 2 + 2 * neurons * batch)
    const x = drawn.subarray(0, neurons * batch), back = drawn.subarray(neurons * batch, 2 * neurons * batch)
    const matrices = [...Array(layers).keys()].map(each =>
      drawn.subarray(2 * neurons * batch + each * neurons ** 2, 2 * neurons * batch + (each + 1) * neurons ** 2))
    const { sums, outputs } = forward(name, matrices, x, size / 8)
    const signals = backward(name, matrices, sums, back, size / 8)
    const shares = { pinned: pinned(name, sums.at(-1)), apart: apart(outputs.at(-1), neurons) }
    return [fate(name, outputs.map(spread), shares), fateBack(spread(signals[0]) / spread(signals.at(-1)))].join(" ")
  }
  for (const seed of [1, 2, 3]) {
    for (const [name, size, expected] of [
      ["step", 1, "binary nothing"], ["sigmoid", 1, "alike dies"], ["tanh", 0.25, "dies dies"], ["tanh", 1, "lives lives"],
      ["tanh", 8, "pinned explodes"], ["relu", 0.5, "dies dies"], ["relu", 1, "shrinks weakens"], ["relu", Math.SQRT2, "lives lives"],
      ["relu", 4, "explodes explodes"], ["identity", 1, "lives lives"], ["identity", 4, "explodes explodes"],
    ]) assert.equal(said(name, size, seed), expected, `${name} × ${size}, seed ${seed}`)
  }
  assert.equal(fate("relu", [1, Infinity], { pinned: 0, apart: Infinity }), "explodes")
  assert.equal(fateBack(20), "grows")
  assert.equal(fate("relu", [1, 20], { pinned: 0.5, apart: 10 }), "grows") // half off is how ReLU is
})

test("a histogram counts its range, both ends included, and nothing else", () => {
  assert.deepEqual([...histogram([0, 0.1, 0.25, 0.5, 1, 1.01, -0.1, NaN, Infinity], [0, 1], 4)], [2, 1, 1, 1])
})
