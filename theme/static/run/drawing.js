/*
 * Whether two SVGs show the same figure: the same elements in the same order, every number within
 * what no eye can see. Two builds of the same mathematics differ in the last bits.
 */

const NEAR = 0.1 // of a CSS pixel
const NUMBER = /-?\d+(?:\.\d+)?(?:e-?\d+)?/gi
// Images are compressed pixels; ids are names; both SVGs are dressed by the same code.
const IGNORED = new Set(["id", "href", "xlink:href", "role", "aria-label", "clip-path", "class"])

function facts(svg) {
  return [svg, ...svg.querySelectorAll("*")].map(element => {
    const attributes = [...element.attributes]
      .filter(each => !IGNORED.has(each.name))
      .map(each => `${each.name}=${each.value.replace(/url\([^)]*\)|#[0-9a-f]{3,8}\b/gi, "")}`)
      .sort()
      .join(" ")
    return { shape: `${element.localName} ${attributes.replace(NUMBER, "#")}`, numbers: attributes.match(NUMBER) ?? [] }
  })
}

export function same(one, other) {
  const [a, b] = [facts(one), facts(other)]
  return a.length === b.length && a.every(({ shape, numbers }, index) =>
    shape.replace(/\s+/g, " ") === b[index].shape.replace(/\s+/g, " ")
    && numbers.every((each, at) => Math.abs(each - b[index].numbers[at]) <= NEAR))
}
