"""What breaks: the network, the site renewed, no room, a killed worker, an old browser."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from test_run import SLOW, WORDS, Block, open_note
from waiting import settled, until

from conftest import StaticHost

# Python with NumPy, and what is kept last: the worker's own script. Before that the service worker
# may still be asking for files.
KEPT = """async () => {
    const folder = new URL(document.querySelector("script[data-run]").dataset.run, location)
    const config = await (await fetch(new URL("config.json", folder))).json()
    const wanted = [...config.files.core, ...config.files.numpy].map(each => each.url)
    const files = await caches.open("journal-files")
    const kept = new Set((await files.keys()).map(each => each.url))
    return [...wanted, "worker.js"].every(each => kept.has(new URL(each, folder).href))
}"""


class Host:
    """The site on a host that can be switched off and be given another version."""

    def __init__(self, site: Path, folder: Path) -> None:
        self.folder = folder / "site"
        shutil.copytree(site, self.folder)
        self.on = True
        outer = self

        class Handler(StaticHost):
            def do_GET(self) -> None:
                if not outer.on:  # as when there is no network: the connection breaks
                    self.close_connection = True
                    self.connection.close()
                    return
                super().do_GET()

        def handler(*arguments: object) -> StaticHost:
            return Handler(*arguments, directory=str(self.folder))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def own_host(site: Path, tmp_path: Path) -> Iterator[Host]:
    host = Host(site, tmp_path)
    yield host
    host.server.shutdown()
    host.server.server_close()


@pytest.fixture
def visitor(own_host: Host, browser, host: str) -> Iterator[Page]:
    context = browser.new_context(base_url=own_host.address)
    context.set_default_timeout(45_000)
    yield context.new_page()
    context.close()


def run_and_keep(page: Page) -> None:
    """A first visit with a run, until the service worker has kept what it needs."""
    open_note(page, "ko")
    block = Block(page, 0)
    block.press("run")
    block.says(WORDS["ko"]["same"])
    until(page, KEPT, SLOW)
    pages = "async () => (await (await caches.open('journal-pages')).keys()).length >= 1"
    until(page, pages, SLOW)


def test_a_second_visit_runs_without_a_network(visitor: Page, own_host: Host) -> None:
    run_and_keep(visitor)
    own_host.on = False
    visitor.goto("/notes/perceptron/")
    expect(visitor.locator("h1")).to_contain_text("퍼셉트론")
    background = "getComputedStyle(document.body).backgroundColor"
    assert visitor.evaluate(background) == "rgb(251, 250, 246)", "the page has its style"
    block = Block(visitor, 0)
    block.press("run")
    block.says(WORDS["ko"]["same"])
    visitor.goto("/notes/losses/")
    expect(visitor.locator("body")).to_contain_text("인터넷")
    own_host.on = True
    visitor.goto("/notes/losses/")
    expect(visitor.locator("h1")).to_contain_text("손실 함수")


def test_without_a_network_before_the_first_run_the_page_says_so(
    visitor: Page, own_host: Host
) -> None:
    open_note(visitor, "ko")
    settled(visitor)
    own_host.on = False
    block = Block(visitor, 0)
    block.press("run")
    expect(block.bar.locator(".run-status")).to_contain_text("가져오")
    expect(visitor.locator('.output[data-block="0"]')).to_be_visible()
    own_host.on = True
    visitor.reload()
    block.press("run")
    block.says(WORDS["ko"]["same"])


@pytest.mark.parametrize("lost", ["numpy-*.pack", "*.asm.wasm", "*.asm.mjs", "python_stdlib.pack"])
def test_the_network_lost_in_the_middle_of_loading(
    visitor: Page, own_host: Host, lost: str
) -> None:
    open_note(visitor, "ko")
    visitor.route(f"**/{lost}", lambda route: route.abort())
    block = Block(visitor, 0)
    block.press("run")
    block.says(WORDS["ko"]["network"])
    expect(visitor.locator('.output[data-block="0"]')).to_be_visible()
    visitor.unroute_all()
    block.press("run")
    block.says(WORDS["ko"]["same"])


def test_an_updated_site_is_new_as_a_whole(visitor: Page, own_host: Host) -> None:
    run_and_keep(visitor)
    old = next((own_host.folder / "static").glob("run-*"))
    new = old.with_name("run-0123456789ab")
    old.rename(new)
    for page in own_host.folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(old.name, new.name), encoding="utf-8")
    asked: list[str] = []
    visitor.context.on("request", lambda request: asked.append(request.url))
    visitor.goto("/notes/perceptron/")
    block = Block(visitor, 0)
    block.press("run")
    block.says(WORDS["ko"]["same"])
    assert any(new.name in url for url in asked)
    assert not any(old.name in url for url in asked)
    gone = (
        "async () => !(await (await caches.open('journal-files')).keys())"
        f".some(each => each.url.includes('{old.name}'))"
    )
    until(visitor, gone, SLOW)
    # And without a network it is still the new one, whole.
    own_host.on = False
    visitor.goto("/notes/perceptron/")
    block.press("run")
    block.says(WORDS["ko"]["same"])


def test_a_page_that_is_older_than_the_site_says_so(visitor: Page, own_host: Host) -> None:
    open_note(visitor, "ko")
    settled(visitor)
    shutil.rmtree(own_host.folder / "static" / "python")
    block = Block(visitor, 0)
    block.press("run")
    block.says("새로 고친 뒤")


def test_no_room_to_keep_anything(visitor: Page, own_host: Host) -> None:
    visitor.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    visitor.context.route(
        "**/sw.js",
        lambda route: route.fulfill(
            content_type="text/javascript",
            body="Cache.prototype.put = async () => {"
            " throw new DOMException('full', 'QuotaExceededError') };"
            + (own_host.folder / "sw.js").read_text(encoding="utf-8"),
        ),
    )
    open_note(visitor, "ko")
    for _ in range(2):
        block = Block(visitor, 0)
        block.press("run")
        block.says(WORDS["ko"]["same"])
        block.write("print(3)")
        block.press("run")
        expect(block.live.locator(".output pre")).to_have_text("3\n")
        visitor.reload()


def test_a_killed_worker_is_replaced(page: Page) -> None:
    page.add_init_script(
        "const W = Worker; globalThis.workers = [];"
        "globalThis.Worker = class extends W {"
        " constructor(...a) { super(...a); globalThis.workers.push(this) } }"
    )
    open_note(page, "en")
    block = Block(page, 0)
    block.press("run")
    block.says(WORDS["en"]["same"])
    # As when the device has taken the memory back: it dies and says nothing but an error.
    page.evaluate("workers[0].terminate(); workers[0].dispatchEvent(new ErrorEvent('error'))")
    block.press("run")
    block.says(WORDS["en"]["same"])
    assert page.evaluate("workers.length") == 2


def test_a_page_left_while_running_runs_when_come_back_to(page: Page) -> None:
    open_note(page, "ko")
    block = Block(page, 0)
    block.write("print('on')\nwhile True: pass")
    block.press("run")
    expect(block.live.locator(".output pre")).to_have_text("on\n", timeout=SLOW)
    page.goto("/notes/losses/")
    page.go_back()
    block.press("edit") if not block.editor.count() else None
    block.press("reset")
    block.press("run")
    block.says(WORDS["ko"]["same"])


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("delete globalThis.WebAssembly", "새 브라우저"),
        (
            "WebAssembly.Module = function () { throw new WebAssembly.CompileError('policy') }",
            "보안 설정",
        ),
        ("delete globalThis.Worker", "새 브라우저"),
    ],
)
def test_a_browser_that_cannot_says_so(
    open_context: Callable[..., Page], script: str, words: str
) -> None:
    page = open_context()
    page.add_init_script(script)
    open_note(page, "ko")
    block = Block(page, 0)
    block.press("run")
    block.says(words)
    expect(page.locator('.output[data-block="0"]')).to_be_visible()
