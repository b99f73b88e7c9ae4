"""The tests' own ground: what every other test takes for granted."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from playwright.sync_api import Page

from tests.harness.network import OutsideWorld


def test_the_driver_is_psycopg2_and_the_server_is_the_wheels() -> None:
    assert connection.Database.__name__ == "psycopg2"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_that_commits_leaves_a_fresh_database_behind(time: str) -> None:
    assert not Group.objects.filter(name="left").exists()
    Group.objects.create(name="left")


@pytest.mark.django_db
def test_what_migrations_put_there_is_there() -> None:
    assert connection.introspection.table_names()
    assert not Group.objects.filter(name="left").exists()


def test_nothing_leaves_this_machine() -> None:
    with pytest.raises(OutsideWorld), socket.create_connection(("192.0.2.1", 80), timeout=1):
        pass
    with pytest.raises(OutsideWorld):
        socket.getaddrinfo("portal.example", 443)


def test_the_browser_runs_and_sees_no_other_machine(
    open_page: Callable[..., Page], picture: Callable[..., Path]
) -> None:
    page = open_page(width=320)
    page.set_content("<h1>Bảo hiểm xã hội</h1>")
    assert page.text_content("h1") == "Bảo hiểm xã hội"
    assert picture(page, "heading").stat().st_size > 1000
