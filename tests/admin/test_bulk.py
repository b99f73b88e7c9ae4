"""Several approvals at once: only where nothing is left to look at, after a preview, each with its own result."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import bulk
from accounts.dossiers import leases
from accounts.models import IdPhoto, RegistrationDossier, User
from insurance.models import InsuredPerson
from tests.admin.conftest import CODE, FAR, LIST, NEAR, PHONE, logged_in, make_dossier, make_staff, told
from tests.admin.test_decisions import colleagues, now_of, side_by_side  # noqa: F401
from tests.harness.stage import words
from tests.registration.conftest import CITIZEN_ID, make_person
from vssid.audit.models import AuditEvent
from vssid.crypto import keyed_hash
from vssid.sms.models import Message

LOOK, ACT, RESULT = LIST + "bulk/", LIST + "bulk/approve/", LIST + "bulk/result/"


def ready(number: int = 0, **changes) -> RegistrationDossier:
    """A dossier that passes every check; each is another person's."""
    citizen_id = f"001185{number:06}" if number else CITIZEN_ID
    person = make_person(f"00990{number:05}" if number else CODE, citizen_id)
    person.phone = PHONE
    person.save()
    facts = {"id_number": citizen_id, "id_number_hash": keyed_hash(citizen_id, kind="id_number")}
    seen = {"identity_method": "in_person", "identity_document": "cccd", "identity_checked_at": timezone.now()}
    return make_dossier(person, photos=False, **{**facts, **seen, **changes})


def ticked(*dossiers) -> dict:
    return {"chosen": [f"{dossier.pk}.{dossier.version}" for dossier in dossiers]}


def test_the_queue_lets_an_officer_tick_dossiers(desk, dossier):
    page = words(desk.get(LIST))
    assert f'name="chosen" value="{dossier.pk}.{dossier.version}"' in page
    assert 'name="chosen"' not in words(desk.get(LIST + "?state=approved"))
    auditor = logged_in(make_staff("kiemtra", "auditor", NEAR))
    assert 'name="chosen"' not in words(auditor.get(LIST))
    assert auditor.post(LOOK, ticked(dossier)).status_code == 404
    assert auditor.post(ACT, ticked(dossier)).status_code == 404


def test_preview_then_approval_then_a_result_for_each(desk, places, clock):
    both = [ready(), ready(1)]
    page = words(desk.post(LOOK, ticked(*both)))
    assert "2 dossiers will be approved" in page
    assert all(dossier.number in page for dossier in both)
    assert RegistrationDossier.objects.filter(status="submitted").count() == 2, "a preview decides nothing"
    page = told(desk, desk.post(ACT, ticked(*both)))
    assert "2 dossiers are approved." in page
    assert all(now_of(dossier).status == "approved" for dossier in both)
    assert Message.objects.filter(purpose="credentials").count() == 2
    assert AuditEvent.objects.filter(event="dossier.approved").count() == 2


def test_a_reload_of_the_result_does_nothing(desk, places, clock):
    dossier = ready()
    desk.post(ACT, ticked(dossier))
    desk.get(RESULT)
    page = told(desk, desk.post(ACT, ticked(dossier)))
    assert "0 dossiers are approved." in page
    assert "changed in the meantime by yourself" in page
    assert Message.objects.filter(purpose="credentials").count() == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"identity_checked_at": None, "identity_method": ""}, "The identity has not been recorded."),
        ({"marks": ["phone_used"]}, "It has marks to look at."),
        ({"gender": "male"}, "The declaration does not agree with the insurance record."),
        ({"full_name": "NGUYEN THI THU NGHIEM"}, "The declaration does not agree with the insurance record."),
        ({"phone": "+84977000999"}, "The declaration does not agree with the insurance record."),
    ],
)
def test_what_needs_a_look_of_its_own_is_left_out_and_says_why(desk, places, clock, change, why):
    good, odd = ready(), ready(1, **change)
    page = words(desk.post(LOOK, ticked(good, odd)))
    assert "1 dossier will be approved" in page
    assert f"{odd.number}</span>: {why}" in page
    assert f'value="{odd.pk}.' not in page
    page = told(desk, desk.post(ACT, ticked(good, odd)))
    assert "1 dossier is approved." in page
    assert why in page
    assert (now_of(good).status, now_of(odd).status) == ("approved", "submitted")


