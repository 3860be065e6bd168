// Softmax and both losses of one sample. See study/activations.py and study/losses.py.

/** The probabilities of the scores, divided by the temperature; the largest is taken out first. */
export function softmax(scores, temperature = 1) {
  const scaled = scores.map(each => each / temperature)
  const most = Math.max(...scaled)
  const parts = scaled.map(each => Math.exp(each - most))
  const total = parts.reduce((a, b) => a + b)
  return parts.map(each => each / total)
}

/** -log of the truth's probability, straight from the scores: it does not overflow. */
export function crossEntropy(scores, truth, temperature = 1) {
  const scaled = scores.map(each => each / temperature)
  const most = Math.max(...scaled)
  return most + Math.log(scaled.reduce((total, each) => total + Math.exp(each - most), 0)) - scaled[truth]
}

/** ½ Σ (y - t)² with a one-hot truth. */
export const squaredError = (y, truth) =>
  y.reduce((total, each, place) => total + (each - (place === truth ? 1 : 0)) ** 2 / 2, 0)

/** The mean loss of a batch in which `others` samples gave the truth `p`, and one has `loss`. */
export const meanWith = (loss, others, p) => (loss - others * Math.log(p)) / (others + 1)
