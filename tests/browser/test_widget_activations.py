"""A point on a curve and a chain of layers: by mouse, finger and keyboard, and what is said."""

from __future__ import annotations

import re

import pytest
from addresses import LANGUAGES
from playwright.sync_api import Locator, Page, expect
from widgets import open_widget

HERE = {
    "ko": {
        "moves": "가장 가파른 곳의 42%",
        "saturated": "포화된 곳이에요",
        "on": "켜져 있어요",
        "off": "꺼져 있어요",
        "corner": "꺾이는 점",
        "step": "어디로 옮겨도",
        "jump": "기울기는 없음",
        "identity": "포화되지 않아요",
    },
    "en": {
        "moves": "42% of the steepest",
        "saturated": "Saturated:",
        "on": "It is on",
        "off": "It is off",
        "corner": "A corner",
        "step": "wherever you go",
        "jump": "the slope none",
        "identity": "never saturates",
    },
}
CHAIN = {
    "ko": {
        "binary": "0 아니면 1",
        "pinned": "양 끝에 붙어 포화",
        "explodes": "불어나 폭발해요",
        "dies": "줄어들어 사라져요",
        "alike": "어떤 입력을 넣어도",
        "grows": "층을 지날수록 커져요",
        "shrinks": "층을 지날수록 줄어요",
        "lives": "잘 퍼져 있어요",
    },
    "en": {
        "binary": "every output is 0 or 1",
        "pinned": "pinned to the ends",
        "explodes": "grow with every layer and explode",
        "dies": "shrink with every layer and die",
        "alike": "nearly the same for every input",
        "grows": "grow from layer to layer",
        "shrinks": "shrink from layer to layer",
        "lives": "still well spread",
    },
}
BACK = {
    "ko": {
        "nothing": "하나도 전해지지",
        "dies": "거슬러 가며 사라져요",
        "weakens": "많이 약해져",
        "lives": "살아서 와요",
        "grows": "오면서 커져요",
        "explodes": "거슬러 가며 폭발해요",
    },
    "en": {
        "nothing": "gets nowhere",
        "dies": "dies out on the way",
        "weakens": "is weak by the time",
        "lives": "reaches layer 1 alive",
        "grows": "has grown by the time",
        "explodes": "explodes on the way",
    },
}


def widget_of(page: Page, language: str, query: str = "") -> Locator:
    return open_widget(page, "activations", "notes/activations", language, query)


def reading(widget: Locator) -> Locator:
    return widget.locator(".widget-result").first


def verdict(widget: Locator) -> Locator:
    return widget.locator(".widget-result").last


