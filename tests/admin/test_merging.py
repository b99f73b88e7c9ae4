"""T18, T67: one person under several numbers is marked; one officer proposes, another supervisor decides."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import merging, registration
from accounts.models import IdentityMerge, RegistrationDossier, User
from accounts.rules.marks import Mark
from insurance.models import InsuredPerson
from tests.admin.conftest import FAR, NEAR, approve, at, logged_in, make_dossier, make_staff, now_of
from tests.harness.stage import NOW, words
from tests.registration.conftest import make_person
from vssid.audit.models import AuditEvent
from vssid.sms.models import Message

OTHER_CODE, CMND = "0099000909", "012345678"


@pytest.fixture
def older(person) -> InsuredPerson:
    """The record of the same person under an older code, without the 12-digit number."""
    return InsuredPerson.objects.create(
        bhxh_code=OTHER_CODE, full_name=person.full_name, date_of_birth=date(1985, 2, 9), gender="female"
    )


@pytest.fixture
def two(person, older, clock) -> RegistrationDossier:
    """Declared with the older code and the 12-digit number of the newer record."""
    return sent(make_dossier(older, photos=False))


def sent(dossier: RegistrationDossier) -> RegistrationDossier:
    """As its submission marks it."""
    dossier.marks = registration.marks_beside(dossier, registration.others_open(dossier))
    dossier.save()
    return dossier


def page_of(dossier) -> str:
    return at(dossier, "merge")


def propose(client, dossier, kept, duplicate):
    pair = f"{kept.pk}-{duplicate.pk if duplicate else ''}"
    return client.post(page_of(dossier), {"action": "propose", "pair": pair, "reason": "Same birth certificate."})


def decide(client, dossier, action="approve"):
    return client.post(page_of(dossier), {"action": action})


def test_two_codes_of_one_person_are_marked_and_stand_side_by_side(desk, two, person, older):
    """T18."""
    assert Mark.OTHER_RECORD in two.marks
    page = words(desk.get(page_of(two))).replace("\xa0", " ")
    assert "0099 000 107" in page
    assert "0099 000 909" in page
    seen = AuditEvent.objects.filter(event="record.viewed", facts__purpose="merge").values_list("subject", flat=True)
    assert set(seen) == {f"person:{person.pk}", f"person:{older.pk}"}


def test_who_is_known_by_the_nine_digits_is_found_by_them(desk, clock, places):
    """T18: the new 12-digit number makes no second person; the old one leads to the record that is there."""
    known = make_person(citizen_id=None)
    approve(desk, make_dossier(known, old_id_number=CMND))
    account = User.objects.get(person=known)
    people = InsuredPerson.objects.count()

    second = make_dossier(None, photos=False, old_id_number=CMND)
    second.person = registration.person_for(second)
    sent(second)

    assert second.person is None
    assert {Mark.UNKNOWN_CODE, Mark.OTHER_RECORD} <= set(second.marks)
    assert propose(desk, second, known, None).status_code == 302
    colleague = logged_in(make_staff("phutrach.hai", "supervisor", NEAR))
    assert decide(colleague, second).status_code == 302
    second = now_of(second)
    assert (second.person, second.bhxh_code) == (known, known.bhxh_code)
    assert Mark.HAS_ACCOUNT in second.marks
    assert User.objects.get(person=known) == account
    assert InsuredPerson.objects.count() == people


def test_a_second_officer_agrees_and_one_person_has_one_account(desk, boss, officer, supervisor, two, person, older):
    """T18, T67."""
    account = User(username=OTHER_CODE, person=older, full_name=older.full_name)
    account.set_phone("+84900000909")
    account.save()

    propose(desk, two, person, older)
    assert Mark.MERGE_PROPOSED in now_of(two).marks
    assert now_of(two).person == older
    decide(boss, two)

    merge = IdentityMerge.objects.get()
    assert (merge.proposed_by, merge.decided_by, merge.outcome) == (officer, supervisor, "approved")
    moved = now_of(two)
    assert (moved.person, moved.bhxh_code) == (person, person.bhxh_code)
    assert not {Mark.OTHER_RECORD, Mark.MERGE_PROPOSED} & set(moved.marks)
    account.refresh_from_db()
    assert account.frozen_at == NOW
    assert "tam khoa" in (Message.objects.get(purpose="notice").body or "")
    later = RegistrationDossier(bhxh_code=OTHER_CODE)
    assert registration.person_for(later) == person
    events = AuditEvent.objects.filter(event__startswith="identity.").order_by("pk").values_list("event", "actor")
    assert list(events) == [("identity.merge_proposed", officer.actor), ("identity.merged", supervisor.actor)]


def test_the_same_user_is_not_both_approvers(boss, supervisor, two, person, older):
    """T67."""
    propose(boss, two, person, older)

    assert decide(boss, two).status_code == 409

    assert IdentityMerge.objects.get().outcome == ""
    assert now_of(two).person == older
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityMerge.objects.update(outcome="approved", decided_by=supervisor, decided_at=NOW)


def test_an_officer_who_is_no_supervisor_decides_nothing(desk, boss, two, person, older):
    propose(boss, two, person, older)

    assert decide(desk, two).status_code == 404
    assert IdentityMerge.objects.get().outcome == ""


def test_a_refused_proposal_changes_nothing_and_may_be_made_again(desk, boss, two, person, older):
    propose(desk, two, person, older)
    assert propose(desk, two, person, older).status_code == 409
    decide(boss, two, "refuse")
    assert decide(boss, two).status_code == 409

    assert now_of(two).person == older
    assert Mark.MERGE_PROPOSED not in now_of(two).marks
    assert propose(desk, two, person, older).status_code == 302


def test_only_records_that_the_numbers_lead_to_can_be_brought_together(desk, two, older, clock):
    stranger = InsuredPerson.objects.create(
        bhxh_code="0099000777", full_name="TRẦN BẢN MẪU", date_of_birth=date(1990, 1, 1), gender="male"
    )

    assert propose(desk, two, stranger, older).status_code == 400
    with pytest.raises(merging.NotTheSame):
        merging.propose(
            dossier_id=two.pk, kept=stranger.pk, duplicate=older.pk, reason="x", by=User.objects.first(), at=NOW
        )
    assert not IdentityMerge.objects.exists()


def test_another_office_and_a_citizen_see_no_such_page(two, clock):
    far = logged_in(make_staff("canbo.xa", "supervisor", FAR))
    auditor = logged_in(make_staff("kiemsoat", "auditor", NEAR))

    for client in (far, auditor):
        assert client.get(page_of(two)).status_code == 404
        assert decide(client, two).status_code == 404


def test_a_dossier_with_one_record_offers_nothing(desk, dossier):
    assert Mark.OTHER_RECORD not in sent(dossier).marks
    assert "lead to no other record" in words(desk.get(page_of(dossier)))
