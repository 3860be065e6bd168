"""axe finds nothing on any page: as it opens, and with editor, output, error and widgets open.

On the way there, each page is seen to keep to the width of a desk's window.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from addresses import LANGUAGES, address, page_ids
from playwright.sync_api import Page, expect
from test_run import SLOW, Block
from width import too_wide

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

# Each finding as “rule: element”, so that a failure says what to mend.
FIND = """async options => {
    const lean = { resultTypes: ["violations"], selectors: false }
    const { violations } = await axe.run(document, { ...lean, ...options })
    const said = (id, node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`
    return violations.flatMap(({ id, nodes }) => nodes.map(each => said(id, each)))
}"""
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def findings(page: Page) -> list[str]:
    """What axe finds in the light page, and among the colours of the dark one."""
    page.evaluate(AXE)
    found = [f"light: {each}" for each in page.evaluate(FIND, {})]
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    return found + [f"dark: {each}" for each in page.evaluate(FIND, COLOURS)]


def show_everything(page: Page) -> None:
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    for widget in page.locator(".widget").all():
        widget.scroll_into_view_if_needed()
        expect(widget).to_have_attribute("data-ready", "")
    page.evaluate("scrollTo(0, 0)")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_id", page_ids())
def test_every_page(page: Page, page_id: str, language: str) -> None:
    page.goto(address(page_id, language))
    assert too_wide(page) == []
    show_everything(page)
    assert findings(page) == []


def test_editor_output_figure_and_error(page: Page) -> None:
    page.goto(address("notes/perceptron", "ko"))
    first, drawing = Block(page, 0), Block(page, 1)
    first.write("print('x')\nprint(y)")
    first.press("run")
    expect(first.live.locator(".run-error")).to_be_visible(timeout=SLOW)
    drawing.press("edit")
    drawing.editor.focus()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.insert_text("\nprint(1)")
    drawing.press("run")
    expect(drawing.live.locator("svg")).to_be_visible(timeout=SLOW)
    exercise = page.locator(".run[data-exercise]").first
    exercise.locator('[data-action="check"]').click()
    expect(page.locator(".run-feedback")).to_be_visible(timeout=SLOW)
    assert findings(page) == []
