"""`suite.mjs`, the part that runs inside the runtime."""

import json
import threading
import zipfile
from typing import Any

SITE_PACKAGES = "/lib/python3.14/site-packages"


class Recorder:
    """A pytest plugin: a line when a test begins, and one for what became of it."""

    def __init__(self, path: str) -> None:
        self.path = path

    def write(self, **line: Any) -> None:
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.write(test=nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        skipped = report.outcome == "skipped"
        if report.when != "call" and report.outcome == "passed":
            return
        outcome = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = "xfailed" if skipped else "xpassed"
        why = report.longrepr[2] if skipped and isinstance(report.longrepr, tuple) else ""
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            why = crash.message if crash else str(report.longrepr)
        self.write(test=report.nodeid, outcome=outcome, why=why[:500])

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.write(test=report.nodeid, outcome="failed", why=str(report.longrepr)[-500:])
        elif report.skipped:
            self.write(test=report.nodeid, outcome="skipped", why=str(report.longrepr[2])[:500])


def main(job: dict[str, Any]) -> int:
    """Unpacks the wheels, in order and without overwriting, and runs pytest."""
    threading.Timer.start = lambda self: None  # type: ignore[method-assign]  # no threads here
    there: set[str] = set()
    for wheel in job["wheels"]:
        with zipfile.ZipFile("/host" + wheel) as archive:
            # What the shipped wheel has is what is tested; the one with tests only adds to it.
            new = [name for name in archive.namelist() if name not in there]
            archive.extractall(SITE_PACKAGES, new)
            there.update(new)
    return run(SITE_PACKAGES, "/host" + job["results"], job["arguments"])


def run(packages: str, results: str, arguments: list[str]) -> int:
    """Runs pytest on tests in the folder `packages`; `native.py` calls it in CPython."""
    import pytest

    # `rootdir` keeps the names of the tests short, and no settings but the suite's own are read.
    options = ["-q", "--no-header", "--tb=short", "-p", "no:cacheprovider"]
    options += ["--continue-on-collection-errors", "--rootdir", packages, *arguments]
    return int(pytest.main(options, plugins=[Recorder(results)]))
