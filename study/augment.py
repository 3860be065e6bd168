"""Augmentation: the same digits, written a little differently, so that no pixel is learnt by heart.

A digit that is shifted, turned, slanted or stretched a little is still the same digit. Training on
a new variant in every epoch teaches that, and makes a network far readier for the handwriting of
someone who is not in MNIST.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def distort(images: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Each image turned, slanted, stretched and shifted at random, by a little.

    For each pixel of the result, the place where it was in the original is computed, and the four
    pixels around that place are mixed (bilinear interpolation). Around the original is paper.

    Args:
        images: Shape (n, side * side), values from 0 to 1.
        rng: The source of the distortions.

    Returns:
        New images of the same shape, float32.
    """
    count = len(images)
    side = int(np.sqrt(images.shape[1]))
    turn = rng.uniform(-0.2, 0.2, count)  # radians: about 11° either way
    slant = rng.uniform(-0.2, 0.2, count)
    stretch_x, stretch_y = rng.uniform(0.85, 1.15, (2, count))
    shift_x, shift_y = rng.uniform(-1.5, 1.5, (2, count))  # pixels

    def each(values: NDArray[np.float64]) -> NDArray[np.float32]:
        return values.astype(np.float32)[:, np.newaxis]

    row, column = np.divmod(np.arange(side * side, dtype=np.float32), side)
    middle = np.float32((side - 1) / 2)
    x, y = column - middle, row - middle
    from_x = each(np.cos(turn) / stretch_x) * x + each((slant - np.sin(turn)) / stretch_x) * y
    from_y = each(np.sin(turn) / stretch_y) * x + each(np.cos(turn) / stretch_y) * y
    from_x += each(shift_x) + middle
    from_y += each(shift_y) + middle

    padded = np.pad(images.reshape(count, side, side), ((0, 0), (2, 2), (2, 2)))
    width = side + 4
    np.clip(from_x, -2, side, out=from_x)
    np.clip(from_y, -2, side, out=from_y)
    left, top = np.floor(from_x), np.floor(from_y)
    part_x, part_y = from_x - left, from_y - top
    corner = ((top + 2) * width + left + 2).astype(np.int64)
    corner += (np.arange(count) * width * width)[:, np.newaxis]
    pixels = padded.reshape(-1)
    upper = pixels[corner] * (1 - part_x) + pixels[corner + 1] * part_x
    corner += width
    lower = pixels[corner] * (1 - part_x) + pixels[corner + 1] * part_x
    return upper * (1 - part_y) + lower * part_y
