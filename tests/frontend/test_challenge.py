"""The small task in a real browser: solved by itself, and told to who has no script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from accounts.views.login import GATE

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_browser_solves_the_task_by_itself_and_without_a_script_waiting_is_told(
    open_page: Callable[..., Page], live_server: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.views.login.GATE", replace(GATE, soft=0))
    address = f"{live_server}/dang-nhap/"
    page = open_page(locale="en-GB")
    page.goto(address)
    page.get_by_label("Social insurance code or personal ID number").fill("0099999999")
    page.get_by_label("Password", exact=True).fill("khong phai mat khau nay")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.locator("main form button[type=submit]").last.click()
    assert sent.value.status == 400  # a wrong password, not a missing solution
    expect(page.get_by_text("Done. Press the button.")).to_be_visible()
    plain = open_page(locale="en-GB", java_script_enabled=False)
    plain.goto(address)
    expect(plain.get_by_text("Wait 20 seconds, then press the button.")).to_be_visible()
