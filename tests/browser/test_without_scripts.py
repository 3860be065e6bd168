"""Without JavaScript every page that has a widget shows a figure in its stead, and says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from addresses import LANGUAGES, address, page_ids, source
from playwright.sync_api import Page, expect

from journal.strings import STRINGS

WITH_WIDGET = [
    each for each in page_ids() if "<!--widget " in source(each, "ko").read_text("utf-8")
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_id", WITH_WIDGET)
def test_a_figure_stands_in_for_the_widget(
    open_context: Callable[..., Page], page_id: str, language: str
) -> None:
    page = open_context(java_script_enabled=False)
    page.goto(address(page_id, language))
    place = page.locator(".widget-place")
    words = place.locator("noscript p")
    expect(words).to_be_visible()
    assert words.inner_text() == STRINGS[language]["widget_without_script"]
    expect(place.locator(".widget")).to_be_hidden()
    # A picture of its own, or one that the page has drawn in the same section.
    if page_id == "index":
        image = place.locator("img")
        expect(image).to_be_visible()
        assert image.evaluate("image => image.complete && image.naturalWidth > 100")
    else:
        figure = place.locator("xpath=preceding::figure[contains(@class, 'plot')][1]")
        expect(figure.locator("svg")).to_be_visible()
        section = "node => document.evaluate('preceding::h2[1]', node, null, 9).singleNodeValue.id"
        assert figure.evaluate(section) == place.evaluate(section)
