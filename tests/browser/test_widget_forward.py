"""Walking through the forward pass: numbers by mouse, finger and keyboard, sums in words."""

from __future__ import annotations

import re

import pytest
from addresses import LANGUAGES
from playwright.sync_api import Locator, Page, expect
from widgets import open_widget

# What is said of layer 1's second neuron and of layer 3's last one, besides the arithmetic.
SAID = {
    "ko": {"second": "1층 2번 뉴런", "last": "3층 2번 뉴런", "end": "이제 끝이에요"},
    "en": {"second": "Layer 1, neuron 2", "last": "Layer 3, neuron 2", "end": "That is the end"},
}
CALLED = {
    "ko": {"w132": "1층 가중치, 2번 입력에서 3번 뉴런으로, 0.6", "b13": "1층 편향, 3번 뉴런, 0.3"},
    "en": {
        "w132": "Layer 1 weight from input 2 to neuron 3, 0.6",
        "b13": "Layer 1 bias of neuron 3, 0.3",
    },
}
PRINTED = "[0.3168 0.6963]"  # the page's y, as its table has it


def widget_of(page: Page, language: str, query: str = "") -> Locator:
    return open_widget(page, "forward", "notes/forward", language, query)


def result(widget: Locator) -> Locator:
    return widget.locator(".widget-result")


def cell(widget: Locator, name: str) -> Locator:
    return widget.locator(f'[data-name="{name}"]')


def computed(widget: Locator) -> list[str]:
    """The cells that show: what comes in (from layer 2 on), the sums, the outputs."""
    return widget.locator(".forward-computed:visible").all_inner_texts()


