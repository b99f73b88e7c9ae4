"""Checking a card at the reception: by a picture, by text, without scripts and without network."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from insurance import card_tokens
from insurance.card_tokens import Statement
from insurance.models import HealthCard
from insurance.reads.cards import card_of
from tests.harness.live import Live
from tests.insurance.factories import CardFactory, PersonFactory

PAGE = "/the-bhyt/kiem-tra/"
VECTORS = Path(__file__).parents[1] / "insurance" / "vectors" / "card_codes.json"


@pytest.fixture
def statement(db) -> Statement:
    """What the code of a good card says."""
    person = PersonFactory(bhxh_code="0099000107")
    today = timezone.localdate()
    CardFactory(person=person, valid_from=today - timedelta(days=60), valid_to=today + timedelta(days=60))
    return card_of(person.pk, today).says_of(person)


def shown(page: str) -> list[str]:
    """The verdicts that are not hidden."""
    parts = page.split('data-answer="')[1:]
    return [part.split('"')[0] for part in parts if " hidden" not in part.split(">")[0]]


def sent(**fields):
    answer = Client(headers={"accept-language": "vi"}).post(PAGE, fields)
    assert answer.status_code == 200
    return answer.content.decode()


def picture(text: str, *, name: str = "the.png") -> SimpleUploadedFile:
    file = io.BytesIO()
    segno.make(text, error="m", micro=False).save(file, kind="png", scale=20, border=4)
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def test_anybody_finds_the_page_without_a_verdict(db):
    page = Client().get(PAGE)

    assert shown(page.content.decode()) == []
    assert "session" not in page.cookies


def test_the_text_of_a_code_is_enough(statement):
    page = sent(token=card_tokens.sign_for_paper(statement, timezone.now()))

    assert shown(page) == ["valid"]
    assert "NGUYỄN THỊ THỬ NGHIỆM" in page
    assert "1985" in page
    assert "DN\u00a04\u00a001\u00a00099\u00a0000\u00a0107" in page


def test_a_picture_of_a_code_is_enough(statement):
    assert shown(sent(photo=picture(card_tokens.sign(statement, timezone.now())[0]))) == ["valid"]


def test_a_picture_without_a_code_is_told_apart_from_a_false_one(db):
    assert shown(sent(photo=picture("https://example.org/menu"))) == ["invalid"]
    blank = io.BytesIO()
    segno.make("x", micro=False).save(blank, kind="png", scale=30, dark="white")
    assert shown(sent(photo=SimpleUploadedFile("a.png", blank.getvalue(), "image/png"))) == ["unread"]


def test_a_file_that_is_no_picture_and_nothing_at_all_are_asked_for_again(db):
    for fields in ({"photo": SimpleUploadedFile("a.pdf", b"%PDF", "application/pdf")}, {"token": " "}):
        page = sent(**fields)
        assert shown(page) == []
        assert "<title>Lỗi:" in page


def test_each_verdict_has_its_words(statement):
    now = timezone.now()
    paper = card_tokens.sign_for_paper(statement, now)

    assert shown(sent(token=card_tokens.sign(statement, now - timedelta(minutes=6))[0])) == ["expired"]
    assert shown(sent(token=paper[:-4] + "AAAA")) == ["invalid"]
    card = HealthCard.objects.get()
    card.valid_to = timezone.localdate() - timedelta(days=1)
    card.save()
    assert shown(sent(token=paper)) == ["ended"]
    card.revoked_at = now
    card.save()
    assert shown(sent(token=paper)) == ["revoked"]


def test_who_checks_too_often_waits(db, clock):
    answers = [Client().post(PAGE, {"token": "x"}) for _ in range(31)]

    assert answers[-2].status_code == 200
    assert answers[-1].status_code == 429


@pytest.mark.browser
def test_the_open_page_answers_without_network(live: Live, open_page: Callable[..., Page]) -> None:
    """The vectors get their answers from the browser's own cryptography; then the page itself, in flight mode."""
    page = open_page()
    page.goto(live.url + PAGE)
    expect(page.locator("[data-list-age]")).to_be_visible()
    page.context.set_offline(True)

    vectors = json.loads(VECTORS.read_text())
    found = page.evaluate(
        """async ({keys, list, codes, at, extra}) => {
            const check = await import(document.querySelector("script[src*=card-check]").src);
            const read = await check.readList(list, keys.keys);
            const judged = async (text, list, now) => (await check.judge(text, {keys: keys.keys, list, now})).status;
            const answers = {};
            for (const code of codes) answers[code.name] = await judged(code.token, read, at);
            const good = codes.find((code) => code.name === "printed").token;
            const taken = [];
            for (let place = 0; place < good.length; place++)
                for (const sign of ["A", "_", ".", String.fromCharCode(good.charCodeAt(place) ^ 1)]) {
                    const changed = good.slice(0, place) + sign + good.slice(place + 1);
                    if (changed === good) continue;
                    if (!["invalid", "unknown_key"].includes(await judged(changed, read, at))) taken.push(changed);
                }
            return {answers, taken, old: await judged(good, read, at + 3 * 86400), none: await judged(good, null, at),
                    forged: await check.readList({...list, payload: list.payload.replace(/.$/, "B")}, keys.keys)};
        }""",
        vectors,
    )
    wanted = {code["name"]: code["status"] for code in vectors["codes"]}
    wanted |= {"on the screen, five minutes later": "expired", "from tomorrow": "early"}
    assert found == {"answers": wanted, "taken": [], "old": "stale", "none": "stale", "forged": None}

    today = timezone.localdate()
    said = Statement(999_999, "DN4010099000107", "NGUYỄN THỊ THỬ NGHIỆM", 1985, "01000", today + timedelta(days=9))
    good = card_tokens.sign_for_paper(said, timezone.now())
    over = card_tokens.sign_for_paper(replace(said, valid_to=today - timedelta(days=1)), timezone.now())
    for token, words in (
        (good, "Thẻ còn giá trị"),
        (good[:150] + "A" + good[151:], "Đây không phải mã thẻ do hệ thống cấp"),
        (over, "Thẻ đã hết hạn"),
        (card_tokens.sign(said, timezone.now() - timedelta(minutes=6))[0], "Mã này đã quá 5 phút"),
    ):
        page.locator("[name=token]").fill(token)
        page.locator("main form button").last.click()
        expect(page.locator("[data-answer]:visible")).to_contain_text(words)
        expect(page.locator("[data-answer]:visible")).to_have_count(1)
    page.locator("[name=token]").fill(good)
    page.locator("main form button").last.click()
    expect(page.locator("[data-fact=h]")).to_have_text("NGUYỄN THỊ THỬ NGHIỆM")

    # The next patient's picture: the answer about the one before is gone, whatever becomes of it.
    page.locator("[name=token]").fill("")
    page.locator("[name=photo]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    page.locator("main form button").last.click()
    expect(page.locator("[data-answer]:visible")).to_have_count(1)
    expect(page.locator("[data-said]")).to_be_hidden()
