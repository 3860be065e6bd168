/*
 * How the journal finds things: text is cut into terms, MiniSearch weighs them, pages are ranked.
 *
 * Korean is written with particles glued to words and with or without spaces inside a compound, so
 * each run of Hangul is indexed whole and as pairs of neighbouring syllables, pairs across a single
 * space included: 셉트론 is then found in 퍼셉트론을, and 활성화함수 in "활성화 함수".
 *
 * Works as a script in the search worker and as a module in Node's tests.
 */
;((root, factory) => {
  if (typeof module === "object" && module.exports) module.exports = factory(require("minisearch"))
  else root.JournalSearch = factory(root.MiniSearch)
})(globalThis, MiniSearch => {
  "use strict"

  const HANGUL = /^[가-힣]+$/
  // Hangul, or other letters and digits, joined where identifiers and English words are.
  const RUNS = /[가-힣]+|(?:(?![가-힣])[\p{L}\p{N}])+(?:[_.'’-](?:(?![가-힣])[\p{L}\p{N}])+)*/gu

  // Longest first. A particle is only taken off where two syllables or more remain.
  const PARTICLES = (
    "에서부터 으로부터 이라는 에서는 으로는 이란 라는 에서 에게 으로 까지 부터 처럼 보다 마다 이나 이랑 " +
    "하고 에는 과는 와는 을 를 은 는 이 가 의 에 로 와 과 도 만 란 나 랑"
  ).split(" ")

  // Notes explain; other rooms mention. By the beginning of a page's address.
  const ROOMS = { notes: 1, log: 0.5, lab: 0.7, errata: 0.7, glossary: 0.5, api: 0.25 }
  const OTHER_ROOM = 0.6

  /** Runs of letters: Hangul apart from everything else, lower case. */
  function runs(text) {
    return text.normalize("NFC").toLowerCase().match(RUNS) || []
  }

  /** Pairs of neighbouring syllables; a lone syllable stands for itself. */
  function pairs(word) {
    if (word.length < 2) return [word]
    return Array.from({ length: word.length - 1 }, (_, i) => word.slice(i, i + 2))
  }

  /** The terms a text is indexed under. */
  function terms(text) {
    const found = []
    for (const stretch of text.normalize("NFC").toLowerCase().split(/[^\p{L}\p{N}_.'’ -]+/u)) {
      let before = ""
      for (const run of runs(stretch)) {
        if (HANGUL.test(run)) {
          found.push(run, ...(run.length > 2 ? pairs(run) : []))
          if (before) found.push(before.at(-1) + run[0])
          before = run
        } else {
          found.push(run)
          const parts = run.split(/[_.'’-]/)
          if (parts.length > 1) found.push(...parts.filter(Boolean))
          before = ""
        }
      }
    }
    return found
  }

  /** A word without its particle, or as it is. */
  function stem(word) {
    if (!HANGUL.test(word)) return word
    const particle = PARTICLES.find(each => word.endsWith(each) && word.length - each.length >= 2)
    return particle ? word.slice(0, -particle.length) : word
  }

  /** The words of a query, each with and without its particle; a particle alone (XOR을) is none. */
  function words(query) {
    const found = runs(query)
    const kept = found.filter(word => !PARTICLES.includes(word))
    return (kept.length ? kept : found).map(word => ({ word, stem: stem(word) }))
  }

  /** One word as MiniSearch sees it: itself, words that begin with it, or all of its pairs. */
  function clause({ word, stem }) {
    const whole = [...new Set([word, stem])]
    const exact = { queries: whole, combineWith: "OR", prefix: true, boostTerm: () => 2 }
    if (!HANGUL.test(word)) {
      return { ...exact, fuzzy: term => (term.length > 5 ? 0.2 : false) }
    }
    const inside = whole.map(each => ({ queries: pairs(each), combineWith: "AND", prefix: each.length < 2 }))
    return { combineWith: "OR", queries: [exact, ...inside] }
  }

  const PLAIN = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&#39;": "'" }

  /** Text of an index entry, which holds a little HTML. */
  function plain(html) {
    return html.replace(/<[^>]*>/g, " ").replace(/&(?:lt|gt|amp|quot|#39);/g, entity => PLAIN[entity])
      .replace(/↩|\\[()[\]]/g, " ").replace(/\s+/g, " ").trim()
  }

  const escape = text => text.replace(/[&<>"]/g, sign => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign])

  /** A pattern for the words as they may stand in a text: Hangul with or without a space inside. */
  function pattern(stems) {
    const literal = text => text.replace(/[.*+?^${}()|[\]\\-]/g, "\\$&")
    const each = stems.map(stem => HANGUL.test(stem) ? [...stem].join("\\s?") : literal(stem))
    return each.length ? new RegExp(each.sort((a, b) => b.length - a.length).join("|"), "giu") : /(?!)/g
  }

  /** HTML of the text with the words marked. */
  function mark(text, expression) {
    let html = "", end = 0
    for (const match of text.matchAll(expression)) {
      html += escape(text.slice(end, match.index)) + "<mark>" + escape(match[0]) + "</mark>"
      end = match.index + match[0].length
    }
    return html + escape(text.slice(end))
  }

  /** The part of a text around the first of the words. */
  function excerpt(text, expression, length = 120) {
    const at = Math.max(0, text.search(expression))
    let start = Math.max(0, at - length / 3)
    if (start > 0) start = text.indexOf(" ", start) + 1 || start
    const part = text.slice(start, start + length)
    return (start > 0 ? "… " : "") + mark(part, expression) + (start + length < text.length ? " …" : "")
  }

  /** How much of a title the query names, from 0 to 1. */
  function coverage(title, stems) {
    const compact = title.toLowerCase().replace(/\s+/g, "")
    const named = stems.filter(stem => compact.includes(stem)).join("").length
    return compact ? Math.min(1, named / compact.length) : 0
  }

  class Search {
    /** @param docs entries of MkDocs' search index: pages, each followed by its sections */
    constructor(docs) {
      const parents = new Map()
      this.entries = docs.map((doc, id) => {
        const page = doc.location.split("#")[0]
        if (!parents.has(page)) parents.set(page, id)
        const parent = parents.get(page)
        // Every section carries its page's tags; they speak for the page alone.
        const tags = parent === id ? doc.tags : undefined
        return { ...doc, id, parent, tags, title: plain(doc.title), text: plain(doc.text) }
      })
      this.index = new MiniSearch({
        fields: ["title", "text", "tags"],
        tokenize: terms,
        processTerm: term => term,
        extractField: (entry, field) => field === "tags" ? (entry.tags || []).join(", ") : entry[field],
        searchOptions: {
          tokenize: text => [text],
          processTerm: term => term,
          boost: { title: 4, tags: 2, text: 1 },
          boostDocument: id => this.entries[id].boost || 1,
          weights: { prefix: 0.7, fuzzy: 0.3 },
        },
      })
      this.index.addAll(this.entries)
    }

    /** Search results as Material's interface takes them: one list of entries for each page. */
    search(query) {
      const asked = words(query)
      if (!asked.length) return { items: [] }
      const clauses = asked.map(clause)
      let found = this.index.search({ combineWith: "AND", queries: clauses })
      if (!found.length) found = this.index.search({ combineWith: "OR", queries: clauses })
      const stems = [...new Set(asked.map(each => each.stem))]
      const expression = pattern(stems)

      const pages = new Map()
      for (const { id, score } of found) {
        const entry = this.entries[id]
        const matched = this._score(entry, score, stems)
        if (!matched) continue
        if (!pages.has(entry.parent)) pages.set(entry.parent, [])
        pages.get(entry.parent).push({ entry, score: matched })
      }
      return {
        items: [...pages].map(([parent, hits]) => this._page(this.entries[parent], hits, stems, expression))
          .sort((a, b) => b.score - a.score)
          .map(page => page.items),
      }
    }

    /**
     * BM25 weighed by what it cannot see: pairs of syllables that are there but not as the word
     * count for nothing, words that stand as a phrase and words of the title for more.
     */
    _score(entry, score, stems) {
      const text = [entry.title, entry.text, ...(entry.tags || [])].join(" ").toLowerCase()
      const whole = stems.filter(stem => pattern([stem]).test(text)).length
      if (!whole && stems.every(stem => HANGUL.test(stem))) return 0
      const phrase = stems.length > 1 && text.replace(/\s+/g, "").includes(stems.join(""))
      return score * (0.2 + whole / stems.length + phrase) * (1 + 2 * coverage(entry.title, stems))
    }

    /** One page of the results: the page itself, then its best sections. */
    _page(parent, hits, stems, expression) {
      hits.sort((a, b) => b.score - a.score)
      const room = parent.location.split("/")[0]
      const names = [parent.title, ...(parent.tags || [])]
      const named = Math.max(...names.map(name => coverage(name, stems)))
      const score = hits[0].score * (1 + 2 * named) * (ROOMS[room] ?? OTHER_ROOM)
      if (!hits.some(hit => hit.entry === parent)) hits.push({ entry: parent, score: 0 })
      const shown = hits.filter(hit => hit.entry !== parent).slice(0, 2)
      const items = hits.map(hit => {
        const { location, title, text, tags } = hit.entry
        const lower = (title + " " + text).toLowerCase()
        return {
          location,
          title: mark(title, expression),
          text: excerpt(text, expression),
          ...(tags && room === "log" && { tags }),  // a note's are the names of what it explains
          // Material opens the entries that score as the first one does and folds the others.
          score: hit.entry === parent || shown.includes(hit) ? score : score / 2,
          terms: Object.fromEntries(stems.map(stem => [stem, pattern([stem]).test(lower)])),
        }
      })
      items.sort((a, b) => b.score - a.score)
      return { score, items }
    }
  }

  return { Search, terms, words, stem, pairs, plain, pattern, mark, excerpt }
})
