"""Dragging a perceptron's line: by mouse, finger and keyboard, alone and in two layers."""

from __future__ import annotations

import re

import pytest
from addresses import LANGUAGES
from playwright.sync_api import Locator, Page, expect
from widgets import open_widget

WORDS = {
    "ko": {"done": "만들었어요", "stuck": "세 개까지", "none": "답이 없어요"},
    "en": {"done": "all four points are right", "stuck": "no better than 3", "none": "no answer"},
}


def widget_of(page: Page, language: str, query: str = "") -> Locator:
    return open_widget(page, "perceptron", "notes/perceptron", language, query)


def choose(widget: Locator, value: str) -> None:
    widget.locator(f'.widget-choice[data-value="{value}"]').click()


def middle(handle: Locator) -> tuple[float, float]:
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("goal", ["AND", "OR", "NAND"])
def test_a_gate_has_an_answer(page: Page, goal: str, language: str) -> None:
    widget = widget_of(page, language)
    choose(widget, goal)
    widget.locator(".widget-button").click()
    expect(widget.locator(".widget-result")).to_contain_text(WORDS[language]["done"])
    expect(widget.locator(".perceptron-right")).to_have_count(4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_line_refuses_xor_and_two_layers_make_it(page: Page, language: str) -> None:
    widget = widget_of(page, language, "?perceptron=w1:0.5,w2:0.5,b:-0.2,goal:XOR")
    result = widget.locator(".widget-result")
    expect(result).to_contain_text(WORDS[language]["stuck"])
    expect(widget.locator(".perceptron-right")).to_have_count(3)
    widget.locator(".widget-button").click()
    expect(result).to_contain_text(WORDS[language]["none"])
    choose(widget, "2")
    expect(widget.locator(".perceptron-plane:visible")).to_have_count(2)
    expect(widget.locator(".perceptron-wrong")).not_to_have_count(0)
    widget.locator(".widget-button").click()
    expect(result).to_contain_text(WORDS[language]["done"])


def test_the_mouse_moves_and_turns_the_line(page: Page) -> None:
    widget = widget_of(page, "ko", "?perceptron=w1:0.5,w2:0.5,b:-0.2")
    right = widget.locator(".perceptron-right")
    expect(right).to_have_count(2)
    move = widget.locator("circle.widget-handle:visible")
    x, y = middle(move)
    page.mouse.move(x, y)
    page.mouse.down()
    # OR's line, pushed towards (1, 1), is AND's.
    page.mouse.move(x + 60, y - 60, steps=4)
    page.mouse.up()
    expect(right).to_have_count(4)
    expect(widget.locator(".widget-result")).to_contain_text(WORDS["ko"]["done"])
    turn = widget.locator("path.widget-handle:visible")
    (x, y), (over, down) = middle(turn), middle(move)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(2 * over - x, 2 * down - y, steps=4)  # half a turn: NAND
    page.mouse.up()
    expect(right).to_have_count(0)
    choose(widget, "NAND")
    expect(right).to_have_count(4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finger_moves_the_line_and_the_page_stays(phone: Page, language: str) -> None:
    widget = widget_of(phone, language, "?perceptron=w1:0.5,w2:0.5,b:-0.2")
    x, y = middle(widget.locator("circle.widget-handle:visible"))
    before = phone.evaluate("scrollY")
    touch = phone.context.new_cdp_session(phone)
    for kind, far in [("touchStart", 0), ("touchMove", 20), ("touchMove", 50)]:
        points = [{"x": x + far, "y": y - far}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(widget.locator(".perceptron-right")).to_have_count(4)
    assert phone.evaluate("scrollY") == before
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    choose(widget, "2")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_moves_the_line_and_the_address_follows(page: Page, language: str) -> None:
    widget = widget_of(page, language, "?perceptron=w1:0.5,w2:0.5,b:-0.2")
    move = widget.locator("circle.widget-handle:visible")
    move.focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(move).to_have_attribute("aria-valuetext", "b = −0.70")
    expect(widget.locator(".widget-result")).to_contain_text(WORDS[language]["done"])
    page.wait_for_url(re.compile(r"b:-0\.7"))
    page.reload()
    page.locator("#widget-perceptron").scroll_into_view_if_needed()
    expect(widget.locator(".perceptron-right")).to_have_count(4)
    widget.locator(".widget-foot button").first.click()
    page.wait_for_url(lambda url: "perceptron=" not in url)


def test_a_mangled_address_does_no_harm(page: Page) -> None:
    widget = widget_of(page, "ko", "?perceptron=goal:NOT,layers:9,on:x,w1:1e99,b:,,w2:abc,zz:1")
    expect(widget.locator('[data-value="AND"]')).to_have_attribute("aria-pressed", "true")
    expect(widget.locator("output:visible").first).to_have_text("2.00")
