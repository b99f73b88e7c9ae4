"""The way of somebody who registers, page by page, as a browser goes it."""

import io
import logging
import re

import pikepdf
import pytest
from django.template.loader import get_template

from accounts.models import RegistrationDossier
from accounts.models.registration import Mark
from accounts.rules import consent
from tests.harness.stage import NOW, new_browser, words
from tests.registration.conftest import (
    CITIZEN_ID,
    CODE,
    PHONE,
    add_photos,
    ask_for_code,
    code_on,
    declare,
    phone_shows,
    put_photos,
    ready,
    register,
    send,
    upload,
)
from tests.registration.pictures import jpeg
from vssid.audit.models import AuditEvent
from vssid.documents.pdf import PdfUnavailable

RECEIPT = (
    r"BHXHVN da nhan duoc to khai cua ma so %s voi so ho so la %s\. "
    r"Vui long den BHXH gan nhat de hoan tat thu tuc\. LH 19009068\. Ma: \w{6}"
)


def test_somebody_registers_and_gets_a_number_on_the_page_and_by_sms(browser, person):
    assert "INDIVIDUAL" in words(browser.get("/dang-ky/"))
    assert declare(browser).url == "/dang-ky/anh/"
    assert add_photos(browser).url == "/dang-ky/xac-nhan/"
    review = words(browser.get("/dang-ky/xac-nhan/"))
    assert "NGUYỄN THỊ THỬ NGHIỆM" in review
    assert "Send me the code" in review
    assert ask_for_code(browser).url == "/dang-ky/xac-nhan/"
    assert 'name="otp"' in words(browser.get("/dang-ky/xac-nhan/"))
    assert send(browser, code_on()).url == "/dang-ky/hoan-tat/"
    dossier = RegistrationDossier.objects.get()
    assert re.fullmatch(r"00103GD/20\d\d/00001", dossier.number)
    assert dossier.number in words(browser.get("/dang-ky/hoan-tat/"))
    assert re.fullmatch(RECEIPT % (CODE, dossier.number), phone_shows(PHONE, "receipt")[0])
    assert dossier.person == person
    assert dossier.marks == []
    assert dossier.consent_version
    assert list(AuditEvent.objects.filter(event="dossier.submitted").values_list("subject", flat=True)) == [
        f"dossier:{dossier.pk}"
    ]


def test_the_personal_number_in_place_of_the_code_finds_the_record_and_stands_in_the_receipt(browser, person):
    dossier = register(browser, bhxh_code=CITIZEN_ID)
    assert dossier.bhxh_code == CODE
    assert dossier.person == person
    assert re.fullmatch(RECEIPT % (CITIZEN_ID, dossier.number), phone_shows(PHONE, "receipt")[0])


