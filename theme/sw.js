/*
 * Keeps the Python runtime and the visited pages, so that a second visit works without a network.
 *
 * Never mixes two versions of the site: what a page names by an address that holds its digest (the
 * runtime, the scripts and styles with ?v=) never changes and is taken from the cache first; all
 * else is asked of the network first, and the cache only answers where there is none. A page out of
 * the cache thus finds the very files that it was built with.
 */

const FILES = "journal-files"
const PAGES = "journal-pages"
const home = new URL("./", location).pathname

const unchanging = url =>
  /\/static\/(run-[0-9a-f]+|widgets-[0-9a-f]+|python)\//.test(url.pathname) || url.searchParams.has("v")
  || /\/assets\/.*\.[0-9a-f]{8,}\.min\.(js|css)$/.test(url.pathname)

self.addEventListener("install", () => self.skipWaiting())
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()))

self.addEventListener("fetch", event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== "GET" || url.origin !== location.origin || !url.pathname.startsWith(home)) return
  if (request.headers.has("range")) return
  event.respondWith(unchanging(url) ? kept(event) : fresh(event))
})

async function kept(event) {
  const found = await caches.match(event.request.url).catch(() => undefined)
  if (found) return found
  const response = await fetch(event.request)
  keep(event, FILES, event.request.url, response)
  return response
}

async function fresh(event) {
  const { request } = event
  const address = request.url.split("#")[0]
  try {
    // A page is asked for anew: one out of the browser's own cache may be older than the site.
    const asked = request.mode === "navigate" ? new Request(request, { cache: "no-cache" }) : request
    const response = await fetch(asked)
    keep(event, request.mode === "navigate" ? PAGES : FILES, address, response)
    return response
  } catch (error) {
    const found = await caches.match(address).catch(() => undefined)
      ?? await caches.match(address, { ignoreSearch: true }).catch(() => undefined)
    if (found) return found
    if (request.mode === "navigate") return offline(new URL(address))
    throw error
  }
}

/** Keeps a copy; where there is no room, the page goes on without. */
function keep(event, cache, address, response) {
  if (!response.ok || response.type !== "basic" || response.redirected) return
  const copy = response.clone()
  event.waitUntil(caches.open(cache).then(opened => opened.put(address, copy)).catch(() => {}))
}

function offline(url) {
  const english = url.pathname.startsWith(`${home}en/`)
  const text = english
    ? "This page has not been visited on this device yet, and there is no network. Go back, or try again later."
    : "이 기기에서 아직 열어 본 적이 없는 페이지이고, 지금은 인터넷이 되지 않아요. 뒤로 가거나 나중에 다시 열어 주세요."
  const body = `<!doctype html><html lang="${english ? "en" : "ko"}"><meta charset="utf-8">`
    + `<meta name="viewport" content="width=device-width,initial-scale=1"><title>${english ? "No network" : "인터넷이 안 돼요"}</title>`
    + `<style>:root{color-scheme:light dark}body{font:1.1rem/1.7 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1.2rem;word-break:keep-all}</style>`
    + `<p>${text}</p></html>`
  return new Response(body, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } })
}

self.addEventListener("message", event => {
  const { type, addresses, folder } = event.data ?? {}
  if (type === "keep") event.waitUntil(keepAll(addresses, folder))
})

/** What was fetched before this worker was there; and out goes the runtime of an older site. */
async function keepAll(addresses, names) {
  try {
    const files = await caches.open(FILES)
    const present = new Set((await files.keys()).map(request => request.url))
    for (const address of addresses) {
      if (present.has(address)) continue
      const page = !/\.\w+$/.test(new URL(address).pathname)
      const response = await fetch(address)
      if (response.ok) await (page ? await caches.open(PAGES) : files).put(address, response)
    }
    if (!names) return
    const current = new Set(names)
    for (const request of await files.keys()) {
      if (/\/static\/(run-[0-9a-f]+|widgets-[0-9a-f]+|python)\//.test(request.url) && !current.has(request.url)) await files.delete(request)
    }
  } catch { /* no room, or no network any more: what is kept stays kept */ }
}
