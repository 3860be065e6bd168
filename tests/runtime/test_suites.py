"""What is recorded of numpy's and matplotlib's own tests is of these wheels, and whole."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

RUNTIME = Path(__file__).resolve().parent.parent.parent / "runtime"
SUITES = RUNTIME / "suites"
FAILED = {"failed", "crashed", "hung"}


def read(name: str) -> Any:
    return json.loads((SUITES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("suite", ["numpy", "matplotlib"])
def test_the_record_is_of_these_wheels(suite: str) -> None:
    record = read(f"{suite}.json")
    assert any(name.startswith(f"{suite}-") for name in record["wheels"])
    for name, digest in record["wheels"].items():
        content = (RUNTIME / "wheels" / name).read_bytes()
        again = f"{name} has changed: {record['command']}"
        assert hashlib.sha256(content).hexdigest() == digest, again


@pytest.mark.parametrize(("suite", "least"), [("numpy", 40_000), ("matplotlib", 2_000)])
def test_every_failure_has_a_reason(suite: str, least: int) -> None:
    record, reasons = read(f"{suite}.json"), read("reasons.json")[suite]
    assert record["unexplained"] == {}
    assert record["counts"]["passed"] > least
    named = [name for names in record["failures"].values() for name in names]
    assert len(named) == len(set(named))
    assert len(named) == sum(record["counts"].get(each, 0) for each in FAILED)
    assert record["failures"].keys() == {each["reason"] for each in reasons}


def test_what_is_said_to_fail_in_cpython_too_does() -> None:
    [reason] = [each for each in read("reasons.json")["matplotlib"] if "native" in each]
    native, record = read(reason["native"]), read("matplotlib.json")
    assert native["freetype"] == "2.12.1"
    assert set(record["failures"][reason["reason"]]) <= set(native["failed"])
    assert native["run"] > record["counts"]["passed"]
