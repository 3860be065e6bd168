"""The thin shell between MkDocs and the journal's own functions.

Nothing here decides anything: each event hands its text to a plain function and gives back the
result, so that another generator needs another file like this one and nothing else.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `mkdocs build`, called plainly, does not have it
    sys.path.insert(0, str(ROOT))

from jinja2 import Environment  # noqa: E402
from mkdocs.config.defaults import MkDocsConfig  # noqa: E402
from mkdocs.exceptions import PluginError  # noqa: E402
from mkdocs.structure.files import File, Files  # noqa: E402
from mkdocs.structure.nav import Navigation  # noqa: E402
from mkdocs.structure.pages import Page as MkDocsPage  # noqa: E402
from mkdocs.utils import get_relative_url  # noqa: E402

from journal import (  # noqa: E402
    api,
    assets,
    build,
    exercises,
    extension,
    figures,
    formulas,
    glossary,
    notebook,
    outline,
    pages,
    runtime,
)
from journal.blocks import parse  # noqa: E402
from journal.run import BlockError  # noqa: E402
from journal.strings import STRINGS  # noqa: E402

DOCS = ROOT / "docs"
# Material names a part of the navigation by a label that is empty where the part has a page.
_NESTED_NAVIGATION = re.compile(
    r'(<nav class="md-nav" data-md-level="\d" )aria-labelledby="[^"]*"'
    r'([^>]*>\s*<label class="md-nav__title"[^>]*>\s*<span[^>]*></span>\s*)([^<]*[^<\s])'
)
_MARKER = re.compile(r"<!--journal:(?P<name>[a-z-]+)-->")


class State:
    """What one build of one language knows."""

    def __init__(self, config: MkDocsConfig) -> None:
        self.language = Path(config.docs_dir).name
        self.catalogue = pages.catalogue(DOCS, self.language)
        self.env: Environment = config.theme.get_env()
        self.install = build.install_command(str(config.site_url or ""), self.language)
        self.runtime = runtime.prepared(build.study_wheel())
        self.uses = {
            page.id: api.used_names(parse(page.body).blocks)
            for page in self.catalogue.pages.values()
            if page.kind in {"note", "log", "lab", "errata"}
        }
        self.exercises = {
            note.id: exercises.on_page(outline.read(note.path, ROOT), self.language)
            for note in self.catalogue.notes
        }


_state: State | None = None


def state() -> State:
    assert _state is not None, "MkDocs calls on_config first"
    return _state


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    global _state
    try:
        _state = State(config)
    except (ValueError, build.BuildError, runtime.RuntimeMissing) as error:
        raise PluginError(str(error)) from error
    config.nav = navigation(_state)
    if config.site_url and _state.language != "ko":  # the address is set once, for the whole site
        config.site_url = f"{config.site_url.rstrip('/')}/{_state.language}/"
    return config


def navigation(now: State) -> list[Any]:
    """The navigation, computed from the pages: a new entry is in it by being there."""
    found = now.catalogue.pages
    words = STRINGS[now.language]

    def single(*ids: str) -> list[str]:
        return [f"{each}.md" for each in ids if each in found]

    def section(title: str, index: str, children: list[pages.Page]) -> dict[str, list[str]]:
        return {title: single(index, *(page.id for page in children))}

    reference = sorted(
        (page for page in now.catalogue.of_kind("api") if page.id != "api/index"),
        key=lambda page: (page.meta.get("order", 99), page.id),
    )
    labs = sorted(now.catalogue.of_kind("lab"), key=lambda page: page.id)
    nav: list[Any] = [
        "index.md",
        section(words["nav_log"], "log/index", now.catalogue.log),
        section(words["nav_notes"], "notes/index", now.catalogue.notes),
        {words["nav_lab"]: [f"{page.id}.md" for page in labs]},
        *single("progress", "experiments", "errata", "glossary"),
        section(words["nav_api"], "api/index", reference),
        *single("about"),
    ]
    return [part for part in nav if not isinstance(part, dict) or next(iter(part.values()))]


def on_pre_build(config: MkDocsConfig) -> None:
    """Draws all figures of the language at once, on all processors."""
    try:
        figures.ensure(build.figure_jobs(state().catalogue), progress=True)
    except BlockError as error:
        raise PluginError(str(error)) from error


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Each lab can be downloaded as a notebook."""
    now = state()
    for entry in now.catalogue.of_kind("lab"):
        address = urljoin(str(config.site_url or ""), entry.url)
        text = notebook.ipynb(entry, address=address, install=now.install)
        files.append(File.generated(config, f"{entry.id}.ipynb", content=text))
    return files


def on_pre_page(page: MkDocsPage, *, config: MkDocsConfig, files: Files) -> MkDocsPage:
    """A lab is run by mkdocs-jupyter, and converted like every other page."""
    entry = _entry(page)
    if entry is not None and entry.kind == "lab":
        page.render = _lab(page, entry, page.render)  # type: ignore[method-assign]
    return page


def _lab(page: MkDocsPage, entry: pages.Page, run: Callable[..., None]) -> Callable[..., None]:
    def render(config: MkDocsConfig, files: Files) -> None:
        def notebook_html() -> str:
            run(config, files)
            return str(page.content)

        try:
            found = notebook.outputs(entry, notebook_html)
        except notebook.NotebookError as error:
            raise PluginError(str(error)) from error
        MkDocsPage.render(page, config, files)
        page.content = notebook.with_outputs(str(page.content), entry, found, extension.output_html)

    return render