def middle(handle: Locator) -> tuple[float, float]:
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("a:2", "moves"),
        ("a:-5.9", ""),
        ("a:6", "saturated"),
        ("name:tanh,a:2.9", ""),
        ("name:tanh,a:-3", "saturated"),
        ("name:relu,a:0.1", "on"),
        ("name:relu,a:-0.1", "off"),
        ("name:relu,a:0", "corner"),
        ("name:step,a:3", "step"),
        ("name:step,a:0", "jump"),
        ("name:identity,a:-8", "identity"),
    ],
)
def test_the_words_fit_the_point(page: Page, setting: str, said: str, language: str) -> None:
    widget = widget_of(page, language, f"?activations={setting}")
    if said:
        expect(reading(widget)).to_contain_text(HERE[language][said])
    else:
        expect(reading(widget)).not_to_contain_text(HERE[language]["saturated"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("setting", "forward", "back"),
    [
        ("name:step", "binary", "nothing"),
        ("name:sigmoid", "alike", "dies"),
        ("name:tanh,w:0.25", "dies", "dies"),
        ("name:tanh", "lives", "lives"),
        ("name:tanh,w:4", "pinned", "grows"),
        ("name:tanh,w:8", "pinned", "explodes"),
        ("name:relu", "shrinks", "weakens"),
        ("name:relu,w:1.4142", "lives", "lives"),
        ("name:relu,w:2", "grows", "grows"),
        ("name:identity,w:8,layers:20", "explodes", "explodes"),
    ],
)
def test_the_words_fit_the_chain(
    page: Page, setting: str, forward: str, back: str, language: str
) -> None:
    widget = widget_of(page, language, f"?activations={setting}")
    expect(verdict(widget)).to_contain_text(CHAIN[language][forward])
    expect(verdict(widget)).to_contain_text(BACK[language][back])
    assert not re.search("nan|undefined|∞|null", widget.inner_text().lower())


def test_the_drawing_has_a_shape_and_two_dots_for_each_layer(page: Page) -> None:
    widget = widget_of(page, "en", "?activations=layers:7")
    expect(widget.locator(".activations-thick")).to_have_count(7)
    expect(widget.locator("circle.activations-there")).to_have_count(7)
    expect(widget.locator("circle.activations-back")).to_have_count(7)
    assert "NaN" not in widget.inner_html()


def test_the_grey_is_where_it_saturates(page: Page) -> None:
    widget = widget_of(page, "ko")
    grey = widget.locator(".activations-flat rect")
    for name, count in {"sigmoid": 4, "tanh": 4, "relu": 2, "step": 2, "identity": 0}.items():
        widget.locator(f'[data-value="{name}"]').click()
        expect(grey).to_have_count(count)


def test_the_mouse_drags_the_point_along_the_curve(page: Page) -> None:
    widget = widget_of(page, "ko")
    dot = widget.locator(".widget-handle")
    x, y = middle(dot)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 110, y + 60, steps=4)
    page.mouse.up()
    expect(reading(widget)).to_contain_text(HERE["ko"]["saturated"])
    assert middle(dot)[1] < y  # it went along the curve, not with the mouse
    box = widget.locator("svg.activations").first.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 182 / 340, box["y"] + 20)  # where a is 0
    expect(dot).to_have_attribute("aria-valuetext", "a = 0.0, h(a) = 0.500, 기울기 0.250")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finger_drags_the_point_and_the_page_stays(phone: Page, language: str) -> None:
    widget = widget_of(phone, language, "?activations=a:-8")
    dot = widget.locator(".widget-handle")
    box = dot.bounding_box()
    assert box
    assert box["height"] >= 44
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    x, y = middle(dot)
    before = phone.evaluate("scrollY")
    touch = phone.context.new_cdp_session(phone)
    for kind, far in [("touchStart", 0), ("touchMove", 20), ("touchMove", 60)]:
        # Straight up as well: a page that took the finger for itself would scroll.
        points = [{"x": x + 2 * far, "y": y - far}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(dot).not_to_have_attribute("aria-valuenow", "-8")
    expect(reading(widget)).not_to_contain_text(HERE[language]["saturated"])
    assert phone.evaluate("scrollY") == before
    widget.locator('[data-value="identity"]').tap()
    widget.locator("input[type=range]").nth(2).fill("20")
    widget.locator("input[type=range]").nth(1).fill("3")
    expect(verdict(widget)).to_contain_text(CHAIN[language]["explodes"])
    dot.focus()
    for _ in range(40):
        phone.keyboard.press("Shift+ArrowRight")
    expect(dot).to_have_attribute("aria-valuenow", "8")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_moves_everything_and_the_address_follows(page: Page, language: str) -> None:
    widget = widget_of(page, language)
    dot = widget.locator(".widget-handle")
    dot.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    expect(dot).to_have_attribute("aria-valuenow", "2.6")
    size, layers = widget.locator("input[type=range]").nth(1), widget.locator("output").nth(2)
    size.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(widget.locator("output").nth(1)).to_have_text("1.41")
    expect(size).to_have_attribute("aria-valuetext", "1.41")
    widget.locator("input[type=range]").nth(2).focus()
    page.keyboard.press("End")
    widget.locator('[data-value="relu"]').focus()
    page.keyboard.press("Enter")
    expect(verdict(widget)).to_contain_text(CHAIN[language]["lives"])
    said = verdict(widget).inner_text()
    page.wait_for_url(re.compile("name:relu,a:2.6,w:1.4142,layers:20"))
    page.reload()
    page.locator("#widget-activations").scroll_into_view_if_needed()
    expect(dot).to_have_attribute("aria-valuenow", "2.6")
    expect(widget.locator("output").nth(1)).to_have_text("1.41")
    expect(layers).to_have_text("20")
    expect(verdict(widget)).to_have_text(said)  # the same draws again
    widget.locator(".widget-foot button").first.click()
    page.wait_for_url(lambda url: "activations=" not in url)


def test_other_weights_are_other_weights_and_can_be_shared(page: Page) -> None:
    widget = widget_of(page, "en")
    before = verdict(widget).inner_text()
    widget.locator(".widget-button").click()
    expect(verdict(widget)).not_to_have_text(before)
    after = verdict(widget).inner_text()
    page.wait_for_url(re.compile("seed:2"))
    page.reload()
    page.locator("#widget-activations").scroll_into_view_if_needed()
    expect(verdict(widget)).to_have_text(after)


def test_moving_the_point_leaves_the_chain_alone(page: Page) -> None:
    widget = widget_of(page, "en")
    first = widget.locator(".activations-thick").first
    first.evaluate("each => { each.dataset.kept = '' }")
    widget.locator("input[type=range]").first.fill("-1")
    expect(reading(widget)).to_contain_text("−1.0")
    expect(first).to_have_attribute("data-kept", "")
    widget.locator("input[type=range]").nth(1).fill("1")
    expect(first).not_to_have_attribute("data-kept", "")


@pytest.mark.parametrize(
    ("mangled", "numbers"),
    [
        ("name:softmax,a:1e9,w:0,layers:-3,seed:x", ["8.0", "0.13", "2"]),
        ("name:toString,a:abc,w:-5,layers:1e9,seed:1e99", ["2.0", "0.13", "20"]),
        ("name:,a:,w:1e300,layers:4.4,zz:1", ["2.0", "8.00", "4"]),
    ],
)
def test_a_mangled_address_does_no_harm(page: Page, mangled: str, numbers: list[str]) -> None:
    widget = widget_of(page, "ko", f"?activations={mangled}")
    expect(widget.locator('[data-value="sigmoid"]')).to_have_attribute("aria-pressed", "true")
    assert widget.locator("output").all_inner_texts() == numbers
    assert "NaN" not in widget.inner_html()
