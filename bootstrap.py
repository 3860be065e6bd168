"""Sets the project up: everything in `.venv` and `node_modules`, by lock file.

    python3 bootstrap.py            what the site and the tests need
    python3 bootstrap.py browser    and a browser for the browser tests

Needs Python 3.11 or newer and nothing else; runs as an ordinary user or as root. Running it again
costs nothing when nothing changed, and mends a set-up that was interrupted.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
DONE = VENV / "set-up"  # a stamp for each finished step, holding what it was made from

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


class SetUpError(Exception):
    """Set-up cannot go on; the message says what to do."""


def main(arguments):
    if sys.version_info < (3, 11):
        found = ".".join(map(str, sys.version_info[:3]))
        return fail(f"Python 3.11 or newer is needed, this is {found} ({sys.executable}).")
    if arguments not in ([], ["browser"]):
        print(__doc__)
        return 2
    try:
        make_venv()
        install_python_packages()
        install_npm_packages()
        if arguments == ["browser"]:
            print(find_browser() or install_browser())
    except SetUpError as error:
        return fail(str(error))
    except KeyboardInterrupt:
        return fail("interrupted; run it again to go on.")
    return 0


def fail(message):
    print(f"set-up: {message}", file=sys.stderr)
    return 1


def make_venv():
    if PYTHON.exists() and (VENV / "pyvenv.cfg").exists() and has_pip():
        return
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if not can_make_venv():
        install_debian_packages(
            [f"python3.{sys.version_info.minor}-venv"],
            "Python has no `venv` here, which Debian keeps in a package of its own",
        )
    run([sys.executable, "-m", "venv", VENV], "making .venv failed")


def has_pip():
    return quiet([PYTHON, "-c", "import pip"])


def can_make_venv():
    return quiet([sys.executable, "-c", "import venv, ensurepip"])


def install_python_packages():
    lock = ROOT / "requirements.txt"
    if finished("python", lock):
        return
    say("installing Python packages (a few minutes the first time)")
    run(
        [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
        + ["--progress-bar", "on" if sys.stderr.isatty() else "off", "--quiet", "-r", lock],
        "installing Python packages failed; is there a network? Run it again to go on",
    )
    # The checkout itself is importable from anywhere, so that pages run against this very source.
    site_packages = subprocess.run(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    Path(site_packages, "study-journal.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    finish("python", lock)


def install_npm_packages():
    lock = ROOT / "package-lock.json"
    if (ROOT / "node_modules").is_dir() and finished("npm", lock):
        return
    say("installing npm packages")
    # npm looks for `node` on the PATH: the one that came with the Python packages.
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    run(
        [BIN / "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        "installing npm packages failed; is there a network? Run it again to go on",
        environment,
    )
    finish("npm", lock)


def find_browser():
    """The path of a Chromium or Chrome, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            raise SetUpError(f"CHROMIUM names {named}, which is not a program.")
        return shutil.which(named)
    for name in (*BROWSER_NAMES, *MAC_BROWSERS):
        if shutil.which(name):
            return shutil.which(name)
    return playwright_browser()


def playwright_browser():
    """The browser that Playwright downloaded, if it did."""
    code = (
        "from playwright.sync_api import sync_playwright as p\n"
        "with p() as it: print(it.chromium.executable_path)"
    )
    if not PYTHON.exists():
        return None
    done = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True)
    path = done.stdout.strip()
    return path if done.returncode == 0 and Path(path).exists() else None


def install_browser():
    if sys.platform.startswith("linux") and shutil.which("apt-get") and privileges() is not None:
        install_debian_packages(["chromium"], "the browser tests need a browser")
    else:
        say("installing Chromium for the browser tests")
        subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"])
    browser = find_browser()
    if browser is None:
        raise SetUpError(
            "the browser tests need Chromium or Chrome, and none could be installed. Install one "
            "(Debian: `sudo apt-get install chromium`) or set CHROMIUM to its path."
        )
    return browser


def privileges():
    """What to put before a command that only root may run; None if there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and quiet(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def install_debian_packages(packages, reason):
    names = " ".join(packages)
    before = privileges()
    if shutil.which("apt-get") is None:
        raise SetUpError(f"{reason}. Install it for this Python and run set-up again.")
    if before is None:
        raise SetUpError(f"{reason}. Run `sudo apt-get install {names}` and set up again.")
    say(f"installing {names} ({reason})")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    message = f"installing {names} failed; install it yourself and run set-up again"
    run([*before, "apt-get", "update", "-qq"], message, environment)
    run([*before, "apt-get", "install", "-y", "-qq", *packages], message, environment)


def finished(step, lock):
    stamp = DONE / step
    return stamp.exists() and stamp.read_text(encoding="utf-8") == content(lock)


def finish(step, lock):
    DONE.mkdir(exist_ok=True)
    (DONE / step).write_text(content(lock), encoding="utf-8")


def content(lock):
    # The place counts: a checkout that was moved needs its .pth written again.
    return f"{ROOT} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


def say(text):
    print(f"set-up: {text} …", file=sys.stderr, flush=True)


def quiet(command):
    return subprocess.run([str(each) for each in command], capture_output=True).returncode == 0


def run(command, message, environment=None):
    # Standard output is for answers (`bootstrap.py browser` prints a path).
    command = [str(each) for each in command]
    if subprocess.run(command, env=environment, stdout=sys.stderr.fileno()).returncode:
        raise SetUpError(f"{message}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
