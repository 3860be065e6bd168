"""Perceptrons are the gates they claim to be, and no single one is XOR."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from study.perceptron import AND, NAND, OR, Perceptron, xor

PAIRS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
finite = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("gate", "table"),
    [(AND, [0, 0, 0, 1]), (NAND, [1, 1, 1, 0]), (OR, [0, 1, 1, 1]), (xor, [0, 1, 1, 0])],
)
def test_truth_tables(gate: Perceptron, table: list[int]) -> None:
    assert gate(PAIRS).tolist() == table
    assert [int(gate(pair)) for pair in PAIRS.tolist()] == table


@given(hnp.arrays(float, hnp.array_shapes(max_dims=3), elements=finite), finite)
def test_fires_exactly_where_the_sum_is_above_zero(x: np.ndarray, bias: float) -> None:
    weights = np.arange(1.0, x.shape[-1] + 1)
    fires = Perceptron(weights, bias)(x)
    assert fires.dtype == np.int64
    assert fires.shape == x.shape[:-1]
    assert np.array_equal(fires == 1, x @ weights + bias > 0)
    assert np.isin(fires, [0, 1]).all()


def test_on_the_threshold_it_is_silent() -> None:
    assert Perceptron([1.0], -1.0)([1.0]) == 0


def test_no_single_perceptron_of_a_fine_grid_is_xor() -> None:
    for w1, w2, bias in itertools.product(np.linspace(-2, 2, 21), repeat=3):
        assert Perceptron([w1, w2], bias)(PAIRS).tolist() != [0, 1, 1, 0]


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(3,\).*\(2,\)"):
        AND([1, 0, 1])
    with pytest.raises(ValueError, match=r"shape \(\)"):
        AND(1)
    with pytest.raises(ValueError, match=r"\(1, 2\)"):
        Perceptron([[1.0, 2.0]], 0.0)


def test_weights_are_its_own() -> None:
    weights = np.array([0.5, 0.5])
    gate = Perceptron(weights, -0.7)
    weights[:] = 0
    assert gate([1, 1]) == 1
    with pytest.raises(ValueError, match="read-only"):
        gate.weights[0] = 0


def test_no_samples_no_answers() -> None:
    assert AND(np.zeros((0, 2))).shape == (0,)