def circles(widget: Locator) -> list[str]:
    return [each or "" for each in widget.locator(".forward-neuron text").all_text_contents()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_opens_with_what_the_page_printed(page: Page, language: str) -> None:
    widget = widget_of(page, language)
    printed = page.locator(".output").filter(has_text="a1 (3,)").inner_text()
    rows = dict(re.findall(r"(\w\d?)\s+\(\d,\) \[(.+?)\s*\]", printed))
    values = {name: [float(each) for each in row.split()] for name, row in rows.items()}
    assert list(values) == ["a1", "z1", "a2", "z2", "y"]
    expect(result(widget)).to_contain_text(PRINTED)
    assert PRINTED.strip("[]").split() == [f"{each:.4f}" for each in values["y"]]
    shown = [*values["z1"], *values["z2"], *values["y"]]
    assert circles(widget) == ["1.00", "0.50", *(f"{each:.2f}" for each in shown)]
    assert computed(widget) == [f"{each:.2f}" for each in values["a1"] + values["z1"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_goes_one_neuron_at_a_time(page: Page, language: str) -> None:
    widget = widget_of(page, language)
    back, onwards, _ = widget.locator(".forward-steps button").all()
    onwards.click()
    expect(result(widget)).to_contain_text("1.0 × 0.1 + 0.5 × 0.2 + 0.1 = 0.3")
    expect(result(widget)).to_contain_text("sigmoid(0.3) = 0.5744")
    onwards.click()
    expect(result(widget)).to_contain_text(SAID[language]["second"])
    expect(result(widget)).to_contain_text("1.0 × 0.3 + 0.5 × 0.4 + 0.2 = 0.7")
    # The row of x, a column of W with its bias, and the sum; two neurons are done, and no more.
    marked = widget.locator(".forward-cell.forward-now:visible")
    assert marked.all_inner_texts() == ["1.0", "0.5", "0.3", "0.4", "0.2", "0.70", "0.67"]
    assert computed(widget) == ["0.30", "0.70", "", "0.57", "0.67", ""]
    assert circles(widget) == ["1.00", "0.50", "0.57", "0.67", "", "", "", "", ""]
    assert widget.locator(".forward-weight").all_text_contents()[:6] == [
        "",
        "",
        "0.3",
        "0.4",
        "",
        "",
    ]
    for _ in range(5):
        onwards.click()
    expect(result(widget)).to_contain_text(SAID[language]["last"])
    expect(result(widget)).to_contain_text("0.6262 × 0.3 + 0.771 × 0.4 + 0.2 = 0.6963")
    expect(result(widget)).to_contain_text(SAID[language]["end"])
    expect(result(widget)).to_contain_text(PRINTED)
    onwards.click()  # the whole pass again
    expect(widget.locator(".forward-now:visible")).to_have_count(0)
    back.click()
    expect(result(widget)).to_contain_text(SAID[language]["end"])
    back.click()
    back.click()
    expect(result(widget)).to_contain_text(
        "0.5744 × 0.4 + 0.6682 × 0.5 + 0.7503 × 0.6 + 0.2 = 1.214"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("step:1,x1:-2,w111:-0.25", "−2.0 × (−0.25) + 0.5 × 0.2 + 0.1 = 0.7"),
        ("step:1,x1:-4,hidden:relu", "relu(−0.2) = 0.0"),
        ("step:3,hidden:tanh", "tanh(1.1) = 0.8005"),
        ("layer:3,step:3,output:softmax", "softmax([0.3168 0.6963]) = [0.4063 0.5937]"),
        ("layer:3,output:softmax", "[0.4063 0.5937]"),
        ("hidden:identity", "[0.426 0.912]"),
        ("hidden:identity,x1:-5,x2:-5", "[−1.152 −2.53]"),
    ],
)
def test_the_words_fit_the_step(page: Page, setting: str, said: str, language: str) -> None:
    expect(result(widget_of(page, language, f"?forward={setting}"))).to_contain_text(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_softmax_waits_for_all_sums(page: Page, language: str) -> None:
    widget = widget_of(page, language, "?forward=layer:3,step:2,output:softmax")
    assert computed(widget) == ["0.63", "0.77", "0.32", "0.70", "", ""]
    widget.locator(".forward-steps button").nth(1).click()
    assert computed(widget)[4:] == ["0.41", "0.59"]
    widget.locator('[data-value="identity"]').last.click()  # which has no such step
    expect(result(widget)).to_contain_text(SAID[language]["end"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mouse_chooses_in_matrix_and_drawing(page: Page, language: str) -> None:
    widget = widget_of(page, language)
    field = widget.locator("input[type=number]")
    cell(widget, "w132").click()
    expect(cell(widget, "w132")).to_have_accessible_name(CALLED[language]["w132"])
    expect(cell(widget, "w132")).to_be_checked()
    expect(widget.locator(".forward-editor code")).to_have_text("W1[1, 2]")
    expect(widget.locator(".forward-editor i")).to_have_text("w(1)32")
    field.fill("-1.5")
    expect(cell(widget, "w132")).to_have_text("−1.5")
    field.fill("-1.25")
    expect(widget.locator("input[type=range]")).to_have_attribute("aria-valuetext", "−1.25")
    expect(widget.locator(".forward-negative")).to_have_count(1)
    expect(result(widget)).not_to_contain_text(PRINTED)
    # The last line but one leads from neuron 1 of layer 2 to the second output.
    line = widget.locator(".forward-hit").nth(14)
    box = line.bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.8 * box["height"])
    expect(cell(widget, "w321")).to_be_checked()
    expect(field).to_have_value("0.3")
    widget.locator(".forward-neuron").nth(3).click()
    expect(result(widget)).to_contain_text(SAID[language]["second"])
    widget.locator(".forward-neuron").first.click()
    expect(cell(widget, "x1")).to_be_checked()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_goes_about_the_matrix_and_the_address_follows(
    page: Page, language: str
) -> None:
    widget = widget_of(page, language)
    cell(widget, "w111").focus()
    for key, name in [("Right", "w121"), ("Down", "w122"), ("Right", "w132"), ("Down", "b13")]:
        page.keyboard.press(f"Arrow{key}")
        expect(cell(widget, name)).to_be_focused()
    expect(cell(widget, "b13")).to_have_accessible_name(CALLED[language]["b13"])
    page.keyboard.press("ArrowDown")  # below it there is only what is computed
    expect(cell(widget, "b13")).to_be_focused()
    page.keyboard.press("Tab")
    expect(widget.locator("input[type=range]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cell(widget, "b13")).to_have_text("0.4")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("-77")
    expect(cell(widget, "b13")).to_have_text("−5.0")
    page.keyboard.press("Tab")
    expect(widget.locator("input[type=number]")).to_have_value("-5")
    said = result(widget).inner_text()
    page.wait_for_url(re.compile(r"forward=b13:-5,on:b13$"))
    page.reload()
    page.locator("#widget-forward").scroll_into_view_if_needed()
    expect(cell(widget, "b13")).to_be_checked()
    expect(result(widget)).to_have_text(said)
    widget.locator(".widget-foot button").first.click()
    expect(result(widget)).to_contain_text(PRINTED)
    page.wait_for_url(lambda url: "forward=" not in url)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finger_changes_a_weight_on_a_phone(phone: Page, language: str) -> None:
    widget = widget_of(phone, language)
    for each in widget.locator(".widget-body :is(button, input):visible").all():
        box = each.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 32, each
    cell(widget, "w122").tap()
    slider = widget.locator("input[type=range]")
    box = slider.bounding_box()
    assert box
    phone.touchscreen.tap(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    expect(cell(widget, "w122")).to_have_text("5.0")
    for layer in [2, 3, 1]:
        widget.locator(".widget-choices").first.locator(f'[data-value="{layer}"]').tap()
        widget.locator(".forward-steps button").nth(1).tap()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
        sheet = widget.locator(".forward-sheet:visible")
        assert sheet.evaluate("each => each.scrollWidth <= each.parentElement.clientWidth + 4")


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_the_largest_numbers_fit_their_cells(phone: Page, language: str) -> None:
    names = [f"{kind}{layer}{neuron}" for kind in "b" for layer in "123" for neuron in "12"]
    names += ["b13", "x1", "x2"]
    names += [f"w1{to}{start}" for to in "123" for start in "12"]
    names += [f"w2{to}{start}" for to in "12" for start in "123"]
    large = ",".join(f"{name}:5" for name in names)
    query = f"?forward={large},w311:-5,w312:-5,hidden:identity,layer:3"
    widget = widget_of(phone, language, query)
    assert computed(widget)[2:4] == ["−8295", "586"]
    for each in widget.locator(".forward-cell:visible").all():
        assert each.evaluate("each => each.scrollWidth <= each.clientWidth")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_plays_and_stops(page: Page) -> None:
    widget = widget_of(page, "en")
    player = widget.locator(".forward-steps button").last
    player.click()
    expect(result(widget)).to_contain_text("Layer 1, neuron 1")
    expect(player).to_have_text("Stop")
    expect(result(widget)).to_contain_text("Layer 1, neuron 2")
    player.click()
    expect(player).to_have_text("Play")
    said = result(widget).inner_text()
    page.wait_for_timeout(2600)
    assert result(widget).inner_text() == said


def test_it_jumps_for_those_who_want_no_motion(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    widget = widget_of(page, "en", "?forward=step:2")
    player = widget.locator(".forward-steps button").last
    player.click()
    expect(player).to_have_text("Play")
    expect(result(widget)).to_contain_text(f"output is {PRINTED}")
    assert computed(widget)[:2] == ["0.63", "0.77"]


@pytest.mark.parametrize(
    "mangled",
    [
        "hidden:swish,output:relu,layer:4,step:1.5,on:w114,w111:abc,x1:,b99:3,w333:1",
        "hidden:1,layer:x,step:-1,on:constructor,constructor:1,__proto__:2,toString:3",
        ",,::,:",
    ],
)
def test_a_mangled_address_does_no_harm(page: Page, mangled: str) -> None:
    widget = widget_of(page, "ko", f"?forward={mangled}")
    expect(result(widget)).to_contain_text(PRINTED)
    expect(cell(widget, "w111")).to_be_checked()
    assert computed(widget) == ["0.30", "0.70", "1.10", "0.57", "0.67", "0.75"]


def test_what_is_too_large_in_an_address_becomes_the_most(page: Page) -> None:
    widget = widget_of(page, "en", "?forward=x1:1e9,w111:-3.14159,layer:2,step:99,on:b13")
    expect(result(widget)).to_contain_text("Layer 2, neuron 2")
    expect(cell(widget, "w221")).to_be_checked()  # one of the layer that shows
    widget.locator('.widget-choices [data-value="1"]').first.click()
    expect(cell(widget, "x1")).to_have_text("5.0")
    expect(cell(widget, "w111")).to_have_text("−3.14")
