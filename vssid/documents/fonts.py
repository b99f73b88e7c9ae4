"""Fonts of the system for what is drawn as pixels; PDF documents find theirs through Pango."""

import subprocess
from functools import cache

from django.utils.translation import gettext_lazy as _
from PIL import ImageFont

from vssid.errors import DomainError

# The families of static/css/document.css, in its order; both are packages that the portal's own commands install.
_WANTED = "Roboto,Noto Sans,DejaVu Sans:lang=vi"


class FontMissing(DomainError):
    """This machine has no fontconfig, or no font for it to name."""

    code = "font_missing"
    status = 503
    message = _("The picture cannot be made at the moment. You can print the page instead.")


def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return a font with all Vietnamese letters in pixels. Raises FontMissing."""
    return _opened(_file(bold), size)


@cache
def _opened(path: str, size: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(path, size)
    except OSError as missing:
        raise FontMissing from missing


@cache
def _file(bold: bool) -> str:
    pattern = f"{_WANTED}:weight={'bold' if bold else 'regular'}"
    try:
        found = subprocess.run(  # noqa: S603
            ["fc-match", "--format=%{file}", pattern],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as missing:
        raise FontMissing from missing
    return found.stdout
