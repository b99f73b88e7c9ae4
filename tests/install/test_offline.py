"""Without network: the page that checks cards, and the card that its owner kept; gone at logout and for others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.actions.sessions import end_others
from insurance import card_tokens
from insurance.reads.cards import card_of
from tests.insurance.factories import CardFactory
from tests.journey.test_every_page import problems
from tests.notices.conftest import account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
OpenPage = Callable[..., Page]
READY = "navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"
# What the portal answers to the pass of the kept card.
ANSWER = """(async () => {
    const kept = await caches.match("/the-bhyt/giu/", { cacheName: "kept-card" });
    const headers = { "X-Kept-Pass": kept.headers.get("X-Kept-Pass") };
    return (await fetch("/the-bhyt/giu/con/", { credentials: "omit", headers })).status;
})()"""
WIPED = """(async () => {
    const end = Date.now() + 10000;
    while (await caches.has("kept-card") && Date.now() < end) await new Promise((done) => setTimeout(done, 20));
    return !(await caches.has("kept-card"));
})()"""


@pytest.fixture
def page(open_page: OpenPage, live_server: LiveServer, settings: Settings) -> Page:
    """A phone's browser with service workers."""
    settings.PUBLIC_BASE_URL = live_server.url
    return open_page(service_workers="allow", base_url=live_server.url)


def with_worker(page: Page, path: str) -> None:
    """Open a page and wait until the worker looks after it."""
    page.goto(path)
    if not page.evaluate(READY):  # it came to life while the page was on its way
        page.reload()


def be(page: Page, client: Client) -> None:
    """Have this client's session in the browser."""
    session = client.cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": session, "domain": "localhost", "path": "/"}])


def test_a_clinic_checks_cards_without_network(page: Page) -> None:
    patient = account("0099000461").person
    assert patient
    today = timezone.localdate()
    CardFactory(person=patient, valid_from=today, valid_to=today + timedelta(days=200))
    card = card_of(patient.pk, today)
    assert card
    code, _until = card_tokens.sign(card.says_of(patient), timezone.now())
    with_worker(page, "/")
    page.context.set_offline(True)

    page.goto("/the-bhyt/kiem-tra/")
    page.locator("[name=token]").fill(code)
    page.get_by_role("button", name="Kiểm tra thẻ").click()
    expect(page.get_by_text("Thẻ còn giá trị")).to_be_visible()
    expect(page.locator("[data-fact=h]")).to_have_text(patient.full_name)
    assert problems(page, "checking without network") == []

    page.locator("[name=token]").fill("")
    page.get_by_role("button", name="Kiểm tra thẻ").click()  # a picture would be read by the portal
    expect(page.get_by_text("Chưa gửi được")).to_be_visible()

    page.goto("/tro-giup/uoc-tinh/")
    expect(page.get_by_role("heading", name="Không có mạng")).to_be_visible()
    assert problems(page, "no network") == []


def test_a_kept_card_is_shown_without_network_until_logout_or_anothers_login(page: Page) -> None:
    owner, other = account("0099000462"), account("0099000463", full_name="TRẦN BẢN MẪU")
    for user in (owner, other):
        CardFactory(person=user.person, valid_from=date(2026, 1, 1), valid_to=timezone.localdate() + timedelta(days=99))
    kept = page.get_by_role("heading", name="Thẻ BHYT đã giữ")
    stores = "caches.keys().then((names) => names.filter((name) => !name.startsWith('shell-')))"

    def log_in(user: object) -> None:
        client = Client()
        client.force_login(user)  # type: ignore[arg-type]
        be(page, client)

    def without_network() -> None:
        page.context.set_offline(True)
        page.goto("/the-bhyt/")

    def keep() -> None:
        with_worker(page, "/the-bhyt/")
        page.get_by_role("button", name="Giữ trên máy này").click()
        expect(page.locator("[data-keep-until]")).to_be_visible()

    page.goto("/")
    log_in(owner)
    with_worker(page, "/the-bhyt/")
    assert page.evaluate(stores) == []  # nothing is kept unasked
    without_network()
    expect(page.get_by_role("heading", name="Không có mạng")).to_be_visible()
    page.context.set_offline(False)

    keep()
    without_network()
    expect(kept).to_be_visible()
    expect(page.locator("main")).to_contain_text(owner.full_name)
    assert problems(page, "kept card") == []
    assert page.locator("input[name=csrfmiddlewaretoken]").count() == 0
    page.context.set_offline(False)

    page.goto("/the-bhyt/")
    page.get_by_role("button", name="Đăng xuất").first.click()
    page.wait_for_url("**/")
    with_worker(page, "/")
    assert page.evaluate(stores) == []
    without_network()
    expect(kept).to_be_hidden()
    page.context.set_offline(False)

    page.goto("/")
    log_in(owner)
    keep()
    page.context.clear_cookies()  # the session ran out: that takes nothing
    page.goto("/")
    assert page.evaluate(ANSWER) == 204
    assert page.evaluate(stores) == ["kept-card"]
    end_others(user=owner, keep=None, at=timezone.now())  # from another device
    page.goto("/")
    assert page.evaluate(WIPED)
    without_network()
    expect(kept).to_be_hidden()
    page.context.set_offline(False)

    page.goto("/")
    log_in(owner)
    keep()
    log_in(other)
    page.goto("/ca-nhan/")
    assert page.evaluate(WIPED)
    without_network()
    expect(kept).to_be_hidden()
