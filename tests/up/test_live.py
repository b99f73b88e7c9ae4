"""The live portal of the tests: real processes that a test may kill."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.harness.live import Live


def test_it_shows_pages_and_every_process_can_be_killed(live: Live, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(live.url)
    assert page.locator("main h1").count() == 1
    assert live.cast()["citizens"][0]["username"].isdigit()
    assert int(live.sql("SELECT count(*) FROM insurance_ward")) > 3000
    for name in ("web", "worker", "codes", "sweeper", "vneid"):
        live.kill(name)
        assert not live.children[name].alive()
        live.start(name)
    page.reload()
    assert page.locator("main h1").count() == 1
