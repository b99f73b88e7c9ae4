"""Numbers without gaps or repeats, whoever sends at the same moment."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connection, transaction

from accounts.actions import drafts, otp, registration
from accounts.dossiers.actions import next_number
from accounts.models import IdPhoto, OneTimeCode, RegistrationDossier
from accounts.models.registration import Mark, PhotoSlot
from accounts.rules.declaration import Places, read_declaration
from tests.harness.stage import NOW, new_browser
from tests.registration.conftest import PHONE, TYPED, code_on, make_places, send
from vssid.sms.models import Message

TOGETHER, AT_ONCE = 200, 8
PLACES = Places(province=True, ward_province="01", office=True)


@pytest.fixture
def map_(transactional_db):
    make_places()


def ready_draft(number: int, **changes: str) -> tuple[RegistrationDossier, OneTimeCode]:
    """A draft with its photos' rows and a code that was checked."""
    typed = {**TYPED, "phone": f"09000{number:05d}", "bhxh_code": f"00990{number:05d}", **changes}
    declaration = read_declaration(typed, places=PLACES, today=date(2026, 11, 23))
    draft = drafts.keep_declaration(declaration=declaration, dossier=None, language="vi", at=NOW)
    for slot in PhotoSlot:
        IdPhoto.objects.create(
            dossier=draft, slot=slot, stored_name=uuid.uuid4().hex, width=900, height=600, size=1, created_at=NOW
        )
    return draft, proof_for(draft)


def proof_for(draft: RegistrationDossier, key: str = "key") -> OneTimeCode:
    """A code to the phone of the declaration, entered in the browser with this key."""
    who = {"purpose": "registration", "subject": f"dossier:{draft.pk}", "browser_key": key}
    otp.issue(phone=draft.phone, at=NOW, **who)
    body = Message.objects.get(dedupe_key=f"otp:{otp.pending(**who).pk}").body
    return otp.check(code=body.split("la ")[1][:6], at=NOW, **who)


def in_own_connection(job):
    try:
        return registration.submit(dossier=job[0], proof=job[1], at=NOW)
    finally:
        connection.close()


def all_at_once(jobs, work):
    start = Barrier(len(jobs))

    def run(job):
        try:
            start.wait(timeout=30)
            return work(job)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_parallel_submissions_get_numbers_without_gap_or_repeat(map_):
    jobs = [ready_draft(number) for number in range(TOGETHER)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = list(pool.map(in_own_connection, jobs))
    assert sorted(dossier.number for dossier in sent) == [f"00103GD/2026/{n:05d}" for n in range(1, TOGETHER + 1)]
    assert Message.objects.filter(purpose="receipt").count() == TOGETHER


def test_the_same_declaration_sent_twice_in_one_moment_has_one_number(map_):
    job = ready_draft(1)
    sent = all_at_once([job] * 5, lambda job: registration.submit(dossier=job[0], proof=job[1], at=NOW))
    assert {dossier.number for dossier in sent} == {"00103GD/2026/00001"}
    assert Message.objects.filter(purpose="receipt").count() == 1


def test_two_declarations_with_one_code_in_one_moment_know_of_each_other(map_):
    jobs = [ready_draft(1, bhxh_code="0099000107"), ready_draft(2, bhxh_code="0099000107")]
    all_at_once(jobs, lambda job: registration.submit(dossier=job[0], proof=job[1], at=NOW))
    assert all(Mark.DUPLICATE_CODE in dossier.marks for dossier in RegistrationDossier.objects.all())


def test_corrected_and_new_declarations_with_one_code_in_one_moment_wait_for_each_other(map_):
    returned = [ready_draft(number, bhxh_code="0099000107") for number in range(3)]
    for draft, proof in returned:
        registration.submit(dossier=draft, proof=proof, at=NOW)
    RegistrationDossier.objects.update(status="returned", marks=[])
    again = [(dossier, proof_for(dossier, "again")) for dossier in RegistrationDossier.objects.all()]
    new = [ready_draft(number, bhxh_code="0099000107") for number in range(3, 6)]
    sent = all_at_once([*new, *again], lambda job: registration.submit(dossier=job[0], proof=job[1], at=NOW))
    assert len({dossier.number for dossier in sent}) == 6
    marked = RegistrationDossier.objects.filter(status="submitted", marks__contains=[Mark.DUPLICATE_CODE])
    assert marked.count() == 6


def test_a_double_click_on_the_page_gives_one_dossier(map_):
    from tests.registration.conftest import ready

    browser = new_browser()
    code = ready(browser)
    copies = []
    for _ in range(3):
        copy = new_browser()
        copy.cookies = browser.cookies
        copies.append(copy)
    answers = all_at_once(copies, lambda copy: send(copy, code))
    assert {answer.url for answer in answers} == {"/dang-ky/hoan-tat/"}
    assert RegistrationDossier.objects.get().number.endswith("/00001")
    assert code_on(PHONE) == code


def test_a_number_is_given_back_when_the_transaction_fails(places):
    def failing():
        with transaction.atomic():
            next_number(office="00103", kind="GD", at=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert next_number(office="00103", kind="GD", at=NOW) == "00103GD/2026/00001"


def test_numbers_are_counted_per_office_kind_and_vietnamese_year(places):
    assert next_number(office="00103", kind="GD", at=NOW) == "00103GD/2026/00001"
    assert next_number(office="00103", kind="DVC", at=NOW) == "00103DVC/2026/00001"
    assert next_number(office="00400", kind="GD", at=NOW) == "00400GD/2026/00001"
    new_year_in_vietnam = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    assert next_number(office="00103", kind="GD", at=new_year_in_vietnam) == "00103GD/2027/00001"
