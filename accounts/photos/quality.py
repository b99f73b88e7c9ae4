"""What the figures measured on a photo mean to the person who took it: reasons to take it again, never to refuse it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Flaw(models.TextChoices):
    """Kept with the photo as a list of these words; each says what is wrong and how to do better."""

    BLURRED = "blurred", _("The photo is blurred. Hold the phone still and move closer.")
    DARK = "dark", _("The photo is too dark. Go where there is more light.")
    BRIGHT = "bright", _("The photo is too bright. Turn the flash off or go out of the sun.")
    GLARE_LEFT = "glare_left", _("There is glare on the left. Tilt the paper a little and take the photo again.")
    GLARE_MIDDLE = "glare_middle", _("There is glare in the middle. Tilt the paper a little and take the photo again.")
    GLARE_RIGHT = "glare_right", _("There is glare on the right. Tilt the paper a little and take the photo again.")
    SMALL = "small", _("The photo is small, its letters may be hard to read. Move closer.")


# Variance of the Laplacian: letters of a card, and a face, stop being clear below. Found with drawn ones.
SHARP_PAPER = 50
SHARP_FACE = 12
DARK = 55
BRIGHT = 235
# White in more tiles than this is the background of a scan.
MOST_GLARE = 0.25
LEAST_PAPER = 800


def warnings_for(*, paper: bool, width: int, height: int, figures: Mapping[str, Any]) -> list[Flaw]:
    """Return what speaks against a photo, the worst first; `paper`: it shows a document, not a face."""
    if not figures:
        return []
    found = {
        Flaw.DARK: figures["brightness"] < DARK,
        Flaw.BRIGHT: figures["brightness"] > BRIGHT,
        Flaw.BLURRED: figures["sharpness"] < (SHARP_PAPER if paper else SHARP_FACE),
        _glare(figures["glare_at"]): paper and 0 < figures["glare"] <= MOST_GLARE,
        Flaw.SMALL: paper and max(width, height) < LEAST_PAPER,
    }
    return [warning for warning, applies in found.items() if applies]


def advice(warnings: Iterable[str]) -> str:
    """Return the sentences for warnings as they are kept."""
    return " ".join(str(Flaw(warning).label) for warning in warnings)


def _glare(at: float | None) -> Flaw:
    if at is None or 0.35 <= at <= 0.65:
        return Flaw.GLARE_MIDDLE
    return Flaw.GLARE_LEFT if at < 0.35 else Flaw.GLARE_RIGHT
