"""Figures: same bytes every time, in the page's colours, tied to their source."""

import base64
import io
import re
import xml.etree.ElementTree as ElementTree

import pytest
from PIL import Image

from journal import figures, svg
from journal.run import BlockError
from study import style

PLOT = """\
import matplotlib.pyplot as plt
from study import style

style.use()
plt.plot([0, 1, 2], [0, 1, 4], label="시그모이드 $\\\\sigma$")
plt.legend()
plt.show()
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(figures, "RECORDED", tmp_path / "recorded")
    return tmp_path


def test_same_block_same_bytes():
    assert figures.draw(PLOT) == figures.draw(PLOT)


def test_every_colour_is_the_pages_own():
    svg = figures.draw(PLOT)
    assert "var(--fig-ink)" in svg and "var(--fig-c0)" in svg
    left = set(re.findall(r"#[0-9a-fA-F]{6}\b", svg))
    assert not left & {"#000000", "#ffffff", style.INK, *style.CYCLE}, left


def test_brings_no_style_that_would_hold_for_the_whole_page():
    assert "<style" not in figures.draw(PLOT)


def test_is_well_formed_with_ids_of_its_own():
    svg = figures.draw(PLOT)
    root = ElementTree.fromstring(svg.replace("xlink:href", "href"))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert ids and len(ids) == len(set(ids))
    prefix = ids[0].split("-")[0] + "-"
    assert all(each.startswith(prefix) for each in ids)
    for reference in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg):
        assert "".join(reference) in ids
    assert 'width="' in svg and "pt" not in svg.split(">", 1)[0]


def test_an_image_stays_an_image():
    drawn = figures.draw("import matplotlib.pyplot as plt\nplt.imshow([[0.0, 1.0]])\nplt.show()\n")
    assert 'xlink:href="data:image/png' in drawn


def test_an_image_gets_lighter_and_no_pixel_changes(monkeypatch):
    code = "import matplotlib.pyplot as plt\nplt.imshow([[0.0, 0.3], [1.0, 0.7]])\nplt.show()\n"

    def image():
        data = svg._PNG.search(figures.draw(code))["data"]
        return Image.open(io.BytesIO(base64.b64decode(data)))

    light = image()
    monkeypatch.setattr(svg, "_light_image", lambda match: match[0])
    plain = image()
    assert (light.mode, plain.mode) == ("P", "RGBA")
    assert light.convert("RGBA").tobytes() == plain.tobytes()


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        (
            "import matplotlib.pyplot as plt\nplt.title('꽯 \\U0001f600')\nplt.show()\n",
            13,
            "missing",
        ),
        ("import matplotlib.pyplot as plt\nplt.title('$漢$')\nplt.show()\n", 13, ""),
        ("import warnings\nwarnings.warn('careful')\nplt.show()\n", 12, "careful"),
        ("import matplotlib.pyplot as plt\nplt.show()\n", 12, "nothing drawn"),
        ("import numpy\nx = 1 / 0\n", 12, "ZeroDivisionError"),
        ("x = 1\n", 10, "drew 0"),
        ("def f(:\n", 11, "invalid syntax"),
    ],
)
def test_what_goes_wrong_names_file_and_line(code, line, words):
    with pytest.raises(BlockError, match=rf"docs/ko/x\.md:{line}: .*{words}"):
        figures.draw(code, path="docs/ko/x.md", line=10)


def test_draws_once_and_again_only_when_something_changed(cache, monkeypatch):
    drawn = []
    plain = figures.draw

    def counting(code, **where):
        drawn.append(code)
        return plain(code, **where)

    monkeypatch.setattr(figures, "draw", counting)
    job = figures.Job(PLOT, "docs/ko/x.md", 1)
    figures.ensure([job, job])
    figures.ensure([job])
    assert len(drawn) == 1
    figures.ensure([figures.Job(PLOT.replace("4]", "5]"), "docs/ko/x.md", 1)])
    assert len(drawn) == 2
    before = figures.key(PLOT)
    monkeypatch.setattr(figures, "study_digest", lambda: "another study")
    assert figures.key(PLOT) != before


def test_splice_puts_the_figure_in_with_its_alternative_text(cache):
    figures.ensure([figures.Job(PLOT, "docs/ko/x.md", 1)])
    token = figures.token(PLOT, 'a <b> & "c" -- d')
    page = figures.splice(f"<figure>{token}</figure>")
    assert 'role="img" aria-label="a &lt;b&gt; &amp; &quot;c&quot; &#45;&#45; d"' in page
    assert "journal:figure" not in page and "<path" in page


MNIST = f"from study import mnist\ndata = mnist.load()\n{PLOT}"


def test_without_mnist_only_the_figure_recorded_for_this_source_is_used(cache, monkeypatch):
    monkeypatch.setattr(figures.mnist, "available", lambda: False)
    job = figures.Job(MNIST, "docs/ko/x.md", 7)
    with pytest.raises(BlockError, match=r"docs/ko/x\.md:7: .*STUDY_DATA"):
        figures.ensure([job])
    recorded = figures.recorded_path(MNIST)
    recorded.parent.mkdir()
    recorded.write_text("<svg recorded></svg>", encoding="utf-8")
    figures.ensure([job])
    assert "recorded" in figures.splice(figures.token(MNIST, "x"))
    changed = figures.Job(MNIST.replace("4]", "5]"), "docs/ko/x.md", 7)
    with pytest.raises(BlockError, match="exact source"):
        figures.ensure([changed])


def test_a_failure_among_many_is_reported_and_the_others_are_kept(cache):
    good = [figures.Job(PLOT.replace("4]", f"{n}]"), "docs/ko/x.md", n) for n in range(3)]
    bad = figures.Job("1 / 0\n", "docs/ko/bad.md", 5)
    with pytest.raises(BlockError, match=r"docs/ko/bad\.md:6: ZeroDivisionError"):
        figures.ensure([*good, bad])
    assert len(list(figures.CACHE.glob("*.svg"))) == 3
