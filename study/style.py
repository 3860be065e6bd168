"""The look of the figures: one palette, one font, for every page.

The colours are those of the site's light pages. The site replaces these exact values by its own
variables, so that the same figure is right on a dark page too.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib
from matplotlib import font_manager

_FOLDER = Path(__file__).parent
_SETTINGS = matplotlib.rc_params_from_file(_FOLDER / "pages.mplstyle", use_default_template=False)

INK: str = _SETTINGS["text.color"]
"""Text, axes and whatever has to be read."""
MUTED: str = _SETTINGS["axes.edgecolor"]
"""Ticks, notes and lines of the second rank."""
GRID: str = _SETTINGS["grid.color"]
"""The grid, and edges that only separate."""
PAPER = "#fbfaf6"
"""The page itself: for what must cover the lines under it."""
CYCLE: list[str] = _SETTINGS["axes.prop_cycle"].by_key()["color"]
"""Indigo, vermilion, green, ochre, violet, slate: `"C0"` to `"C5"`."""
SEQUENTIAL: str = _SETTINGS["image.cmap"]
"""Colour map from little to much: neither end is white or black, so it shows on any page."""
DIVERGING = "coolwarm"
"""Colour map around a middle, which is a light grey."""

FONT = _FOLDER / "fonts" / "StudySansKR-Regular.otf"
FAMILY: str = _SETTINGS["font.family"][0]


def use() -> None:
    """Makes every figure that follows look like those of the pages.

    Sets matplotlib's `rcParams`; `matplotlib.rcdefaults()` undoes it.
    """
    if FAMILY not in font_manager.fontManager.get_font_names():
        font_manager.fontManager.addfont(str(FONT))
    matplotlib.rcParams.update(_SETTINGS)
