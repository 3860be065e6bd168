"""The built site in a real browser: served as a static host would, watched for every fault."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from addresses import WITHOUT_FIGURES
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

import bootstrap

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --disable-dev-shm-usage"
).split()
expect.set_options(timeout=30_000)  # long pages take their time on two busy processors
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}

# Playwright's own Node needs a library that a small machine may lack.
if bootstrap.BIN.joinpath("node").exists():
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(bootstrap.BIN / "node"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site: the one that `JOURNAL_SITE` names, or one built for all workers together."""
    named = os.environ.get("JOURNAL_SITE")
    if named:
        folder = Path(named)
        assert (folder / "index.html").exists(), f"JOURNAL_SITE: no site in {folder}"
        return folder
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent
    folder, done = base / "site", base / "site-is-built"
    with locked(base / "site-lock"):
        if not done.exists():
            command = [sys.executable, "-m", "journal", "build", "--site", str(folder)]
            built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            done.write_text(built.stdout + built.stderr if built.returncode else "")
    assert not done.read_text(), f"the site was not built:\n{done.read_text()}"
    return folder


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    import fcntl

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@functools.cache
def zipped(body: bytes) -> bytes:
    """Compressed, once for all the pages that ask for it."""
    return gzip.compress(body, 6)


@functools.cache
def without_figures(body: bytes) -> bytes:
    """A page without its plots: in a long note, 7,000 of 23,000 nodes to lay out."""
    return re.sub(rb'<figure class="plot".*?</figure>', b"", body, flags=re.DOTALL)


class StaticHost(http.server.SimpleHTTPRequestHandler):
    """Answers as GitHub Pages does: gzip, ten minutes of cache, one 404 page for all that lacks."""

    protocol_version = "HTTP/1.1"
    compressible = re.compile(r"text/|javascript|json|xml|svg|font/ttf")

    def do_GET(self) -> None:
        path = Path(self.translate_path(urlsplit(self.path).path))
        status = 200
        if path.is_dir():
            if not urlsplit(self.path).path.endswith("/"):
                self.send_response(301)
                self.send_header("Location", urlsplit(self.path).path + "/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            path /= "index.html"
        if not path.is_file():
            status, path = 404, Path(self.directory) / "404.html"
        kind = self.guess_type(path)
        body = path.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "max-age=600")
        if kind == "text/html" and self.headers.get(WITHOUT_FIGURES):
            body = without_figures(body)
        if self.compressible.search(kind):
            body = zipped(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def host(site: Path) -> Iterator[str]:
    """The address at which the site is served."""

    def handler(*arguments: object) -> StaticHost:
        return StaticHost(*arguments, directory=str(site))

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = bootstrap.find_browser()
    if path is None:  # `make test` sees to one before it gets here
        pytest.skip("no Chromium or Chrome: `python3 bootstrap.py browser` brings one")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@dataclass
class Watch:
    """What went wrong in the pages of a test; each is a failure, unless the test forgives it."""

    host: str
    faults: list[str] = field(default_factory=list)
    forgiven: set[str] = field(default_factory=set)

    def on(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("requestfailed", lambda r: self._fault("failed", f"{r.url}: {r.failure}"))
        context.on("response", lambda r: r.status >= 400 and self._fault(str(r.status), r.url))
        context.on(
            "console",
            lambda m: (
                m.type in {"error", "warning"}
                and self._fault(f"console {m.type}", f"{m.text} {m.location.get('url', '')}")
            ),
        )
        context.on("weberror", lambda e: self._fault("uncaught error", str(e.error)))

    def _request(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith((self.host + "/", "data:", "blob:")):
            self._fault("request to another host", url)

    def _fault(self, kind: str, text: str) -> None:
        # Leaving a page ends what it was still fetching.
        if kind == "failed" and "ERR_ABORTED" in text:
            return
        if not any(each in unquote(text) for each in self.forgiven):
            self.faults.append(f"{kind}: {text}")


@pytest.fixture
def watch(host: str) -> Watch:
    return Watch(host)


@pytest.fixture
def open_context(browser: Browser, host: str, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own, with nothing cached; its faults fail the test."""
    contexts: list[BrowserContext] = []

    def open_page(**options: object) -> Page:
        options = {"viewport": DESK, "base_url": host, "color_scheme": "light", **options}
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(45_000)  # two processors may be busy with much else
        watch.on(context)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not watch.faults, "\n".join(["the browser had to complain:", *watch.faults])


@pytest.fixture
def page(open_context: Callable[..., Page]) -> Page:
    return open_context()


@pytest.fixture
def phone(open_context: Callable[..., Page]) -> Page:
    return open_context(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
