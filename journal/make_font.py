"""Makes the font of the figures from Pretendard: `python -m journal.make_font INPUT.otf`.

INPUT is `Pretendard-Regular.otf` of the npm package `pretendard` 1.3.9. All of it is 1.5 MB; the
subset keeps what Korean and English pages write in figures. The Open Font License reserves the
font's name for the original, so the subset carries another. Needs fonttools.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "Study Sans KR"
TARGET = Path(__file__).parent.parent / "study" / "fonts" / "StudySansKR-Regular.otf"

# Where the signs of figures live: Latin, Greek, punctuation, arrows, mathematics, boxes, shapes.
RANGES = [
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x370, 0x3FF),
    (0x2010, 0x205E),
    (0x2070, 0x209C),
    (0x2100, 0x214F),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x2460, 0x2473),
    (0x2500, 0x257F),
    (0x25A0, 0x25FF),
    (0x2713, 0x2717),
    (0x3000, 0x303F),
    (0x3131, 0x318E),
]


def characters() -> set[int]:
    """The code points to keep: `RANGES` and the 2,350 syllables of KS X 1001."""
    # The standard's Hangul block: rows 0xB0 to 0xC8 of EUC-KR, 94 syllables a row.
    cells = bytes(
        byte for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF) for byte in (row, cell)
    )
    hangul = {ord(syllable) for syllable in cells.decode("euc_kr")}
    return hangul | {code for first, last in RANGES for code in range(first, last + 1)}


def make(source: Path, target: Path = TARGET) -> None:
    """Writes the renamed subset of `source` to `target`: same input, same bytes."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = ["*"]
    options.hinting = False
    options.desubroutinize = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    _rename(font)
    font.save(target)


def _rename(font: TTFont) -> None:
    """Another name in every place that shows one; copyright and licence stay."""
    postscript = FAMILY.replace(" ", "") + "-Regular"
    name = font["name"]
    name.names = [each for each in name.names if each.nameID in (0, 9, 13, 14)]
    new = {
        1: FAMILY,
        2: "Regular",
        3: f"1.309;{postscript}",
        4: FAMILY,
        5: "Version 1.309",
        6: postscript,
    }
    for number, text in new.items():
        name.setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    top = cff.topDictIndex[0]
    for field, text in {"FullName": FAMILY, "FamilyName": FAMILY, "Weight": "Regular"}.items():
        setattr(top, field, text)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make(Path(sys.argv[1]))
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")
