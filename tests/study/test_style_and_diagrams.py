"""The look and the drawings: every glyph is there, and a drawing shows what was asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib import colors, font_manager
from matplotlib.patches import Circle

from study import diagrams, style


@pytest.fixture(autouse=True)
def page() -> Iterator[None]:
    with matplotlib.rc_context():
        style.use()
        yield
        plt.close("all")


def draw(caplog: pytest.LogCaptureFixture) -> None:
    """Draws for real; matplotlib tells of a missing glyph through a warning or its log."""
    with caplog.at_level(logging.WARNING, logger="matplotlib"):
        plt.gcf().canvas.draw()
    assert caplog.records == []


def test_the_font_is_the_bundled_one_and_is_registered_once() -> None:
    style.use()
    fonts = [font for font in font_manager.fontManager.ttflist if font.name == style.FAMILY]
    assert [font.fname for font in fonts] == [str(style.FONT)]
    assert font_manager.findfont(font_manager.FontProperties()) == str(style.FONT)


def test_the_font_has_korean_and_may_not_be_called_pretendard() -> None:
    font = font_manager.get_font(str(style.FONT))
    every = [bytes([row, cell]) for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)]
    syllables = b"".join(every).decode("euc_kr")
    assert len(syllables) == 2350
    wanted = syllables + "ABCabc0123 éüß αβγθσΣ ←↑→↓ ×÷±≠≤≥≈∞√ “”‘’–…"
    assert [each for each in wanted if not font.get_char_index(ord(each))] == []
    names = [value.decode("utf-16-be", "ignore") for key, value in font.get_sfnt().items()
             if key[3] in (1, 4, 6, 16)]  # fmt: skip
    assert names and not any("Pretendard" in name for name in names)
    assert "Reserved Font Name" in (style.FONT.parent / "LICENSE").read_text(encoding="utf-8")


def test_hangul_beside_formulas(caplog: pytest.LogCaptureFixture) -> None:
    _, ax = plt.subplots()
    ax.plot([-2, 3], [-1e-5, 1e-5])
    ax.set_title(r"입력 $x_1$, 가중치 $w^{(1)}_{23}$, 기울기 $\nabla f$")
    ax.set_xlabel("손실 −1 → ∇ ∈ ∂")
    ax.set_yscale("symlog", linthresh=1e-6)
    draw(caplog)


def test_the_palette_is_hexadecimal_and_readable_on_paper() -> None:
    def light(colour: str) -> float:
        channels = np.array(colors.to_rgb(colour))
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return float(linear @ [0.2126, 0.7152, 0.0722])

    for colour in [style.INK, style.MUTED, *style.CYCLE]:
        # 3:1 is what WCAG 2.2 asks of graphics.
        assert (light(style.PAPER) + 0.05) / (light(colour) + 0.05) >= 3
    assert matplotlib.colormaps[style.SEQUENTIAL] and matplotlib.colormaps[style.DIVERGING]
    assert plt.figure().get_facecolor()[3] == 0


def test_a_network_has_its_circles_and_arrows(caplog: pytest.LogCaptureFixture) -> None:
    ax = diagrams.network(
        [3, 3, 2],
        labels=[["$x_1$", "$x_2$", "$x_3$"], ["", "", ""], ["가", "나"]],
        highlight=(1, 2, 3),
        weight_label="$w^{(1)}_{23}$",
        titles=["입력", "은닉", "출력"],
    )
    draw(caplog)
    circles = [patch for patch in ax.patches if isinstance(patch, Circle)]
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    bright = colors.to_rgba("C1")
    # From neuron 3 of the first column, which stands lowest, to neuron 2 of the next.
    ends = [circle.center for circle in circles if circle.get_edgecolor() == bright]
    assert ends == [(0.0, -1.0), (2.0, 0.0)]
    (chosen,) = [arrow for arrow in arrows if arrow.arrow_patch.get_edgecolor() == bright]
    along = np.array([2, 1]) / np.sqrt(5) * 0.3  # from one circle's edge to the other's
    np.testing.assert_allclose(chosen.xyann, np.add((0, -1), along))
    np.testing.assert_allclose(chosen.xy, np.subtract((2, 0), along))
    written = {text.get_text() for text in ax.texts}
    assert {"$w^{(1)}_{23}$", "가", "은닉", "$x_3$"} <= written


def test_a_network_on_given_axes_without_anything() -> None:
    _, ax = plt.subplots()
    assert diagrams.network([2, 1], ax=ax) is ax
    assert {text.get_text() for text in ax.texts} == {""}


@pytest.mark.parametrize("highlight", [(1, 3, 1), (1, 1, 4), (2, 1, 1), (0, 1, 1)])
def test_a_connection_that_is_not_there_is_refused(highlight: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no connection"):
        diagrams.network([3, 2], highlight=highlight)


def test_labels_and_titles_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\[1, 2\].*\[2, 2\]"):
        diagrams.network([2, 2], labels=[["a"], ["b", "c"]])
    with pytest.raises(ValueError, match="1 titles do not fit 2 layers"):
        diagrams.network([2, 2], titles=["a"])


@pytest.mark.parametrize("shape", [(13, 784), (13, 28, 28), (13, 8, 8)])
def test_a_grid_shows_every_image_in_its_place(
    shape: tuple[int, ...], caplog: pytest.LogCaptureFixture
) -> None:
    images = np.random.default_rng(0).integers(0, 256, shape)
    figure = diagrams.digit_grid(images, titles=[f"답 {n}" for n in range(13)], columns=5)
    draw(caplog)
    shown = figure.axes[0].images
    assert len(shown) == 13
    for number, image in enumerate(shown):
        assert np.array_equal(image.get_array(), images[number].reshape(image.get_array().shape))
        left, _, bottom, _ = image.get_extent()
        assert round(left / 1.12) == number % 5
        assert round(-bottom / 1.5) == number // 5
    assert [text.get_text() for text in figure.axes[0].texts] == [f"답 {n}" for n in range(13)]


def test_a_grid_refuses_what_is_no_grid() -> None:
    for wrong in (np.zeros((2, 783)), np.zeros((0, 784)), np.zeros(784)):
        with pytest.raises(ValueError, match="expected images"):
            diagrams.digit_grid(wrong)
    with pytest.raises(ValueError, match="1 titles do not fit 2 images"):
        diagrams.digit_grid(np.zeros((2, 784)), titles=["a"])


def test_regions_have_the_colour_of_their_class() -> None:
    figure, ax = plt.subplots(figsize=(4, 4), dpi=50)
    ax.set_position((0, 0, 1, 1))
    ax.grid(False)
    diagrams.decision_regions(ax, lambda p: np.where(p[:, 0] < 0, 2, p[:, 1] > 0), (-1, 1), (-1, 1))
    ax.axis("off")
    figure.set_layout_engine("none")
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())  # type: ignore[attr-defined]
    for (row, column), name in {(100, 30): "C2", (30, 170): "C1", (170, 170): "C0"}.items():
        expected = np.array(colors.to_rgb(name)) * 255
        colour = pixels[row, column, :3].astype(float)
        # Faint on transparent: the hue is what counts.
        assert np.abs(colour - expected).max() < 12, name
        assert 40 < pixels[row, column, 3] < 70
