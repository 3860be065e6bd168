/*
 * Which exercises the reader has solved: kept on this device, shown on notes, home and the page of
 * progress. Nothing is sent anywhere.
 */
(() => {
  "use strict"

  const KEY = "journal:solved"

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY))
      return Array.isArray(kept) ? kept.filter(each => typeof each === "string") : []
    } catch { return [] } // nothing kept, or not allowed to keep
  }

  const write = names => {
    try { localStorage.setItem(KEY, JSON.stringify([...new Set(names)].sort())) } catch { /* shown until the page is left */ }
    show(names)
  }

  const show = names => {
    const solved = new Set(names)
    for (const each of document.querySelectorAll("[data-solved]")) {
      const done = solved.has(each.dataset.solved)
      each.classList.toggle("solved", done)
      each.querySelector(".solved-mark").hidden = !done
    }
    for (const bar of document.querySelectorAll(".run[data-exercise]")) {
      const [, id] = bar.dataset.exercise.split("/")
      document.getElementById(`exercise-${id}`)?.classList.toggle("solved", solved.has(bar.dataset.exercise))
    }
    for (const each of document.querySelectorAll("[data-solved-count]")) {
      const all = each.dataset.solvedCount.split(" ")
      each.querySelector("[data-count]").textContent = all.filter(name => solved.has(name)).length
      each.hidden = false
    }
    for (const each of document.querySelectorAll("[data-solved-action]")) {
      each.hidden = false
      each.disabled = !names.length && each.dataset.solvedAction !== "import"
    }
  }

  addEventListener("journal:solved", event => write([...read(), event.detail]))
  addEventListener("storage", event => { if (event.key === KEY) show(read()) }) // solved in another tab

  const actions = {
    export() {
      const content = new Blob([JSON.stringify({ solved: read() }, null, 2)], { type: "application/json" })
      const link = document.createElement("a")
      link.href = URL.createObjectURL(content)
      link.download = "study-journal-progress.json"
      link.click()
      URL.revokeObjectURL(link.href)
    },
    clear(button) {
      if (confirm(button.dataset.question)) write([])
    },
    import(button) {
      const chooser = document.createElement("input")
      chooser.type = "file"
      chooser.accept = "application/json"
      chooser.addEventListener("change", async () => {
        const status = document.querySelector("[data-solved-status]")
        try {
          const { solved } = JSON.parse(await chooser.files[0].text())
          if (!Array.isArray(solved)) throw new TypeError("no list of exercises")
          const known = new Set([...document.querySelectorAll("[data-solved]")].map(each => each.dataset.solved))
          write([...read(), ...solved.filter(each => known.has(each))])
          status.textContent = ""
        } catch {
          status.textContent = button.dataset.failed
        }
      })
      chooser.click()
    },
  }
  for (const button of document.querySelectorAll("[data-solved-action]")) {
    button.addEventListener("click", () => actions[button.dataset.solvedAction](button))
  }

  show(read())
})()
