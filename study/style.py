"""The look of the figures: one palette, one font, for every page.

The colours are those of the site's light pages. The site replaces these exact values by its own
variables, so that the same figure is right on a dark page too.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib
from cycler import cycler
from matplotlib import font_manager

INK = "#23211d"
"""Text, axes and whatever has to be read."""
MUTED = "#6f6a60"
"""Ticks, notes and lines of the second rank."""
GRID = "#dcd7cb"
"""The grid, and edges that only separate."""
PAPER = "#fbfaf6"
"""The page itself: for what must cover the lines under it."""
CYCLE = ["#2b4c9b", "#c4472b", "#2f7d5b", "#a8741a", "#7a4a9e", "#5c6470"]
"""Indigo, vermilion, green, ochre, violet, slate: `"C0"` to `"C5"`."""
SEQUENTIAL = "viridis"
"""Colour map from little to much: neither end is white or black, so it shows on any page."""
DIVERGING = "coolwarm"
"""Colour map around a middle, which is a light grey."""

FONT = Path(__file__).with_name("fonts") / "StudySansKR-Regular.otf"
FAMILY = "Study Sans KR"


def use() -> None:
    """Makes every figure that follows look like those of the pages.

    Sets matplotlib's `rcParams`; `matplotlib.rcdefaults()` undoes it.
    """
    if FAMILY not in font_manager.fontManager.get_font_names():
        font_manager.fontManager.addfont(str(FONT))
    matplotlib.rcParams.update(_SETTINGS)


_SETTINGS = {
    # The Korean font comes first: with another one first, a label that mixes Hangul and $z$ shows
    # boxes. DejaVu has the mathematical signs that the subset lacks.
    "font.family": [FAMILY, "DejaVu Sans"],
    "font.size": 11,
    "mathtext.fontset": "cm",
    "axes.unicode_minus": False,  # the font for formulas has no U+2212
    "figure.figsize": (5.2, 3.4),
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    # The page shows through.
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 12,
    "axes.titlepad": 8,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=CYCLE),
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "lines.linewidth": 2,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "image.cmap": SEQUENTIAL,
    "svg.fonttype": "path",  # the reader need not have the font
}
