"""Which pages there are, and where; known before the site is built."""

from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
LANGUAGES = ("ko", "en")
WITHOUT_FIGURES = "X-Without-Figures"  # a header: the test's host then leaves the plots out


def page_ids() -> list[str]:
    """Every page; the same in both languages, which the parity check sees to."""
    files = sorted((DOCS / "ko").rglob("*.md"))
    return [path.relative_to(DOCS / "ko").with_suffix("").as_posix() for path in files]


def note_ids() -> list[str]:
    return [each for each in page_ids() if each.startswith("notes/") and each != "notes/index"]


def address(page_id: str, language: str) -> str:
    """Where a page is, from the site's root."""
    path = "" if page_id == "index" else page_id.removesuffix("/index") + "/"
    return f"/{path}" if language == "ko" else f"/en/{path}"


def source(page_id: str, language: str) -> Path:
    """The Markdown file of a page."""
    return DOCS / language / f"{page_id}.md"
