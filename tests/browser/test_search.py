"""Search, as a reader uses it: in both languages, never mixing them."""

import pytest
from addresses import DOCS
from waiting import visit

# What a person who types this is looking for. Each may be answered by one of several pages.
KOREAN = {
    "퍼셉트론": ["notes/perceptron"],
    "퍼셉트론을": ["notes/perceptron"],
    "셉트론": ["notes/perceptron"],
    "활성화함수": ["notes/activations"],
    "활성화 함수": ["notes/activations"],
    "역전파": ["notes/backpropagation"],
    "전파": ["notes/forward", "glossary"],
    "소프트맥스": ["notes/output-layer", "notes/activations"],
    "경사하강법": ["notes/gradient-descent"],
}
ENGLISH = {
    "perceptron": ["notes/perceptron"],
    "activation functions": ["notes/activations"],
    "softmax": ["notes/output-layer", "notes/activations"],
    "gradient descent": ["notes/gradient-descent"],
    "sofmax": ["notes/output-layer", "notes/activations"],  # a slip of the finger
}
CASES = [("", *case) for case in KOREAN.items()] + [("en/", *case) for case in ENGLISH.items()]


def search(page, query):
    """Types a query and gives the results: one link for each page, best first."""
    page.locator("input.md-search__input").click()
    page.keyboard.insert_text(query)
    page.locator(".md-search-result__item").first.wait_for()
    return page.locator(".md-search-result__item").evaluate_all(
        "items => items.map(each => new URL(each.querySelector('a').href).pathname)"
    )


@pytest.mark.parametrize(("root", "query", "wanted"), CASES, ids=lambda each: str(each))
def test_the_first_result_is_the_page_one_means(page, root, query, wanted):
    visit(page, f"/{root}")
    results = search(page, query)
    for result in results:
        assert result.startswith("/en/") == (root == "en/"), results
    assert results[0] in {f"/{root}{each}/" for each in wanted}, results
    # Each result is a page of this language, and there once.
    assert len(set(results)) == len(results)
    for result in results:
        page_id = result.removeprefix(f"/{root}").strip("/")
        folder = DOCS / ("en" if root else "ko")
        files = [folder / f"{page_id}.md", folder / page_id / "index.md"]
        assert any(file.exists() for file in files), result


def test_a_word_of_the_other_language_leads_to_no_page_of_it(page):
    visit(page, "/en/")
    page.locator("input.md-search__input").click()
    page.keyboard.insert_text("퍼셉트론")
    # The English glossary may know the Korean name; a Korean page is never the answer.
    page.wait_for_timeout(1500)
    hrefs = page.locator(".md-search-result__link").evaluate_all("all => all.map(a => a.pathname)")
    assert all(each.startswith("/en/") for each in hrefs)


def test_a_result_opens_and_shows_where_the_words_are(page):
    visit(page, "/notes/")
    target = search(page, "경사하강법")[0]
    page.locator(".md-search-result__item a").first.click()
    page.wait_for_url(f"**{target}*")
    assert page.evaluate("CSS.highlights.get('search')?.size ?? 0") > 0
    mark = "getComputedStyle(document.querySelector('.md-content__inner'), '::highlight(search)')"
    assert page.evaluate(f"{mark}.backgroundColor") == "rgb(246, 223, 164)"


def test_nothing_found_is_said(page):
    visit(page, "/")
    page.locator("input.md-search__input").click()
    page.keyboard.insert_text("쀍뛟")
    meta = page.locator(".md-search-result__meta")
    meta.wait_for()
    page.wait_for_function(
        "!document.querySelector('.md-search-result__meta').innerText.includes('…')"
    )
    assert page.locator(".md-search-result__item").count() == 0
    assert any("가" <= sign <= "힣" for sign in meta.inner_text())


def test_on_a_phone(phone):
    visit(phone, "/")
    phone.locator("label.search-button").tap()
    box = phone.locator("input.md-search__input")
    box.wait_for(state="visible")
    box.fill("퍼셉트론")
    first = phone.locator(".md-search-result__item a").first
    first.wait_for()
    first.tap()
    phone.wait_for_url("**/notes/perceptron/*")
