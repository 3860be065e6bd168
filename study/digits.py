"""Digits that look handwritten, drawn on the spot: data that needs no download.

A digit is a few strokes of a pen. Each has one shape or several, as people write it; the shape is
bent, slanted, turned and stretched at random, drawn with a pen of random width, and laid out as
MNIST lays out its images: in a box of 20×20, the centre of its ink in the middle of 28×28.

These are not MNIST, and an accuracy on them says nothing about MNIST.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study._arrays import FloatArray, IntArray

Ends = tuple[FloatArray, FloatArray]

SIDE = 28
BOX = 20

# Each digit and its shapes, as people write it: with or without a loop, a flag, a foot, a bar. The
# numbers are places x,y on paper 10 wide and 14 high, y downwards. A smooth curve goes through
# them; after a slash the pen starts anew. Where a stroke starts at the end of another, they make
# a corner.
_TABLE = """
0 5,0 2,2 1,7 2.5,12.5 5,14 8,12.5 9,7 8,2 4.5,0.2
1 5.2,0 4.9,7 5,14
1 3.2,3.2 5.5,0 / 5.5,0 5.5,14
1 3,3.2 5.5,0 / 5.5,0 5.5,14 / 2.5,14 8.5,14
2 1.5,3.5 3,0.8 6,0 8.5,2 8.3,5 5.5,9 1,14 / 1,14 9,14
2 1.5,3 4,0.3 7.5,1 8.3,4.5 5.5,9.5 2.5,13.3 1,12.8 2,11.2 5,12.8 9.5,13.5
3 1.5,1.8 4,0 7.5,0.8 8,3.8 6,6.2 4,6.6 / 4,6.6 7.3,7.4 9,10 7.5,13.2 4,14 1,12.2
3 1.5,0.5 8.5,0.5 / 8.5,0.5 4.5,5.8 / 4.5,5.8 8,7 9,10.2 7,13.4 3.8,14 1,12.2
4 2.3,0 1.4,4 1.2,8 / 1.2,8 9.3,7.6 / 7.8,0.5 7.2,14
4 6.8,0 0.8,9.3 / 0.8,9.3 9.8,9.3 / 6.8,0 6.8,14
5 8.5,0 2.5,0.4 / 2.5,0.4 1.8,6 / 1.8,6 5,5 8.3,7 8.6,10.5 6,13.7 3,14 0.8,12.5
6 7.5,0 4,3 1.6,7.5 1.7,11.5 4,14 7.2,13 8.3,10 6.5,7.6 4,8 1.9,10.5
7 1,0.6 9,0.3 / 9,0.3 6,7 4.2,14
7 1,0.6 9,0.3 / 9,0.3 6,7 4.2,14 / 3.2,7.2 8.4,6.8
7 1,2.8 1.3,0.6 / 1.3,0.6 9,0.3 / 9,0.3 6.4,7 5,14
8 7.8,1.8 5,0 2.2,1.8 3,5 6.5,7.8 8.6,11 5.5,14 1.8,12.2 2.2,9 6.2,6 8.2,3 7.8,1.8
8 5,6.6 2,5 2,1.5 5,0 8,1.5 8,5 5,6.6 / 5,6.6 1.6,9 2,13 5,14 8,13 8.4,9 5,6.6
9 8,3 6.3,0.4 3.4,0.3 1.5,3 2.2,6 5,7 7.5,5.5 8,3 / 8,3 7.6,9 7,14
9 8,3 6.3,0.4 3.4,0.3 1.5,3 2.2,6 5,7 7.5,5.5 8,3 / 8,3 8.2,9 6.4,13 2.8,13.8
"""
SHAPES = [re.findall(f"^{digit} (.*)", _TABLE, re.MULTILINE) for digit in range(10)]

_PIECES = 5  # straight pieces between two points of a curve
_CHUNK = 128  # images drawn at once: enough to be fast, few enough for the processor's cache


def make(n: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], IntArray]:
    """Draws `n` random digits.

    Args:
        n: How many.
        rng: The source of everything random: the same seed draws the same digits.

    Returns:
        The images, uint8 of shape (n, 28, 28), 0 is paper and 255 is ink; and what they
        show, int64 of shape (n,).

    Examples:
        >>> images, labels = make(3, np.random.default_rng(0))
        >>> print(images.shape, images.dtype, labels)
        (3, 28, 28) uint8 [8 6 5]
    """
    labels = rng.integers(0, 10, n)
    return draw(labels, rng), labels


def draw(labels: ArrayLike, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draws the digits asked for, each in a hand of its own.

    Args:
        labels: The digits, integers of shape (n,).
        rng: The source of everything random.

    Returns:
        uint8 of shape (n, 28, 28): 0 is paper, 255 is ink.

    Raises:
        ValueError: Something in `labels` is not a digit.
    """
    digits = np.asarray(labels)
    if digits.size == 0:
        return np.zeros((0, SIDE, SIDE), np.uint8)
    if digits.ndim != 1 or not np.issubdtype(digits.dtype, np.integer):
        raise ValueError(f"labels must be integers, shape (n,), got {digits.dtype} {digits.shape}")
    if digits.min() < 0 or digits.max() > 9:
        raise ValueError(f"labels must be digits from 0 to 9, got {digits.min()} to {digits.max()}")
    images = np.empty((len(digits), SIDE, SIDE), np.uint8)
    variants = np.array([len(SHAPES[digit]) for digit in digits])
    chosen = (rng.random(len(digits)) * variants).astype(np.int64)
    for digit, shapes in enumerate(SHAPES):
        for number, shape in enumerate(shapes):
            places = np.flatnonzero((digits == digit) & (chosen == number))
            for start in range(0, len(places), _CHUNK):
                some = places[start : start + _CHUNK]
                images[some] = _draw_shape(shape, len(some), rng)
    return images


