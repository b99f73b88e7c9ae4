"""The QR code on the front of the identity card: read where it can be, compared, shown to whoever declared."""

from datetime import date
from io import BytesIO

import pillow_heif
import pytest
from django.db import connection
from django.template.loader import render_to_string
from PIL import Image

from accounts import photos
from accounts.models import RegistrationDossier
from accounts.models.registration import Mark
from accounts.rules import citizen_card
from accounts.rules.comparison import Verdict
from tests.harness.stage import words
from tests.registration import pictures
from tests.registration.conftest import CITIZEN_ID, add_photos, ask_for_code, code_on, declare, send, upload

HERS = f"{CITIZEN_ID}|012345678|Nguyễn Thị Thử Nghiệm|09021985|Nữ|Số 0, ngõ Ví Dụ, Hà Nội|25122021"
OTHERS = HERS.replace("Thử Nghiệm", "Khác Hẳn").replace("09021985", "10021985")


def front(qr: str, **options: object) -> bytes:
    return pictures.encoded(pictures.card(qr), "JPEG", quality=90, **options)


def with_front(client, data: bytes, **changes: str) -> RegistrationDossier:
    declare(client, **changes)
    add_photos(client, portrait=upload(pictures.jpeg()), id_front=upload(data), id_back=upload(pictures.jpeg()))
    return RegistrationDossier.objects.latest("pk")


def test_the_code_of_a_card_is_read_and_kept_encrypted(browser):
    dossier = with_front(browser, front(HERS))
    assert citizen_card.loads(dossier.qr_facts) == citizen_card.CardFacts(
        id_number=CITIZEN_ID,
        old_id_number="012345678",
        full_name="Nguyễn Thị Thử Nghiệm",
        date_of_birth=date(1985, 2, 9),
        gender="female",
        address="Số 0, ngõ Ví Dụ, Hà Nội",
        issued_on=date(2021, 12, 25),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT qr_facts FROM accounts_registrationdossier")
        assert CITIZEN_ID.encode() not in bytes(cursor.fetchone()[0])


def test_a_code_is_read_from_heic_and_from_a_card_held_sideways():
    heic = BytesIO()
    pillow_heif.from_pillow(pictures.card(HERS)).save(heic, quality=85)
    assert photos.prepare(heic.getvalue(), qr=True).qr == HERS
    sideways = pictures.card(HERS).transpose(Image.Transpose.ROTATE_90)
    assert photos.prepare(pictures.encoded(sideways, "JPEG"), qr=True).qr == HERS


def test_only_the_front_of_the_card_is_searched_for_a_code(browser):
    declare(browser)
    add_photos(browser, id_back=upload(front(HERS)))
    assert RegistrationDossier.objects.get().qr_facts is None


def test_the_former_number_is_filled_in_from_the_card(browser):
    assert with_front(browser, front(HERS)).old_id_number == "012345678"


def test_what_was_declared_is_never_overwritten(browser):
    dossier = with_front(browser, front(HERS), old_id_number="098765432")
    assert dossier.old_id_number == "098765432"


def test_another_front_without_a_code_takes_the_facts_away(browser):
    with_front(browser, front(HERS))
    add_photos(browser, id_front=upload(pictures.jpeg()))
    assert RegistrationDossier.objects.get().qr_facts is None


def test_a_card_that_agrees_is_no_mark_and_is_said_to_agree(browser, person):
    dossier = with_front(browser, front(HERS))
    assert "agrees with your declaration" in check(dossier)
    assert "agrees with your declaration" in words(browser.get("/dang-ky/xac-nhan/"))
    assert Mark.QR_DIFFERS not in sent(browser).marks


def test_a_card_that_differs_is_shown_field_by_field_and_marked(browser, person):
    dossier = with_front(browser, front(OTHERS))
    lines = {line.field: line.verdict for line in citizen_card.lines(dossier)}
    assert lines["full_name"] == lines["date_of_birth"] == Verdict.DIFFERS
    assert lines["id_number"] == lines["gender"] == Verdict.AGREES
    page = check(dossier)
    assert page in words(browser.get("/dang-ky/xac-nhan/")), "before the code is asked for"
    assert "on the card <b>10/02/1985</b>, in your declaration <b>09/02/1985</b>" in page
    assert "Identity number" not in page
    assert Mark.QR_DIFFERS in sent(browser).marks


def test_without_a_code_nothing_is_said(browser):
    assert check(with_front(browser, pictures.jpeg())).strip() == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.com/?a=1|2|3|4|5|6|7",
        "0099000107|1234||",
        HERS.replace("|Nữ|", "|?|"),
        HERS.replace("09021985", "31021985"),
        HERS.replace(CITIZEN_ID, "00118500010x"),
        HERS.replace("Ví Dụ", "x" * 300),
        HERS.replace("Ví Dụ", "Ví\0Dụ"),
    ],
)
def test_other_codes_are_no_cards(text):
    assert citizen_card.parse(text) is None


def test_a_newer_card_with_more_fields_is_read():
    card = citizen_card.parse(HERS.replace("|012345678|", "||") + "||NGUYỄN VĂN VÍ DỤ|TRẦN THỊ VÍ DỤ|")
    assert card is not None
    assert card.old_id_number == ""


def check(dossier: RegistrationDossier) -> str:
    return render_to_string("accounts/registration/qr_check.html", {"qr_lines": citizen_card.lines(dossier)})


def sent(client) -> RegistrationDossier:
    ask_for_code(client)
    answer = send(client, code_on())
    assert answer.status_code == 302, words(answer)
    return RegistrationDossier.objects.latest("pk")
