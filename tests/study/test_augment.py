"""Distortion is an affine map as SciPy has it, of square images of one channel and of no others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.ndimage import affine_transform

from study.augment import distort, shift


class Given:
    """A source of chance that gives what it was told to."""

    def __init__(self, *values: Any) -> None:
        self.values = list(values)

    def uniform(self, low: float, high: float, size: Any) -> Any:
        return np.array(self.values.pop(0), float).reshape(size)


@pytest.mark.parametrize("seed", range(5))
def test_distort_is_an_affine_map(seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = rng.random((28, 28)).astype(np.float32)
    angle, slant, right, down = rng.uniform(-0.4, 0.4, 4) * [1, 1, 9, 9]
    wider, higher = rng.uniform(0.8, 1.3, 2)
    chance: Any = Given([angle], [slant], [wider, higher], [right, down])
    cos, sin = np.cos(angle), np.sin(angle)
    # SciPy's coordinates are row and column, counted from the corner.
    matrix = np.array([[cos / higher, sin / higher], [(slant - sin) / wider, cos / wider]])
    offset = 13.5 - matrix @ [13.5, 13.5] + [down, right]
    expected = affine_transform(image, matrix, offset, order=1, mode="grid-constant")
    np.testing.assert_allclose(distort(image[np.newaxis], chance)[0], expected, atol=2e-4)


def test_other_numbers_and_other_layouts_are_the_same_images() -> None:
    images = np.random.default_rng(0).random((3, 28, 28))
    for make in (distort, shift):
        wanted = make(images.astype(np.float32), np.random.default_rng(1))
        assert wanted.dtype == np.float32
        for shape in ((3, 784), (3, 1, 28, 28)):
            found = make(images.reshape(shape), np.random.default_rng(1))  # type: ignore[arg-type]
            assert found.dtype == np.float32
            np.testing.assert_array_equal(found, wanted.reshape(shape))
        assert make(np.zeros((3, 784), np.uint8), np.random.default_rng(1)).max() == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(3,), (3, 20, 30), (3, 3, 28, 28), (3, 4, 14, 14), (3, 0)])
def test_what_is_no_square_image_is_refused(shape: tuple[int, ...]) -> None:
    for make in (distort, shift):
        with pytest.raises(ValueError, match="square images of one channel"):
            make(np.zeros(shape, np.float32), np.random.default_rng(0))
