/*
 * From strokes to ten probabilities: MNIST's way of making an image, and the network's forward pass.
 *
 * A stroke is a list of points [x, y], y downwards, in whatever unit; a drawing is a list of strokes.
 */

export const SIDE = 28
export const BOX = 20
export const PEN = 2.7 // how wide a line is in the small image, in its pixels: as in MNIST, 2 to 3
const FINE = 8 // the ink is black or white on a paper this much finer than the image, in x and in y
const PAPER = BOX * FINE

/**
 * A drawing as MNIST would have it (LeCun, Cortes, Burges): the ink's box scaled into 20×20 with its
 * proportions kept and its edges in greys, then put where its centre of mass is the middle of 28×28.
 *
 * The line has the same width in every image, however large the drawing is: on MNIST's forms all
 * wrote with much the same pen in much the same boxes. `least` is the extent below which a drawing
 * is not magnified further: a dot stays a dot.
 *
 * Gives 784 numbers from 0 (paper) to 1 (ink) in steps of 1/255, row by row.
 */
export function prepared(drawing, least = 1e-9) {
  return centred(thumbnail(ink(drawing, least)))
}

/** The drawing as black and white on 160×160, its box in the upper left corner. */
export function ink(drawing, least = 1e-9) {
  const paper = new Uint8Array(PAPER * PAPER)
  const points = drawing.flat()
  if (!points.length) return paper
  let [left, top] = points[0], [right, bottom] = points[0]
  for (const [x, y] of points) {
    left = Math.min(left, x), right = Math.max(right, x)
    top = Math.min(top, y), bottom = Math.max(bottom, y)
  }
  const radius = (PEN / 2) * FINE
  const scale = (PAPER - 2 * radius) / Math.max(right - left, bottom - top, least)
  const place = ([x, y]) => [(x - left) * scale + radius, (y - top) * scale + radius]
  for (const stroke of drawing) {
    let before = stroke.length && place(stroke[0])
    for (const point of stroke.length > 1 ? stroke.slice(1) : stroke) {
      const now = place(point)
      line(paper, before, now, radius)
      before = now
    }
  }
  return paper
}

/** Blackens all that lies within `radius` of the way from a to b. */
function line(paper, [ax, ay], [bx, by], radius) {
  const alongX = bx - ax, alongY = by - ay
  const length = alongX ** 2 + alongY ** 2 || 1
  const cell = value => Math.max(0, Math.min(PAPER - 1, Math.floor(value)))
  const first = cell(Math.min(ax, bx) - radius), last = cell(Math.max(ax, bx) + radius)
  const lowest = cell(Math.max(ay, by) + radius)
  for (let row = cell(Math.min(ay, by) - radius); row <= lowest; row++) {
    for (let column = first; column <= last; column++) {
      const offX = column + 0.5 - ax, offY = row + 0.5 - ay
      const part = Math.max(0, Math.min(1, (offX * alongX + offY * alongY) / length))
      const distance = (offX - part * alongX) ** 2 + (offY - part * alongY) ** 2
      if (distance <= radius * radius) paper[row * PAPER + column] = 1
    }
  }
}

/** 160×160 black and white to 20×20 in greys: how much of each pixel is ink. */
export function thumbnail(paper) {
  const sums = new Float64Array(BOX * BOX)
  for (let place = 0; place < paper.length; place++) {
    const row = Math.floor(place / PAPER / FINE), column = Math.floor((place % PAPER) / FINE)
    sums[row * BOX + column] += paper[place]
  }
  return sums.map(sum => Math.round((255 * sum) / FINE ** 2) / 255)
}

/** 20×20 into 28×28, moved by whole pixels so that the centre of mass is the middle. */
export function centred(small) {
  const image = new Float64Array(SIDE * SIDE)
  let mass = 0, x = 0, y = 0, right = 0, bottom = 0
  small.forEach((value, place) => {
    if (!value) return
    const column = place % BOX, row = Math.floor(place / BOX)
    mass += value
    x += value * column
    y += value * row
    right = Math.max(right, column)
    bottom = Math.max(bottom, row)
  })
  if (!mass) return image
  // Half a pixel goes down, as in MNIST's images. No ink falls off, however lopsided the drawing.
  const shift = (sum, last) =>
    Math.max(0, Math.min(SIDE - 1 - last, Math.ceil(SIDE / 2 - sum / mass - 0.5 - 1e-9)))
  const across = shift(x, right), down = shift(y, bottom)
  small.forEach((value, place) => {
    if (value) image[(Math.floor(place / BOX) + down) * SIDE + (place % BOX) + across] = value
  })
  return image
}

/**
 * The network out of its two files: `layers` says the shape of each layer's weights and the name of
 * its activation; `bytes` has, layer after layer, the weights row by row and then the biases.
 */
export function unpacked({ layers }, bytes) {
  const numbers = new DataView(bytes)
  let at = 0
  const take = count => {
    const values = new Float32Array(count)
    for (let place = 0; place < count; place++, at += 4) values[place] = numbers.getFloat32(at, true)
    return values
  }
  const network = layers.map(({ weights: [inputs, outputs], activation }) => (
    { inputs, outputs, weights: take(inputs * outputs), bias: take(outputs), activation }
  ))
  if (at !== bytes.byteLength) throw new RangeError(`${bytes.byteLength} bytes, expected ${at}`)
  return network
}

