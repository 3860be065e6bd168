// The drawn digit: the network as `study` has it, and MNIST's way of making an image.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import {
  BOX, PEN, SHAPES, SIDE, curves, example, forward, prepared, ranking, unpacked,
} from "../../theme/static/widgets/digit.math.js"

const fixture = JSON.parse(readFileSync(new URL("../../.cache/fixtures/digit.json", import.meta.url), "utf8"))
const buffer = Uint8Array.from(Buffer.from(fixture.bytes, "base64")).buffer
const network = unpacked(fixture.shapes, buffer)

function close(actual, expected, message, tolerance = 1e-6) {
  assert.equal(actual.length, expected.length, message)
  for (const [place, value] of expected.entries()) {
    const off = Math.abs(actual[place] - value)
    assert.ok(off <= tolerance * Math.max(1, Math.abs(value)), `${message} [${place}]: ${actual[place]}, expected ${value}`)
  }
}

test("every layer puts out what study’s does", () => {
  for (const [number, image] of fixture.images.entries()) {
    const outputs = forward(network, image)
    for (const [layer, expected] of fixture.outputs[number].entries()) {
      close(outputs[layer], expected, `image ${number}, layer ${layer + 1}`)
    }
    assert.ok(Math.abs(outputs.at(-1).reduce((a, b) => a + b) - 1) < 1e-12)
  }
})

test("weights that are cut short, too many or of other shapes are refused", () => {
  assert.throws(() => unpacked(fixture.shapes, buffer.slice(0, -4)), RangeError)
  assert.throws(() => unpacked(fixture.shapes, new ArrayBuffer(buffer.byteLength + 4)), RangeError)
  assert.throws(() => unpacked({ layers: fixture.shapes.layers.slice(1) }, buffer), RangeError)
})

test("the ranking is by probability, the lower digit first among equals", () => {
  assert.deepEqual(ranking([0.1, 0.4, 0.1, 0.4]), [1, 3, 0, 2])
})

// A 5 of two strokes, on dyadic places: moving and doubling them is exact.
const FIVE = [
  [[32, 10], [30, 28], [28, 44], [42, 39], [58, 41], [70, 52], [73, 68], [66, 83], [51, 92], [35, 91], [23, 83]],
  [[32, 10], [52, 10], [73, 9]],
].map(stroke => stroke.map(point => point.map(value => value / 128)))
const moved = (drawing, dx, dy, factor = 1) => drawing.map(stroke => stroke.map(([x, y]) => [x * factor + dx, y * factor + dy]))

/** The ink's first and last row and column, and its centre of mass. */
function measured(image) {
  const places = [...image.keys()].filter(place => image[place] > 0)
  const rows = places.map(place => Math.floor(place / SIDE)), columns = places.map(place => place % SIDE)
  const mass = places.reduce((sum, place) => sum + image[place], 0)
  const mean = numbers => numbers.reduce((sum, value, index) => sum + value * image[places[index]], 0) / mass
  return {
    height: Math.max(...rows) - Math.min(...rows) + 1, width: Math.max(...columns) - Math.min(...columns) + 1,
    x: mean(columns), y: mean(rows), share: mass / image.length,
  }
}

test("the ink fills 20 pixels and its centre of mass is the middle, as in MNIST’s own images", () => {
  // In all but 3 of MNIST's 10,000 test images the longer side is 20, and the centre never leaves 13.5 to 14.5.
  for (let digit = 0; digit < 10; digit++) {
    for (let number = 0; number < 15; number++) {
      const { height, width, x, y } = measured(prepared(example(digit, number)))
      assert.equal(Math.max(height, width), BOX, `${digit}, ${number}`)
      for (const centre of [x, y]) assert.ok(centre >= 13.5 - 1e-6 && centre < 14.5, `${digit}, ${number}: ${centre}`)
    }
  }
})

test("proportions are kept", () => {
  const box = drawing => measured(prepared(drawing))
  const plate = (w, h) => [[[0, 0], [w, 0], [w, h], [0, h], [0, 0]]]
  assert.equal(box(plate(1, 1)).width, BOX)
  assert.equal(box(plate(2, 1)).height, Math.ceil((BOX - PEN) / 2 + PEN))
  assert.equal(box(plate(1, 3)).width, Math.ceil((BOX - PEN) / 3 + PEN))
})

