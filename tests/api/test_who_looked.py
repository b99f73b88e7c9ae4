"""Who looked at my records: no reading without an entry, each entry in a sentence, and a way to ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import AccessQuestion, User
from insurance.actions import reading
from insurance.models import Office
from tests.admin.conftest import approve, logged_in, make_dossier, make_staff
from tests.insurance.factories import BenefitFactory, VisitFactory
from tests.insurance.test_pages import text_of
from tests.login.test_public_routes import routes
from tests.registration.conftest import make_person, make_places
from vssid.api import v1
from vssid.audit.models import AuditEvent

LOOKS = "/tai-khoan/ai-da-xem/"
SCOPES = "profile card contributions benefits visits notices requests"
OWN_PATHS = [
    str(route.pattern)
    for route in v1.urlpatterns
    if {"required_scopes", "get"} <= set(dir(route.callback.view_class))
    and str(route.pattern).startswith("me")
    and "<" not in str(route.pattern)
]


def readings(person) -> int:
    return AuditEvent.objects.filter(event="record.viewed", subject=f"person:{person.pk}").count()


@pytest.fixture(autouse=True)
def forgetful():
    """Readings of an earlier test are no readings of this one."""
    cache.clear()
    reading._noted.cache_clear()


@pytest.mark.parametrize("path", OWN_PATHS)
def test_no_address_of_the_api_shows_records_without_an_entry(citizen, token_for, ask, path):
    """Made from the API's own table: a new address that forgets the entry fails here."""
    before = readings(citizen.person)

    answer = ask(path, token_for(citizen, SCOPES))

    assert answer.status_code == 200, answer.content
    assert readings(citizen.person) == before + 1
    entry = AuditEvent.objects.filter(event="record.viewed").latest("pk")
    assert (entry.actor, entry.facts["purpose"]) == ("application:example-app", "application")


def test_the_table_of_the_api_is_not_empty():
    assert {"me", "me/card", "me/contributions", "me/benefits", "me/visits"} <= set(OWN_PATHS)


def test_readings_within_an_hour_are_one_entry_a_kind_of_data(citizen, token_for, ask):
    token = token_for(citizen, SCOPES, seconds=9000)
    for _ in range(3):
        ask("me/card", token)
        ask("me/visits", token)
    assert readings(citizen.person) == 2

    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        ask("me/card", token)

    assert readings(citizen.person) == 3


def back_office(known: dict[str, object]):
    """Every address of the back office that shows a page: its name and its path, with the keys that are known."""
    for name, _view in routes(get_resolver().url_patterns):
        if name.startswith("admin:"):
            for arguments in ([], *([key] for key in known.values())):
                try:
                    yield name, reverse(name, args=arguments)
                except NoReverseMatch:
                    continue


@pytest.mark.parametrize("role", ["officer", "supervisor", "auditor", "administrator"])
def test_no_page_of_the_back_office_shows_a_record_without_an_entry(db, role):
    """Made from the table of addresses: a page that shows a record and writes nothing down fails here."""
    make_places()
    person = make_person()
    assert approve(logged_in(make_staff("canbo.khac", "officer", "00103")), make_dossier(person)).status_code == 302
    account = User.objects.get(person=person)
    # Another name than the declaration's: where it shows, the record was shown.
    person.full_name = "TRẦN THỊ HỒ SƠ"
    person.save()
    dossier = make_dossier(person)
    photo = dossier.photos.first()
    staff = make_staff(f"thu.{role}", role, "00103")
    browser = logged_in(staff)
    silent, looked = [], 0
    for name, path in back_office({"dossier": dossier.pk, "account": account.pk, "photo": photo.pk}):
        if name.endswith(("logout", "login")):
            continue
        before = AuditEvent.objects.count()
        answer = browser.get(path)
        shown = strip_tags(answer.content.decode(errors="replace")) if answer.status_code == 200 else ""
        if "HỒ SƠ" in shown:
            looked += 1
            if AuditEvent.objects.count() == before:
                silent.append(path)
    assert silent == []
    assert looked or role == "administrator"


@pytest.fixture
def browser(citizen) -> Client:
    """The citizen's own."""
    client = Client()
    client.force_login(citizen)
    return client


