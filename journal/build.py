"""Both languages built by MkDocs and put together into `site/`.

Each language is built in a place of its own and copied over only when it is whole, so that a
failed build leaves the last good site as it was.
"""

from __future__ import annotations

import contextlib
import fcntl
import filecmp
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from journal import figures, pages
from journal.blocks import parse
from journal.extension import Place, jobs
from journal.formulas import FormulaError
from journal.run import BlockError

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "site"
STAGING = ROOT / ".cache" / "build"
CONFIG = {"ko": "mkdocs.yml", "en": "mkdocs.en.yml"}

# Material prints a notice about MkDocs 2, which `requirements.in` excludes.
os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")


class BuildError(Exception):
    """The site could not be built; the message says what, where and what to do."""


def build(site: Path = SITE, *, strict: bool = True) -> None:
    """Builds the whole site: both languages, the shared files and the wheel of `study`.

    Raises:
        BuildError: Something failed; the site is as it was.
    """
    with _alone():
        for language in pages.LANGUAGES:
            _mkdocs(language, dirty=False, strict=strict)
        assemble(site)


def build_language(
    language: str, site: Path = SITE, *, dirty: bool = False, strict: bool = False
) -> None:
    """Builds one language again.

    Args:
        language: `ko` or `en`.
        site: Where the site is put together.
        dirty: Only convert pages whose file changed. Right while only the text of a page was
            edited; lists of pages elsewhere are not recomputed.
        strict: Whether a warning fails the build.

    Raises:
        BuildError: The build failed; the site is as it was.
    """
    with _alone():
        _mkdocs(language, dirty=dirty, strict=strict)
        assemble(site)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """With `make test` beside `make serve`, one waits for the other: both build in STAGING."""
    STAGING.parent.mkdir(exist_ok=True)
    with STAGING.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def assemble(site: Path) -> None:
    """Brings `site` to what was built: changed files copied, files that are gone removed."""
    from journal import assets, fonts, runtime

    wanted: set[Path] = set()
    _mirror(STAGING / "ko", site, wanted)
    _mirror(STAGING / "en", site / "en", wanted)
    try:
        wheel = study_wheel()
        wanted |= set(assets.install(site, runtime.prepared(wheel)))
    except (assets.MissingPackage, fonts.FontError, runtime.RuntimeMissing) as error:
        raise BuildError(str(error)) from error
    _copy(wheel, site / wheel.name)
    wanted.add(site / wheel.name)
    (site / ".nojekyll").touch()
    wanted.add(site / ".nojekyll")
    for path in sorted(site.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()


def figure_jobs(catalogue: pages.Catalogue) -> list[figures.Job]:
    """Every figure of a language."""
    found: list[figures.Job] = []
    for page in catalogue.pages.values():
        if page.kind == "lab":  # a notebook draws its own
            continue
        place = Place(
            page.path.relative_to(ROOT).as_posix(), page.language, page.line_offset, page.kind
        )
        found += jobs(parse(page.body).python, place)
    return found


def study_version() -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def install_command(site_url: str, language: str) -> str:
    """The one line that installs `study` from the site itself."""
    root = site_url.rstrip("/")
    if language != "ko":
        root = root.removesuffix(f"/{language}")
    return f"pip install {root}/study-{study_version()}-py3-none-any.whl"


def study_wheel() -> Path:
    """The wheel of `study` as it is now; built again only when a file of it changed."""
    folder = ROOT / ".cache" / "wheel" / figures.study_digest()
    wheel = folder / f"study-{study_version()}-py3-none-any.whl"
    if wheel.exists():
        return wheel
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    # A fixed time in the archive: the same files give the same wheel.
    environment = os.environ | {"SOURCE_DATE_EPOCH": "315532800"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode or not wheel.exists():
        raise BuildError(f"the wheel of study could not be built:\n{done.stdout}{done.stderr}")
    return wheel


class _Warnings(logging.Handler):
    """MkDocs tells of a broken link, and which file it is in, through its log alone."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage())


def _mkdocs(language: str, *, dirty: bool, strict: bool) -> None:
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort, MkDocsException

    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    staging = STAGING / language
    dirty = dirty and staging.exists()
    index = staging / "search" / "search_index.json"
    before = index.read_text(encoding="utf-8") if dirty and index.exists() else None
    logger.addHandler(warnings)
    try:
        config = load_config(
            str(ROOT / CONFIG[language]), site_dir=str(staging), strict=strict or None
        )
        config.plugins.on_startup(command="build", dirty=dirty)
        try:
            mkdocs_build(config, dirty=dirty)
        finally:
            config.plugins.on_shutdown()
    except (MkDocsException, Abort, BlockError, FormulaError) as error:
        raise BuildError("\n".join([*warnings.seen, str(error)])) from error
    finally:
        logger.removeHandler(warnings)
    for warning in warnings.seen:
        # A dirty build does not convert the reference, and so cannot find what is in it.
        if not dirty or not re.search("dirty|mkdocs_autorefs", warning):
            print(warning, file=sys.stderr)
    if before is not None:
        _merge_index(index, json.loads(before))


def _merge_index(index: Path, before: dict[str, list[dict[str, str]]]) -> None:
    """A dirty build indexes only what it converted: the other pages' entries are put back."""
    now = json.loads(index.read_text(encoding="utf-8"))
    rebuilt = {entry["location"].split("#")[0] for entry in now["docs"]}
    kept = [e for e in before["docs"] if e["location"].split("#")[0] not in rebuilt]
    now["docs"] = sorted(kept + now["docs"], key=lambda entry: entry["location"])
    index.write_text(json.dumps(now, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _mirror(source: Path, target: Path, wanted: set[Path]) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(source)
            _copy(path, copy)
            wanted.add(copy)


def _copy(source: Path, target: Path) -> None:
    if target.exists() and filecmp.cmp(source, target, shallow=False):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
