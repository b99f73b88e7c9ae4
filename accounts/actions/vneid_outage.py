"""That VNeID does not answer, told to every web process: pages say so before anybody tries."""

from datetime import timedelta

from django.core.cache import cache

_KEY = "vneid-away"


def note_away(*, life: timedelta) -> None:
    """VNeID failed several times in a row; nobody asks it for this long."""
    cache.set(_KEY, True, timeout=life.seconds)


def note_back() -> None:
    """VNeID answered."""
    cache.delete(_KEY)


def is_away() -> bool:
    """Whether VNeID is out of order as far as is known."""
    return bool(cache.get(_KEY))
