"""The site on this machine, rebuilt as files are saved.

A saved page is converted again by itself; a changed front matter, template or data file builds the
site again; a changed module starts everything afresh. A build that fails leaves the last good site
in place, with the failure shown on it.
"""

from __future__ import annotations

import html
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from mkdocs.livereload import LiveReloadServer

from journal import build, pages

ROOT = build.ROOT
DOCS = ROOT / "docs"
WATCHED = ["docs", "theme", "study", "journal", "mkdocs.yml", "mkdocs.en.yml"]
TRIES = 20  # ports above the one that was asked for

_OVERLAY = (
    '<div role="alert" style="position:fixed;inset:auto 0 0 0;z-index:99;max-height:45vh;'
    "overflow:auto;padding:1rem 1.25rem;background:#8f2415;color:#fff;white-space:pre-wrap;"
    'font:14px/1.5 ui-monospace,monospace">{}</div></body>'
)

Snapshot = dict[Path, int]


class Builder:
    """Rebuilds what changed since the last time.

    Attributes:
        failure: What the last build died of, or an empty string.
    """

    def __init__(self, site: Path = build.SITE) -> None:
        self.site = site
        self.failure = ""
        self.seen: Snapshot = {}
        self.metas: dict[str, Any] = {}

    def everything(self) -> None:
        """Builds the whole site."""
        self.seen = snapshot()
        self._try("the site", lambda: build.build(self.site, strict=False))
        self.metas = front_matters()

    def changed(self) -> None:
        """Builds what has to be built after files changed."""
        before, self.seen = self.seen, snapshot()
        paths = {
            path
            for path in before.keys() | self.seen.keys()
            if before.get(path) != self.seen.get(path)
        }
        code = [path for path in paths if path.suffix in {".py", ".mjs", ".npz"}]
        if code:
            self.failure = import_problem(code)
            if self.failure:
                say(f"not started afresh, the last good site stays:\n{self.failure}")
                return
            say("code changed: starting afresh")
            os.execv(sys.executable, [sys.executable, "-m", "journal", *sys.argv[1:]])
        languages = {language_of(path) for path in paths}
        metas = front_matters()
        if paths and not self.failure and None not in languages and metas == self.metas:
            for language in sorted(filter(None, languages)):
                names = ", ".join(sorted(path.name for path in paths))
                self._try(
                    names,
                    lambda language=language: build.build_language(language, self.site, dirty=True),
                )
        elif paths:
            self._try("the site", lambda: build.build(self.site, strict=False))
        self.metas = metas

    def _try(self, what: str, action: Any) -> None:
        started = time.monotonic()
        try:
            action()
        except (build.BuildError, ValueError) as error:
            self.failure = str(error)
            say(f"not built, the last good site stays:\n{error}")
        else:
            self.failure = ""
            say(f"{what} built in {time.monotonic() - started:.1f} s")


class Server(LiveReloadServer):
    """MkDocs' live-reloading server, showing a failed build on the page itself."""

    def __init__(self, builder: Builder, host: str, port: int) -> None:
        super().__init__(builder.changed, host, port, str(builder.site))
        self.site_builder = builder
        missing = builder.site / "404.html"
        self.error_handler = lambda code: missing.read_bytes() if code == 404 else None

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        page: bytes = super()._inject_js_into_html(content, epoch)
        if not self.site_builder.failure:
            return page
        overlay = _OVERLAY.format(html.escape(self.site_builder.failure))
        return page.replace(b"</body>", overlay.encode())


def serve(host: str, port: int) -> int:
    """Builds the site, serves it, and rebuilds it until Ctrl-C.

    Args:
        host: The address to listen on.
        port: The port; if it is taken, the next free one.

    Returns:
        The exit code.
    """
    free = next((each for each in ports(host, port) if each), None)
    if free is None:
        say(f"ports {port} to {port + TRIES} are taken; name another with --port")
        return 1
    if free != port:
        say(f"port {port} is taken, using {free}")
    builder = Builder()
    builder.everything()
    server = Server(builder, host, free)
    for name in WATCHED:
        server.watch(str(ROOT / name))
    say(f"http://{host}:{free}/ (Korean) and http://{host}:{free}/en/; Ctrl-C ends")
    try:
        server.serve()
    except KeyboardInterrupt:
        say("bye")
    finally:
        server.shutdown()
    return 0


def ports(host: str, first: int) -> Iterator[int]:
    """The free ports from `first` on."""
    import socket

    for port in range(first, first + TRIES + 1):
        with socket.socket() as probe:
            # As the server itself will: a port whose last server has just ended is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        yield port


def import_problem(paths: list[Path]) -> str:
    """Why a fresh start would fail after these files changed: a module that cannot be imported."""
    for path in paths:
        if path.suffix == ".py" and path.exists():
            try:
                compile(path.read_bytes(), path, "exec")
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None) or 1
                return f"{path.relative_to(ROOT)}:{line}: {getattr(error, 'msg', error)}"
    imports = [sys.executable, "-c", "import journal.hook, journal.serve"]
    done = subprocess.run(imports, cwd=ROOT, capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else ""


def snapshot() -> Snapshot:
    """When each watched file was last written."""
    found: Snapshot = {}
    for name in WATCHED:
        top = ROOT / name
        for path in [top] if top.is_file() else top.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                found[path] = path.stat().st_mtime_ns
    return found


def language_of(path: Path) -> str | None:
    """The language of a page; None for anything else."""
    for language in pages.LANGUAGES:
        if path.suffix == ".md" and path.is_relative_to(DOCS / language):
            return language
    return None


def front_matters() -> dict[str, Any]:
    """All that other pages show of a page: while it is the same, they need not be built again."""
    found: dict[str, Any] = {}
    for path in DOCS.glob("*/**/*.md"):
        try:
            meta, body, _ = pages.split_front_matter(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, OSError):
            meta, body = {"broken": time.monotonic()}, ""
        found[str(path)] = (meta, pages.reading_minutes(body, path.relative_to(DOCS).parts[0]))
    return found


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
