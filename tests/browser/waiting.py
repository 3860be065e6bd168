"""Waiting: for a page to be there, and for what it can only tell after a while."""

from __future__ import annotations

import time

from playwright.sync_api import Page, Response


def visit(page: Page, address: str) -> Response | None:
    """Opens a page and waits until all of it has come."""
    response = page.goto(address)
    settled(page)
    return response


def settled(page: Page) -> None:
    """Waits until a page that has loaded has its fonts too, and its scripts nothing left to do.

    Not for a silent network, as Playwright's “networkidle” would: on a busy machine that comes when
    half of a long page is still to be read, or never.
    """
    idle = "new Promise(done => requestIdleCallback(() => done(), { timeout: 10_000 }))"
    page.evaluate(f"document.fonts.ready.then(() => {idle})")


def until(page: Page, question: str, timeout: float = 30_000) -> None:
    """Asks again and again until the answer is true.

    Playwright's own `wait_for_function` takes the promise of an answer for the answer itself, and
    so never waits for an asynchronous one.

    Args:
        page: Where to ask.
        question: A function in JavaScript, which may be asynchronous, or an expression.
        timeout: Milliseconds.
    """
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(question):
        assert time.monotonic() < end, f"still not so after {timeout / 1000:.0f} s: {question}"
        page.wait_for_timeout(100)
