"""Each optimiser takes the steps of its formula, in place and on no other number; schedules."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from study.optimizers import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, Optimizer, RMSProp
from study.schedules import constant, cosine, one_cycle, step, warm_up

RATE, DECAY = 0.1, 0.01
Formula = Callable[[float, float, dict[str, float], int], float]


def momentum(w: float, g: float, s: dict[str, float], n: int) -> float:
    s["v"] = 0.9 * s.get("v", 0) + g
    return w - RATE * s["v"]


def nesterov(w: float, g: float, s: dict[str, float], n: int) -> float:
    s["v"] = 0.9 * s.get("v", 0) + g
    return w - RATE * (g + 0.9 * s["v"])


def adagrad(w: float, g: float, s: dict[str, float], n: int) -> float:
    s["h"] = s.get("h", 0) + g * g
    return w - RATE * g / (math.sqrt(s["h"]) + 1e-10)


def rmsprop(w: float, g: float, s: dict[str, float], n: int) -> float:
    s["h"] = 0.99 * s.get("h", 0) + 0.01 * g * g
    return w - RATE * g / (math.sqrt(s["h"]) + 1e-8)


def adam(w: float, g: float, s: dict[str, float], n: int) -> float:
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0) + 0.001 * g * g
    m, v = s["m"] / (1 - 0.9**n), s["v"] / (1 - 0.999**n)
    return w - RATE * m / (math.sqrt(v) + 1e-8)


CASES: list[tuple[type[Optimizer], Formula]] = [
    (SGD, lambda w, g, s, n: w - RATE * g),
    (Momentum, momentum),
    (Nesterov, nesterov),
    (AdaGrad, adagrad),
    (RMSProp, rmsprop),
    (Adam, adam),
    (AdamW, adam),
]


@pytest.mark.parametrize("kind, formula", CASES)
@pytest.mark.parametrize("decay", [0.0, DECAY])
def test_steps(kind: type[Optimizer], formula: Formula, decay: float) -> None:
    rng = np.random.default_rng(0)
    w = rng.normal(size=4)
    expected, states = w.tolist(), [{} for _ in w]
    optimizer = kind(RATE, decay)
    for n in range(1, 6):
        g = rng.normal(size=4)
        before = g.copy()
        optimizer.update(w, g, decayed=3)
        assert np.array_equal(g, before)
        for i, state in enumerate(states):
            penalty = decay if i < 3 else 0
            if kind is AdamW:
                shrunk = expected[i] * (1 - RATE * penalty)
                expected[i] = formula(shrunk, g[i], state, n)
            else:
                expected[i] = formula(expected[i], g[i] + penalty * expected[i], state, n)
        np.testing.assert_allclose(w, expected, rtol=1e-12)
    assert optimizer.steps == 5


@pytest.mark.parametrize("kind", [case[0] for case in CASES])
def test_every_optimiser_goes_down_a_valley(kind: type[Optimizer]) -> None:
    w, optimizer = np.array([-7.0, 2.0], np.float32), kind(0.05 if kind is not AdaGrad else 1.0)
    for _ in range(2000):
        optimizer.update(w, np.array([w[0] / 10, 2 * w[1]]))
    assert w.dtype == np.float32
    assert np.abs(w).max() < 0.1


def test_the_rate_of_a_step_and_shapes() -> None:
    w = np.ones(3)
    optimizer = SGD(0.5)
    optimizer.update(w, np.ones(3), rate=0.25)
    assert w.tolist() == [0.75] * 3
    for wrong in ((w, np.ones(2)), (np.ones(2), np.ones(2))):
        with pytest.raises(ValueError, match=r"\(2,\)"):
            optimizer.update(*wrong)
    assert "SGD(rate=0.5" in str(optimizer)


def test_schedules() -> None:
    assert [constant(x) for x in (0, 0.3, 1)] == [1, 1, 1]
    assert [cosine(x) for x in (0, 0.5, 1)] == pytest.approx([1, 0.5, 0])
    assert [step(0.5, 0.75)(x) for x in (0.49, 0.5, 0.8)] == pytest.approx([1, 0.1, 0.01])
    warm = warm_up(0.2, cosine)
    assert [warm(x) for x in (0, 0.1, 0.2, 0.6, 1)] == pytest.approx([0, 0.5, 1, 0.5, 0])
    cycle = one_cycle(0.4, start=0.1)
    assert [cycle(x) for x in (0, 0.2, 0.4, 0.7, 1)] == pytest.approx([0.1, 0.55, 1, 0.5, 0])
    assert max(cycle(x) for x in np.linspace(0, 1, 101)) == 1
