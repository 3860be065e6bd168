"""What a reader's connection has to carry: compressed, as transferred, fonts and all."""

import pytest
from addresses import LANGUAGES, address, note_ids

FIRST_VISIT = 700_000
NEXT_PAGE = 150_000


class Meter:
    """Counts the bytes that come over the wire, headers included."""

    def __init__(self, page):
        self.page = page
        self.bytes = 0
        self.parts = {}
        self.names = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self.started)
        session.on("Network.loadingFinished", self.finished)

    def started(self, event):
        self.names[event["requestId"]] = event["request"]["url"]

    def finished(self, event):
        name = self.names.pop(event["requestId"], "?")
        self.bytes += event["encodedDataLength"]
        self.parts[name] = self.parts.get(name, 0) + event["encodedDataLength"]

    def read(self):
        """Reads the page to its end, where the last fonts are asked for, until all is quiet."""
        self.page.wait_for_load_state("load")
        self.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        self.page.evaluate("document.fonts.ready.then(() => 0)")
        steady, before = 0, -1
        while steady < 3:
            steady, before = (steady + 1 if before == self.bytes else 0), self.bytes
            self.page.wait_for_timeout(400)

    def largest(self):
        parts = sorted(self.parts.items(), key=lambda part: -part[1])
        return "\n".join(f"{size:>9} {name}" for name, size in parts[:12])


# What the interactive parts may add to a page on which nothing is pressed: our scripts and style
# sheet as they travel, which had 9.7 kB before there was anything to press.
BEFORE = 9_700
ADDED = 15_000


def carries_little_more(meter):
    """A page that nobody runs has none of Python, and little of what could run it."""
    ours = {
        name: size
        for name, size in meter.parts.items()
        if "/static/" in name and name.split("?")[0].endswith((".js", "/journal.css"))
    }
    assert any("journal.js" in name for name in ours)
    assert sum(ours.values()) < BEFORE + ADDED, ours
    assert not [name for name in meter.parts if "/python/" in name or "/static/run-" in name]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_id", note_ids())
def test_a_note_is_light_and_the_next_page_lighter(page, page_id, language):
    meter = Meter(page)
    page.goto(address(page_id, language))
    meter.read()
    assert 20_000 < meter.bytes < FIRST_VISIT, meter.largest()
    carries_little_more(meter)
    before, meter.parts = meter.bytes, {}
    link = page.locator("a[rel=next], a[rel=prev]").last
    target = link.evaluate("each => each.href")
    link.click()
    page.wait_for_url(target)
    meter.read()
    assert 0 < meter.bytes - before < NEXT_PAGE, meter.largest()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_carries_little_more(page, language):
    meter = Meter(page)
    page.goto(address("index", language))
    meter.read()
    carries_little_more(meter)
