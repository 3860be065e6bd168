"""Augmentation: the same digits, written a little differently, so that no pixel is learnt by heart.

A digit that is shifted, turned, slanted or stretched a little is still the same digit. Training on
a new variant in every epoch teaches that, and makes a network far readier for the handwriting of
someone who is not in MNIST. `functools.partial(distort, turn=0.1)` is an augmentation of a trainer.
"""

from __future__ import annotations

from math import isqrt

import numpy as np
from numpy.typing import NDArray


def distort(
    images: NDArray[np.float32],
    rng: np.random.Generator,
    *,
    turn: float = 0.2,
    slant: float = 0.2,
    stretch: float = 0.15,
    shift: float = 1.5,
) -> NDArray[np.float32]:
    """Each image turned, slanted, stretched and shifted at random, by a little: affine maps.

    For each pixel of the result, the place where it was in the original is computed, and the four
    pixels around that place are mixed (bilinear interpolation). Around the original is paper.

    Args:
        images: Shape (n, side · side), (n, side, side) or (n, 1, side, side); values from 0 to 1.
        rng: The source of the distortions.
        turn: The largest angle, in radians, either way: 0.2 is about 11°.
        slant: The largest shift of a row to the side, for each row that it lies higher.
        stretch: The largest change of height, and of width, as a share of it.
        shift: The largest shift along each axis, in pixels of the original: before stretching.

    Returns:
        New images of the same shape, float32.

    Raises:
        ValueError: These are no square images of one channel.
    """
    squares = _squares(images)
    count, side = squares.shape[:2]
    angle = rng.uniform(-turn, turn, count)
    slanted = rng.uniform(-slant, slant, count)
    wider, higher = rng.uniform(1 - stretch, 1 + stretch, (2, count))
    leftwards, upwards = rng.uniform(-shift, shift, (2, count))

    # Places are counted from the middle of the image, and then from the corner of the margin.
    middle, margin = (side - 1) / 2, 2
    row, column = np.divmod(np.arange(side * side, dtype=np.float32), side)
    places = np.stack([column - middle, row - middle, np.ones_like(row)])
    cos, sin = np.cos(angle), np.sin(angle)
    from_x = [cos / wider, (slanted - sin) / wider, leftwards + middle + margin]
    from_y = [sin / higher, cos / higher, upwards + middle + margin]
    x, y = (np.stack(each, axis=1).astype(np.float32) @ places for each in (from_x, from_y))
    np.clip(x, 0, side + margin, out=x)
    np.clip(y, 0, side + margin, out=y)

    padded = np.pad(squares, ((0, 0), (margin, margin), (margin, margin)))
    width = side + 2 * margin
    left, top = x.astype(np.intp), y.astype(np.intp)  # rounded down, for none is negative
    x -= left
    y -= top
    top *= width
    top += left
    top += (np.arange(count) * width * width)[:, np.newaxis]

    def between(corner: NDArray[np.intp]) -> NDArray[np.float32]:
        near, far = padded.take(corner), padded.take(corner + 1)
        far -= near
        far *= x
        return np.add(near, far, out=near)

    upper, lower = between(top), between(top + width)
    lower -= upper
    lower *= y
    return np.add(upper, lower, out=upper).reshape(images.shape)


def shift(
    images: NDArray[np.float32], rng: np.random.Generator, *, pixels: int = 2
) -> NDArray[np.float32]:
    """Each image shifted at random by whole pixels, at most `pixels` along each axis.

    Args:
        images: As for `distort`.
        rng: The source of the shifts.
        pixels: The largest shift.

    Returns:
        New images of the same shape, float32. What comes in at an edge is paper.

    Raises:
        ValueError: These are no square images of one channel.
    """
    squares = _squares(images)
    count, side = squares.shape[:2]
    padded = np.pad(squares, ((0, 0), (pixels, pixels), (pixels, pixels)))
    shifted = np.empty_like(padded[:, :side, :side])
    places = rng.integers(0, 2 * pixels + 1, (count, 2))
    for image, source, (top, left) in zip(shifted, padded, places, strict=True):
        image[...] = source[top : top + side, left : left + side]
    return shifted.reshape(images.shape)


def _squares(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """The images as (n, side, side)."""
    side = isqrt(int(np.prod(images.shape[1:])))
    if images.shape[1:] not in ((side * side,), (side, side), (1, side, side)) or not side:
        raise ValueError(f"square images of one channel are needed, not shape {images.shape}")
    return images.astype(np.float32, copy=False).reshape(-1, side, side)
