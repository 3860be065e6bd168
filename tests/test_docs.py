"""The checks of the text over the real pages: one test a check, every finding on a line."""

from pathlib import Path

import pytest

from journal import anatomy, freshness, numbers, parity

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.mark.parametrize("check", [anatomy, parity, numbers, freshness], ids=lambda c: c.__name__)
def test_the_pages(check):
    found = check.findings(DOCS)
    assert not found, f"{len(found)} findings\n" + "\n".join(map(str, found))
