// All of MNIST's test images through the page's network: it must answer as `study` does.
import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { gunzipSync } from "node:zlib"
import { forward, ranking, unpacked } from "../../theme/static/widgets/digit.math.js"

const fixture = JSON.parse(readFileSync(new URL("../../.cache/fixtures/digit.json", import.meta.url), "utf8"))
const folder = process.env.STUDY_DATA ?? fixture.mnist?.folder
const [IMAGES, LABELS] = ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"].map(name => join(folder ?? "", name))
const lacking = !fixture.mnist
  ? "study could not have MNIST when the fixtures were made: set STUDY_DATA to the folder of its files"
  : [IMAGES, LABELS].filter(path => !existsSync(path)).map(path => `${path} is not there`).join("; ")

/** The numbers of an IDX file, after its header. */
function idx(path) {
  const bytes = gunzipSync(readFileSync(path))
  return bytes.subarray(4 + 4 * bytes[3])
}

test("all 10,000 test images of MNIST are read as study reads them", { skip: lacking || false }, () => {
  const network = unpacked(fixture.shapes, Uint8Array.from(Buffer.from(fixture.bytes, "base64")).buffer)
  const pixels = idx(IMAGES), labels = idx(LABELS), expected = fixture.mnist.predictions
  assert.equal(pixels.length, 784 * 10_000)
  assert.equal(expected.length, 10_000)
  const others = []
  let right = 0
  for (const [number, digit] of expected.entries()) {
    const image = Float64Array.from(pixels.subarray(784 * number, 784 * (number + 1)), byte => byte / 255)
    const [answer] = ranking(forward(network, image).at(-1))
    if (answer !== digit) others.push(`${number}: ${answer}, study says ${digit}`)
    right += answer === labels[number]
  }
  assert.deepEqual(others, [])
  assert.equal(right, 9895) // as the home page says
})
