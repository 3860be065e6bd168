"""Sets the project up: everything in `.venv` and `node_modules`, by lock file.

    python3 bootstrap.py            what the site and the tests need
    python3 bootstrap.py browser    and a browser for the browser tests; prints its path

Needs Python 3.11 or newer and nothing else; runs as an ordinary user or as root. Running it again
costs nothing when nothing changed, and mends a set-up that was interrupted.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMPS = VENV / "set-up"  # a file for each finished step, holding what it was made from

NEWER = ["python3.14", "python3.13", "python3.12", "python3.11"]
# First Chromium without its windows: nobody sees them, and the tests wait for each to be drawn.
BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
BROWSERS += ["google-chrome-stable", "chrome"]
MAC_BROWSERS = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
# Where Playwright keeps what it downloads, and where the browser from npm is unpacked.
DOWNLOADED = VENV / "browsers"
PACKED = ROOT / "tests" / "browser" / "chromium"
UNPACKED = VENV / "chromium"

PACKED_RUNTIME = VENV / "runtime"
RUNTIME_TARGET = ["--platform", "pyemscripten_2026_0_wasm32", "--python-version", "3.14"]
RUNTIME_TARGET += ["--implementation", "cp", "--abi", "cp314"]

NETWORK = "failed; is there a network? Run it again to go on"


class SetUpError(Exception):
    """Set-up cannot go on; the message says what to do."""


def main(arguments):
    if sys.version_info < (3, 11):  # noqa: UP036
        return with_newer_python(arguments)
    if arguments not in ([], ["browser"]):
        print(__doc__)
        return 2
    try:
        one_at_a_time()
        make_venv()
        install_python_packages()
        install_npm_packages()
        pack_runtime()
        if arguments == ["browser"]:
            print(find_browser() or install_browser())
    except SetUpError as error:
        return fail(error)
    except OSError as error:
        return fail(f"{error}. Does {ROOT} belong to you, and is there room on the disk?")
    except KeyboardInterrupt:
        return fail("interrupted; run it again to go on.")
    return 0


def fail(message):
    print(f"set-up: {message}", file=sys.stderr)
    return 1


def say(text):
    print(f"set-up: {text} …", file=sys.stderr, flush=True)


def with_newer_python(arguments):
    for name in NEWER:
        if works([name, "-c", ""]):
            return subprocess.call([name, __file__, *arguments])
    found = ".".join(map(str, sys.version_info[:3]))
    return fail(
        f"Python 3.11 or newer is needed, and this is {found} ({sys.executable}). Install a newer "
        "one; if it has another name, say `make PYTHON=that-name …`."
    )


def one_at_a_time():
    """Waits while another `make` in this checkout sets up."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    one_at_a_time.lock = open(__file__)  # held until this process ends
    try:
        fcntl.flock(one_at_a_time.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("waiting for another set-up")
        fcntl.flock(one_at_a_time.lock, fcntl.LOCK_EX)


# ---------------------------------------------------------------------------- Python and npm


def make_venv():
    if venv_works():
        return
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if not works([sys.executable, "-c", "import venv, ensurepip"]):
        install_debian_packages(
            [f"python3.{sys.version_info.minor}-venv"],
            "Python's venv is missing, which Debian keeps in a package of its own",
        )
    run([sys.executable, "-m", "venv", VENV], "making .venv failed")


def venv_works():
    configuration = VENV / "pyvenv.cfg"
    if not (configuration.is_file() and works([PYTHON, "-c", "import pip"])):
        return False
    # Its programs hold its address: in a checkout that was moved or copied they lead elsewhere.
    return configuration.read_text(encoding="utf-8").rstrip().endswith(f"-m venv {VENV}")


def install_python_packages():
    lock = ROOT / "requirements.txt"
    if finished("python", lock):
        return
    wanted = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    say(f"installing Python packages, {wanted} of them; a few minutes the first time")
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--progress-bar", "off", "--require-hashes", "-r", lock]
    run_counting(command, wanted, f"installing Python packages {NETWORK}")
    # The checkout itself is importable from anywhere, so that pages run against this very source.
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site_packages = subprocess.check_output([str(PYTHON), "-c", code], text=True).strip()
    Path(site_packages, "study-journal.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    finish("python", lock)


def install_npm_packages():
    lock = ROOT / "package-lock.json"
    if (ROOT / "node_modules").is_dir() and finished("npm", lock):
        return
    say("installing npm packages")
    npm_ci(ROOT)
    finish("npm", lock)


def npm_ci(folder):
    command = [BIN / "npm", "ci", "--no-audit", "--no-fund", "--no-update-notifier"]
    command += ["--loglevel=error"]
    run(command, f"installing npm packages {NETWORK}", folder, with_node())


def pack_runtime():
    """The Python of the reader's browser, made small (`runtime/README.md`)."""
    source = ROOT / "runtime"
    recipe = [source / name for name in ("requirements.txt", "pack.mjs", "pack.py", "slim.py")]
    wheels = sorted((source / "wheels").glob("*.whl"))
    made_from = [ROOT / "package-lock.json", *recipe, *wheels]
    if PACKED_RUNTIME.is_dir() and finished("runtime", *made_from):
        return
    say("packing the browser's Python; a minute")
    work = VENV / "runtime.new"
    shutil.rmtree(work, ignore_errors=True)
    command = [PYTHON, "-m", "pip", "download", "--disable-pip-version-check", "--no-input"]
    command += ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", *RUNTIME_TARGET]
    command += ["-r", source / "requirements.txt", "-d", work / "from-pypi"]
    run(command, f"fetching the browser's Python packages {NETWORK}")
    fetched = sorted((work / "from-pypi").glob("*.whl"))
    command = [
        BIN / "node",
        source / "pack.mjs",
        ROOT / "node_modules" / "pyodide",
        work / "packed",
    ]
    run([*command, *wheels, *fetched], "packing the browser's Python failed")
    shutil.rmtree(PACKED_RUNTIME, ignore_errors=True)
    (work / "packed").rename(PACKED_RUNTIME)
    shutil.rmtree(work)
    finish("runtime", *made_from)


def with_node():
    """npm looks for `node` on the PATH: the one that came with the Python packages."""
    return os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def finished(step, *made_from):
    stamp = STAMPS / step
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == content(*made_from)


def finish(step, *made_from):
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / step).write_text(content(*made_from), encoding="utf-8")


def content(*made_from):
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in made_from]
    return f"{ROOT} {' '.join(digests)}"


