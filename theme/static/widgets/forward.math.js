// The forward pass of one sample through dense layers. See study/network.py and study/activations.py.

import { ACTIVATIONS as one } from "./activations.math.js" // of one number each
import { softmax } from "./losses.math.js"

/** The three-layer network of the page. `W` is (inputs, neurons): a column holds one neuron's weights. */
export const NETWORK = [
  { W: [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]], b: [0.1, 0.2, 0.3], activation: "sigmoid" },
  { W: [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]], b: [0.1, 0.2], activation: "sigmoid" },
  { W: [[0.1, 0.3], [0.2, 0.4]], b: [0.1, 0.2], activation: "identity" },
]

/** The input that the page puts in. */
export const INPUT = [1, 0.5]

/** Activation functions by name: from a layer's sums to its outputs. */
export const ACTIVATIONS = {
  ...Object.fromEntries(["sigmoid", "tanh", "relu", "identity"].map(name => [name, a => a.map(each => one[name](each))])),
  softmax: a => softmax(a),
}

/** x @ W + b: for every neuron the inputs times the column of its weights, and its bias. */
export const weightedSum = (x, { W, b }) =>
  b.map((bias, neuron) => x.reduce((total, each, input) => total + each * W[input][neuron], bias))

/** For each layer what comes in, its sums and its outputs: `x`, `a` and `z`. */
export function trace(input, layers) {
  let x = input
  return layers.map(layer => {
    const a = weightedSum(x, layer), z = ACTIVATIONS[layer.activation](a)
    const step = { x, a, z }
    x = z
    return step
  })
}
