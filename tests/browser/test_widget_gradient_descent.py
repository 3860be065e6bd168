"""Walking down a surface: start by mouse, finger and keyboard; what is said of the walk."""

from __future__ import annotations

import re

import pytest
from addresses import LANGUAGES
from playwright.sync_api import Locator, Page, expect
from widgets import open_widget

SAID = {
    "ko": {
        "converges": "알맞은 걸음",
        "crawls": "너무 느려요",
        "zigzag": "지그재그",
        "bounces": "영원히",
        "diverges": "더 멀리",
        "escapes": "빠져나가요",
        "ridge": "갇혀요",
    },
    "en": {
        "converges": "good pace",
        "crawls": "the pace is not",
        "zigzag": "leaps across",
        "bounces": "bounces for ever",
        "diverges": "further out",
        "escapes": "runs away downhill",
        "ridge": "caught at the saddle",
    },
}


def widget_of(page: Page, language: str, query: str = "") -> Locator:
    return open_widget(page, "gradient-descent", "notes/gradient-descent", language, query)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("rate:0.3", "converges"),
        ("rate:0.01", "crawls"),
        ("rate:0.99", "zigzag"),
        ("rate:1", "bounces"),
        ("rate:1.01", "diverges"),
        ("surface:valley,rate:0.095", "zigzag"),
        ("surface:valley,rate:0.105", "diverges"),
        ("surface:saddle", "escapes"),
        ("surface:saddle,y:0", "ridge"),
    ],
)
def test_the_words_fit_the_walk(page: Page, setting: str, said: str, language: str) -> None:
    widget = widget_of(page, language, f"?gradient-descent={setting}")
    expect(widget.locator(".widget-result")).to_contain_text(SAID[language][said])


def test_the_mouse_chooses_a_start_and_drags_it(page: Page) -> None:
    widget = widget_of(page, "ko")
    start = widget.locator(".widget-handle")
    drawing = widget.locator("svg.descent")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    expect(start).to_have_attribute("aria-valuetext", "(2.40, 1.65)")
    handle = start.bounding_box()
    assert handle
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"], steps=4)
    page.mouse.up()
    expect(start).to_have_attribute("aria-valuetext", "(−2.40, −1.65)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finger_chooses_and_the_page_stays(phone: Page, language: str) -> None:
    widget = widget_of(phone, language)
    start = widget.locator(".widget-handle")
    start.scroll_into_view_if_needed()
    handle = start.bounding_box()
    assert handle
    before = phone.evaluate("scrollY")
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    touch = phone.context.new_cdp_session(phone)
    for kind, far in [("touchStart", 0), ("touchMove", 10), ("touchMove", 40)]:
        points = [{"x": x + far, "y": y + far}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(start).not_to_have_attribute("aria-valuetext", "(−3.50, 2.00)")
    assert phone.evaluate("scrollY") == before
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_moves_the_start_and_the_address_follows(page: Page, language: str) -> None:
    widget = widget_of(page, language)
    start = widget.locator(".widget-handle")
    start.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    expect(start).to_have_attribute("aria-valuetext", "(−3.00, 2.10)")
    page.wait_for_url(re.compile("x:-3,y:2.1"))
    page.reload()
    page.locator("#widget-gradient-descent").scroll_into_view_if_needed()
    expect(start).to_have_attribute("aria-valuetext", "(−3.00, 2.10)")


def test_it_walks_on_request_and_one_step_at_a_time(page: Page) -> None:
    widget = widget_of(page, "en", "?gradient-descent=steps:3")
    dots = widget.locator(".descent-dots circle")
    expect(dots).to_have_count(3)
    walk, more = widget.locator(".widget-button").all()
    more.click()
    expect(dots).to_have_count(4)
    walk.click()
    page.wait_for_function(
        "document.querySelectorAll('.descent-dots circle').length > 4"  # it began again at 0
    )
    more.click()  # which ends the walk where it is
    count = dots.count()
    page.wait_for_timeout(500)
    assert dots.count() == count


def test_a_mangled_address_does_no_harm(page: Page) -> None:
    widget = widget_of(page, "ko", "?gradient-descent=surface:hill,rate:9e9,steps:-4,x:abc,y:1e9")
    expect(widget.locator('[data-value="bowl"]')).to_have_attribute("aria-pressed", "true")
    expect(widget.locator("output").first).to_have_text("1.100")
    expect(widget.locator(".widget-handle")).to_have_attribute("aria-valuetext", "(−3.50, 3.00)")
