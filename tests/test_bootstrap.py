"""Set-up: what it decides. Installing itself is what `make test` on a fresh clone shows."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(bootstrap.__file__).parent


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout somewhere else, with a `.venv` that looks finished."""
    venv = tmp_path / ".venv"
    (venv / "set-up").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("numpy==1\n")
    (venv / "pyvenv.cfg").write_text(f"home = /usr/bin\ncommand = python3 -m venv {venv}\n")
    for name, value in {
        "ROOT": tmp_path,
        "VENV": venv,
        "STAMPS": venv / "set-up",
        "PYTHON": Path(sys.executable),
        "UNPACKED": venv / "chromium",
        "DOWNLOADED": venv / "browsers",
    }.items():
        monkeypatch.setattr(bootstrap, name, value)
    return tmp_path


def program(path, text="exit 0"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_second_run_costs_nothing_and_says_nothing():
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, ROOT / "bootstrap.py"], capture_output=True, text=True, check=True
    )
    # Half a second on a free machine; tests run several at a time.
    assert time.monotonic() - started < 5
    assert done.stdout == done.stderr == ""


def test_an_old_python_is_told_what_is_needed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(bootstrap, "NEWER", ["no-such-python"])
    assert bootstrap.main([]) == 1
    message = capsys.readouterr().err
    assert "Python 3.11 or newer" in message and "3.8.18" in message


def test_a_newer_python_beside_the_old_one_is_used(monkeypatch, tmp_path):
    newer = program(tmp_path / "python3.12", f'[ "$1" = -c ] || echo "$@" > {tmp_path}/called')
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(bootstrap, "NEWER", ["no-such-python", newer])
    assert bootstrap.main(["browser"]) == 0
    assert (tmp_path / "called").read_text().split() == [bootstrap.__file__, "browser"]


def test_a_step_is_done_again_when_its_lock_file_changes(checkout):
    lock = checkout / "requirements.txt"
    assert not bootstrap.finished("python", lock)
    bootstrap.finish("python", lock)
    assert bootstrap.finished("python", lock)
    lock.write_text("numpy==2\n")
    assert not bootstrap.finished("python", lock)


def test_a_step_that_broke_off_is_not_finished(checkout, monkeypatch):
    def broken(*_):
        raise bootstrap.SetUpError("the network is gone")

    monkeypatch.setattr(bootstrap, "run_counting", broken)
    with pytest.raises(bootstrap.SetUpError):
        bootstrap.install_python_packages()
    assert not bootstrap.finished("python", checkout / "requirements.txt")


def test_a_checkout_that_was_moved_gets_a_new_venv(checkout, monkeypatch):
    assert bootstrap.venv_works()
    monkeypatch.setattr(bootstrap, "VENV", checkout / "moved" / ".venv")
    (checkout / "moved").mkdir()
    (checkout / ".venv").rename(checkout / "moved" / ".venv")
    assert not bootstrap.venv_works()


def test_without_rights_the_command_to_type_is_named(monkeypatch):
    monkeypatch.setattr(bootstrap, "privileges", lambda: None)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(bootstrap.SetUpError, match=r"sudo apt-get install python3\.11-venv"):
        bootstrap.install_debian_packages(["python3.11-venv"], "Python's venv is missing")


def test_the_browser_that_is_named_is_taken(checkout, monkeypatch):
    named = program(checkout / "my-chrome")
    monkeypatch.setenv("CHROMIUM", named)
    assert bootstrap.find_browser() == named


@pytest.mark.parametrize("text", [None, "exit 127"], ids=["missing", "does not start"])
def test_a_named_browser_that_is_none_is_an_error(checkout, monkeypatch, text):
    path = checkout / "my-chrome"
    if text:
        program(path, text)
    monkeypatch.setenv("CHROMIUM", str(path))
    with pytest.raises(bootstrap.SetUpError, match="my-chrome"):
        bootstrap.find_browser()


def test_a_browser_that_does_not_start_is_passed_over(checkout, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    hint = program(checkout / "bin" / "chromium-browser", "echo 'install the snap'; exit 1")
    monkeypatch.setattr(bootstrap, "BROWSERS", [hint])
    monkeypatch.setattr(bootstrap, "MAC_BROWSERS", [])
    assert bootstrap.find_browser() is None
    unpacked = program(bootstrap.UNPACKED / "chrome")
    assert bootstrap.find_browser() == unpacked
    downloaded = program(bootstrap.DOWNLOADED / "chromium-1" / "chrome-linux64" / "chrome")
    assert bootstrap.find_browser() == downloaded


def test_every_way_to_a_browser_is_tried(checkout, monkeypatch, capsys):
    tried = []

    def way(name, brings=False):
        def install():
            tried.append(name)
            if not brings:
                raise bootstrap.SetUpError(f"{name} failed")
            program(bootstrap.UNPACKED / "chrome")

        return install

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(bootstrap, "BROWSERS", [])
    monkeypatch.setattr(bootstrap, "MAC_BROWSERS", [])
    monkeypatch.setattr(bootstrap, "debian_browser", way("Debian"))
    monkeypatch.setattr(bootstrap, "unpack_browser", way("npm"))
    monkeypatch.setattr(bootstrap, "download_browser", way("Playwright"))
    with pytest.raises(bootstrap.SetUpError, match="set CHROMIUM to its path"):
        bootstrap.install_browser()
    assert tried == ["Debian", "npm", "Playwright"]
    assert "Debian failed" in capsys.readouterr().err
    monkeypatch.setattr(bootstrap, "unpack_browser", way("npm", brings=True))
    assert bootstrap.install_browser() == str(bootstrap.UNPACKED / "chrome")


def test_pip_shows_how_far_it_is_and_why_it_failed(capsys):
    code = "for n in range(40): print('Collecting', n)\nprint('no such hash'); raise SystemExit(1)"
    with pytest.raises(bootstrap.SetUpError, match="it broke"):
        bootstrap.run_counting([sys.executable, "-c", code], 40, "it broke")
    said = capsys.readouterr().err
    assert "20 of 40" in said and "40 of 40" in said and "no such hash" in said


def test_debian_without_the_small_browser_gets_the_large_one(checkout, monkeypatch):
    asked = []

    def install(packages, reason):
        asked.append(packages[0])
        if packages[0] == "chromium-headless-shell":
            raise bootstrap.SetUpError("no such package")

    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(bootstrap, "privileges", list)
    monkeypatch.setattr(bootstrap, "install_debian_packages", install)
    bootstrap.debian_browser()
    assert asked == ["chromium-headless-shell", "chromium"]
