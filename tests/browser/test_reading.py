"""What a page does for its reader: copying, explaining, folding, darkness, paper."""

import pytest
from addresses import LANGUAGES, address, note_ids, source
from waiting import until, visit

from journal.blocks import parse

LOG = "log/september-night"
NOTE = "notes/gradient-descent"
TERMS = ".term"


def blocks(page_id, language):
    return parse(source(page_id, language).read_text(encoding="utf-8")).python


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_id", [LOG, NOTE])
def test_copying_gives_exactly_the_code_of_the_block(open_context, page_id, language):
    page = open_context(permissions=["clipboard-read", "clipboard-write"])
    visit(page, address(page_id, language))
    # A folded solution's button is not to be seen until it is opened.
    page.locator("details:not([open]) > summary").evaluate_all("all => all.forEach(s => s.click())")
    buttons = page.locator(".language-python button[data-md-type=copy]")
    wanted = [block.code.rstrip("\n") for block in blocks(page_id, language)]
    assert buttons.count() == len(wanted) > 3
    for number, code in enumerate(wanted):
        page.evaluate("navigator.clipboard.writeText('')")
        buttons.nth(number).click()
        until(page, "navigator.clipboard.readText().then(text => text !== '')")
        assert page.evaluate("navigator.clipboard.readText()").rstrip("\n") == code


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_block_prints_stands_under_it(page, language):
    visit(page, address(LOG, language))
    printed = page.locator(".output pre").evaluate_all("all => all.map(each => each.textContent)")
    wanted = [block.output.text for block in blocks(LOG, language) if block.output]
    assert [each.rstrip("\n") for each in printed] == [each.rstrip("\n") for each in wanted]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_id", [LOG, *note_ids()])
def test_figures_are_there_with_words_for_those_who_cannot_see(page, page_id, language):
    visit(page, address(page_id, language))
    wanted = [block.figure.alt for block in blocks(page_id, language) if block.figure]
    figures = page.locator("figure.plot > svg[role=img]")
    found = figures.evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")
    assert found == wanted
    for figure in figures.all():
        if figure.is_visible():  # or in a folded solution
            box = figure.bounding_box()
            assert box["width"] > 200 and box["height"] > 100


def term(page, language):
    visit(page, address(NOTE, language))
    word = page.locator(".term-word").first
    word.scroll_into_view_if_needed()
    tip = page.locator(".term-tip").first
    page.mouse.move(0, 0)
    assert not tip.is_visible()
    return word, tip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_explains_itself_to_the_pointer(page, language):
    word, tip = term(page, language)
    word.hover()
    tip.wait_for(state="visible")
    assert tip.locator("strong").get_attribute("lang") == ("en" if language == "ko" else "ko")
    assert len(tip.inner_text()) > 10
    assert word.get_attribute("aria-describedby") == tip.get_attribute("id")
    page.keyboard.press("Escape")
    tip.wait_for(state="hidden")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_explains_itself_to_the_keyboard(page, language):
    word, tip = term(page, language)
    word.focus()
    tip.wait_for(state="visible")
    assert word.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    tip.wait_for(state="hidden")
    word.evaluate("each => each.blur()")
    word.focus()
    tip.wait_for(state="visible")
    page.keyboard.press("Tab")
    tip.wait_for(state="hidden")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_explains_itself_to_a_finger(phone, language):
    word, tip = term(phone, language)
    word.tap()
    tip.wait_for(state="visible")
    box, width = tip.bounding_box(), phone.viewport_size["width"]
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    phone.locator("h1").tap()
    tip.wait_for(state="hidden")


@pytest.mark.parametrize("language", LANGUAGES)
def test_solutions_are_folded_until_they_are_wanted(page, language):
    visit(page, address(NOTE, language))
    solutions = page.locator("details.success")
    assert solutions.count() >= 3
    for solution in solutions.all():
        code = solution.locator("pre").first
        assert not code.is_visible()
        solution.locator("summary").click()
        code.wait_for(state="visible")


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_shows_solutions_and_no_furniture(page, language):
    visit(page, address(NOTE, language))
    page.emulate_media(media="print")
    for solution in page.locator("details.success pre").all():
        assert solution.is_visible() and solution.bounding_box()["height"] > 10
    for furniture in (".md-header", ".md-sidebar", ".md-footer"):
        for each in page.locator(furniture).all():
            assert not each.is_visible(), furniture


def scheme(page):
    return page.locator("body").get_attribute("data-md-color-scheme")


def toggle(page):
    page.locator("form[data-md-component=palette] label:visible").click()


def test_dark_mode_is_chosen_once_for_all_pages_and_visits(page):
    visit(page, "/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for _ in range(3):  # light, dark, as the device says
        toggle(page)
        if scheme(page) == "slate":
            break
    assert scheme(page) == "slate"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert luminance(dark) < 0.05 < 0.8 < luminance(light)
    for path in ("/", address(NOTE, "ko"), "/en/", address(LOG, "en")):
        page.goto(path)
        assert scheme(page) == "slate", path


def test_dark_devices_get_dark_pages(open_context):
    page = open_context(color_scheme="dark")
    visit(page, address(NOTE, "en"))
    assert scheme(page) == "slate"


def rgb(colour):
    numbers = colour[colour.index("(") + 1 : -1].replace(",", " ").replace("/", " ").split()
    if colour.startswith("color(srgb"):
        return [float(each) * 255 for each in numbers[1:4]]
    return [float(each) for each in numbers[:3]]


def luminance(colour):
    """Relative luminance, as WCAG 2 defines it."""
    parts = [each / 255 for each in rgb(colour)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(weight * x for weight, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("page_id", [LOG, *note_ids()])
def test_figures_can_be_read_in_light_and_dark(open_context, page_id, mode):
    page = open_context(color_scheme=mode)
    visit(page, address(page_id, "ko"))
    figures = page.evaluate(
        """() => [...document.querySelectorAll("figure.plot > svg")].map(svg => {
          let ground = svg
          const clear = "rgba(0, 0, 0, 0)"
          while (ground && getComputedStyle(ground).backgroundColor === clear) {
            ground = ground.parentElement
          }
          // Letters are paths in a group that has the colour. Those inside the axes may stand on
          // bars and cells; those of axes and legends stand on the page.
          const letters = ["axis_", "legend_"].flatMap(
            part => [...svg.querySelectorAll(`[id*='${part}'] [id*='text_'] > g`)]
          )
          return {
            ground: getComputedStyle(ground).backgroundColor,
            letters: [...new Set(letters.map(each => getComputedStyle(each).fill))],
          }
        })"""
    )
    for number, figure in enumerate(figures, start=1):
        for colour in figure["letters"]:
            assert contrast(colour, figure["ground"]) >= 4.5, (number, colour, figure["ground"])
