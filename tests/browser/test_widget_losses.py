"""Scores to drag: probabilities, both losses, and what is said of them."""

from __future__ import annotations

import re

import pytest
from addresses import LANGUAGES
from playwright.sync_api import Locator, Page, expect
from widgets import open_widget

SAID = {
    "ko": {"right": "맞혔어요", "wrong": "틀렸어요", "tie": "똑같이"},
    "en": {"right": "Right", "wrong": "Wrong", "tie": "as much"},
}


def widget_of(page: Page, language: str, query: str = "") -> Locator:
    return open_widget(page, "losses", "notes/losses", language, query)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("setting", "said", "entropy", "squares"),
    [
        ("a0:0,a1:0,a2:0", "tie", "1.10", "0.33"),
        ("a0:8,a1:-8,a2:-8", "right", "0.00", "0.00"),
        ("a0:-8,a1:8,a2:-8", "wrong", "16.00", "1.00"),
        ("a0:-8,a1:8,a2:-8,t:5", "wrong", "3.28", "0.89"),
    ],
)
def test_both_losses_are_shown_and_said(
    page: Page, setting: str, said: str, entropy: str, squares: str, language: str
) -> None:
    widget = widget_of(page, language, f"?losses={setting}")
    result = widget.locator(".widget-result")
    expect(result).to_contain_text(SAID[language][said])
    expect(result).to_contain_text(entropy)
    values = widget.locator(".losses-value").all_inner_texts()
    assert values[3:] == [entropy, squares]


@pytest.mark.parametrize("language", LANGUAGES)
def test_mouse_and_keyboard_move_a_score_and_the_address_follows(page: Page, language: str) -> None:
    widget = widget_of(page, language)
    slider = widget.locator("input[type=range]").nth(1)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
    expect(widget.locator(".widget-result")).to_contain_text(SAID[language]["wrong"])
    slider.focus()
    page.keyboard.press("Home")
    expect(widget.locator(".widget-result")).to_contain_text(SAID[language]["right"])
    page.wait_for_url(re.compile("a1:-8"))
    page.reload()
    page.locator("#widget-losses").scroll_into_view_if_needed()
    expect(widget.locator("output").nth(1)).to_have_text("−8.0")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finger_chooses_the_truth_on_a_phone(phone: Page, language: str) -> None:
    widget = widget_of(phone, language)
    widget.locator('[data-value="2"]').tap()
    expect(widget.locator(".widget-result")).to_contain_text(SAID[language]["wrong"])
    expect(widget.locator(".losses-truth")).to_contain_text("★")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_mangled_address_does_no_harm(page: Page) -> None:
    widget = widget_of(page, "ko", "?losses=truth:7,a0:1e9,a1:,t:0")
    expect(widget.locator('[data-value="0"]')).to_have_attribute("aria-pressed", "true")
    assert widget.locator("output").all_inner_texts() == ["8.0", "1.0", "−1.0", "0.2"]