def test_the_declaration_is_a_tagged_document_whose_qr_code_leads_to_the_tracking_page(browser, person):
    dossier = register(browser)
    answer = browser.get("/dang-ky/hoan-tat/to-khai.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert dossier.number in str(pdf.docinfo["/Title"])
        assert [kind for kind in ("/H1", "/Table", "/TH", "/Figure") if kind not in kinds_of(pdf)] == []
        links = [str(note.A.URI) for page in pdf.pages for note in page.get("/Annots", []) if "/A" in note]
    followed = f"/dang-ky/tra-cuu/?so={dossier.url_number}"
    assert [link for link in links if link.endswith(followed)]
    assert f'value="{dossier.number}"' in words(new_browser().get(followed))
    assert new_browser().get("/dang-ky/hoan-tat/to-khai.pdf").status_code == 404


def kinds_of(pdf: pikepdf.Pdf) -> set[str]:
    """The kinds of the structure's elements."""
    found = set()

    def walk(element):
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                found.add(str(kid.S))
                walk(kid)

    walk(pdf.Root.StructTreeRoot)
    return found


def test_where_no_pdf_can_be_made_the_declaration_is_a_page_to_print(browser, person, monkeypatch):
    dossier = register(browser)

    def without_pango(*args, **kwargs):
        raise PdfUnavailable

    monkeypatch.setattr("accounts.views.registration.render_pdf", without_pango)
    assert dossier.number in words(browser.get("/dang-ky/hoan-tat/to-khai.pdf"))


def test_pages_that_come_too_early_lead_back_to_what_is_missing(browser):
    assert browser.get("/dang-ky/anh/").url == "/dang-ky/to-khai/"
    assert browser.get("/dang-ky/xac-nhan/").url == "/dang-ky/to-khai/"
    assert browser.get("/dang-ky/hoan-tat/").url == "/dang-ky/to-khai/"
    declare(browser)
    assert browser.get("/dang-ky/xac-nhan/").url == "/dang-ky/anh/"
    assert send(browser, "123456").url == "/dang-ky/anh/"


def test_without_consent_nothing_is_sent(browser):
    code = ready(browser)
    answer = browser.post("/dang-ky/xac-nhan/", {"action": "submit", "otp": code})
    assert answer.status_code == 400
    assert "Tick this box" in words(answer)
    assert send(browser, code).url == "/dang-ky/hoan-tat/"


def test_consent_names_its_purposes_and_nothing_is_ticked_beforehand(browser):
    declare(browser)
    put_photos()
    page = words(browser.get("/dang-ky/xac-nhan/"))
    for said in ("Needed for your account", "photos are erased", "Required by law, without your consent"):
        assert said in page
    assert "checked" not in page


def test_the_text_the_time_and_the_purposes_of_a_consent_are_kept(browser, clock):
    dossier = register(browser)
    assert (dossier.consent_version, dossier.consented_at) == (consent.VERSION, NOW)
    assert dossier.consent_purposes == ["identity", "account"]
    get_template(f"accounts/registration/consent/{dossier.consent_version}.html")


def test_what_was_ticked_before_the_code_came_stays_ticked(browser):
    declare(browser)
    put_photos()
    browser.post("/dang-ky/xac-nhan/", {"action": "send_otp", "consent": "on"})
    assert words(browser.get("/dang-ky/xac-nhan/")).count("checked") == 1


def test_sending_twice_gives_the_same_number(browser):
    code = ready(browser)
    send(browser, code)
    assert send(browser, code).url == "/dang-ky/hoan-tat/"
    assert RegistrationDossier.objects.count() == 1
    assert len(phone_shows(PHONE, "receipt")) == 1


def test_a_second_registration_is_answered_alike_and_marked_for_staff(browser, person):
    first = register(browser)
    second_browser = new_browser()
    declare(second_browser, phone="0900000208")
    put_photos()
    ask_for_code(second_browser)
    answer = send(second_browser, code_on("+84900000208"))
    assert answer.url == "/dang-ky/hoan-tat/"
    second = RegistrationDossier.objects.latest("pk")
    assert second.number.endswith("/00002")
    assert Mark.DUPLICATE_CODE in second.marks
    first.refresh_from_db()
    assert first.marks == [Mark.DUPLICATE_CODE]
    page = words(second_browser.get("/dang-ky/hoan-tat/"))
    assert "Another" not in page


@pytest.mark.parametrize(
    ("changes", "mark"),
    [
        ({"bhxh_code": "0099000999"}, Mark.UNKNOWN_CODE),
        ({"full_name": "Trần Bản Mẫu"}, Mark.NAME_DIFFERS),
        ({"date_of_birth": "10/02/1985"}, Mark.BIRTH_DIFFERS),
        ({"gender": "male"}, Mark.GENDER_DIFFERS),
        ({"id_number": "001185000999"}, Mark.ID_DIFFERS),
        ({"date_of_birth": "1986"}, Mark.ID_CONTRADICTS),
    ],
)
def test_what_differs_from_the_record_is_marked_and_the_citizen_is_answered_alike(browser, person, changes, mark):
    dossier = register(browser, **changes)
    assert mark in dossier.marks
    assert dossier.number in words(browser.get("/dang-ky/hoan-tat/"))


def test_going_back_keeps_everything(browser):
    declare(browser, email="thu@example.com")
    add_photos(browser, portrait=upload(jpeg()))
    page = words(browser.get("/dang-ky/to-khai/"))
    assert 'value="thu@example.com"' in page
    assert 'value="0900000107"' in page
    assert 'value="00256" selected' in page
    assert declare(browser, full_name="Trần Bản Mẫu").url == "/dang-ky/anh/"
    draft = RegistrationDossier.objects.get()
    assert draft.full_name == "TRẦN BẢN MẪU"
    assert draft.photos.count() == 1


def test_no_page_no_answer_and_no_log_holds_the_code(browser, person, caplog):
    caplog.set_level(logging.DEBUG)
    declare(browser)
    put_photos()
    answers = [ask_for_code(browser), browser.get("/dang-ky/xac-nhan/")]
    code = code_on()
    answers += [send(browser, code), browser.get("/dang-ky/hoan-tat/")]
    for answer in answers:
        assert code not in words(answer)
        assert code not in str(answer.headers)
    assert code not in caplog.text
    assert not AuditEvent.objects.filter(facts__icontains=code).exists()


def test_every_page_is_there_in_vietnamese(browser, person):
    browser.cookies["language"] = "vi"
    dossier = register(browser)
    for path in ("/dang-ky/", "/dang-ky/to-khai/", "/dang-ky/hoan-tat/", "/dang-ky/tra-cuu/"):
        page = browser.get(path)
        assert page.status_code == 200
        assert 'lang="vi"' in words(page)
    assert dossier.language == "vi"
