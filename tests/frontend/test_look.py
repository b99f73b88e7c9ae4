"""The style sheets, the sprite and the templates keep the promises of the look."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CSS = (ROOT / "static/css/portal.css").read_text()
DESK = (ROOT / "static/css/desk.css").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FOREIGN = r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|https?://(?!www\.w3\.org)"
TEXT, GRAPHIC = 4.5, 3.0
PAIRS = [
    *[(fore, ground, TEXT) for fore in ("ink", "ink2", "act") for ground in ("paper", "face", "wash")],
    *[(kind, kind + "w", TEXT) for kind in ("ok", "warn", "err")],
    *[(kind, "face", TEXT) for kind in ("ok", "warn", "err")],
    *[("ink", kind + "w", TEXT) for kind in ("ok", "warn", "err")],
    ("onact", "act", TEXT),
    ("onact", "act2", TEXT),
    ("edge", "face", GRAPHIC),
    ("edge", "paper", GRAPHIC),
    ("focus", "paper", GRAPHIC),
    ("focus", "face", GRAPHIC),
    ("paid", "face", GRAPHIC),
    ("late", "face", GRAPHIC),
]


def palette(start: str) -> dict[str, str]:
    block = CSS[CSS.index(start) :]
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})\b", block[: block.index("}")]))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(sign * 2 for sign in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("start", [":root {", ":root:not([data-theme=light]) {", ":root[data-theme=dark] {"])
@pytest.mark.parametrize(("fore", "ground", "least"), PAIRS)
def test_colours_can_be_told_apart(start, fore, ground, least):
    colours = palette(start)
    assert contrast(colours[fore], colours[ground]) >= least


def test_both_ways_into_the_dark_are_the_same():
    assert palette(":root:not([data-theme=light]) {") == palette(":root[data-theme=dark] {")


def test_officers_pages_use_the_portals_colours_only():
    known = set(palette(":root {").values()) | set(palette(":root[data-theme=dark] {").values())
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", re.sub(r"#[a-z][\w-]*\s", "", DESK))) <= known


def test_pages_carry_no_style_or_script_of_their_own():
    for path in TEMPLATES:
        html = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
        if path.parent.name == "documents":
            continue
        assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|https?://(?!www\.w3\.org)", html), (
            path
        )


def test_every_icon_asked_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="(\w+)"', (ROOT / "static/img/icons.svg").read_text()))
    for path in TEMPLATES:
        asked = set(re.findall(r'{% icon "(\w+)"', path.read_text()))
        assert asked <= drawn, path


def test_every_component_says_which_variables_it_takes():
    for path in (ROOT / "templates/components").glob("*.html"):
        assert path.read_text().startswith("{% comment %}"), path
