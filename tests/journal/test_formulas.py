"""Formulas at build time: rendered once, cached, and never broken in silence."""

import subprocess

import pytest

from journal import formulas

INLINE = r'<p>a <span class="arithmatex">\(x &lt; w^{(1)}_{23}\)</span> b</p>'
DISPLAY = '<div class="arithmatex">\\[\n\\frac{1}{2}\n\\]</div>'


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(formulas, "CACHE", tmp_path)


def render(page: str, source: str = "") -> str:
    return formulas.render(page, source=source, path="docs/ko/x.md")


def test_renders_html_for_the_eye_and_mathml_for_the_ear():
    page = render(INLINE + DISPLAY)
    assert page.count('class="katex-html" aria-hidden="true"') == 2
    assert page.count("<math") == 2 and "arithmatex" not in page
    assert '<div class="formula" tabindex="0"><span class="katex-display">' in page
    assert page.startswith("<p>a <span") and "</span> b</p>" in page


def test_a_second_time_node_is_not_started(monkeypatch):
    first = render(INLINE)

    def refuse(*_arguments, **_options):
        raise AssertionError("Node was started")

    monkeypatch.setattr(subprocess, "run", refuse)
    assert render(INLINE) == first
    with pytest.raises(AssertionError, match="Node was started"):
        render(DISPLAY)


def test_a_broken_formula_is_named_with_its_line():
    page = '<span class="arithmatex">\\(\\frac{1\\)</span>' + INLINE
    with pytest.raises(formulas.FormulaError, match=r"docs/ko/x\.md:3: KaTeX parse error"):
        render(page, source="# T\n\n$\\frac{1$\n")


def test_hangul_only_as_text():
    assert "출력" in render('<span class="arithmatex">\\(\\text{출력}\\)</span>')
    with pytest.raises(formulas.FormulaError, match="Unicode text character"):
        render('<span class="arithmatex">\\(출력\\)</span>')


def test_without_katex_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(formulas, "KATEX", tmp_path / "nowhere")
    formulas._version.cache_clear()
    with pytest.raises(formulas.FormulaError, match=r"bootstrap\.py"):
        render(INLINE)
    formulas._version.cache_clear()
