"""Each public service on a phone, from questions to result: drawn from the definitions, so a new one is walked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from services import procedures
from services.procedures.definition import Field, Kind, Procedure
from tests.harness.live import Live
from tests.journey import steps
from tests.journey.test_every_page import problems
from tests.journey.test_service import DESK, sign
from vssid.demo import cast

Picture = Callable[..., Path]
OpenPage = Callable[..., Page]
BANK = "/quan-tri/services/bankentry/read/"
# Who asks for what, each somebody whose record allows it, and the answers that the kind of a question does not give.
WHO = {
    "authorisation": "0199000535",
    "benefit-move": "0199000532",
    "book-changed": "0199000512",
    "book-reissue": "0199000505",
    "card-reissue": "0199000527",
    "data-rights": "0199000525",
    "feedback": "0199000513",
    "household-card": "0199000529",
    "lump-sum": "0199000517",
    "payee-change": "0199000531",
    "record-change": "0199000526",
    "voluntary-payment": "0199000511",
}
ANYBODY = "0199000528"
AGENT = steps.person("0199000506")
SAID: dict[str, dict[str, str]] = {
    "authorisation": {"agent_name": AGENT.name, "agent_id": AGENT.citizen_id},
    "card-reissue": {"delivery": "counter"},
    "data-rights": {"right": "object"},
}
ALL = [pytest.param(procedure, id=procedure.code) for procedure in procedures.offered()]


def usual(asked: Field, who: cast.Person) -> str:
    """An answer that the kind of a question allows."""
    soon = timezone.localdate() + timedelta(days=10)
    words = {
        Kind.DATE: f"{soon:%d/%m/%Y}",
        Kind.MONTH: f"{soon:%m/%Y}",
        Kind.MONEY: "2000000",
        Kind.NUMBER: "1",
        Kind.NAME: "Trần Bản Mẫu",
        Kind.PHONE: "0" + who.phone.removeprefix("+84"),
        Kind.BHXH_CODE: who.code,
        Kind.PERSONAL_ID: who.citizen_id,
        Kind.ACCOUNT: "0123456789",
    }
    return words.get(asked.kind, "Nội dung ví dụ")


def answer(page: Page, name: str, asked: Field, who: cast.Person, said: dict[str, str]) -> None:
    """Answer one question the way people do; what is filled in already, or not asked now, stays."""
    control = page.locator(f"main [name={name}]").first
    if not control.locator("xpath=ancestor::*[contains(@class, 'field')][1]").is_visible():
        return
    if asked.kind == Kind.BOX:
        control.check(force=True)
    elif control.evaluate("one => one.tagName") == "SELECT":
        if not control.input_value() or asked.name in said:
            options = page.locator(f"main [name={name}] option:not([value=''])")
            options.first.wait_for(state="attached")
            control.select_option(said.get(asked.name) or options.first.get_attribute("value"))
    elif asked.kind == Kind.CHOICE:
        value = said.get(asked.name, asked.choices[0][0])
        page.locator(f"main [name={name}][value='{value}']").check(force=True)
    elif asked.name in said or (asked.required and not control.input_value()):
        control.fill(said.get(asked.name) or usual(asked, who))


def fill(page: Page, procedure: Procedure, who: cast.Person) -> None:
    """Every question that is asked, the first line of each group."""
    said = SAID.get(procedure.code, {})
    for item in procedure.fields:
        if isinstance(item, Field):
            answer(page, item.name, item, who, said)
            continue
        for part in item.fields:
            answer(page, f"{item.name}-0-{part.name}", part, who, said)


def pay(phone: Page, desk: Page, colleague: Page, live: Live) -> None:
    """The bank's list, brought by one supervisor and confirmed by another."""
    amount, words, *_account = phone.locator("[data-copy]").evaluate_all("all => all.map(one => one.dataset.copy)")
    line = f"FT{words},{timezone.localdate():%Y-%m-%d},{amount},{words}"
    file: Any = {"name": "sao-ke.csv", "mimeType": "text/csv", "buffer": b""}
    file["buffer"] = f"bank_reference,booked_on,amount,words\n{line}\n".encode()
    desk.goto(f"{live.url}{BANK}")
    desk.locator("[name=file]").set_input_files(file)
    steps.press(desk)
    expect(desk.locator("main")).to_contain_text("Chờ phụ trách khác xác nhận")
    steps.staff_login(colleague, live, "hm.phutrach")
    colleague.goto(f"{live.url}{BANK}")
    assert problems(colleague, "bank") == []
    colleague.locator("[name=action][value=confirm]").last.click()
    colleague.wait_for_url("**/bankentry/")


def decide(desk: Page, live: Live, number: str) -> None:
    """The officer takes it and grants it with an answer in words."""
    desk.goto(f"{live.url}{DESK}")
    desk.get_by_role("link", name=number).click()
    assert problems(desk, "desk") == []
    desk.locator("[data-key=n]").click()
    desk.wait_for_load_state()
    desk.locator("[name=outcome]").fill("Đã giải quyết theo đề nghị.")
    desk.locator("button[data-key=d]").click()
    expect(desk.locator("[role=status]")).to_contain_text(number)


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.parametrize("procedure", ALL)
def test_a_service_is_filed_signed_decided_and_read(
    live: Live, open_page: OpenPage, picture: Picture, procedure: Procedure
) -> None:
    who, code = steps.person(WHO.get(procedure.code, ANYBODY)), procedure.code
    phone, desk = open_page(), open_page(width=1280, height=900)
    steps.login(phone, live, who.code, cast.PASSWORD, who.phone)
    phone.goto(f"{live.url}/dich-vu-cong/{code}/")
    fill(phone, procedure, who)
    assert problems(phone, code) == []
    picture(phone, f"service-{code}")
    steps.press(phone)
    if "/giay-to/" in phone.url:
        steps.press(phone)
    phone.wait_for_url("**/xac-nhan/")
    picture(phone, f"service-{code}-sign")
    sign(phone, live, who)
    found = re.search(r"\d{5}DVC/\d{4}/\d{5}", phone.locator("main").inner_text())
    assert found, phone.locator("main").inner_text()
    assert problems(phone, f"{code} received") == []
    with phone.expect_download() as receipt:
        phone.locator("[name=action][value=receipt]").click()
    assert receipt.value.suggested_filename.endswith("-receipt.pdf")

    steps.staff_login(desk, live, "hbt.phutrach")
    if procedure.paid_first:
        pay(phone, desk, open_page(width=1280, height=900), live)
    phone.reload()
    if phone.locator("[name=action][value=result]").count() == 0:
        decide(desk, live, found[0])
        phone.reload()
        expect(phone.locator("main")).to_contain_text("Đã giải quyết theo đề nghị.")
    assert problems(phone, f"{code} result") == []
    picture(phone, f"service-{code}-result")
    with phone.expect_download() as result:
        phone.locator("[name=action][value=result]").click()
    assert result.value.suggested_filename.endswith("-result.pdf")