def test_entries_are_sentences_with_office_purpose_and_kind_of_data(citizen, browser, token_for, ask):
    make_office()
    subject, at = f"person:{citizen.person_id}", timezone.now()
    ask("me/visits", token_for(citizen, SCOPES))
    for facts in ({"purpose": "registration"}, {"purpose": "something new"}):
        AuditEvent.objects.create(
            event="record.viewed", actor="staff:99", subject=subject, at=at, office="00103", facts=facts
        )
    AuditEvent.objects.create(event="record.viewed", actor="staff:99", subject="person:1", at=at, office="00103")

    text = text_of(browser.get(LOOKS))

    assert "Ứng dụng “Ứng dụng Ví Dụ” đã đọc sổ khám chữa bệnh; bạn đã cho phép." in text
    assert "đã xem hồ sơ tham gia của bạn để kiểm tra tờ khai." in text
    assert text.count("Hỏi về lần xem này") == 3
    assert "staff:99" not in text


def test_nobody_looked_is_told(citizen, browser):
    assert "Chưa có ai xem dữ liệu của bạn." in text_of(browser.get(LOOKS))


def test_one_can_ask_about_an_entry_and_read_the_answer(citizen, browser):
    entry = AuditEvent.objects.create(
        event="record.viewed", actor="staff:99", subject=f"person:{citizen.person_id}", at=timezone.now()
    )

    browser.post(f"{LOOKS}{entry.pk}/", {"text": "Vì sao xem?"})
    browser.post(f"{LOOKS}{entry.pk}/", {"text": "Lần nữa"})

    question = AccessQuestion.objects.get()
    assert (question.event_id, question.text) == (entry.pk, "Vì sao xem?")
    assert "Bạn đã hỏi về lần xem này" in text_of(browser.get(LOOKS))
    auditor = make_auditor()
    auditor.post(
        reverse("admin:accounts_accessquestion_change", args=[question.pk]), {"answer": "Để xét tờ khai của bạn."}
    )
    assert "Trả lời: Để xét tờ khai của bạn." in text_of(browser.get(LOOKS))


def test_an_auditor_reads_and_answers_questions_about_the_own_offices_only(citizen):
    now = timezone.now()
    for office in ("00103", "00400"):
        entry = AuditEvent.objects.create(event="record.viewed", actor="staff:99", subject="x", at=now, office=office)
        AccessQuestion.objects.create(user=citizen, event_id=entry.pk, text=f"Cơ quan {office}?", asked_at=now)
    auditor = make_auditor()
    for question in AccessQuestion.objects.all():
        auditor.post(reverse("admin:accounts_accessquestion_change", args=[question.pk]), {"answer": "Để xét tờ khai."})

    assert list(AccessQuestion.objects.order_by("pk").values_list("answer", flat=True)) == ["Để xét tờ khai.", ""]


def make_office() -> None:
    Office.objects.create(code="00103", name="BHXH cơ sở Trình Diễn", province_id="01")


def make_auditor() -> Client:
    make_office()
    auditor = make_staff("kiem.toan", "auditor", "00103")
    assert Group.objects.get(name="auditor") in auditor.groups.all()
    return logged_in(auditor)


def test_another_citizens_entry_is_not_there(citizen, neighbour, browser):
    entry = AuditEvent.objects.create(
        event="record.viewed", actor="staff:99", subject=f"person:{neighbour.person_id}", at=timezone.now()
    )

    assert browser.get(f"{LOOKS}{entry.pk}/").status_code == 404
    assert browser.post(f"{LOOKS}{entry.pk}/", {}).status_code == 404


def test_ten_questions_a_day_are_enough(citizen, browser):
    entries = [
        AuditEvent.objects.create(
            event="record.viewed", actor="staff:99", subject=f"person:{citizen.person_id}", at=timezone.now()
        )
        for _ in range(11)
    ]

    answers = [browser.post(f"{LOOKS}{entry.pk}/").status_code for entry in entries]

    assert answers == [302] * 10 + [429]


def test_benefits_and_visits_have_their_shape(citizen, token_for, ask):
    BenefitFactory(person=citizen.person)
    VisitFactory(person=citizen.person)
    token = token_for(citizen, SCOPES)

    (benefit,) = ask("me/benefits", token).json()["results"]
    (visit,) = ask("me/visits", token, data={"year": "2026"}).json()["results"]

    assert (benefit["kind"], benefit["amount"], benefit["account"]) == ("lump_sum", 48_500_000, "•••• 6789")
    assert (visit["facility"]["code"], visit["fund"] + visit["copayment"]) == ("01000", visit["total"])
    assert ask("me/visits", token, data={"year": "2020"}).json()["results"] == []
    assert ask("me/visits", token, data={"year": "x"}).status_code == 400
    assert ask("me/benefits", token_for(citizen, "visits")).status_code == 403