# ------------------------------------------------------------------------------- the browser


def find_browser():
    """The path of a Chromium or Chrome that starts, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        path = shutil.which(named)
        if path and works([path, "--version"]):
            return path
        raise SetUpError(f"CHROMIUM names {named}, which is not a browser that starts.")
    unpacked = str(UNPACKED / "chrome")
    for name in [*BROWSERS, *MAC_BROWSERS, playwright_browser(), unpacked]:
        path = name and shutil.which(name)
        # On Ubuntu, `chromium-browser` may be a mere hint to install something.
        if path and works([path, "--version"]):
            return path
    return None


def playwright_browser():
    """The browser that Playwright downloaded, if it did."""
    names = ["chrome-linux*/chrome", "chrome-mac*/*.app/Contents/MacOS/*"]
    found = [path for name in names for path in DOWNLOADED.glob(f"chromium-*/{name}")]
    return str(found[0]) if found else None


def install_browser():
    """One way after the other, until a browser starts."""
    for install in (debian_browser, unpack_browser, download_browser):
        try:
            install()
        except SetUpError as error:
            say(str(error))
        browser = find_browser()
        if browser:
            return browser
    raise SetUpError(
        "the browser tests need Chromium or Chrome, and none could be installed. Install one "
        "(Debian: `sudo apt-get install chromium`) or set CHROMIUM to its path."
    )


def debian_browser():
    if sys.platform != "linux" or not shutil.which("apt-get") or privileges() is None:
        return
    # Without any font on the machine it would show no text at all.
    reason, fonts = "for the browser tests", "fonts-liberation"
    try:
        install_debian_packages(["chromium-headless-shell", fonts], reason)
    except SetUpError:  # older systems have it in one piece
        install_debian_packages(["chromium", fonts], reason)


def unpack_browser():
    """Chromium from an npm package that carries its libraries too: no rights, no other host."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return
    say("installing Chromium from npm for the browser tests")
    npm_ci(PACKED)
    shutil.rmtree(UNPACKED, ignore_errors=True)
    UNPACKED.mkdir(parents=True)
    # The package unpacks into the folder for temporary files, and its libraries only where it
    # believes itself in a cloud.
    environment = with_node() | {"TMPDIR": str(UNPACKED), "CODEBUILD_BUILD_IMAGE": "nodejs22"}
    code = "import('@sparticuz/chromium').then(it => it.default.executablePath())"
    message = "unpacking Chromium failed"
    run([BIN / "node", "-e", code], message, PACKED, environment)
    shutil.rmtree(PACKED / "node_modules")
    folders = "".join(f"<dir>{each}</dir>" for each in (UNPACKED / "fonts", "/usr/share/fonts"))
    fonts = f"<fontconfig>{folders}<cachedir>{UNPACKED / 'font-cache'}</cachedir></fontconfig>"
    (UNPACKED / "fonts.conf").write_text(f'<?xml version="1.0"?>{fonts}', encoding="utf-8")
    start = UNPACKED / "chrome"
    start.write_text(
        "#!/bin/sh\n"
        f'export LD_LIBRARY_PATH="{UNPACKED}/al2023/lib" FONTCONFIG_FILE="{UNPACKED}/fonts.conf"\n'
        f'exec "{UNPACKED}/chromium" "$@"\n',
        encoding="utf-8",
    )
    start.chmod(0o755)


