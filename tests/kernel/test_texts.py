"""Every text that is sent: plain, whole, one segment with the longest values, and what people are told to look for."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import product

import pytest

from accounts import messages
from vssid.sms import texts

LINK = re.compile(r"https?:|www\.|//|\b[a-z0-9-]+\.(?:vn|com|net|org|info|gov)\b", re.I)
TEXTS = {
    name: function
    for name, function in vars(messages).items()
    if inspect.isfunction(function) and function.__module__ == messages.__name__ and not name.startswith("_")
}
# The longest value of each parameter, by its name.
WORST: dict[str, tuple[object, ...]] = {
    "code": ("079312345678",),
    "username": ("0793123456",),
    "number": ("00108GD/2026/9999999",),
    "password": ("W" * 12,),
    "undo": ("", "W" * 10),
    "minutes": (60,),
    "hours": (72,),
    "at": (datetime(2026, 12, 31, 16, 59, tzinfo=UTC),),
    "visit": (True, False),
    "stop": ("", "W" * 10),
    "again": (True, False),
    "what": ("card", "household", "voluntary", "of_age"),
    "day": (date(2026, 12, 31),),
    "count": (999,),
}


def rendered(function: Callable[..., str]) -> list[str]:
    """The text with every combination of longest values, as it leaves."""
    names = list(inspect.signature(function).parameters)
    unknown = set(names) - WORST.keys()
    assert not unknown, f"say the longest value of {unknown} in WORST"
    values = product(*(WORST[name] for name in names))
    return [function(**dict(zip(names, chosen, strict=True))).replace("{ref}", "WWWWWW") for chosen in values]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_one_plain_segment_with_the_brand_first_and_no_link(name: str) -> None:
    for text in rendered(TEXTS[name]):
        texts.check(text)
        assert text.startswith("BHXHVN")
        assert text.endswith(" Ma: WWWWWW")
        assert not LINK.search(text)


def test_texts_that_carry_a_secret_say_that_nobody_may_have_it() -> None:
    for text in rendered(messages.one_time_code):
        assert text.startswith("BHXHVN (OTP): ")
        assert "Khong cung cap ma cho bat ky ai." in text
        assert re.search(r"\d+", text)[0] == "079312345678"  # type: ignore[index]  # phones offer the first number
    for text in rendered(messages.credentials):
        assert "Khong cung cap cho bat ky ai." in text
