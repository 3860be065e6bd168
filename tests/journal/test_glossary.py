"""The glossary: its data, the marks in the pages, and the page itself."""

import re
from pathlib import Path

import markdown
import pytest

from journal import extension, glossary

DATA = """\
- id: activation-function
  ko: 활성화 함수
  en: activation function
  ko_def: 신호를 바꾸는 함수예요.
  en_def: It turns sums into outputs.
  note: notes/activations
- id: activation
  ko: 활성화
  en: activation
  ko_def: 켜지는 일이에요.
  en_def: Being switched on.
- id: batch
  ko: 배치
  en: batch
  ko_also: [묶음]
  en_also: [mini-lot]
  ko_def: 묶음이에요.
  en_def: A lot.
- id: layer
  ko: 층
  en: layer
  ko_def: 층이에요.
  en_def: A layer.
  mark: false
"""


@pytest.fixture
def data(tmp_path) -> Path:
    path = tmp_path / "glossary.yml"
    path.write_text(DATA, encoding="utf-8")
    return path


def convert(data: Path, text: str, language: str = "ko", kind: str = "note") -> str:
    token = extension.PLACE.set(extension.Place("x.md", language, 0, kind))
    try:
        return markdown.markdown(
            text,
            extensions=[
                glossary.GlossaryExtension(path=str(data)),
                "pymdownx.arithmatex",
                "pymdownx.superfences",
            ],
            extension_configs={"pymdownx.arithmatex": {"generic": True}},
        )
    finally:
        extension.PLACE.reset(token)


def marked(html: str) -> list[str]:
    return re.findall(r'class="term-word"[^>]*>([^<]*)<', html)


def test_the_first_use_is_marked_with_its_other_name_and_definition(data):
    html = convert(data, "앞 **굵은** 활성화 함수는 뒤. 활성화 함수 또.")
    assert marked(html) == ["활성화 함수"]
    assert re.search(
        r'<span class="term"><button aria-describedby="term-activation-function" '
        r'aria-expanded="false" class="term-word" type="button">활성화 함수</button>'
        r'<span [^>]*id="term-activation-function" role="tooltip">',
        html,
    )
    assert '<strong lang="en">activation function</strong> 신호를 바꾸는 함수예요.</span>' in html
    assert "</strong> <span" in html and "</span>는 뒤. 활성화 함수 또." in html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("활성화함수를 쓴다", ["활성화함수"]),
        ("활성화는 먼저, 활성화 함수는 나중", ["활성화", "활성화 함수"]),
        ("배치로 묶어 배치한다", ["배치"]),
        ("재배치는 아니다. 배치하다.", []),
        ("묶음이 배치", ["묶음"]),
        ("`배치` 와 [배치](x) 그리고 $배치$", []),
        ("# 배치\n\n## 배치\n\n배치.", ["배치"]),
        ("```\n배치\n```\n\n> 배치", ["배치"]),
        ("층이 많다", []),
        ("- 배치\n- 활성화\n", ["배치", "활성화"]),
    ],
)
def test_in_korean(data, text, words):
    assert marked(convert(data, text)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Activation functions, then an activation function", ["Activation functions"]),
        ("A batch, and batches", ["batch"]),
        ("many batches", ["batches"]),
        ("batched, rebatch, mini-batch", []),
        ("a mini lot", ["mini lot"]),
        ("a layer", []),
    ],
)
def test_in_english(data, text, words):
    assert marked(convert(data, text, "en")) == words


def test_nothing_is_marked_on_the_glossary_itself(data):
    assert marked(convert(data, "배치", kind="glossary")) == []


def test_text_around_marks_stays_as_it_was(data):
    html = convert(data, "가 배치 나 *다 활성화 라* 마 활성화 함수 바")
    plain = re.sub(r'<span [^>]*role="tooltip".*?</span>', "", html)
    assert re.sub(r"<[^>]+>", "", plain) == "가 배치 나 다 활성화 라 마 활성화 함수 바"


def test_the_page_lists_every_term_in_its_languages_order(data):
    terms = glossary.load(data)
    korean = glossary.page_html("ko", terms)
    assert re.findall(r'<dt id="([^"]+)"', korean) == [
        "batch", "layer", "activation", "activation-function",
    ]  # fmt: skip
    english = glossary.page_html("en", terms)
    assert re.findall(r'<dt id="([^"]+)"', english) == [
        "activation", "activation-function", "batch", "layer",
    ]  # fmt: skip
    assert '<span lang="ko">배치, 묶음</span>' in english
    assert 'href="../notes/activations/"' in korean


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("  en_def: A lot.\n", "", 12, "“en_def” is missing"),
        ("  mark: false", "  marks: false", 19, "unknown: marks"),
        ("- id: layer", "- id: Layer!", 19, "small Latin"),
        ("  ko: 층", "  ko: 묶음", 19, "a name of “batch” already"),
        ("- id: layer", "- id: batch", 1, "there twice"),
        ("  en: batch", "  en: [", 16, "not valid YAML"),
    ],
)
def test_wrong_data_is_named_with_its_line(data, old, new, line, words):
    assert old in DATA
    data.write_text(DATA.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(glossary.GlossaryError, match=rf"glossary\.yml:{line}: .*{words}"):
        glossary.load(data)


def test_the_real_glossary_is_whole():
    terms = glossary.load()
    assert len(terms) > 50
    for term in terms:
        assert re.search(r"요\.$", term.definitions["ko"]), term.id
        assert term.definitions["en"].endswith("."), term.id
        if term.note:
            for language in ("ko", "en"):
                assert (glossary.DOCS / language / f"{term.note}.md").exists(), term.id
