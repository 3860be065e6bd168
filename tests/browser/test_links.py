"""Every address in the built pages leads somewhere, wherever the site is published."""

from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import pytest

BASE = "http://site.invalid"


class Addresses(HTMLParser):
    """Links, sources and ids of a page."""

    def __init__(self):
        super().__init__()
        self.links, self.ids = [], set()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if values.get("id"):
            self.ids.add(values["id"])
        if values.get("name") and tag == "a":
            self.ids.add(values["name"])
        elsewhere = tag == "link" and values.get("rel") in {"canonical", "alternate"}
        for name in ("href", "src"):
            if values.get(name) and not elsewhere:
                self.links.append((tag, values[name], self.getpos()[0]))


@pytest.fixture(scope="session")
def pages(site):
    found = {}
    for path in sorted(site.rglob("*.html")):
        parser = Addresses()
        parser.feed(path.read_text(encoding="utf-8"))
        name = path.relative_to(site).as_posix()
        found[name] = parser
    return found


def test_every_link_leads_somewhere(site, pages):
    broken = []
    for name, page in pages.items():
        if name.endswith("404.html"):
            continue  # its addresses depend on where it is published
        for _, link, line in page.links:
            parts = urlsplit(urljoin(f"{BASE}/{name}", link))
            if f"{parts.scheme}://{parts.netloc}" != BASE:
                continue
            path = unquote(parts.path).lstrip("/")
            target = path + "index.html" if not path or path.endswith("/") else path
            if not (site / target).is_file():
                broken.append(f"{name}:{line}: {link} leads nowhere")
            elif parts.fragment and target in pages:
                anchor = unquote(parts.fragment)
                if anchor not in pages[target].ids and not anchor.startswith("__"):
                    broken.append(f"{name}:{line}: {link}: no such anchor")
    assert not broken, "\n".join(broken)


def test_nothing_is_loaded_from_another_host(pages):
    loaded = [
        f"{name}:{line}: {link}"
        for name, page in pages.items()
        for tag, link, line in page.links
        if tag not in {"a", "area"} and urlsplit(link).netloc
    ]
    assert not loaded, "\n".join(loaded)


def test_addresses_are_relative_so_that_the_site_can_live_below_any_root(pages):
    rooted = [
        f"{name}:{line}: {link}"
        for name, page in pages.items()
        if not name.endswith("404.html")
        for _, link, line in page.links
        if link.startswith("/")
    ]
    assert not rooted, "\n".join(rooted)