def test_a_photo_that_is_hard_to_read_needs_eyes(desk, places, clock):
    dossier = ready()
    facts = {"width": 9, "height": 9, "size": 9, "created_at": timezone.now(), "stored_name": "x"}
    IdPhoto.objects.create(dossier=dossier, slot="portrait", quality={"warnings": ["blurred"]}, **facts)
    assert "A photo is hard to read." in words(desk.post(LOOK, ticked(dossier)))


def test_what_a_colleague_holds_is_left_to_the_colleague(desk, places, clock):
    dossier, colleague = ready(), make_staff("canbo.hai", "officer", NEAR)
    leases.take(dossier=dossier, by=colleague, at=timezone.now())
    assert "Somebody else is working on it." in told(desk, desk.post(ACT, ticked(now_of(dossier))))
    assert now_of(dossier).status == "submitted"


@pytest.mark.parametrize("method", ["vneid", "parent"])
def test_who_proved_the_identity_elsewhere_is_among_them(desk, places, clock, method):
    dossier = ready(identity_method=method, identity_document="")
    assert "1 dossier will be approved" in words(desk.post(LOOK, ticked(dossier)))


def test_what_changed_after_the_preview_is_not_approved(desk, places, clock):
    dossier = ready()
    form = ticked(dossier)
    InsuredPerson.objects.update(full_name="TRẦN BẢN MẪU")
    assert "does not agree with the insurance record" in told(desk, desk.post(ACT, form))
    InsuredPerson.objects.update(full_name=dossier.full_name)
    RegistrationDossier.objects.update(version=7)
    assert "changed in the meantime by the applicant" in told(desk, desk.post(ACT, form))
    assert now_of(dossier).status == "submitted"


def test_twenty_one_are_refused_whole(desk, places, clock):
    many = [ready(number) for number in range(21)]
    for address in (LOOK, ACT):
        answer = desk.post(address, ticked(*many))
        assert answer.status_code == 400
        assert "At most 20 dossiers are approved at once." in words(answer)
    assert not User.objects.filter(is_staff=False).exists()
    assert "20 dossiers will be approved" in words(desk.post(LOOK, ticked(*many[1:])))


def test_another_offices_dossier_spoils_the_whole_choice(desk, places, clock):
    mine, theirs = ready(), ready(1)
    RegistrationDossier.objects.filter(pk=theirs.pk).update(office=FAR)
    for address in (LOOK, ACT):
        assert desk.post(address, ticked(mine, theirs)).status_code == 404
    assert now_of(mine).status == "submitted"


@pytest.mark.parametrize("value", ["x", "1", "1.x", "-1.1", "1.1.1", "9" * 40 + ".1"])
def test_made_up_choices_are_refused(desk, officer, value):
    for address in (LOOK, ACT):
        assert desk.post(address, {"chosen": [value]}).status_code == 400


def test_nothing_chosen_leads_back(desk):
    assert "No dossier is chosen." in words(desk.post(LOOK))
    assert desk.get(LOOK).status_code == 405
    assert desk.get(ACT).status_code == 405


def test_one_by_one_and_together_in_the_same_moment_open_one_account(colleagues):  # noqa: F811
    dossier = ready()
    one, two = colleagues
    now = timezone.now() + timedelta(seconds=1)
    acts = [lambda by=by: bulk.approve_chosen(chosen=[(dossier.pk, 1)], by=by, at=now) for by in (one, two)]
    results = [outcome for (outcome,) in side_by_side(*acts)]
    assert sorted(bool(outcome.error) for outcome in results) == [False, True], results
    assert User.objects.filter(person=dossier.person).count() == 1
    assert Message.objects.filter(purpose="credentials").count() == 1
