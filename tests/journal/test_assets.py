"""The shared files of the site: what is cut, copied and named."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from journal import assets, build, fonts, runtime
from journal.strings import STRINGS
from study.weights import MODELS

PAGE = "<p>퍼셉트론은 신호를 더해요. &rarr; <a>English</a></p>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    return folder


def python() -> runtime.Runtime:
    return runtime.prepared(build.study_wheel())


@pytest.fixture(scope="module")
def installed(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in assets.install(site, python())}


def test_the_larger_networks_travel_apart() -> None:
    everything = build.study_wheel()
    study, models = (zipfile.ZipFile(io.BytesIO(part)) for part in runtime.parted(everything))
    apart = {f"study/weights/{name}.npz" for name in MODELS}
    assert set(models.namelist()) == apart
    with zipfile.ZipFile(everything) as whole:
        assert set(study.namelist()) == set(whole.namelist()) - apart
        assert all(models.read(name) == whole.read(name) for name in apart)
        assert study.read("study/__init__.py") == whole.read("study/__init__.py")


def test_every_installed_file_is_there(site: Path, installed: set[str]) -> None:
    on_disk = {p.relative_to(site).as_posix() for p in (site / "static").rglob("*") if p.is_file()}
    assert installed == on_disk


def test_style_sheets_name_only_files_that_are_served(site: Path, installed: set[str]) -> None:
    named = 0
    for sheet in (site / "static").rglob("*.css"):
        for target in re.findall(r"url\(([^)]+)\)", sheet.read_text(encoding="utf-8")):
            assert (sheet.parent / target.strip("\"'")).is_file(), f"{sheet.name}: {target}"
            named += 1
    assert named > 100  # 92 slices, 20 fonts of formulas


def test_installing_again_touches_nothing(site: Path, installed: set[str]) -> None:
    before = {name: (site / name).stat().st_mtime_ns for name in installed}
    assets.install(site, python())
    assert {name: (site / name).stat().st_mtime_ns for name in installed} == before


def test_licences_are_served_and_linked(site: Path, installed: set[str]) -> None:
    page = (site / "static/licences/index.html").read_text(encoding="utf-8")
    for each in assets.third_party():
        assert f'href="{each.served_as}"' in page
        text = (site / "static/licences" / each.served_as).read_text(encoding="utf-8")
        assert len(text) > 500


def test_the_cut_font_has_what_the_pages_show(site: Path, installed: set[str]) -> None:
    sheet = (site / "static/journal-sans/journal-sans.css").read_text(encoding="utf-8")
    for sign in "퍼셉트론→E한":
        assert any(
            int(first, 16) <= ord(sign) <= int(last or first, 16)
            for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", sheet)
        ), sign
    assert f"{ord('뷁'):X}" not in sheet


def test_the_cut_font_does_not_bear_the_reserved_name() -> None:
    with TTFont(fonts._renamed()) as font:
        names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert names[1].startswith(fonts.FAMILY)
    for each, name in names.items():
        assert each in fonts._CREDITS or "Pretendard" not in name, (each, name)
    assert names[0].startswith("Copyright"), "the notice stays"


def test_an_english_page_needs_no_hangul_face() -> None:
    english = fonts.faces(["Notes", STRINGS["en"]["other_language_name"]])
    assert english["hangul"] == ""
    assert set(STRINGS["en"]["other_language_name"]) <= set(english["latin"])


def test_both_languages_have_the_same_strings() -> None:
    assert STRINGS["ko"].keys() == STRINGS["en"].keys()
    for key, korean in STRINGS["ko"].items():
        fields = re.findall(r"{(\w+)}", korean)
        assert sorted(fields) == sorted(re.findall(r"{(\w+)}", STRINGS["en"][key])), key


def test_a_missing_package_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "PACKAGES", tmp_path)
    with pytest.raises(assets.MissingPackage, match=r"node_modules/.* is missing; run"):
        assets.install(tmp_path, python())


def test_what_is_served_is_credited() -> None:
    text = (assets.ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    for each in assets.third_party():
        row = f"| {each.name} | {each.version} | {each.kind} | `static/licences/{each.served_as}` |"
        assert row in text, f"THIRD_PARTY.md lacks this row: {row}"


def test_what_no_page_loads_is_left_out(site: Path) -> None:
    unused = site / "en/assets/javascripts/lunr/min/lunr.ko.min.js"
    unused.parent.mkdir(parents=True)
    unused.touch()
    assets.install(site, python())
    assert not unused.exists()
