// The search engine without a browser: how text is cut, and which page comes first.
import assert from "node:assert/strict"
import { test } from "node:test"
import engine from "../../theme/static/search-engine.js"

const { Search, terms, words, stem, plain, pattern, mark, excerpt } = engine

// Entries as MkDocs writes them: a page, then its sections.
const KOREAN = [
  ["", "밑바닥 공부 일지", "<p>퍼셉트론에서 MNIST까지 신경망을 밑바닥부터 공부해요.</p>"],
  ["log/september/", "마라탕집에서처럼", "<p>퍼셉트론, 활성화 함수, 경사 하강법을 하룻밤에 공부했다.</p>"],
  ["log/september/#perceptron", "퍼셉트론이란?", "<p>다수의 신호를 입력으로 받아 하나의 신호를 출력</p>"],
  ["notes/perceptron/", "퍼셉트론", "<p>퍼셉트론은 여러 신호를 받아 하나를 내요.</p>"],
  ["notes/perceptron/#xor", "왜 XOR은 안 될까", "<p>직선 하나로는 XOR을 나눌 수 없어요.</p>"],
  ["notes/activations/", "활성화 함수", "<p>층과 층 사이에서 신호를 구부려요. 역전파 때 미분이 쓰여요.</p>"],
  ["notes/activations/#sigmoid", "시그모이드", "<p>S자 곡선. 활성화 함수 가운데 가장 오래된 축이에요.</p>"],
  ["notes/forward/", "순전파", "<p>입력에서 출력까지 값이 흘러요. 거꾸로 흐르는 것이 역전파예요.</p>"],
  ["notes/output/", "출력층", "<p>회귀는 항등 함수, 분류는 소프트맥스를 써요.</p>"],
  ["notes/output/#softmax", "소프트맥스와 오버플로", "<p>소프트맥스는 확률을 내요. exp(1000)은 넘쳐요.</p>"],
  ["notes/gradient/", "경사 하강법", "<p>손실 함수가 작아지는 쪽으로 한 걸음씩 가요.</p>"],
  ["glossary/", "용어집", "<p>퍼셉트론 활성화 함수 소프트맥스 경사 하강법 역전파 가중치 편향</p>"],
].map(([location, title, text]) => ({ location, title, text }))

const korean = new Search(KOREAN)
const first = (search, query) => search.search(query).items[0]?.[0].location.split("#")[0]

for (const [query, page] of [
  ["퍼셉트론", "notes/perceptron/"],
  ["퍼셉트론을", "notes/perceptron/"],
  ["퍼셉트론에서", "notes/perceptron/"],
  ["셉트론", "notes/perceptron/"],
  ["활성화 함수", "notes/activations/"],
  ["활성화함수", "notes/activations/"],
  ["활성화 함수는", "notes/activations/"],
  ["전파", "notes/forward/"],
  ["소프트맥스", "notes/output/"],
  ["소프트맥스의", "notes/output/"],
  ["경사하강법", "notes/gradient/"],
  ["경사 하강법", "notes/gradient/"],
  ["XOR을", "notes/perceptron/"],
  ["xo", "notes/perceptron/"],
]) {
  test(`${query} → ${page}`, () => assert.equal(first(korean, query), page))
}

test("a word inside a compound is found: 전파 in 역전파", () => {
  const pages = korean.search("전파").items.map(items => items[0].location.split("#")[0])
  assert.ok(pages.includes("notes/activations/"), pages.join(" "))
  assert.deepEqual(new Set(korean.search("역전파").items.map(items => items[0].location)),
    new Set(["notes/activations/", "notes/forward/", "glossary/"]))
})

test("what is not there is not found", () => {
  for (const query of ["합성곱", "트론퍼", "zebra", "  ", "?!"]) {
    assert.deepEqual(korean.search(query).items, [], query)
  }
})

test("the words that some page has are enough when no page has all", () => {
  const [[best]] = korean.search("퍼셉트론 얼룩말").items
  assert.equal(best.location, "notes/perceptron/")
  assert.deepEqual(best.terms, { 퍼셉트론: true, 얼룩말: false })
})

test("sections come with their page, and Material can tell them apart", () => {
  const items = korean.search("XOR").items[0]
  assert.deepEqual(items.map(item => item.location).sort(), ["notes/perceptron/", "notes/perceptron/#xor"])
  assert.equal(items.filter(item => !item.location.includes("#")).length, 1)
  assert.ok(items.every(item => Number.isFinite(item.score)))
})

test("Hangul is cut into the word and its pairs, pairs across a space included", () => {
  assert.deepEqual(terms("활성화 함수"), ["활성화", "활성", "성화", "함수", "화함"])
  assert.deepEqual(terms("층"), ["층"])
  assert.deepEqual(terms("mnist.load()로"), ["mnist.load", "mnist", "load", "로"])
  assert.deepEqual(terms("3층 XOR은"), ["3", "층", "xor", "은"])
})

