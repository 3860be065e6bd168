"""Every page, in both languages, on a phone: whole, its own width, and one tap from the other."""

import pytest
from addresses import LANGUAGES, address, page_ids
from waiting import visit
from width import too_wide

# Words in formulas are in the page's own font: KaTeX's has no Hangul, and a device may have none.
STRANGE = """[...document.querySelectorAll(".hangul_fallback")].filter(word =>
  getComputedStyle(word).fontFamily !== getComputedStyle(document.body).fontFamily).length"""
PAGES = [(page_id, language) for page_id in page_ids() for language in LANGUAGES]


@pytest.mark.parametrize(("page_id", "language"), PAGES, ids=lambda each: each)
def test_page(phone, host, page_id, language):
    here = address(page_id, language)
    there = address(page_id, "en" if language == "ko" else "ko")
    visit(phone, here)

    assert phone.locator("html").get_attribute("lang") == language
    assert phone.locator("h1").count() == 1
    assert phone.locator("h1").inner_text().strip()
    assert phone.title()
    assert phone.locator("meta[name=description]").get_attribute("content")
    assert too_wide(phone) == []
    assert phone.evaluate(STRANGE) == 0

    other = phone.locator("a.other-language").first
    assert other.get_attribute("hreflang") == ("en" if language == "ko" else "ko")
    other.click()
    phone.wait_for_url(host + there)  # the way back is the other language's case


def test_licences(page):
    page.goto("/")
    page.locator("footer a[href*=licences]").click()
    page.wait_for_url("**/static/licences/index.html")
    for link in page.locator("table a").all():
        response = page.request.get(page.url.rsplit("/", 1)[0] + "/" + link.get_attribute("href"))
        assert response.ok and len(response.text()) > 200, link.inner_text()


@pytest.mark.parametrize("missing", ["/notes/no-such-note/", "/en/notes/no-such-note/"])
def test_a_missing_page_speaks_the_language_it_was_asked_in(page, host, watch, missing):
    watch.forgiven |= {"/no-such-note/"}  # the browser reports the 404 itself
    response = visit(page, missing)
    assert response.status in {200, 404}
    expect_missing(page, host, missing)
    # And the switch leads to the same missing page in the other language, and back.
    other = missing.removeprefix("/en") if missing.startswith("/en/") else "/en" + missing
    for target in (other, missing):
        page.locator("a.other-language").first.click()
        expect_missing(page, host, target)


def expect_missing(page, host, path):
    language = "en" if path.startswith("/en/") else "ko"
    page.wait_for_url(host + path)
    assert page.locator("html").get_attribute("lang") == language
    title = page.locator("h1")
    assert title.count() == 1 and title.inner_text()
    assert any("가" <= sign <= "힣" for sign in title.inner_text()) == (language == "ko")
    home = page.locator(".door--first")
    assert home.evaluate("each => each.href") == host + ("/en/" if language == "en" else "/")
