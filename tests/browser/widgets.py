"""A widget as a test meets it: its page opened, the widget in view and ready."""

from __future__ import annotations

from addresses import WITHOUT_FIGURES, address
from playwright.sync_api import Locator, Page, expect


def open_widget(page: Page, name: str, page_id: str, language: str, query: str = "") -> Locator:
    """Opens a page, with `query` for the widget's state, and gives the widget.

    The page comes without its plots: no widget looks at them, and the tests of every page do.
    """
    page.set_extra_http_headers({WITHOUT_FIGURES: "yes"})
    page.goto(address(page_id, language) + query)
    widget = page.locator(f"#widget-{name}")
    widget.scroll_into_view_if_needed()
    expect(page.locator(f"#widget-{name}[data-ready]")).to_be_visible()
    return widget
