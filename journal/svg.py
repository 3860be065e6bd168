"""A matplotlib figure → an SVG element in the page's own colours, the same bytes every time.

Used where the site is built and in the reader's browser alike.
"""

from __future__ import annotations

import base64
import io
import re

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from study import style

# The light palette's exact colours mark the places where the page's own colour goes.
VARIABLES = {
    style.INK: "--fig-ink",
    style.MUTED: "--fig-muted",
    style.GRID: "--fig-grid",
    style.PAPER: "--fig-paper",
    **{colour: f"--fig-c{index}" for index, colour in enumerate(style.CYCLE)},
}
_COLOUR = re.compile("|".join(VARIABLES), re.IGNORECASE)
_PNG = re.compile(r"data:image/png;base64,(?P<data>[^\"]+)")


def to_svg(figure: Figure, *, name: str) -> str:
    """A figure as an SVG element: same figure, same bytes.

    Args:
        figure: The figure.
        name: A name unlike any other figure's on the page; prefixed to every id, since ids are
            shared by all that is inlined into one page.
    """
    buffer = io.StringIO()
    options = {"svg.hashsalt": name, "svg.fonttype": "path"}
    silent = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with matplotlib.rc_context(options):
        figure.savefig(buffer, format="svg", metadata=silent)
    return dressed(buffer.getvalue(), name=name)


def dressed(svg: str, *, name: str) -> str:
    """Matplotlib's SVG made ready to stand in a page: own ids, the page's colours and size.

    Args:
        svg: What matplotlib wrote.
        name: As for `to_svg`.
    """
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # A style element would hold for everything on the page that the figure is inlined into.
    svg = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (id|href|xlink:href)="(#?)', rf' \g<1>="\g<2>{name}-', svg)
    svg = svg.replace("url(#", f"url(#{name}-")
    svg = svg.replace(f'xlink:href="{name}-data:', 'xlink:href="data:')
    svg = _COLOUR.sub(lambda match: f"var({VARIABLES[match[0].lower()]})", svg)
    return _in_pixels(_PNG.sub(_light_image, svg))


def _light_image(match: re.Match[str]) -> str:
    """An embedded image with a palette in place of four bytes a pixel, if no colour is lost.

    A colour map has 256 colours at most, and a page of them else weighs three times as much.
    """
    image = Image.open(io.BytesIO(base64.b64decode(match["data"]))).convert("RGBA")
    pixels = np.asarray(image).reshape(-1, 4)
    colours, numbers = np.unique(pixels, axis=0, return_inverse=True)
    if len(colours) > 256 or colours[:, 3].min() < 255:
        return match[0]
    light = Image.frombytes("P", image.size, numbers.astype(np.uint8).tobytes())
    light.putpalette(colours[:, :3].tobytes())
    buffer = io.BytesIO()
    light.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _in_pixels(svg: str) -> str:
    """The outer size in CSS pixels; the stylesheet lets it shrink, never grow."""
    view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if view is None:
        raise ValueError("an SVG without a viewBox")
    width, height = (round(float(each) * 4 / 3) for each in view.groups())
    head, rest = svg.split(">", 1)
    head = re.sub(r' (width|height|version|xmlns|xmlns:xlink)="[^"]*"', "", head)
    lines = 'stroke-linejoin="round" stroke-linecap="butt"'
    return f'{head} width="{width}" height="{height}" {lines}>{rest}'
