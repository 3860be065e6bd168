"""Drawings that the pages share: a network as circles and arrows, digits in rows, class regions.

No word is built in: whatever is written in a drawing comes as an argument, in the page's language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import ArrayLike, NDArray

from study import style

Point = tuple[float, float]
_RADIUS = 0.3


def network(
    sizes: Sequence[int],
    *,
    ax: Axes | None = None,
    labels: Sequence[Sequence[str]] | None = None,
    highlight: tuple[int, int, int] | None = None,
    weight_label: str | None = None,
    titles: Sequence[str] | None = None,
) -> Axes:
    """Draws a fully connected network: a column of circles a layer, every arrow between them.

    Args:
        sizes: How many neurons each layer has, the inputs first.
        ax: Where to draw; a new figure by default.
        labels: What is written in the circles: a list for each layer, top to bottom.
        highlight: One connection to bring out, in the order in which the notation
            w^(layer)_{to, from} names it: `(1, 2, 3)` is the weight w^(1)_{23}, from neuron 3 of
            the first column to neuron 2 of the next. All count from 1.
        weight_label: What is written on the highlighted connection.
        titles: What is written above the columns.

    Returns:
        The axes.

    Raises:
        ValueError: `labels` or `titles` do not fit `sizes`, or there is no connection `highlight`.
    """
    _check_network(sizes, labels, highlight, titles)
    gap = 2.0  # between columns; neurons of a column are 1 apart
    left, right = -0.5, (len(sizes) - 1) * gap + 0.5
    top = (max(sizes) - 1) / 2
    low, high = -top - 0.45, top + (1.0 if titles is not None else 0.45)
    if ax is None:
        _, ax = plt.subplots(figsize=(5.2, min(4.6, 5.2 * (high - low) / (right - left))))
    centres = [
        [(layer * gap, (size - 1) / 2 - neuron) for neuron in range(size)]
        for layer, size in enumerate(sizes)
    ]
    for layer in range(len(sizes) - 1):
        for start, source in enumerate(centres[layer], start=1):
            for end, target in enumerate(centres[layer + 1], start=1):
                chosen = highlight == (layer + 1, end, start)
                _arrow(ax, source, target, chosen=chosen)
                if chosen and weight_label is not None:
                    _on_arrow(ax, source, target, weight_label)
    layer, end, start = highlight or (0, 0, 0)
    ends = {(layer, start), (layer + 1, end)}
    for layer, column in enumerate(centres):
        for neuron, centre in enumerate(column):
            edge = "C1" if (layer + 1, neuron + 1) in ends else style.INK
            ax.add_patch(Circle(centre, _RADIUS, facecolor=style.PAPER, edgecolor=edge, zorder=3))
            if labels is not None:
                ax.text(*centre, labels[layer][neuron], ha="center", va="center", zorder=4)
    if titles is not None:
        for layer, title in enumerate(titles):
            ax.text(layer * gap, top + 0.55, title, ha="center", va="bottom", color=style.MUTED)
    ax.set_xlim(left, right)
    ax.set_ylim(low, high)
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def _check_network(
    sizes: Sequence[int],
    labels: Sequence[Sequence[str]] | None,
    highlight: tuple[int, int, int] | None,
    titles: Sequence[str] | None,
) -> None:
    if labels is not None and (given := [len(each) for each in labels]) != list(sizes):
        raise ValueError(f"labels for {given} neurons do not fit sizes {list(sizes)}")
    if titles is not None and len(titles) != len(sizes):
        raise ValueError(f"{len(titles)} titles do not fit {len(sizes)} layers")
    if highlight is not None:
        layer, end, start = highlight
        inside = 1 <= layer < len(sizes)
        if not (inside and 1 <= start <= sizes[layer - 1] and 1 <= end <= sizes[layer]):
            raise ValueError(f"no connection {highlight} (layer, to, from) in sizes {list(sizes)}")


def _arrow(ax: Axes, source: Point, target: Point, *, chosen: bool) -> None:
    start, end = np.array(source), np.array(target)
    along = (end - start) / np.linalg.norm(end - start)
    look = {"color": "C1", "linewidth": 2.0} if chosen else {"color": style.MUTED, "linewidth": 0.7}
    head, tail = tuple(end - along * _RADIUS), tuple(start + along * _RADIUS)
    arrow: dict[str, Any] = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, **look}
    ax.annotate("", xy=head, xytext=tail, arrowprops=arrow, zorder=2 if chosen else 1)


def _on_arrow(ax: Axes, source: Point, target: Point, text: str) -> None:
    """The label stands near the arrow's start, where the arrows are furthest from each other."""
    start, end = np.array(source), np.array(target)
    place = start + 0.36 * (end - start)
    backdrop = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.5}
    ax.text(place[0], place[1], text, color="C1", ha="center", va="center", zorder=4, bbox=backdrop)


def digit_grid(images: ArrayLike, titles: Sequence[str] | None = None, columns: int = 10) -> Figure:
    """Draws images in rows, dark ink on light.

    Args:
        images: Shape (n, 28, 28) or (n, 784); any other square size will do.
        titles: What is written above each image.
        columns: How many stand in a row.

    Returns:
        A new figure.

    Raises:
        ValueError: The images are not square, there are none, or `titles` does not fit them.
    """
    pictures = np.asarray(images)
    side = round(float(np.sqrt(np.prod(pictures.shape[1:]))))
    if pictures.ndim not in (2, 3) or not pictures.size or pictures[0].size != side * side:
        raise ValueError(f"expected images of shape (n, 28, 28) or (n, 784), got {pictures.shape}")
    if titles is not None and len(titles) != len(pictures):
        raise ValueError(f"{len(titles)} titles do not fit {len(pictures)} images")
    pictures = pictures.reshape(-1, side, side)
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    step_x, step_y = 1.12, 1.12 if titles is None else 1.5  # in widths of an image
    width = 5.2 * columns / max(columns, 5)
    figure, ax = plt.subplots(figsize=(width, width * rows * step_y / (columns * step_x)))
    darkest = max(float(pictures.max()), np.finfo(float).tiny)
    for number, picture in enumerate(pictures):
        left, bottom = (number % columns) * step_x, -(number // columns) * step_y
        place = (left, left + 1, bottom, bottom + 1)
        ax.imshow(picture, "gray_r", vmin=0, vmax=darkest, extent=place, interpolation="none")
        if titles is not None:
            ax.text(left + 0.5, bottom + 1.06, titles[number], ha="center", va="bottom", fontsize=9)
    ax.set_xlim(0, (columns - 1) * step_x + 1)
    ax.set_ylim(-(rows - 1) * step_y, 1 if titles is None else step_y)
    ax.axis("off")
    return figure


def decision_regions(
    ax: Axes,
    predict: Callable[[NDArray[np.float64]], ArrayLike],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
) -> None:
    """Colours a plane by the class that `predict` gives each point: class k in colour `"Ck"`.

    Args:
        ax: Where to draw.
        predict: From points of shape (n, 2) to n classes, counted from 0.
        xlim: Left and right end.
        ylim: Lower and upper end.
    """
    x, y = np.meshgrid(np.linspace(*xlim, 201), np.linspace(*ylim, 201))
    points = np.column_stack([x.ravel(), y.ravel()])
    classes: NDArray[Any] = np.asarray(predict(points)).reshape(x.shape)
    for each in np.unique(classes):
        inside = (classes == each).astype(float)
        ax.contourf(x, y, inside, levels=[0.5, 1.5], colors=[f"C{int(each)}"], alpha=0.22)
    ax.set_xlim(*xlim)
    ax.set_ylim(*ylim)
