"""Whether a page keeps to the width of its window."""

from __future__ import annotations

from playwright.sync_api import Page


def too_wide(page: Page) -> list[str]:
    """What sticks out of the screen and makes the page scroll sideways."""
    found: list[str] = page.evaluate(
        """() => {
          const root = document.scrollingElement, width = root.clientWidth
          if (root.scrollWidth <= width) return []
          const names = [...document.body.querySelectorAll("*")]
            .filter(each => each.getBoundingClientRect().right > width + 1)
            .map(each => each.tagName + "." + each.className)
          return [`${root.scrollWidth} px wide on ${width} px`, ...names.slice(0, 5)]
        }"""
    )
    return found
