"""What stands in a widget's place for those without scripts, where no figure of the page does."""

from __future__ import annotations

import io

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from study import digits, style
from study.weights import load_pretrained

DRAWN = 3


def digit() -> bytes:
    """A digit and what the trained network makes of it, as an SVG file in the site's light colours.

    A file by itself knows nothing of the page's colours, so it brings its paper with it.
    """
    image = digits.draw([DRAWN], np.random.default_rng(0))[0]
    x = image.reshape(1, -1).astype(np.float32) / 255
    probabilities = load_pretrained("three-layer").forward(x)[0]
    buffer = io.StringIO()
    with matplotlib.rc_context():
        style.use()
        matplotlib.rcParams["svg.hashsalt"] = "digit"
        figure = Figure(figsize=(5.2, 2.4), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.imshow(image, cmap="gray_r", interpolation="none")
        left.axis("off")
        right.bar(range(10), probabilities, color="C0")
        right.set_xticks(range(10))
        right.set_ylim(0, 1)
        silent = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(buffer, format="svg", facecolor=style.PAPER, metadata=silent)
    return buffer.getvalue().encode()
