/*
 * The search worker of both languages, in the place of Material's: the same messages, another
 * engine. It says that it is ready at once and fetches engine and index at the first real query,
 * so that a page which is only read pays for neither.
 */
const READY = 1, QUERY = 2, RESULT = 3
const language = new URL(location).searchParams.get("lang")
const index = language === "ko" ? "../search/search_index.json" : `../${language}/search/search_index.json`

let engine = null
let latest = 0

async function load() {
  importScripts("minisearch.js", "search-engine.js")
  const response = await fetch(index)
  if (!response.ok) throw new Error(`${response.status} ${index}`)
  return new JournalSearch.Search((await response.json()).docs)
}

async function answer(query) {
  if (!query.trim()) return { items: [] }
  try {
    engine ||= load()
    return (await engine).search(query)
  } catch (error) {
    engine = null // the next query tries again
    console.warn(`search: ${error.message}`)
    return { items: [] }
  }
}

addEventListener("message", async ({ data: message }) => {
  if (message.type !== QUERY) return
  const turn = ++latest
  const data = await answer(message.data)
  if (turn === latest) postMessage({ type: RESULT, data }) // an older answer is of no use
})

postMessage({ type: READY })
