"""Static files: addresses that change with the content, and vendor files with their licences."""

import re
from pathlib import Path

import pytest

from yiwang.foundation.ui import assets

STYLES = sorted((assets.STATIC_ROOT / "yiwang").glob("*.css"))


def test_an_address_changes_with_the_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "STATIC_ROOT", tmp_path)
    (tmp_path / "a.css").write_text("a{}")
    first = assets.asset("a.css")
    assert re.fullmatch(r"/static/a\.css\?v=[0-9a-f]{12}", first)
    (tmp_path / "a.css").write_text("a{color:red}")
    assert assets.asset("a.css") != first


def test_a_missing_file_is_an_error_not_a_dead_link() -> None:
    with pytest.raises(FileNotFoundError):
        assets.asset("yiwang/nothing.css")


def test_every_vendor_folder_carries_its_licence() -> None:
    folders = [folder for folder in (assets.STATIC_ROOT / "vendor").iterdir() if folder.is_dir()]
    assert {folder.name for folder in folders} >= {"htmx", "bpmn-js"}
    assert [folder.name for folder in folders if not (folder / "LICENSE").read_text().strip()] == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_style_sheets_load_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text()
    assert "@import" not in text
    assert "@font-face" not in text
    assert all((path.parent / name).is_file() for name in re.findall(r'url\("([^"]+)"\)', text))


def test_every_colour_is_a_token() -> None:
    """Colours are named once, in base.css; white on jade is the exception."""
    for path in STYLES:
        text = re.sub(r":root \{.*?\n\}", "", path.read_text(), flags=re.DOTALL)
        colours = set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", text)) - {"#fff", "#000", "#123F6D"}
        assert colours == set(), path.name


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


TOKENS = dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", (assets.STATIC_ROOT / "yiwang" / "base.css").read_text()))


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *[(text, ground) for text in ("ink", "secondary") for ground in ("paper", "surface", "sunken", "jade-wash")],
        *[("azurite", ground) for ground in ("paper", "surface", "sunken", "azurite-wash")],
        *[("jade", ground) for ground in ("surface", "paper")],
        ("jade-deep", "jade-wash"),
        ("gamboge-ink", "gamboge-wash"),
        ("cinnabar", "cinnabar-wash"),
        ("cinnabar", "surface"),
        ("surface", "jade"),
    ],
)
def test_text_stands_out_by_five_and_a_half_to_one(text: str, ground: str) -> None:
    light, dark = sorted((_luminance(TOKENS[text]), _luminance(TOKENS[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 5.5 - 0.05
