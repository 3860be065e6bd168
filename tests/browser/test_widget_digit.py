"""Drawing a digit: by mouse, finger and keyboard; what is drawn is read, in both languages."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from addresses import LANGUAGES
from playwright.sync_api import Locator, Page, expect
from widgets import open_widget

from study import digits

STROKES = json.loads(Path(__file__).with_name("strokes.json").read_text(encoding="utf-8"))
LEAST_READ = 0.95
READS = {"ko": "읽었어요", "en": "reads"}
# How large the drawing is on the canvas, where its middle is, and how far it leans (radians).
PLACES = [(0.9, 0.5, 0.5, 0.0), (0.45, 0.3, 0.65, 0.12), (0.6, 0.65, 0.4, -0.1)]

Drawing = list[list[tuple[float, float]]]


def widget_of(page: Page, language: str, name: str = "index") -> Locator:
    return open_widget(page, "digit", name, language)


def placed(drawing: Drawing, size: float, x: float, y: float, lean: float) -> Drawing:
    """A drawing of the unit square, scaled, moved and slanted on the canvas."""
    return [
        [(x + size * (a - 0.5 - math.tan(lean) * (b - 0.5)), y + size * (b - 0.5)) for a, b in line]
        for line in drawing
    ]


def draw(widget: Locator, drawing: Drawing) -> None:
    """Draws with the mouse, where the pointer goes and the page answers."""
    canvas = widget.locator(".digit-paper")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    mouse = widget.page.mouse
    for line in drawing:
        places = [(box["x"] + a * box["width"], box["y"] + b * box["height"]) for a, b in line]
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        mouse.up()


# The same by events made in the page: hundreds of drawings in the time of ten by the mouse.
REPLAY = """
async (widget, drawings) => {
  const paper = widget.querySelector(".digit-paper")
  const box = paper.getBoundingClientRect()
  const rows = [...widget.querySelectorAll(".digit-row")]
  const answers = []
  for (const drawing of drawings) {
    widget.reset()
    for (const line of drawing) {
      const send = (name, [x, y]) => paper.dispatchEvent(new PointerEvent(name, {
        pointerId: 1, isPrimary: true, button: 0, bubbles: true, cancelable: true,
        clientX: box.left + x * box.width, clientY: box.top + y * box.height,
      }))
      send("pointerdown", line[0])
      for (const place of line.slice(1)) send("pointermove", place)
      send("pointerup", line.at(-1))
    }
    widget.update()
    answers.push(rows.findIndex(row => row.classList.contains("digit-first")))
  }
  return answers
}
"""


def own_drawings() -> Iterator[tuple[int, Drawing]]:
    """The set drawn for this purpose, at every size, place and slant."""
    for digit, hands in STROKES.items():
        for lines in hands.values():
            for place in PLACES:
                yield int(digit), placed(lines, *place)


def generated_drawings() -> Iterator[tuple[int, Drawing]]:
    """The shapes of `study.digits`, likewise."""
    for digit, shapes in enumerate(digits.SHAPES):
        for shape in shapes:
            strokes = [
                np.array([each.split(",") for each in line.split()], dtype=np.float64)
                for line in shape.split("/")
            ]
            curves = [digits._curve(len(points)) @ points for points in strokes]
            lines = [[(x / 14 + 0.14, y / 14) for x, y in curve.tolist()] for curve in curves]
            for place in PLACES:
                yield digit, placed(lines, *place)


@pytest.mark.parametrize("drawings", [own_drawings, generated_drawings])
def test_what_is_drawn_is_read(
    page: Page, drawings: Callable[[], Iterator[tuple[int, Drawing]]]
) -> None:
    widget = widget_of(page, "ko")
    draw(widget, [[(0.5, 0.1), (0.5, 0.5), (0.5, 0.9)]])
    expect(widget.locator(".widget-result")).to_contain_text(READS["ko"])
    truth, lines = zip(*drawings(), strict=True)
    answers = widget.evaluate(REPLAY, list(lines))
    wrong = [
        f"{digit} read as {answer}"
        for digit, answer in zip(truth, answers, strict=True)
        if digit != answer
    ]
    assert -1 not in answers
    assert len(wrong) <= (1 - LEAST_READ) * len(truth), f"of {len(truth)}: {wrong}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mouse_draws_undoes_and_clears(page: Page, language: str) -> None:
    widget = widget_of(page, language)
    result, buttons = widget.locator(".widget-result"), widget.locator(".widget-choices button")
    empty = result.inner_text()
    draw(widget, placed(STROKES["7"]["plain"], 0.8, 0.5, 0.5, 0))
    expect(result).to_contain_text(READS[language])
    expect(widget.locator(".digit-first b")).to_have_text("7")
    shown = widget.locator(".digit-value").all_inner_texts()
    assert sum(float(text.strip(">%")) for text in shown) == pytest.approx(100, abs=1)
    buttons.nth(0).click()
    expect(result).to_have_text(empty)
    draw(widget, placed(STROKES["4"]["open"], 0.8, 0.5, 0.5, 0))
    expect(widget.locator(".digit-first b")).to_have_text("4")
    buttons.nth(1).click()
    expect(result).to_have_text(empty)
    expect(widget.locator(".digit-first")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finger_draws_and_the_page_stays(phone: Page, language: str) -> None:
    widget = widget_of(phone, language, "notes/mnist")
    canvas = widget.locator(".digit-paper")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360
    before = phone.evaluate("scrollY")
    touch = phone.context.new_cdp_session(phone)
    places = [
        {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] * part / 20}
        for part in range(2, 19)
    ]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": places[:1]})
    for place in places[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(widget.locator(".digit-first b")).to_have_text("1")
    assert phone.evaluate("scrollY") == before
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_finger_beside_the_paper_scrolls(phone: Page) -> None:
    """What the test above sees would be worth little if nothing scrolled here."""
    widget_of(phone, "ko")
    before = phone.evaluate("scrollY")
    touch = phone.context.new_cdp_session(phone)
    for kind, y in [("touchStart", 600), *(("touchMove", y) for y in range(580, 200, -20))]:
        points = [{"x": 4, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_function("before => scrollY > before", arg=before)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_has_examples(page: Page, language: str) -> None:
    widget = widget_of(page, language)
    examples = widget.locator(".digit-examples button")
    expect(examples).to_have_count(10)
    for digit in range(10):
        examples.nth(digit).focus()
        page.keyboard.press("Enter")
        expect(widget.locator(".digit-first b")).to_have_text(str(digit))


@pytest.mark.parametrize("language", LANGUAGES)
def test_weights_that_do_not_come_are_asked_for_again(
    page: Page, watch: object, language: str
) -> None:
    watch.forgiven.add("three-layer.bin")  # type: ignore[attr-defined]
    page.route("**/three-layer.bin", lambda route: route.abort())
    widget = widget_of(page, language)
    draw(widget, placed(STROKES["1"]["a stroke"], 0.8, 0.5, 0.5, 0))
    again = widget.locator(".digit-again")
    expect(again).to_be_visible()
    page.unroute("**/three-layer.bin")
    again.click()
    expect(widget.locator(".digit-first b")).to_have_text("1")
    expect(again).to_be_hidden()


def test_the_weights_wait_for_the_reader(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    widget_of(page, "ko")
    assert not [url for url in asked if "three-layer" in url]
