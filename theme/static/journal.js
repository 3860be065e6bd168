/*
 * The little that the pages do by themselves. Runs before Material's script.
 */
(() => {
  "use strict"

  // Material asks for a site map below the address of every alternate link. Ours lead to pages,
  // not to sites; an empty rel keeps the link for readers of the source and ends the asking.
  for (const link of document.querySelectorAll("link[rel=alternate][hreflang]")) {
    link.dataset.rel = link.rel
    link.removeAttribute("rel")
  }

  // Material puts the copy button of each block into a landmark of its own; dozens of them guide nobody.
  const unmark = () => {
    for (const nav of document.querySelectorAll(".md-code__nav:not([role])")) nav.setAttribute("role", "none")
  }
  new MutationObserver(unmark).observe(document.body, { childList: true, subtree: true })

  // Sections have the same names in both languages: the reader keeps the place, too.
  for (const link of document.querySelectorAll("a.other-language")) {
    link.addEventListener("click", () => { link.hash = location.hash })
  }

  // Terms: hover and focus are CSS. Added here: tap, Escape, aria-expanded, staying on the screen.
  const terms = [...document.querySelectorAll(".term")]

  const place = tip => {
    const margin = 12
    tip.classList.remove("above")
    tip.style.removeProperty("--shift")
    const box = tip.getBoundingClientRect()
    const width = document.documentElement.clientWidth
    const shift = Math.max(margin - box.left, Math.min(0, width - margin - box.right))
    if (shift) tip.style.setProperty("--shift", `${shift}px`)
    if (box.bottom > innerHeight && box.top > box.height + 80) tip.classList.add("above")
  }

  const show = (term, shown) => {
    term.classList.toggle("open", shown)
    term.classList.toggle("closed", !shown)
    term.querySelector(".term-word").setAttribute("aria-expanded", String(shown))
    if (shown) place(term.querySelector(".term-tip"))
  }

  for (const term of terms) {
    const word = term.querySelector(".term-word")
    let entered = 0
    const enter = () => {
      entered = performance.now()
      show(term, true)
    }
    const leave = event => {
      if (!term.contains(event.relatedTarget) && !term.contains(document.activeElement)) show(term, false)
    }
    term.addEventListener("pointerenter", event => event.pointerType === "mouse" && enter())
    term.addEventListener("pointerleave", event => event.pointerType === "mouse" && leave(event))
    term.addEventListener("focusin", enter)
    term.addEventListener("focusout", event => {
      if (!term.contains(event.relatedTarget)) show(term, false)
    })
    // A tap focuses first, which has just opened it; only a later tap closes.
    word.addEventListener("click", () => {
      if (performance.now() - entered > 400) show(term, !term.classList.contains("open"))
    })
  }

  addEventListener("keydown", event => {
    if (event.key !== "Escape") return
    for (const term of terms) if (term.classList.contains("open")) show(term, false)
  })
  addEventListener("pointerdown", event => {
    for (const term of terms) {
      if (term.classList.contains("open") && !term.contains(event.target)) show(term, false)
    }
  })

  // Widgets: each fetches its own script when it is about to be seen.
  const widgets = new URL(document.currentScript.dataset.widgets, location)
  const seen = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue
      seen.unobserve(target)
      const name = target.localName.replace("journal-", "")
      import(new URL(`${name}.js`, widgets)).catch(error => console.info(error)) // the page is whole without
    }
  }, { rootMargin: "300px" })
  for (const widget of document.querySelectorAll(".widget")) seen.observe(widget)

  // Python under every block: the buttons are made here, all the rest comes when one is pressed.
  const folder = new URL(document.currentScript.dataset.run, location)
  const names = {
    ko: { run: "실행", stop: "멈추기", edit: "고치기", reset: "처음으로", copy: "복사", check: "채점" },
    en: { run: "Run", stop: "Stop", edit: "Edit", reset: "Reset", copy: "Copy", check: "Check" },
  }[document.documentElement.lang === "en" ? "en" : "ko"]

  const button = (action, hidden) => {
    const made = document.createElement("button")
    made.type = "button"
    made.className = "run-button"
    made.dataset.action = action
    made.textContent = names[action]
    made.hidden = hidden
    return made
  }

  for (const bar of document.querySelectorAll(".run")) {
    const status = document.createElement("span")
    status.className = "run-status"
    status.setAttribute("role", "status")
    const check = bar.dataset.exercise ? [button("check", false)] : []
    bar.prepend(button("run", false), ...check, button("stop", true), button("edit", false),
      button("reset", true), button("copy", true), status)
    bar.addEventListener("click", async event => {
      const action = event.target.closest("[data-action]")?.dataset.action
      if (!action) return
      try {
        const { press } = await import(new URL("run.js", folder))
        await press(bar, action)
      } catch (error) {
        // The page may be older than the site, or the network gone: either way it stays readable.
        console.info(error)
        status.textContent = document.documentElement.lang === "en"
          ? "This part of the page could not be fetched. Check your connection, or reload."
          : "이 부분을 가져오지 못했어요. 인터넷을 확인하거나 페이지를 새로 고쳐 주세요."
      }
    })
  }

  // Search: what it needs is fetched when the box is entered, not before. So is the whole font: the
  // pages' own has the syllables that stand on them, a reader may type any other.
  const box = document.querySelector("[data-md-component=search-query]")
  const settings = JSON.parse(document.getElementById("__config").textContent)
  box?.addEventListener("focus", () => {
    const worker = new URL(settings.search, location)
    const base = new URL(settings.base.replace(/\/?$/, "/"), location)
    const index = new URL("search/search_index.json", base)
    for (const url of [index, new URL("minisearch.js", worker), new URL("search-engine.js", worker)]) {
      const link = document.createElement("link")
      Object.assign(link, { rel: "prefetch", href: url })
      document.head.append(link)
    }
    const font = document.createElement("link")
    Object.assign(font, { rel: "stylesheet", href: new URL("pretendard/pretendard.css", worker) })
    document.head.append(font)
  }, { once: true })
  // Material listens for keys alone; text also comes by paste, by voice and by input methods.
  box?.addEventListener("input", () => box.dispatchEvent(new KeyboardEvent("keyup")))

  // A search result carries its words (?h=); they are marked without touching the text.
  const words = (new URLSearchParams(location.search).get("h") || "").split(/\s+/).filter(Boolean)
  const article = document.querySelector(".md-content__inner")
  if (words.length && article && typeof Highlight === "function") {
    // Between the syllables of a Korean word a space may stand.
    const literal = word => word.replace(/[.*+?^${}()|[\]\\-]/g, "\\$&")
    const loose = word => (/^[가-힣]+$/.test(word) ? [...word].join("\\s?") : literal(word))
    const expression = new RegExp(words.map(loose).join("|"), "giu")
    const marks = new Highlight()
    const nodes = document.createTreeWalker(article, NodeFilter.SHOW_TEXT)
    while (nodes.nextNode()) {
      for (const match of nodes.currentNode.data.matchAll(expression)) {
        const range = new Range()
        range.setStart(nodes.currentNode, match.index)
        range.setEnd(nodes.currentNode, match.index + match[0].length)
        marks.add(range)
      }
    }
    CSS.highlights.set("search", marks)
    // Written here and not in the style sheet, where it would cost every page a quarter of its styling.
    const colours = new CSSStyleSheet()
    colours.replaceSync("::highlight(search) { background: var(--mark); color: var(--ink); }")
    document.adoptedStyleSheets.push(colours)
  }
})()
