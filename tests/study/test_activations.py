"""Activations: their properties, SciPy's opinion, and the far ends of the number line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from study import activations as act
from study.activations import ACTIVATIONS, DERIVATIVES

Function = Callable[[np.ndarray], np.ndarray]

values = hnp.arrays(float, hnp.array_shapes(), elements=st.floats(-1000, 1000))
rows = hnp.arrays(float, hnp.array_shapes(min_dims=1), elements=st.floats(-1000, 1000))
every = pytest.mark.parametrize("f", [*ACTIVATIONS.values(), act.log_softmax])
every_slope = pytest.mark.parametrize("name", DERIVATIVES)


# Against SciPy: a few units in the last place, where the result is a normal number.
@given(values)
def test_sigmoid_is_scipys_expit(x: np.ndarray) -> None:
    np.testing.assert_allclose(act.sigmoid(x), special.expit(x), rtol=1e-15, atol=1e-307)


@given(rows, st.integers(0, 3))
def test_softmax_is_scipys(x: np.ndarray, axis: int) -> None:
    axis = axis % x.ndim
    expected = special.softmax(x, axis=axis)
    np.testing.assert_allclose(act.softmax(x, axis=axis), expected, rtol=1e-13, atol=1e-307)
    expected = special.log_softmax(x, axis=axis)
    np.testing.assert_allclose(act.log_softmax(x, axis=axis), expected, rtol=1e-14, atol=1e-14)


# Properties.
@given(values)
def test_sigmoid_mirrors_itself(x: np.ndarray) -> None:
    np.testing.assert_allclose(1 - act.sigmoid(x), act.sigmoid(-x), rtol=0, atol=1e-15)
    assert np.all((act.sigmoid(x) >= 0) & (act.sigmoid(x) <= 1))


@given(values)
def test_tanh_is_a_stretched_sigmoid(x: np.ndarray) -> None:
    np.testing.assert_allclose(act.tanh(x), 2 * act.sigmoid(2 * x) - 1, rtol=0, atol=1e-15)


@given(values)
def test_relu_keeps_what_is_positive(x: np.ndarray) -> None:
    assert np.array_equal(act.relu(x) - act.relu(-x), x)
    assert np.all(act.relu(x) >= 0)


@given(values)
def test_step_is_where_the_sigmoid_passes_a_half(x: np.ndarray) -> None:
    big_enough = np.where(np.abs(x) < 1e-9, 0, x)
    assert np.array_equal(act.step(big_enough) == 1, act.sigmoid(big_enough) > 0.5)
    assert act.step(x).dtype == np.int64


@given(rows, st.floats(-1000, 1000))
def test_softmax_gives_probabilities_whatever_is_added(x: np.ndarray, c: float) -> None:
    y = act.softmax(x)
    assert np.all((y >= 0) & (y <= 1))
    np.testing.assert_allclose(y.sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_allclose(act.softmax(x + c), y, rtol=1e-11, atol=1e-300)
    assert np.array_equal(y.argmax(axis=-1), act.softmax(x + 0.0).argmax(axis=-1))


@given(rows)
def test_log_softmax_is_the_logarithm_of_softmax(x: np.ndarray) -> None:
    y = act.softmax(x)
    near = (
        y > 1e-300
    )  # further out softmax has rounded to 0, and log_softmax is the one that is right
    np.testing.assert_allclose(act.log_softmax(x)[near], np.log(y[near]), rtol=1e-12, atol=1e-12)
    assert np.isfinite(act.log_softmax(x)).all()


@every_slope
@given(values)
def test_derivatives_are_slopes(name: str, x: np.ndarray) -> None:
    h = 1e-5
    x = np.where(np.abs(x) < 2 * h, 1.0, x)  # ReLU has no slope at 0
    f = ACTIVATIONS[name]
    slope = (f(x + h) - f(x - h)) / (2 * h)
    # Rounding of f, some 1e-13 at 1000, over the step.
    np.testing.assert_allclose(DERIVATIVES[name](x), slope, rtol=0, atol=2e-8)


def test_derivatives_at_zero() -> None:
    at_zero = {name: float(f(0.0)) for name, f in DERIVATIVES.items()}
    assert at_zero == {"sigmoid": 0.25, "tanh": 1.0, "relu": 0.0, "identity": 1.0}


# Numerics: what every one of them keeps to.
@every
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_no_overflow_and_no_other_dtype(f: Function, dtype: type) -> None:
    x = np.array([[-1000, -1, 0, 1, 1000]], dtype)
    y = f(x)
    assert np.isfinite(y).all()
    assert y.dtype == (np.int64 if f is act.step else dtype)


@every_slope
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_no_slope_overflows(name: str, dtype: type) -> None:
    y = DERIVATIVES[name](np.array([-1000, 0, 1000], dtype))
    assert np.isfinite(y).all()
    assert y.dtype == dtype


@every
def test_integers_are_numbers(f: Function) -> None:
    y = f(np.array([-3, 0, 3]))
    assert y.dtype == (np.int64 if f is act.step else np.float64)
    assert np.array_equal(y, f(np.array([-3.0, 0.0, 3.0])))
    assert np.array_equal(f([-3, 0, 3]), y)


@every
def test_arguments_stay_as_they_are(f: Function) -> None:
    x = np.array([-2.0, 0.5, 3.0])
    y = f(x)
    y[:] = 99
    assert x.tolist() == [-2.0, 0.5, 3.0]


@every
def test_an_empty_batch_stays_empty(f: Function) -> None:
    assert f(np.zeros((0, 3))).shape == (0, 3)


@every
def test_a_hole_in_the_data_stays_visible(f: Function) -> None:
    if f is act.step:
        return
    assert np.isnan(f(np.array([np.nan, np.nan]))).all()


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError, match="complex128"):
        act.sigmoid(np.array([1j]))
    with pytest.raises(TypeError, match="real numbers"):
        act.relu(["a"])