def _draw_shape(shape: str, count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    begins, ends = _strokes(shape, count, rng)
    begins, ends = _in_a_hand(begins, ends, rng)
    radius = rng.uniform(0.85, 1.75, (count, 1))
    begins, ends = _laid_out(begins, ends, radius)
    return _inked(begins, ends, radius)


def _strokes(shape: str, count: int, rng: np.random.Generator) -> Ends:
    """The strokes as straight pieces, each point out of its place a little.

    Returns:
        Where the pieces begin and end, each of shape (count, pieces, 2).
    """
    strokes = [[place.split(",") for place in stroke.split()] for stroke in shape.split("/")]
    points = np.array([place for stroke in strokes for place in stroke], dtype=np.float64)
    # Equal points are one point and move together: corners stay joined.
    _, same = np.unique(points, axis=0, return_inverse=True)
    moved = points + rng.normal(0, 0.55, (count, len(points), 2))[:, same.reshape(-1)]
    begins, ends, first = [], [], 0
    for stroke in strokes:
        curve = _curve(len(stroke)) @ moved[:, first : first + len(stroke)]
        begins.append(curve[:, :-1])
        ends.append(curve[:, 1:])
        first += len(stroke)
    return np.concatenate(begins, axis=1), np.concatenate(ends, axis=1)


def _curve(points: int) -> NDArray[np.float64]:
    """The matrix that turns a stroke's points into points along a Catmull-Rom spline."""
    rows = []
    for span in range(points - 1):
        for u in np.arange(_PIECES) / _PIECES:
            row = np.zeros(points)
            blend = (-u + 2 * u**2 - u**3, 2 - 5 * u**2 + 3 * u**3, u + 4 * u**2 - 3 * u**3)
            for offset, part in enumerate((*blend, u**3 - u**2), start=-1):
                row[min(max(span + offset, 0), points - 1)] += part / 2
            rows.append(row)
    return np.array([*rows, np.eye(points)[-1]])


def _in_a_hand(begins: FloatArray, ends: FloatArray, rng: np.random.Generator) -> Ends:
    """The same digits slanted, turned and made narrower or wider: how a hand writes."""
    count = len(begins)
    slant, turn = rng.normal(0.12, 0.2, count), rng.normal(0, 0.08, count)
    width = rng.uniform(0.75, 1.35, count)
    cos, sin = np.cos(turn), np.sin(turn)
    # y points down, so a slant to the right takes x away as y grows.
    hand = np.array([[width * cos, width * sin], [-slant * cos - sin, cos - slant * sin]])
    hand = hand.transpose(2, 0, 1)
    return begins @ hand, ends @ hand


def _laid_out(begins: FloatArray, ends: FloatArray, radius: FloatArray) -> Ends:
    """In pixels: the ink fills a box of 20×20, and its centre of mass is the image's centre."""
    every = np.concatenate([begins, ends], axis=1)
    extent = np.ptp(every, axis=1).max(axis=1, keepdims=True)
    scale = ((BOX - 2 * radius) / extent)[:, :, np.newaxis]
    lengths = np.linalg.norm(ends - begins, axis=2, keepdims=True)
    centre = (lengths * (begins + ends) / 2).sum(axis=1) / lengths.sum(axis=1)
    shift = SIDE / 2 - scale * centre[:, np.newaxis]
    return begins * scale + shift, ends * scale + shift


def _inked(begins: FloatArray, ends: FloatArray, radius: FloatArray) -> NDArray[np.uint8]:
    """Pixels as dark as they lie near to the pen's way: full inside, soft over the last pixel."""
    y, x = np.divmod(np.arange(SIDE * SIDE, dtype=np.float32), SIDE)
    nearest = np.full((len(begins), SIDE * SIDE), np.inf, np.float32)
    pieces = zip(_columns(begins), _columns(ends - begins), strict=True)
    for (begin_x, begin_y), (along_x, along_y) in pieces:
        off_x, off_y = x - begin_x, y - begin_y
        length = np.maximum(along_x**2 + along_y**2, np.float32(1e-12))
        part = np.clip((off_x * along_x + off_y * along_y) / length, 0, 1)
        distance = (off_x - part * along_x) ** 2 + (off_y - part * along_y) ** 2
        np.minimum(nearest, distance, out=nearest)
    ink = np.clip(radius + 0.5 - np.sqrt(nearest), 0, 1)
    return np.round(255 * ink).astype(np.uint8).reshape(-1, SIDE, SIDE)


def _columns(points: NDArray[Any]) -> NDArray[np.float32]:
    """(count, pieces, 2) as (pieces, 2, count, 1): piece by piece, ready to meet the pixels."""
    return points.astype(np.float32).transpose(1, 2, 0)[..., np.newaxis]
