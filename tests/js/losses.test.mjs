// Scores to probabilities to losses, as in `study`.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { crossEntropy, meanWith, softmax, squaredError } from "../../theme/static/widgets/losses.math.js"

const fixture = JSON.parse(readFileSync(new URL("../../.cache/fixtures/losses.json", import.meta.url), "utf8"))
const close = (a, b, what) => assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)), `${what}: ${a}, not ${b}`)

test("probabilities and losses are study’s, at every temperature", () => {
  assert.ok(fixture.cases.length > 200)
  for (const { scores, temperature, truth, y, cross_entropy: expected, squared } of fixture.cases) {
    const found = softmax(scores, temperature)
    for (const [place, p] of y.entries()) close(found[place], p, `softmax of ${scores}`)
    close(crossEntropy(scores, truth, temperature), expected, `cross-entropy of ${scores}`)
    close(squaredError(found, truth), squared, `squares of ${scores}`)
  }
})

test("the mean of a batch is study’s", () => close(meanWith(-Math.log(0.02), 4, 0.9), fixture.mean, "mean"))
