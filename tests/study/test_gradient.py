"""Gradients by trying, against the formulas, SciPy, and the book's bug; and the walk downhill."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize

from study.gradient import gradient_descent, numerical_gradient
from study.losses import softmax_cross_entropy

points = hnp.arrays(float, hnp.array_shapes(max_dims=3), elements=st.floats(-10, 10))


def bowl(x: np.ndarray) -> float:
    return float(np.sum(x**2))


@given(points)
def test_of_a_polynomial(x: np.ndarray) -> None:
    def f(x: np.ndarray) -> float:
        return float(np.sum(x**3 - 2 * x))

    # Central differences are off by h² x the third derivative / 6 = 1e-8, and by rounding.
    np.testing.assert_allclose(numerical_gradient(f, x), 3 * x**2 - 2, rtol=0, atol=2e-7)


@given(hnp.arrays(float, 5, elements=st.floats(-3, 3)), st.integers(0, 4))
def test_agrees_with_scipy(x: np.ndarray, label: int) -> None:
    def f(x: np.ndarray) -> float:
        return float(softmax_cross_entropy(x, label))

    # SciPy's are forward differences: right to about 1e-7.
    expected = optimize.approx_fprime(x, f)
    np.testing.assert_allclose(numerical_gradient(f, x), expected, rtol=0, atol=1e-6)


def test_an_integer_point_is_a_point_like_any_other() -> None:
    # In an integer array x + h is x: the textbook's function then returns 0, or worse.
    assert np.allclose(numerical_gradient(bowl, np.array([3, 4])), [6, 8], rtol=0, atol=1e-8)
    assert np.allclose(numerical_gradient(bowl, [3, 4]), [6, 8], rtol=0, atol=1e-8)


def test_float32_stays_and_is_as_exact_as_it_can_be() -> None:
    slope = numerical_gradient(bowl, np.array([3, 4], np.float32))
    assert slope.dtype == np.float32
    assert np.allclose(slope, [6, 8], rtol=1e-6)


def test_a_single_number_is_a_point() -> None:
    slope = numerical_gradient(lambda x: x**2, 3.0)
    assert slope.shape == ()
    assert np.isclose(slope, 6)


@given(points)
def test_the_point_stays_where_it_is(x: np.ndarray) -> None:
    before = x.copy()
    seen = []
    numerical_gradient(lambda p: seen.append(p.copy()) or bowl(p), x)
    assert np.array_equal(x, before)
    # Each visit moves one number only, and both ways.
    assert len(seen) == 2 * x.size
    assert all(np.count_nonzero(each != x) <= 1 for each in seen)


def test_what_is_no_function_to_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one number.*\(2,\)"):
        numerical_gradient(lambda x: x, [1.0, 2.0])
    with pytest.raises(ValueError, match="h must be positive"):
        numerical_gradient(bowl, [1.0], h=0)


def test_no_numbers_no_slopes() -> None:
    assert numerical_gradient(bowl, np.zeros((0, 2))).shape == (0, 2)


@given(points, st.floats(0.01, 0.9), st.integers(0, 20))
def test_descent_follows_the_formula(x0: np.ndarray, rate: float, steps: int) -> None:
    path = gradient_descent(bowl, x0, rate, steps)
    assert path.shape == (steps + 1, *x0.shape)
    factor = (1 - 2 * rate) ** np.arange(steps + 1)
    expected = factor.reshape(-1, *[1] * x0.ndim) * x0
    np.testing.assert_allclose(path, expected, rtol=0, atol=1e-6)


@given(hnp.arrays(float, 2, elements=st.floats(-10, 10)))
def test_descent_with_a_known_gradient(x0: np.ndarray) -> None:
    path = gradient_descent(bowl, x0, 0.1, 50, gradient=lambda x: 2 * x)
    assert np.array_equal(path[0], x0)
    heights = [bowl(x) for x in path]
    assert all(low <= high for high, low in pairwise(heights))
    np.testing.assert_allclose(path[-1], x0 * 0.8**50, rtol=1e-12)


def test_descent_from_integers_and_its_refusals() -> None:
    start = np.array([-3, 4])
    assert np.abs(gradient_descent(bowl, start)[-1]).max() < 1e-8
    assert start.tolist() == [-3, 4]
    assert gradient_descent(bowl, np.array([1], np.float32), steps=2).dtype == np.float32
    with pytest.raises(ValueError, match="steps"):
        gradient_descent(bowl, [1.0], steps=-1)
    with pytest.raises(ValueError, match=r"\(2,\).*\(1,\)"):
        gradient_descent(bowl, [1.0], gradient=lambda x: np.array([1.0, 2.0]))
