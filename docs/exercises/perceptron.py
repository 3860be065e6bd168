"""The checks of the perceptron note's exercises."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

from numpy.typing import ArrayLike

from journal.marking import Answer, exercise
from study.perceptron import Perceptron

CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]]


@exercise("nor")
def nor(answer: Answer) -> None:
    gate = answer.function("NOR")
    for x in CORNERS:
        answer.equal(gate(x), int(not any(x)))


nor.wrong(
    "the bias lets one input through",
    """
from study.perceptron import Perceptron

NOR = Perceptron([-1, -1], 1.5)
""",
)
nor.wrong(
    "the bias is 0, and (0, 0) lies on the boundary",
    """
from study.perceptron import Perceptron

NOR = Perceptron([-1, -1], 0)
""",
)
nor.wrong(
    "NAND instead of NOR",
    """
from study.perceptron import NAND as NOR
""",
)


@exercise("majority")
def majority(answer: Answer) -> None:
    for name, voters in [("majority", 3), ("majority5", 5)]:
        gate = answer.function(name)
        for x in product([0, 1], repeat=voters):
            answer.equal(gate(list(x)), int(sum(x) > voters / 2))


majority.wrong(
    "one vote is enough",
    """
from study.perceptron import Perceptron

majority = Perceptron([1, 1, 1], -0.5)
majority5 = Perceptron([1, 1, 1, 1, 1], -0.5)
""",
)
majority.wrong(
    "the threshold is put in as the bias",
    """
from study.perceptron import Perceptron

majority = Perceptron([1, 1, 1], 1.5)
majority5 = Perceptron([1, 1, 1, 1, 1], 2.5)
""",
)
majority.wrong(
    "two votes of five are enough",
    """
from study.perceptron import Perceptron

majority = Perceptron([1, 1, 1], -1.5)
majority5 = Perceptron([1, 1, 1, 1, 1], -1.5)
""",
)
majority.wrong(
    "still three inputs",
    """
from study.perceptron import Perceptron

majority = Perceptron([1, 1, 1], -1.5)
majority5 = Perceptron([1, 1, 1], -2.5)
""",
)


@exercise("nand-only")
def nand_only(answer: Answer) -> None:
    gate = answer.function("xor")
    for x1, x2 in CORNERS:
        with perceptrons_called() as called:
            got = gate(x1, x2)
        answer.equal(got, x1 ^ x2)
        truth = [[int(one(x)) for x in CORNERS] for one in called if one.weights.size == 2]
        nands = truth.count([1, 1, 1, 0])
        answer.that(
            nands == 4 and len(called) == 4,
            ko=f"답은 맞아요. 그런데 `xor({x1}, {x2})`에서 NAND를 {nands}번, "
            f"다른 퍼셉트론을 {len(called) - nands}번 썼어요. NAND 네 번만으로 만들어 주세요.",
            en=f"The answers are right, but `xor({x1}, {x2})` called NAND {nands} times and "
            f"other perceptrons {len(called) - nands} times. Use four NANDs and nothing else.",
        )


@contextmanager
def perceptrons_called() -> Iterator[list[Perceptron]]:
    """Lists the perceptrons that are called inside the `with`."""
    called: list[Perceptron] = []
    original = Perceptron.__call__

    def listed(self: Perceptron, x: ArrayLike) -> Any:
        called.append(self)
        return original(self, x)

    setattr(Perceptron, "__call__", listed)  # noqa: B010, mypy would not have it assigned
    try:
        yield called
    finally:
        setattr(Perceptron, "__call__", original)  # noqa: B010


nand_only.wrong(
    "the two middle gates get each other instead of the inputs",
    """
from study.perceptron import NAND

def xor(x1, x2):
    n = NAND([x1, x2])
    return NAND([NAND([n, n]), NAND([n, n])])
""",
)
nand_only.wrong(
    "the last gate is turned round once too often",
    """
from study.perceptron import NAND

def xor(x1, x2):
    n = NAND([x1, x2])
    y = NAND([NAND([x1, n]), NAND([x2, n])])
    return NAND([y, y])
""",
)
nand_only.wrong(
    "AND and OR are used",
    """
from study.perceptron import AND, NAND, OR

def xor(x1, x2):
    return AND([NAND([x1, x2]), OR([x1, x2])])
""",
)
nand_only.wrong(
    "no perceptron at all",
    """
def xor(x1, x2):
    return int(x1 != x2)
""",
)


@exercise("adder")
def adder(answer: Answer) -> None:
    full_adder = answer.function("full_adder")
    for a, b, c in product([0, 1], repeat=3):
        with perceptrons_called() as called:
            got = full_adder(a, b, c)
        answer.equal(got, ((a + b + c) % 2, int(a + b + c >= 2)))
        answer.that(
            called,
            ko="답은 맞지만 `full_adder`가 퍼셉트론을 하나도 쓰지 않았어요. "
            "`xor`과 `majority`로 만들어 주세요.",
            en="The answers are right, but `full_adder` uses no perceptron. "
            "Make it from `xor` and `majority`.",
        )
    add = answer.function("add")
    for x, y in product(range(16), repeat=2):
        answer.equal(add(x, y), x + y)
    with perceptrons_called() as called:
        add(15, 15)
    answer.that(
        called,
        ko="합은 맞지만 `add`가 퍼셉트론을 하나도 쓰지 않았어요. "
        "자리마다 `full_adder`를 불러 주세요.",
        en="The sums are right, but `add` uses no perceptron. Call `full_adder` for each place.",
    )


ADDER = """
from study.perceptron import Perceptron, xor

majority = Perceptron([1, 1, 1], -1.5)

def full_adder(a, b, c):
    return {full}

def add(x, y):
    carry, total = 0, 0
    for place in range(4):
        bit, carry = full_adder(x >> place & 1, y >> place & 1, carry)
        total += bit << place
    return {total}
"""
BIT, CARRY = "int(xor([xor([a, b]), c]))", "int(majority([a, b, c]))"
adder.wrong(
    "the last carry is dropped",
    ADDER.format(full=f"{BIT}, {CARRY}", total="total"),
)
adder.wrong(
    "the carry of the place before is left out",
    ADDER.format(full=f"int(xor([a, b])), {CARRY}", total="total + (carry << 4)"),
)
adder.wrong(
    "bit and carry change places",
    ADDER.format(full=f"{CARRY}, {BIT}", total="total + (carry << 4)"),
)
adder.wrong(
    "Python's own addition instead of the circuit",
    ADDER.format(full=f"{BIT}, {CARRY}", total="x + y").replace("range(4)", "range(0)"),
)
