"""The text font, cut down to the characters that the site uses.

Pretendard comes in 92 slices by how common a syllable is, and a Korean page needs some fifteen of
them, mostly for syllables that stand nowhere on the site. One file with just the syllables of the
site is half of that, and the next page needs nothing more. The slices stay as the fallback, for
what a reader types.

The cut font is a modified version under the OFL, so it does not bear the reserved name: it is
called Journal Sans.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.ttLib import TTFont

from journal.strings import STRINGS

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "fonts"
SOURCE = ROOT / "node_modules/pretendard/dist/public/variable/PretendardVariable.ttf"
FAMILY = "Journal Sans"
_SCRIPT = Path(__file__).with_name("subset.mjs")
# Name records that speak of the original's author, licence and address: they stay as they are.
_CREDITS = {0, 7, 8, 9, 10, 11, 12, 13, 14}


class FontError(Exception):
    """The font could not be cut; the message says what to do."""


def faces(text: Iterable[str]) -> dict[str, str]:
    """The characters of each face.

    Args:
        text: Everything that the site shows, in pieces.

    Returns:
        `latin`: all that is not Hangul, and the few syllables of an English page's furniture, so
        that an English reader does not load the rest; `hangul`: the other syllables. Sorted.
    """
    used = set().union(*text)
    furniture = set(STRINGS["en"]["other_language_name"] + STRINGS["en"]["missing_other"])
    hangul = {sign for sign in used if "가" <= sign <= "힣"} - furniture
    latin = {sign for sign in used if ord(sign) >= 0x20} - hangul | furniture
    latin |= {chr(code) for code in range(0x20, 0x7F)}
    return {"latin": "".join(sorted(latin)), "hangul": "".join(sorted(hangul))}


def cut(text: Iterable[str]) -> dict[str, Path]:
    """The files of a site, by the name they are served under: the faces and their style sheet.

    A face is cut once for the same characters; its name changes with them, so that browsers may
    keep it for good.

    Raises:
        FontError: Pretendard, Node or the cutter is missing.
    """
    if not SOURCE.exists():
        raise FontError(f"{SOURCE.relative_to(ROOT)} is missing; run `python3 bootstrap.py`")
    wanted = {name: signs for name, signs in faces(text).items() if signs}
    files = {
        name: CACHE / f"journal-sans-{name}.{_key(signs)}.woff2" for name, signs in wanted.items()
    }
    missing = {name: file for name, file in files.items() if not file.exists()}
    if missing:
        _cut({wanted[name]: file for name, file in missing.items()})
    css = "".join(_face(files[name].name, signs) for name, signs in wanted.items())
    sheet = CACHE / f"journal-sans.{_key(css)}.css"
    if not sheet.exists():
        sheet.write_text(css, encoding="utf-8")
    return {"journal-sans.css": sheet} | {file.name: file for file in files.values()}


def _cut(targets: dict[str, Path]) -> None:
    parts = {text: target.with_suffix(f".{os.getpid()}.tmp") for text, target in targets.items()}
    request = {
        "font": str(_renamed()),
        "faces": [{"text": text, "target": str(part)} for text, part in parts.items()],
    }
    done = subprocess.run(
        [_node(), str(_SCRIPT)],
        input=json.dumps(request), capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    if done.returncode:
        raise FontError(f"the text font could not be cut:\n{done.stderr.strip()}")
    for text, part in parts.items():
        os.replace(part, targets[text])


def _renamed() -> Path:
    """Pretendard under the name that its cut-down version may bear."""
    target = CACHE / f"journal-sans.{_key('')}.ttf"
    if not target.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with TTFont(SOURCE, lazy=True, recalcTimestamp=False) as font:
            for record in font["name"].names:
                if record.nameID not in _CREDITS:
                    text = record.toUnicode()
                    # PostScript names have no spaces.
                    text = text.replace("PretendardVariable", FAMILY.replace(" ", ""))
                    record.string = text.replace("Pretendard", FAMILY)
            part = target.with_suffix(f".{os.getpid()}.tmp")
            font.save(part)
        os.replace(part, target)
    return target


def _face(file: str, signs: str) -> str:
    return (
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: 45 920; font-display: swap;\n'
        f'  src: url({file}) format("woff2");\n'
        f"  unicode-range: {ranges(signs)}; }}\n"
    )


def ranges(signs: str) -> str:
    """Characters as CSS writes them: neighbours joined.

    >>> ranges("abcz")
    'U+61-63, U+7A'
    """
    runs: list[list[int]] = []
    for code in sorted(map(ord, signs)):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return ", ".join(
        f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in runs
    )


def _key(text: str) -> str:
    made_by = (
        _SCRIPT.read_bytes() + Path(__file__).read_bytes() + str(SOURCE.stat().st_size).encode()
    )
    return hashlib.sha256(made_by + text.encode()).hexdigest()[:12]


def _node() -> str:
    beside = shutil.which("node", path=str(Path(sys.executable).parent))
    node = beside or shutil.which("node")
    if node is None:
        raise FontError("Node is not installed; run `python3 bootstrap.py`")
    return node
