"""A child's declaration taken from the health card's QR code, and one that was sent after the login had ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import PartialDeclaration, RegistrationDossier
from accounts.rules.health_card import HealthCardText, parse
from tests.children.conftest import CHILD, FATHER, FATHERS_PHONE, PATH, TYPED, browser_of, declare, make_parent, words
from tests.registration.conftest import upload
from tests.registration.pictures import card, encoded, jpeg

CARD = PATH + "the/"
NAME = "Trần Bản Mẫu"
QR = f"HS4010099000116|{NAME.encode().hex()}|01/06/2016|1|{'Số 0, ngõ Ví Dụ'.encode().hex()}|01 - 901|01/01/2026|$"


def read(client: Client, data: bytes | None):
    return client.post(CARD, {"card": upload(data)} if data else {})


def test_a_photo_of_the_cards_code_fills_in_the_form_and_is_not_kept(browser):
    page = words(read(browser, encoded(card(QR), "JPEG", quality=90)))

    for value in (CHILD, "TRẦN BẢN MẪU", "01/06/2016"):
        assert f'value="{value}"' in page
    assert 'value="male" id="id_gender_0" checked' in page or 'value="male" checked' in page
    assert not RegistrationDossier.objects.exists()


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (jpeg(), 400, "No QR code of a health insurance card was found"),
        (encoded(card("https://vi-du.example/"), "JPEG"), 400, "No QR code of a health insurance card was found"),
        (b"<html>", 400, "This is not a photo"),
        (None, 400, "No QR code of a health insurance card was found"),
    ],
)
def test_a_photo_without_such_a_code_says_so_and_the_form_stays(browser, data, status, said):
    answer = read(browser, data)

    assert answer.status_code == status
    assert said in answer.content.decode()
    assert 'name="bhxh_code"' in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        (QR, HealthCardText(CHILD, "TRẦN BẢN MẪU", "01/06/2016", "male")),
        (f"{CHILD}|Trần Bản Mẫu|01062016|2", HealthCardText(CHILD, "TRẦN BẢN MẪU", "01/06/2016", "female")),
        (f"{CHILD}|{NAME.encode().hex()}|2016|-|x", HealthCardText(CHILD, "TRẦN BẢN MẪU", "2016")),
        (CHILD, HealthCardText(CHILD)),
        (f"{CHILD}|ff00|31/02/2016|$", HealthCardText(CHILD)),
        ("001185000101|012345678|Nguyễn Thị Ví Dụ|09021985|Nữ||", None),
        ("https://vi-du.example/", None),
        ("", None),
    ],
)
def test_what_is_understood_of_a_cards_text(text, understood):
    assert parse(text) == understood


def test_a_declaration_sent_after_16_minutes_is_there_again_after_the_login(browser, mother, clock):
    page = words(browser.get(PATH))
    whose = page.split('name="whose" value="')[1].split('"')[0]
    clock.shift(timedelta(minutes=16))

    answer = declare(browser, whose=whose)

    assert answer.url == f"/dang-nhap/?next={PATH}"
    assert not RegistrationDossier.objects.exists()
    again = words(browser_of(mother).get(PATH))
    for value in (CHILD, TYPED["address"], TYPED["date_of_birth"]):
        assert f'value="{value}"' in again
    assert TYPED["address"] not in words(browser_of(make_parent(FATHER, "TRẦN VĂN THỬ", FATHERS_PHONE)).get(PATH))
    assert declare(browser_of(mother)).status_code == 302
    assert not PartialDeclaration.objects.exists()


def test_without_the_pages_own_mark_nothing_is_kept_for_anybody(mother):
    stranger = Client()

    for whose in ("", str(mother.pk), "forged:forged"):
        assert declare(stranger, whose=whose).url == f"/dang-nhap/?next={PATH}"

    assert not PartialDeclaration.objects.exists()