def on_page_markdown(markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    entry = _entry(page)
    extension.PLACE.set(_place(entry))
    if entry and entry.kind == "note":  # a term's name finds the note that explains it
        page.meta["tags"] = glossary.explained_in(entry.id, state().language)
    return markdown


def on_page_content(html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    entry = _entry(page)
    context = _context(entry, page.url) if entry else {}
    return _MARKER.sub(lambda match: _fragment(match["name"], entry, context), html)


def on_page_context(
    context: dict[str, Any], *, page: MkDocsPage, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    context["journal"] = _context(_entry(page), page.url)
    return context


def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
    # Templates without a page (404) need the words of their language too.
    now = state()
    env.globals["journal"] = _site_context(now)
    return env


def on_post_page(output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
    # Formulas and figures come last, when the page has been indexed for search.
    entry = _entry(page)
    source = entry.path.read_text(encoding="utf-8") if entry else ""
    output = _NESTED_NAVIGATION.sub(r'\1aria-label="\3"\2\3', output)
    return figures.splice(formulas.render(output, source=source, path=_place(entry).path))


def _entry(page: MkDocsPage) -> pages.Page | None:
    return state().catalogue.pages.get(posixpath.splitext(page.file.src_uri)[0])


def _place(entry: pages.Page | None) -> extension.Place:
    if entry is None:
        return extension.Place(language=state().language)
    path = entry.path.relative_to(ROOT).as_posix()
    return extension.Place(path, entry.language, entry.line_offset, entry.kind)


def _fragment(name: str, entry: pages.Page | None, context: dict[str, Any]) -> str:
    now = state()
    if name == "glossary":
        return glossary.page_html(now.language)
    return str(now.env.get_template(f"fragments/{name}.html").render(journal=context))


def _site_context(now: State) -> dict[str, Any]:
    other = "en" if now.language == "ko" else "ko"
    return {
        "lang": now.language,
        "other_lang": other,
        "t": STRINGS[now.language],
        "install": now.install,
        "runtime": now.runtime.folder,
        "widgets": now.runtime.widgets,
        "versions": assets.versions(),
    }


def _context(entry: pages.Page | None, url: str) -> dict[str, Any]:
    """What the templates know of a page; all addresses are relative to it."""
    now = state()
    book = now.catalogue

    def card(page: pages.Page) -> dict[str, Any]:
        return {
            "title": page.title,
            "url": get_relative_url(page.url, url),
            "description": page.meta.get("description", ""),
            "summary": page.meta.get("description", ""),
            "date_text": page.date_text,
            "chapters": [book.chapter(number) for number in page.chapters],
            "tags": page.meta.get("tags") or [],
            "reading_minutes": page.reading_minutes,
            "exercises": [
                {
                    "name": f"{page.id.split('/')[-1]}/{each.id}",
                    "title": each.heading.text,
                    "url": f"{get_relative_url(page.url, url)}#{each.heading.id}",
                }
                for each in now.exercises.get(page.id, [])
            ],
        }

    here, there = (url, f"en/{url}") if now.language == "ko" else (f"en/{url}", url)
    context: dict[str, Any] = {
        **_site_context(now),
        "other_url": get_relative_url(there, here),
        "progress_url": get_relative_url("progress/", url),
        "latest": [card(page) for page in book.log[:3]],
        "timeline": [card(page) for page in book.log],
        "notes": [card(page) for page in book.notes],
        "progress": [
            {
                "number": chapter["number"],
                "title": chapter["title"],
                "notes": [card(note) for note in chapter["notes"]],
                "covered": bool(chapter["notes"]),
            }
            for chapter in book.progress
        ],
    }
    if entry is None:
        return context
    needs = [book.pages[need] for need in entry.meta.get("needs") or [] if need in book.pages]
    context |= {
        "kind": entry.kind,
        "exercises": card(entry)["exercises"],
        "reading_minutes": entry.reading_minutes,
        "needs": [card(need) for need in needs],
        "chapters": [book.chapter(number) for number in entry.chapters],
        "date_text": entry.date_text,
        "uses": [
            {"name": name.removeprefix("study."), "url": get_relative_url(_reference(name), url)}
            for name in now.uses.get(entry.id, [])
            if _reference(name)
        ],
        "used_in": _used_in(now, entry, url),
    }
    return context


def _reference(name: str) -> str:
    """Address of a function's entry in the reference, below the language's root."""
    module = name.split(".")[1]
    page = state().catalogue.pages.get(f"api/{module}")
    return f"{page.url}#{name}" if page else ""


def _used_in(now: State, entry: pages.Page, url: str) -> list[dict[str, Any]]:
    """For a page of the reference: each function with the pages whose blocks use it."""
    if entry.kind != "api":
        return []
    prefix = f"study.{entry.id.removeprefix('api/')}."
    table: dict[str, list[dict[str, str]]] = {}
    for page_id, names in now.uses.items():
        page = now.catalogue.pages[page_id]
        for name in names:
            if name.startswith(prefix):
                link = {"title": page.title, "url": get_relative_url(page.url, url)}
                table.setdefault(name, []).append(link)
    return [
        {"name": name.removeprefix(prefix), "url": f"#{name}", "pages": links}
        for name, links in sorted(table.items())
    ]