def download_browser():
    say("downloading Chromium for the browser tests")
    run(
        [PYTHON, "-m", "playwright", "install", "--no-shell", "chromium"],
        "the download failed",
        environment=os.environ
        # Playwright's own Node needs a library that a small machine may lack.
        | {
            "PLAYWRIGHT_BROWSERS_PATH": str(DOWNLOADED),
            "PLAYWRIGHT_NODEJS_PATH": str(BIN / "node"),
        },
    )


# ----------------------------------------------------------------------------- other programs


def privileges():
    """What to put before a command that only root may run; None if there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and works(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def install_debian_packages(packages, reason):
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise SetUpError(f"{reason}. Install it for {sys.executable} and run set-up again.")
    before = privileges()
    if before is None:
        raise SetUpError(f"{reason}. Run `sudo apt-get install {names}`, then set-up again.")
    say(f"installing {names} ({reason})")
    apt = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    works([*apt, "update"])  # a source that cannot be reached need not be the one that matters
    message = f"installing {names} failed; install it yourself and run set-up again"
    run([*apt, "install", "-y", "--no-install-recommends", *packages], message)


def works(command):
    nothing = subprocess.DEVNULL
    try:
        command = [str(each) for each in command]
        return subprocess.call(command, stdout=nothing, stderr=nothing, timeout=600) == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def run(command, message, folder=ROOT, environment=None):
    # Standard output is for answers (`bootstrap.py browser` prints a path).
    command = [str(each) for each in command]
    if subprocess.run(command, cwd=folder, env=environment, stdout=sys.stderr.fileno()).returncode:
        raise SetUpError(f"{message}.")


def run_counting(command, wanted, message):
    """Runs pip, showing how far it has come; all that it said if it fails."""
    said, count = [], 0
    command = [str(each) for each in command]
    with subprocess.Popen(command, stdout=-1, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            said.append(line)
            if line.startswith(("Collecting ", "Ignoring ", "Requirement already satisfied")):
                count += 1
                if count % 20 == 0:
                    say(f"  {count} of {wanted}")
            elif line.startswith("Installing collected packages"):
                say("  all fetched; unpacking them")
    if process.returncode:
        sys.stderr.write("".join(said[-20:]))
        raise SetUpError(f"{message}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
