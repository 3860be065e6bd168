"""Run, edit, compare, check: Python under the blocks, in a real browser."""

from __future__ import annotations

import re

import pytest
from addresses import LANGUAGES, address
from playwright.sync_api import Page, expect
from waiting import settled, until

SLOW = 90_000  # milliseconds: a first run fetches and starts Python, on processors busy with more

WORDS = {
    "ko": {
        "same": "이 페이지의 출력과 같아요",
        "figure": "이 페이지의 그림과 같아요",
        "changed": "고친 코드의 결과예요",
        "stopped": "멈췄어요",
        "name": "철자",
        "right": "맞았어요",
        "not_yet": "아직이에요",
        "line": "1번째 줄",
        "network": "가져오다가 끊겼어요",
        "time": "5분이 넘도록",
        "memory": "메모리가 모자라요",
    },
    "en": {
        "same": "Equal to this page’s output",
        "figure": "Equal to this page’s figure",
        "changed": "The result of your code",
        "stopped": "Stopped",
        "name": "spelling",
        "right": "Right",
        "not_yet": "Not yet",
        "line": "line 1",
        "network": "The connection broke",
        "time": "five minutes",
        "memory": "Out of memory",
    },
}


class Block:
    """A block of the page as its reader meets it."""

    def __init__(self, page: Page, number: int) -> None:
        self.page = page
        self.bar = page.locator(f'.run[data-block="{number}"]')
        self.live = self.bar.locator("xpath=following-sibling::*[contains(@class,'run-live')][1]")
        self.editor = self.bar.locator("xpath=preceding-sibling::*[1]").locator(".cm-content")

    def press(self, action: str) -> None:
        self.bar.locator(f'[data-action="{action}"]').click()

    def says(self, text: str, timeout: int = SLOW) -> None:
        expect(self.bar.locator(".run-status")).to_contain_text(text, timeout=timeout)

    def write(self, code: str) -> None:
        if not self.editor.count():
            self.press("edit")
        self.editor.focus()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)


def open_note(page: Page, language: str, note: str = "notes/perceptron") -> None:
    page.goto(address(note, language))


def endless(page: Page, language: str) -> Block:
    """A block that has begun and will not end by itself."""
    open_note(page, language)
    block = Block(page, 0)
    block.write("print('begun')\nwhile True:\n    pass")
    block.press("run")
    expect(block.live.locator(".output pre")).to_have_text("begun\n", timeout=SLOW)
    return block


@pytest.mark.parametrize("language", LANGUAGES)
def test_run_edit_and_compare(page: Page, language: str) -> None:
    t = WORDS[language]
    open_note(page, language)
    first, drawing = Block(page, 0), Block(page, 1)

    first.press("run")
    first.says(t["same"])
    assert first.live.is_hidden()

    drawing.press("run")
    drawing.says(t["figure"])

    first.write("print('하나', 1 + 1)")
    page.keyboard.press("ControlOrMeta+Enter")
    first.says(t["changed"])
    expect(first.live.locator(".output pre")).to_have_text("하나 2\n")
    expect(page.locator('.output[data-block="0"]')).to_be_hidden()

    first.write("print(hello)")
    first.press("run")
    expect(first.live.locator(".run-error")).to_contain_text(f"{t['line']} · NameError")
    expect(first.live.locator(".run-error")).to_contain_text(t["name"])
    expect(page.locator(".cm-wrong-line")).to_have_text("print(hello)")

    first.press("reset")
    expect(page.locator('.output[data-block="0"]')).to_be_visible()
    expect(page.locator(".cm-editor")).to_have_count(0)
    first.press("run")
    first.says(t["same"])


