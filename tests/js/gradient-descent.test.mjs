// Walking downhill: every place as `study` has it, and what is said of the walk.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import {
  SURFACES, gradient, limit, path, value, verdict,
} from "../../theme/static/widgets/gradient-descent.math.js"

const fixture = JSON.parse(readFileSync(new URL("../../.cache/fixtures/gradient-descent.json", import.meta.url), "utf8"))
const close = (a, b, what) => assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)), `${what}: ${a}, not ${b}`)

test("the surfaces are the fixture’s", () => assert.deepEqual(SURFACES, fixture.surfaces))

test("every place, value and gradient is study’s", () => {
  assert.ok(fixture.walks.length > 60)
  for (const { surface, rate, path: expected, values, gradient: slope } of fixture.walks) {
    const a = SURFACES[surface]
    const places = path(a, expected[0], rate, fixture.steps)
    assert.equal(places.length, expected.length)
    for (const [step, place] of expected.entries()) {
      for (const axis of [0, 1]) close(places[step][axis], place[axis], `${surface} ${rate} step ${step}`)
      close(value(a, places[step]), values[step], `${surface} ${rate} value ${step}`)
    }
    for (const axis of [0, 1]) close(gradient(a, expected[0])[axis], slope[axis], "gradient")
  }
})

test("what is said of a walk is what it does", () => {
  const size = x => Math.hypot(...x)
  for (const [name, a] of Object.entries(SURFACES)) {
    for (const rate of [0.004, 0.02, 0.09, 0.1, 0.105, 0.3, 0.6, 0.99, 1, 1.01]) {
      for (const start of [[3, 1], [-2, 0], [0, 0.5]]) {
        const far = size(path(a, start, rate, 4000).at(-1))
        const said = verdict(a, start, rate)
        if (said === "bounces") assert.ok(Math.abs(far - size(start)) < size(start), `${name} ${rate} ${start}`)
        else if (said === "diverges" || said === "escapes") assert.ok(!(far < 100), `${name} ${rate} ${start} ${said}`)
        else assert.ok(far < 1e-3, `${name} ${rate} ${start} ${said} ${far}`)
      }
    }
  }
  assert.equal(verdict(SURFACES.bowl, [0, 0], 0.1), "bottom")
  assert.equal(verdict(SURFACES.saddle, [2, 0], 0.1), "converges") // along the ridge, onto the saddle
})

test("beyond the limit, and only there, it diverges", () => {
  for (const a of [SURFACES.bowl, SURFACES.valley]) {
    assert.equal(verdict(a, [1, 1], limit(a)), "bounces")
    assert.equal(verdict(a, [1, 1], limit(a) * 1.001), "diverges")
    assert.notEqual(verdict(a, [1, 1], limit(a) * 0.999), "diverges")
  }
})
