"""Digits of our own: seeded, laid out like MNIST's, and readable; and their distortion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import digits
from study.augment import distort
from study.weights import load_pretrained


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    return digits.make(1000, np.random.default_rng(0))


def centres(images: np.ndarray) -> np.ndarray:
    """The centre of mass of each image, (row, column)."""
    ink = images.reshape(-1, 28, 28).astype(float)
    rows = (ink.sum(axis=2) * np.arange(28)).sum(axis=1)
    columns = (ink.sum(axis=1) * np.arange(28)).sum(axis=1)
    return np.stack([rows, columns], axis=1) / ink.sum(axis=(1, 2))[:, np.newaxis]


def test_form(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = drawn
    assert images.shape == (1000, 28, 28) and images.dtype == np.uint8
    assert labels.shape == (1000,) and labels.dtype == np.int64
    assert set(labels.tolist()) == set(range(10))


def test_paper_and_ink(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    images, _ = drawn
    assert (images.max(axis=(1, 2)) > 200).all()
    assert 0.05 < np.mean(images > 127) < 0.25  # MNIST: 0.12
    edge = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    assert np.mean(edge) < 0.5


def test_laid_out_as_mnist_does(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    images, _ = drawn
    # MNIST moves whole pixels, so its centres are within half a pixel of 14; here crossing strokes
    # count twice, which moves some by a little more.
    off = np.abs(centres(images) - 14)
    assert np.median(off) < 0.3
    assert off.max() < 2
    ink = images > 0
    height = [np.ptp(np.flatnonzero(image.any(axis=1))) + 1 for image in ink]
    width = [np.ptp(np.flatnonzero(image.any(axis=0))) + 1 for image in ink]
    longer = np.maximum(height, width)
    assert longer.min() >= 19 and longer.max() <= 22  # the box of 20, and its soft edge


def test_same_seed_same_digits() -> None:
    one, _ = digits.make(50, np.random.default_rng(3))
    other, _ = digits.make(50, np.random.default_rng(3))
    third, _ = digits.make(50, np.random.default_rng(4))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, third)
    again = digits.draw([5] * 20, np.random.default_rng(0))
    assert len(np.unique(again.reshape(20, -1), axis=0)) == 20  # each in a hand of its own


@pytest.mark.parametrize("name", ["two-layer", "three-layer"])
def test_a_network_that_learnt_mnist_reads_them(
    drawn: tuple[np.ndarray, np.ndarray], name: str
) -> None:
    images, labels = drawn
    x = images.reshape(-1, 784) / np.float32(255)
    right = load_pretrained(name).predict(x) == labels
    assert right.mean() >= 0.96  # measured on 2,000: 98.65 % both
    assert all(right[labels == digit].mean() >= 0.8 for digit in range(10))


def test_labels_are_digits() -> None:
    rng = np.random.default_rng(0)
    for wrong in ([10], [-1], [1.5], [[1]]):
        with pytest.raises(ValueError, match="labels must be"):
            digits.draw(wrong, rng)
    assert digits.draw([], rng).shape == (0, 28, 28)
    assert digits.make(0, rng)[0].dtype == np.uint8


@given(st.integers(0, 2**32 - 1))
def test_distortion_keeps_form_and_most_of_the_ink(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = (digits.draw(np.arange(10), rng) / np.float32(255)).reshape(10, 784)
    before = x.copy()
    y = distort(x, rng)
    assert y.shape == x.shape and y.dtype == np.float32
    assert np.array_equal(x, before)
    assert y.min() >= 0 and y.max() <= x.max() + 1e-6
    assert (np.abs(y.sum(axis=1) / x.sum(axis=1) - 1) < 0.45).all()
    assert (np.abs(centres(y) - centres(x)) < 3).all()
    assert not np.array_equal(x, y)


def test_distortion_without_randomness_changes_nothing() -> None:
    class Still:
        """A source that always gives the middle of its range."""

        def uniform(self, low: float, high: float, size: object) -> np.ndarray:
            return np.full(size, (low + high) / 2)

    x = (digits.draw(np.arange(10), np.random.default_rng(0)) / np.float32(255)).reshape(10, 784)
    np.testing.assert_allclose(distort(x, Still()), x, rtol=0, atol=1e-6)  # type: ignore[arg-type]


def test_shifting_moves_the_ink_by_as_much() -> None:
    class Shift:
        """Nothing but a shift by one pixel, to where the place was before: one left, one up."""

        calls = 0

        def uniform(self, low: float, high: float, size: object) -> np.ndarray:
            self.calls += 1
            return np.ones(size) if self.calls >= 3 else np.zeros(size)

    x = np.zeros((1, 28, 28), np.float32)
    x[0, 10:15, 12:20] = 1
    y = distort(x.reshape(1, 784), Shift()).reshape(1, 28, 28)  # type: ignore[arg-type]
    np.testing.assert_allclose(y, np.roll(x, (-1, -1), axis=(1, 2)), rtol=0, atol=1e-6)


def test_ink_at_the_edge_does_not_come_back_on_the_other_side() -> None:
    x = np.zeros((200, 28, 28), np.float32)
    x[:, :, :2] = 1
    y = distort(x.reshape(200, 784), np.random.default_rng(0)).reshape(200, 28, 28)
    assert y[:, :, 14:].max() == 0


def test_corners_stay_joined() -> None:
    """The bar and the stem of a 7 meet, however both are moved."""
    shape = "1,0.6 9,0.3 / 9,0.3 6,7 4.2,14"
    begins, ends = digits._strokes(shape, 20, np.random.default_rng(0))
    bar = digits._PIECES  # a stroke of two points is this many pieces
    assert np.array_equal(ends[:, bar - 1], begins[:, bar])
    assert np.array_equal(ends[:, :-1][:, bar:], begins[:, bar + 1 :])
    assert len(np.unique(begins[:, bar], axis=0)) == 20
