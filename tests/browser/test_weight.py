"""What a reader's connection has to carry: compressed, as transferred, fonts and all."""

import pytest
from addresses import LANGUAGES, address, note_ids

FIRST_VISIT = 700_000
NEXT_PAGE = 150_000


class Meter:
    """Counts the bytes that come over the wire, headers included."""

    def __init__(self, page):
        self.bytes = 0
        self.parts = {}
        self.names = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self.name)
        session.on("Network.loadingFinished", self.count)

    def name(self, event):
        self.names[event["requestId"]] = event["request"]["url"]

    def count(self, event):
        name, size = self.names.get(event["requestId"], "?"), event["encodedDataLength"]
        self.bytes += size
        self.parts[name] = self.parts.get(name, 0) + size

    def largest(self):
        parts = sorted(self.parts.items(), key=lambda part: -part[1])
        return "\n".join(f"{size:>9} {name}" for name, size in parts[:12])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_id", note_ids())
def test_a_note_is_light_and_the_next_page_lighter(page, page_id, language):
    meter = Meter(page)
    page.goto(address(page_id, language), wait_until="networkidle")
    # Fonts are fetched as their letters come into view.
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    assert 20_000 < meter.bytes < FIRST_VISIT, meter.largest()
    before, meter.parts = meter.bytes, {}
    page.locator("a[rel=next], a[rel=prev]").last.click()
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    assert 0 < meter.bytes - before < NEXT_PAGE, meter.largest()
