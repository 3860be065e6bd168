// The stylesheet's colours: enough contrast in light and dark, figures as `study` draws them.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"

const read = path => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")
const css = read("theme/static/journal.css")

function tokens(scheme) {
  const selector = { light: "[data-md-color-scheme] {", dark: '[data-md-color-scheme="slate"] {' }[scheme]
  const block = css.slice(css.indexOf(selector)).match(/\{([^}]*)\}/)[1]
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]))
}

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

test("contrast is measured as WCAG does", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21)
  assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48")
})

for (const scheme of ["light", "dark"]) {
  const colour = tokens(scheme)
  const pairs = [
    ...["ink", "ink-2", "muted", "indigo", "vermilion", "green", "violet"]
      .flatMap(text => [[text, "paper", 4.5], [text, "paper-2", 4.5]]),
    ["ink", "mark", 4.5],
    ["paper", "indigo", 4.5],
    ["paper", "vermilion", 4.5],
    ["fig-ink", "fig-paper", 4.5],
    ["fig-muted", "fig-paper", 4.5],
    ...[0, 1, 2, 3, 4, 5].map(n => [`fig-c${n}`, "fig-paper", 3]),
  ]
  for (const [text, ground, least] of pairs) {
    test(`${scheme}: ${text} on ${ground} ≥ ${least}`, () => {
      assert.ok(colour[text] && colour[ground], "the stylesheet has both")
      const found = contrast(colour[text], colour[ground])
      assert.ok(found >= least, `${colour[text]} on ${colour[ground]}: ${found.toFixed(2)}`)
    })
  }
}

test("light figures have exactly the colours that study draws in", () => {
  const settings = read("study/pages.mplstyle")
  const light = tokens("light")
  const setting = key => settings.match(new RegExp(`^${key}: (.*)$`, "m"))[1]
  for (const [name, key] of [["ink", "text.color"], ["muted", "axes.edgecolor"], ["grid", "grid.color"]]) {
    assert.equal(light[`fig-${name}`], `#${setting(key)}`, name)
  }
  assert.equal(light["fig-paper"], read("study/style.py").match(/^PAPER = "(.*?)"/m)[1])
  const cycle = [...setting("axes.prop_cycle").matchAll(/[0-9a-f]{6}/g)].map(match => `#${match[0]}`)
  assert.deepEqual(cycle, [0, 1, 2, 3, 4, 5].map(n => light[`fig-c${n}`]))
})
