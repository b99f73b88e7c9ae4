"""What the tests of most areas stand on: a moment, a clock that stands still, the language whose words they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_language_left() -> None:
    """A request leaves its language with the thread: no test goes on in the one before's."""
    translation.deactivate()


@pytest.fixture
def english() -> Iterator[None]:
    """The tests name the English words; what is said in Vietnamese is the catalogue's matter."""
    with translation.override("en"):
        yield


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is moved: `clock.shift(seconds)`."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def new_browser() -> Client:
    """A browser that has never been here, reading English."""
    client = Client(headers={"accept-language": "en"})
    client.cookies["language"] = "en"
    return client


def words(response: HttpResponse) -> str:
    """What a page says, as it is sent."""
    return response.content.decode()


def text_of(response: HttpResponse) -> str:
    """What people read on a page that was found, in one line."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", strip_tags(words(response).replace("<", " <"))).replace("\u00a0", " ")
