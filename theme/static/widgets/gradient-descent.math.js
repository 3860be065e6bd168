// Gradient descent on f = ½(a₀x₀² + a₁x₁²), whose curvatures a₀ and a₁ say all. See study/gradient.py.

/** The surfaces of the page, as [a₀, a₁]. */
export const SURFACES = { bowl: [2, 2], valley: [1, 20], saddle: [2, -2] }

export const value = (curvatures, x) => curvatures.reduce((total, a, axis) => total + a * x[axis] ** 2 / 2, 0)

export const gradient = (curvatures, x) => curvatures.map((a, axis) => a * x[axis])

/** The start and every place after it: `steps` + 1 of them. */
export function path(curvatures, start, rate, steps) {
  const places = [start]
  for (let step = 0; step < steps; step++) {
    const here = places.at(-1), slope = gradient(curvatures, here)
    places.push(here.map((each, axis) => each - rate * slope[axis]))
  }
  return places
}

/**
 * What becomes of the walk in the end. Every step multiplies x₀ and x₁ by 1 - ηa₀ and 1 - ηa₁.
 *
 * `bottom`: it starts where the gradient is 0. `diverges`, `escapes` (down the saddle), `bounces` (for
 * ever, at the same distance), `zigzag` (closer each time, from side to side), `crawls`, `converges`.
 */
export function verdict(curvatures, start, rate) {
  const moved = [0, 1].filter(axis => start[axis] !== 0)
  const near = value => Math.abs(value) < 1e-9 ? 0 : value
  const factors = moved.map(axis => ({ a: curvatures[axis], factor: 1 - rate * curvatures[axis] }))
  if (!factors.length) return "bottom"
  if (factors.some(({ a, factor }) => a > 0 && near(Math.abs(factor) - 1) > 0)) return "diverges"
  if (factors.some(({ a }) => a < 0)) return "escapes"
  if (factors.some(({ factor }) => near(Math.abs(factor) - 1) === 0)) return "bounces"
  if (factors.some(({ factor }) => near(factor) < 0)) return "zigzag"
  return factors.some(({ factor }) => factor > 0.95) ? "crawls" : "converges"
}

/** From which rate on a walk diverges: two over the largest curvature. */
export const limit = curvatures => 2 / Math.max(...curvatures)
