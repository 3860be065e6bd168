"""What `runtime/manifest.json` says of the wheels is so."""

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RUNTIME = ROOT / "runtime"


def test_every_wheel_is_described_and_is_the_one_described() -> None:
    described = json.loads((RUNTIME / "manifest.json").read_text(encoding="utf-8"))["wheels"]
    wheels = {path.name: path for path in (RUNTIME / "wheels").iterdir()}
    assert {each["file"] for each in described} == wheels.keys()
    for each in described:
        assert hashlib.sha256(wheels[each["file"]].read_bytes()).hexdigest() == each["sha256"]
        assert each.keys() == {"file", "sha256", "source", "version", "built", "licence"}


def test_pages_tests_and_browser_have_the_same_numpy_and_matplotlib() -> None:
    pinned = (ROOT / "requirements.in").read_text(encoding="utf-8")
    for name in ("numpy", "matplotlib"):
        version = re.search(rf"^{name}==(\S+)", pinned, re.MULTILINE)
        assert version is not None
        assert list((RUNTIME / "wheels").glob(f"{name}-{version[1]}-*.whl"))