test("particles come off where a word remains", () => {
  assert.equal(stem("퍼셉트론을"), "퍼셉트론")
  assert.equal(stem("신경망에서"), "신경망")
  assert.equal(stem("함수으로"), "함수")
  assert.equal(stem("전파"), "전파")
  assert.equal(stem("평가"), "평가")
  assert.equal(stem("softmax"), "softmax")
  assert.deepEqual(words("XOR을 왜").map(each => each.stem), ["xor", "왜"])
})

test("decomposed Hangul, as some keyboards send it, is the same word", () => {
  assert.equal(first(korean, "퍼셉트론".normalize("NFD")), "notes/perceptron/")
})

const ENGLISH = [
  ["notes/perceptron/", "The perceptron", "<p>A weighted sum and a threshold.</p>"],
  ["notes/activations/", "Activation functions", "<p>The sigmoid bends the perceptron's step.</p>"],
  ["notes/losses/", "Loss functions", "<p>Use <code>cross_entropy_error</code> for classes &lt; 10.</p>"],
].map(([location, title, text]) => ({ location, title, text }))
const english = new Search(ENGLISH)

test("a note comes before the reference that has the same name", () => {
  const both = new Search([
    { location: "api/gradient/", title: "study.gradient", text: "<p>gradient gradient</p>" },
    { location: "api/gradient/#gradient", title: "gradient", text: "<p>The gradient.</p>" },
    { location: "notes/gradient-descent/", title: "Gradient descent", text: "<p>Downhill.</p>" },
  ])
  assert.equal(first(both, "gradient"), "notes/gradient-descent/")
})

test("English: any case, beginnings, identifiers, a slip of the finger", () => {
  assert.equal(first(english, "Perceptron"), "notes/perceptron/")
  assert.equal(first(english, "activ"), "notes/activations/")
  assert.equal(first(english, "cross_entropy"), "notes/losses/")
  assert.equal(first(english, "entropy"), "notes/losses/")
  assert.equal(first(english, "percepton"), "notes/perceptron/")
})

test("marks and excerpts are HTML that shows the text as it is", () => {
  assert.equal(plain("<p>a &lt; b</p>\n<p>c</p>"), "a < b c")
  assert.equal(mark("활성화 함수 < 활성화함수", pattern(["활성화함수"])),
    "<mark>활성화 함수</mark> &lt; <mark>활성화함수</mark>")
  const [[best]] = english.search("classes").items
  assert.match(best.text, /for <mark>classes<\/mark> &lt; 10\./)
  const long = "가나다라 ".repeat(80) + "퍼셉트론 " + "마바사아 ".repeat(80)
  assert.match(excerpt(long, pattern(["퍼셉트론"])), /^… .*<mark>퍼셉트론<\/mark>.* …$/)
})

test("tags find their page, not each of its sections", () => {
  const tagged = new Search([
    { location: "log/", title: "밤", text: "", tags: ["엠니스트"] },
    { location: "log/#a", title: "시그모이드", text: "<p>S자</p>", tags: ["엠니스트"] },
  ])
  assert.deepEqual(tagged.search("엠니스트").items.map(items => items.map(item => item.location)), [["log/"]])
})

test("a note is found by the names of what it explains, which are not shown", () => {
  const pages = new Search([
    { location: "notes/normal/", title: "배치 정규화", text: "" },
    { location: "notes/normal/#back", title: "역전파", text: "<p>역전파를 유도해요. 역전파예요.</p>" },
    { location: "notes/back/", title: "오차역전파법", text: "<p>거슬러 가요.</p>", tags: ["역전파", "연쇄법칙"] },
  ])
  assert.equal(first(pages, "역전파"), "notes/back/")
  assert.equal(pages.search("역전파").items[0][0].tags, undefined)
})

test("a word's pairs, scattered, are not the word", () => {
  const pages = new Search([
    { location: "notes/torch/", title: "성화", text: "<p>" + "성화 봉송과 활성 탄소. ".repeat(20) + "</p>" },
    { location: "notes/step/", title: "계단", text: "<p>가장 오래된 재활성화 방법이에요.</p>" },
  ])
  assert.deepEqual(pages.search("활성화").items.map(items => items[0].location), ["notes/step/"])
})

test("words that stand side by side come before the same words apart", () => {
  const pages = new Search([
    { location: "notes/apart/", title: "가", text: "<p>손실을 줄이는 함수. 손실 값, 다른 함수.</p>" },
    { location: "notes/beside/", title: "나", text: "<p>여기서 손실 함수를 정하고 그 값을 줄이는 쪽으로 움직여요.</p>" },
  ])
  assert.equal(first(pages, "손실 함수"), "notes/beside/")
})