test("pixels are 0 to 1 in 255ths, soft at the edges, and as much ink as MNIST’s", () => {
  let share = 0
  for (let number = 0; number < 150; number++) {
    const image = prepared(example(number % 10, number))
    for (const value of image) assert.ok(value >= 0 && value <= 1 && Number.isInteger(Math.round(value * 255 * 1e9) / 1e9))
    assert.ok(image.some(value => value === 1) && image.some(value => value > 0.2 && value < 0.8))
    share += measured(image).share / 150
  }
  assert.ok(Math.abs(share - 0.1325) < 0.015, `${share}`) // 0.1325 is the mean of MNIST's test images
})

test("where it is drawn makes no difference", () => {
  const image = prepared(FIVE)
  for (const [dx, dy] of [[1, 0], [0, -3], [17, 5], [-0.5, 0.25]]) assert.deepEqual(prepared(moved(FIVE, dx, dy)), image)
})

test("nor does how large it is", () => {
  const image = prepared(FIVE)
  for (const factor of [0.25, 2, 64]) assert.deepEqual(prepared(moved(FIVE, 3, 1, factor)), image)
  const answer = forward(network, image).at(-1)
  for (const factor of [0.3, 0.77, 5.1]) {
    close(forward(network, prepared(moved(FIVE, 0.1, 0.7, factor))).at(-1), answer, `× ${factor}`, 0.01)
  }
})

test("ink at the borders of a canvas is ink like any other", () => {
  const corner = moved(FIVE, -23 / 128, -9 / 128) // its uppermost and leftmost points at 0
  assert.equal(Math.min(...corner.flat(2)), 0)
  assert.deepEqual(prepared(corner), prepared(FIVE))
  const frame = prepared([[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]])
  assert.deepEqual([measured(frame).width, measured(frame).height], [BOX, BOX])
})

test("an empty drawing is an empty image", () => {
  for (const drawing of [[], [[]], [[], []]]) assert.ok(prepared(drawing).every(value => value === 0))
})

test("a dot is a dot in the middle, and a shaky one is not blown up", () => {
  for (const dot of [[[[0.4, 0.2]]], [[[0.4, 0.2], [0.4, 0.2]]], [[[0.4, 0.2], [0.401, 0.2]]]]) {
    const { width, height, x, y } = measured(prepared(dot, 0.12))
    assert.ok(width <= 4 && height <= 4, `${width}×${height}`)
    for (const centre of [x, y]) assert.ok(Math.abs(centre - 14) <= 0.5 + 1e-6)
  }
})

test("no ink falls off, however lopsided", () => {
  // Nearly all of the ink in one corner, and a thread to the opposite one.
  const blot = Array.from({ length: 60 }, (_, turn) => [0.12 * Math.cos(turn) * (turn / 60), 0.12 * Math.sin(turn) * (turn / 60)])
  const image = prepared([[...blot, [1, 1]]])
  const { width, height } = measured(image)
  assert.equal(Math.max(width, height), BOX)
})

test("strokes drawn over each other are no blacker", () => {
  assert.deepEqual(prepared([...FIVE, ...FIVE]), prepared(FIVE))
})

test("the examples are study’s shapes, bent as study bends them", () => {
  assert.deepEqual(SHAPES, fixture.SHAPES)
  for (const [digit, shapes] of SHAPES.entries()) {
    for (const [number, shape] of shapes.entries()) {
      const expected = fixture.curves[digit][number]
      const actual = curves(shape)
      assert.equal(actual.length, expected.length)
      for (const [stroke, points] of expected.entries()) {
        close(actual[stroke].flat(), points.flat(), `${digit}, shape ${number}`, 1e-12)
      }
    }
  }
})

test("every example lies on the canvas and is read as what it is", () => {
  for (let digit = 0; digit < 10; digit++) {
    for (let number = 0; number < 30; number++) {
      const drawing = example(digit, number)
      for (const value of drawing.flat(2)) assert.ok(value > 0.03 && value < 0.97, `${digit}, ${number}: ${value}`)
      assert.equal(ranking(forward(network, prepared(drawing)).at(-1))[0], digit, `${digit}, ${number}`)
    }
  }
})
