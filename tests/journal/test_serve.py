"""The live server: what it rebuilds after which file was saved, and what it survives."""

import socket

import pytest

from journal import build, serve


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small checkout whose builds are only noted down."""
    for language in ("ko", "en"):
        folder = tmp_path / "docs" / language
        folder.mkdir(parents=True)
        (folder / "index.md").write_text("---\ntitle: t\n---\n\n# t\n")
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "module.py").write_text("x = 1\n")
    monkeypatch.setattr(serve, "ROOT", tmp_path)
    monkeypatch.setattr(serve, "DOCS", tmp_path / "docs")
    return tmp_path


@pytest.fixture
def built(monkeypatch):
    notes = []

    def language(name, site, *, dirty):
        notes.append(f"{name} dirty" if dirty else name)

    monkeypatch.setattr(build, "build", lambda site, strict: notes.append("all"))
    monkeypatch.setattr(build, "build_language", language)
    monkeypatch.setattr(serve.os, "execv", lambda *_: notes.append("afresh"))
    monkeypatch.setattr(serve.subprocess, "run", lambda *_, **__: Imported())
    return notes


class Imported:
    returncode = 0
    stderr = ""


@pytest.fixture
def builder(project, built):
    builder = serve.Builder(project / "site")
    builder.everything()
    built.clear()
    return builder


def save(path, text):
    path.write_text(text)
    # Within one tick of a coarse clock the file would look unchanged.
    seen = path.stat().st_mtime_ns + 1_000_000
    serve.os.utime(path, ns=(seen, seen))


def test_a_page_is_built_alone_in_its_language(builder, project, built):
    save(project / "docs" / "en" / "index.md", "---\ntitle: t\n---\n\n# t\n\nmore\n")
    builder.changed()
    assert built == ["en dirty"]


@pytest.mark.parametrize("name", ["docs/ko/index.md", "docs/book.yml"])
def test_what_other_pages_show_builds_all(builder, project, built, name):
    save(project / name, "---\ntitle: another\n---\n\n# another\n")
    builder.changed()
    assert built == ["all"]


def test_nothing_changed_builds_nothing(builder, built):
    builder.changed()
    assert built == []


def test_code_starts_everything_afresh(builder, project, built):
    save(project / "journal" / "module.py", "x = 2\n")
    builder.changed()
    assert built[0] == "afresh"


def test_code_that_cannot_be_read_leaves_the_site_and_says_where(builder, project, built, capsys):
    save(project / "journal" / "module.py", "x = 1\ndef broken(:\n")
    builder.changed()
    assert built == []
    assert builder.failure.startswith("journal/module.py:2:")
    assert "journal/module.py:2:" in capsys.readouterr().err
    save(project / "journal" / "module.py", "x = 1\n")
    builder.changed()
    assert built[0] == "afresh" and not builder.failure


def test_a_failed_build_is_shown_and_the_next_one_builds_all(builder, project, built, monkeypatch):
    def fails(*_, **__):
        raise build.BuildError("docs/en/index.md:7: no")

    page = project / "docs" / "en" / "index.md"
    with monkeypatch.context() as patch:
        patch.setattr(build, "build_language", fails)
        save(page, "---\ntitle: t\n---\n\n# t\n\nbroken\n")
        builder.changed()
    assert builder.failure == "docs/en/index.md:7: no"
    server = serve.Server.__new__(serve.Server)
    server.site_builder = builder
    shown = server._inject_js_into_html(b"<html><body>old</body></html>", 1)
    assert b"docs/en/index.md:7: no" in shown and b"old" in shown
    page.write_text("---\ntitle: t\n---\n\n# t\n\nwhole again\n")
    builder.changed()
    assert built == ["all"] and not builder.failure


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert next(serve.ports("127.0.0.1", port)) > port
