"""The checks of the perceptron note's exercises."""

from journal.marking import Answer, exercise

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
