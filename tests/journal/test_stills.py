"""What stands in for a widget is what its alternative text says it is."""

import numpy as np

from journal import stills
from study import digits
from study.weights import load_pretrained


def test_the_network_reads_the_digit_that_is_drawn() -> None:
    image = digits.draw([stills.DRAWN], np.random.default_rng(0))
    x = image.reshape(1, -1).astype(np.float32) / 255
    assert load_pretrained("three-layer").forward(x)[0, stills.DRAWN] > 0.9


def test_the_same_file_every_time_with_no_date_in_it() -> None:
    first = stills.digit()
    assert first == stills.digit()
    assert first.startswith(b"<?xml") and b"dc:date" not in first