/** What each layer puts out for an image: the last are the probabilities. */
export function forward(network, image) {
  const outputs = []
  let values = image
  for (const layer of network) {
    const sums = Float64Array.from(layer.bias)
    for (let input = 0; input < layer.inputs; input++) {
      const value = values[input]
      if (!value) continue // most of an image is paper
      const row = input * layer.outputs
      for (let neuron = 0; neuron < layer.outputs; neuron++) sums[neuron] += value * layer.weights[row + neuron]
    }
    values = ACTIVATIONS[layer.activation](sums)
    outputs.push(values)
  }
  return outputs
}

const ACTIVATIONS = {
  relu: sums => sums.map(sum => Math.max(sum, 0)),
  softmax: sums => {
    const highest = Math.max(...sums)
    const powers = sums.map(sum => Math.exp(sum - highest))
    const total = powers.reduce((a, b) => a + b)
    return powers.map(power => power / total)
  },
}

/** The ten digits, the most probable first; of equal ones the lower first. */
export function ranking(probabilities) {
  return [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a] || a - b)
}

// The digits that can be had without a pointer: the shapes of study/digits.py, in ten hands.

export const SHAPES = [
  ["5,0 2,2 1,7 2.5,12.5 5,14 8,12.5 9,7 8,2 4.5,0.2"],
  [
    "5.2,0 4.9,7 5,14",
    "3.2,3.2 5.5,0 / 5.5,0 5.5,14",
    "3,3.2 5.5,0 / 5.5,0 5.5,14 / 2.5,14 8.5,14",
  ],
  [
    "1.5,3.5 3,0.8 6,0 8.5,2 8.3,5 5.5,9 1,14 / 1,14 9,14",
    "1.5,3 4,0.3 7.5,1 8.3,4.5 5.5,9.5 2.5,13.3 1,12.8 2,11.2 5,12.8 9.5,13.5",
  ],
  [
    "1.5,1.8 4,0 7.5,0.8 8,3.8 6,6.2 4,6.6 / 4,6.6 7.3,7.4 9,10 7.5,13.2 4,14 1,12.2",
    "1.5,0.5 8.5,0.5 / 8.5,0.5 4.5,5.8 / 4.5,5.8 8,7 9,10.2 7,13.4 3.8,14 1,12.2",
  ],
  [
    "2.3,0 1.4,4 1.2,8 / 1.2,8 9.3,7.6 / 7.8,0.5 7.2,14",
    "6.8,0 0.8,9.3 / 0.8,9.3 9.8,9.3 / 6.8,0 6.8,14",
  ],
  ["8.5,0 2.5,0.4 / 2.5,0.4 1.8,6 / 1.8,6 5,5 8.3,7 8.6,10.5 6,13.7 3,14 0.8,12.5"],
  ["7.5,0 4,3 1.6,7.5 1.7,11.5 4,14 7.2,13 8.3,10 6.5,7.6 4,8 1.9,10.5"],
  [
    "1,0.6 9,0.3 / 9,0.3 6,7 4.2,14",
    "1,0.6 9,0.3 / 9,0.3 6,7 4.2,14 / 3.2,7.2 8.4,6.8",
    "1,2.8 1.3,0.6 / 1.3,0.6 9,0.3 / 9,0.3 6.4,7 5,14",
  ],
  [
    "7.8,1.8 5,0 2.2,1.8 3,5 6.5,7.8 8.6,11 5.5,14 1.8,12.2 2.2,9 6.2,6 8.2,3 7.8,1.8",
    "5,6.6 2,5 2,1.5 5,0 8,1.5 8,5 5,6.6 / 5,6.6 1.6,9 2,13 5,14 8,13 8.4,9 5,6.6",
  ],
  [
    "8,3 6.3,0.4 3.4,0.3 1.5,3 2.2,6 5,7 7.5,5.5 8,3 / 8,3 7.6,9 7,14",
    "8,3 6.3,0.4 3.4,0.3 1.5,3 2.2,6 5,7 7.5,5.5 8,3 / 8,3 8.2,9 6.4,13 2.8,13.8",
  ],
]
const PIECES = 5 // straight pieces between two points of a curve
const SLANTS = [0.12, -0.05, 0.25, 0.05, 0.18]
const WIDTHS = [1, 0.85, 1.15]

/** The strokes of a shape: points along a Catmull-Rom spline through the shape's own. */
export function curves(shape) {
  return shape.split("/").map(stroke => {
    const points = stroke.trim().split(" ").map(point => point.split(",").map(Number))
    const at = place => points[Math.max(0, Math.min(points.length - 1, place))]
    const curve = []
    for (let span = 0; span < points.length - 1; span++) {
      for (let piece = 0; piece < PIECES; piece++) {
        const u = piece / PIECES
        const blend = [
          -u + 2 * u ** 2 - u ** 3, 2 - 5 * u ** 2 + 3 * u ** 3, u + 4 * u ** 2 - 3 * u ** 3, u ** 3 - u ** 2,
        ]
        curve.push([0, 1].map(axis => (
          blend.reduce((sum, part, offset) => sum + (part / 2) * at(span - 1 + offset)[axis], 0)
        )))
      }
    }
    return [...curve, points.at(-1)]
  })
}

/** A digit as strokes in the unit square; each number gives another shape or another hand. */
export function example(digit, number) {
  const shapes = SHAPES[digit]
  const slant = SLANTS[number % SLANTS.length], width = WIDTHS[number % WIDTHS.length]
  return curves(shapes[number % shapes.length]).map(stroke => (
    stroke.map(([x, y]) => [0.5 + ((x - 5) * width - (y - 7) * slant) * 0.053, 0.5 + (y - 7) * 0.053])
  ))
}