def test_a_block_draws_with_nothing_but_matplotlib(page: Page) -> None:
    """The first run fetches what drawing in the page’s style needs, named or not."""
    open_note(page, "ko")
    block = Block(page, 0)
    block.write("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('가중치')\nprint(1)")
    block.press("run")
    block.says(WORDS["ko"]["changed"])
    expect(block.live.locator("svg")).to_be_visible()
    expect(block.live.locator(".run-warning")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_stop_ends_an_endless_loop_and_the_next_run_works(page: Page, language: str) -> None:
    t = WORDS[language]
    block = endless(page, language)
    # The page itself stays awake meanwhile.
    assert page.evaluate("1 + 1") == 2
    block.press("stop")
    block.says(t["stopped"], timeout=2_000)
    block.press("reset")
    block.press("run")
    block.says(t["same"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_much_memory_is_an_error_with_a_line_and_the_next_run_works(
    page: Page, language: str
) -> None:
    t = WORDS[language]
    open_note(page, language)
    block = Block(page, 0)
    # 2 GB in pieces of 40 MB: each of them could be had, all of them not.
    block.write("import numpy as np\nkept = [np.ones(5_000_000) for _ in range(50)]\nprint('all')")
    block.press("run")
    error = block.live.locator(".run-error")
    expect(error).to_contain_text("MemoryError", timeout=SLOW)
    expect(error).to_contain_text(t["memory"])
    expect(page.locator(".cm-wrong-line")).to_contain_text("np.ones")
    block.press("reset")
    block.press("run")
    block.says(t["same"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_five_minutes_it_is_stopped_and_says_so(page: Page, language: str) -> None:
    t = WORDS[language]
    page.clock.install()
    block = endless(page, language)
    page.clock.fast_forward("04:50")
    expect(block.bar.locator('[data-action="stop"]')).to_be_visible()
    page.clock.fast_forward("00:15")
    block.says(t["time"])
    block.press("reset")
    block.press("run")
    block.says(t["same"])


def test_typing_can_be_undone_and_brackets_pair(page: Page) -> None:
    open_note(page, "ko")
    block = Block(page, 0)
    block.write("x = 1")
    page.keyboard.type("\nprint(x")
    assert block.editor.inner_text().split("\n")[-1] == "print(x)"
    page.keyboard.press("End")
    expect(block.editor.locator(".cm-matchingBracket").first).to_be_visible()
    for _ in range(6):  # what was typed in one go is undone in one
        page.keyboard.press("ControlOrMeta+z")
    expect(block.editor).to_contain_text("import numpy as np")
    for _ in range(6):
        page.keyboard.press("ControlOrMeta+Shift+Z")
    expect(block.editor).to_have_text("x = 1print(x)")


def test_what_a_reader_wrote_is_still_there_after_a_reload(page: Page) -> None:
    open_note(page, "ko")
    block = Block(page, 0)
    block.write("print('mine')")
    until(page, "() => Object.values(localStorage).some(each => each.includes('mine'))", SLOW)
    page.reload()
    block.press("edit")
    expect(block.editor).to_contain_text("print('mine')")
    block.press("reset")
    expect(block.editor).to_have_count(0)  # a press only begins what it does
    page.reload()
    block.press("edit")
    expect(block.editor).to_contain_text("import numpy as np")
    expect(block.editor).not_to_contain_text("mine")


def test_tab_indents_and_escape_lets_it_leave(page: Page) -> None:
    open_note(page, "en")
    block = Block(page, 0)
    block.write("")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("x")
    assert block.editor.inner_text().startswith("    x")
    expect(block.editor).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(block.editor).not_to_be_focused()
    assert "Escape" in (block.editor.get_attribute("aria-label") or "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exercise_checks_the_answer_and_remembers_it(page: Page, language: str) -> None:
    t = WORDS[language]
    open_note(page, language)
    bar = page.locator('.run[data-exercise="perceptron/nor"]')
    block = Block(page, int(bar.get_attribute("data-block") or 0))

    block.press("check")
    block.says(t["not_yet"])
    expect(block.live.locator(".run-feedback")).to_contain_text("NOR([0, 0])")

    block.write("from study.perceptron import Perceptron\nNOR = Perceptron([-2, -2], 1)\n")
    block.press("check")
    block.says(t["right"])
    expect(page.locator("#exercise-nor")).to_have_class(re.compile("solved"))
    counted = page.locator("[data-solved-count] [data-count]").first
    expect(counted).to_have_text("1")

    other = "en" if language == "ko" else "ko"
    page.goto(address("progress", other))
    expect(page.locator('[data-solved="perceptron/nor"] .solved-mark')).to_be_visible()
    with page.expect_download() as download:
        page.locator('[data-solved-action="export"]').click()
    assert "perceptron/nor" in download.value.path().read_text()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator('[data-solved-action="clear"]').click()
    expect(page.locator(".solved-mark:visible")).to_have_count(0)


def test_hints_open_one_by_one(page: Page) -> None:
    open_note(page, "ko")
    hints = page.locator("#exercise-nor ~ details.tip")
    expect(hints.nth(0)).to_be_visible()
    expect(hints.nth(1)).to_be_hidden()
    hints.nth(0).locator("summary").click()
    expect(hints.nth(1)).to_be_visible()


def test_a_phone_runs_edits_and_keeps_its_width(phone: Page) -> None:
    open_note(phone, "ko")
    block = Block(phone, 0)
    block.bar.locator('[data-action="run"]').tap()
    block.says(WORDS["ko"]["same"])
    block.bar.locator('[data-action="edit"]').tap()
    expect(block.editor).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_nothing_of_python_is_fetched_before_run_is_pressed(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_note(page, "ko")
    settled(page)
    page.wait_for_timeout(1000)
    assert not [url for url in asked if re.search(r"/static/(run-|python/|mnist/)", url)]
