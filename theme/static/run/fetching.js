/*
 * Fetches with the bytes counted, and ahead of time: all files that are needed travel at once,
 * while the first of them is being started.
 */

export function fetching(scope, report) {
  const plain = scope.fetch.bind(scope)
  const ahead = new Map() // address → a promise of its Response
  const sizes = new Map() // address → bytes to expect
  const counts = new Map() // address → bytes that came
  let lost // why a fetch failed, if one did
  let broken
  const breaking = new Promise((_, reject) => (broken = reject))
  breaking.catch(() => {}) // told to whoever waits for it

  const sum = values => [...values].reduce((total, each) => total + each, 0)
  const tell = () => report({ stage: "fetch", loaded: sum(counts.values()), total: sum(sizes.values()) })

  /** The response with its bytes counted; the browser keeps what it compiles only of an untouched one. */
  function counted(url, response) {
    if (url.endsWith(".wasm")) {
      const mirror = response.clone()
      count(url, mirror)
      return response
    }
    const [theirs, ours] = response.body.tee()
    count(url, new Response(ours))
    // An archive is compressed as a whole: this undoes it, the browser's own way.
    const packed = url.endsWith(".pack")
    return new Response(packed ? theirs.pipeThrough(new DecompressionStream("gzip")) : theirs, { status: response.status })
  }

  async function count(url, response) {
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true }))
      if (done) return
      counts.set(url, Math.min(counts.get(url) + value.length, sizes.get(url)))
      tell()
    }
  }

  async function get(url) {
    let response
    try {
      response = await plain(url)
    } catch (error) {
      lost = "network"
      throw error
    }
    // A file that is gone from the host: the site was built anew since this page was opened.
    if (!response.ok) {
      lost = response.status === 404 || response.status === 410 ? "renewed" : "network"
      throw new TypeError(`${response.status} ${url}`)
    }
    return sizes.has(url) ? counted(url, response) : response
  }

  scope.fetch = (resource, options) => {
    const url = resource instanceof Request ? resource.url : String(new URL(resource, scope.location))
    const waiting = ahead.get(url)
    ahead.delete(url)
    return waiting ?? (sizes.has(url) ? get(url) : plain(resource, options))
  }

  return {
    get: url => scope.fetch(url),
    /** Begins to fetch these files, of which the sizes are known. */
    expect(list) {
      for (const { url, size } of list) {
        if (sizes.has(url)) continue
        sizes.set(url, size)
        counts.set(url, 0)
        const response = get(url)
        response.catch(broken)
        ahead.set(url, response)
      }
      tell()
    },
    /** The addresses of the files that were asked for. */
    asked: () => [...sizes.keys()],
    failed: () => lost,
    /** Never comes to an end unless a file cannot be had; then it rejects. */
    breaking,
  }
}
