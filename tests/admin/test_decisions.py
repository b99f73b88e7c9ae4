"""Approve, return, refuse: once, by one officer, with its message, and nobody sees a password."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actions import otp, review
from accounts.models import OneTimeCode, RegistrationDossier, User
from insurance.models import InsuredPerson
from tests.admin.conftest import CODE, LIST, NEAR, PHONE, approve, at, logged_in, make_dossier, make_staff, now_of, told
from tests.harness.stage import words
from tests.registration.conftest import make_person, make_places
from vssid.audit.models import AuditEvent
from vssid.sms.models import Message


def texts(purpose: str) -> list[str]:
    return [message.body for message in Message.objects.filter(purpose=purpose).order_by("pk")]


def events(dossier) -> list[str]:
    return list(
        AuditEvent.objects.filter(subject=f"dossier:{dossier.pk}").order_by("pk").values_list("event", flat=True)
    )


def seen(dossier, document: str = "cccd") -> dict:
    """What an officer sends who notes that the applicant is here."""
    return {"version": dossier.version, "identity_checked": "on", "identity_document": document}


def test_approval_opens_the_account_and_sends_the_login_data(desk, officer, dossier):
    page = told(desk, approve(desk, dossier))
    assert f"{dossier.number} is approved. The login data goes out by SMS." in page
    user = User.objects.get(username=CODE)
    assert (user.person, user.phone, user.must_change_password) == (dossier.person, PHONE, True)
    (text,) = texts("credentials")
    password = re.search(r"Mat khau tam: (\w{12})", text)[1]
    assert user.check_password(password)
    decided = now_of(dossier)
    assert (decided.status, decided.decided_by, decided.decided_at) == ("approved", officer, timezone.now())
    shown = (decided.identity_method, decided.identity_document, decided.identity_checked_by)
    assert shown == ("in_person", "cccd", officer)
    assert decided.identity_checked_at == timezone.now()
    assert "dossier.approved" in events(dossier)


def test_approval_needs_the_person_to_have_been_there(desk, dossier):
    page = told(desk, approve(desk, dossier, identity_checked=None))
    assert "Confirm first that the applicant was present with the original document" in page
    assert now_of(dossier).status == "submitted"
    assert not User.objects.filter(username=CODE).exists()


@pytest.mark.parametrize("document", [None, "", "birth", "library card"])
def test_approval_says_which_document_was_shown(desk, dossier, document):
    page = told(desk, approve(desk, dossier, identity_document=document))
    assert "say which document" in page
    assert now_of(dossier).status == "submitted"


def test_who_was_here_before_is_approved_later_without_coming_again(desk, officer, dossier):
    page = told(desk, desk.post(at(dossier, "identity"), seen(dossier, "passport")))
    assert f"The identity of the applicant of {dossier.number} is recorded." in page
    assert "Seen at the office with the original: Passport" in page
    assert 'name="identity_checked"' not in page
    waiting = now_of(dossier)
    assert (waiting.status, waiting.identity_document, waiting.identity_checked_by) == (
        "submitted",
        "passport",
        officer,
    )
    colleague = logged_in(make_staff("canbo.hai", "officer", NEAR))
    approve(colleague, waiting, identity_checked=None, identity_document=None)
    decided = now_of(dossier)
    assert (decided.status, decided.identity_document, decided.identity_checked_by) == ("approved", "passport", officer)
    assert events(dossier).count("dossier.identity_checked") == 1


def test_an_identity_is_recorded_once_and_only_by_who_confirms_it(desk, dossier):
    assert "Confirm first" in told(
        desk, desk.post(at(dossier, "identity"), {"version": 1, "identity_document": "cccd"})
    )
    assert now_of(dossier).identity_checked_at is None
    desk.post(at(dossier, "identity"), seen(dossier))
    assert "changed in the meantime by yourself" in told(desk, desk.post(at(dossier, "identity"), seen(dossier)))


def test_what_is_corrected_is_checked_again(desk, dossier):
    desk.post(at(dossier, "identity"), seen(dossier))
    desk.post(at(dossier, "return"), {"version": 2, "portrait": "This is another person."})
    returned = now_of(dossier)
    assert (returned.status, returned.identity_method, returned.identity_checked_at) == ("returned", "", None)


@pytest.mark.parametrize("method", ["vneid", "parent"])
def test_who_proved_the_identity_elsewhere_need_not_come(desk, dossier, method):
    RegistrationDossier.objects.update(identity_method=method, identity_checked_at=timezone.now())
    assert 'name="identity_checked"' not in words(desk.get(at(dossier)))
    approve(desk, dossier, identity_checked=None, identity_document=None)
    decided = now_of(dossier)
    assert (decided.status, decided.identity_method, decided.identity_document) == ("approved", method, "")


def test_a_second_click_says_who_was_first_and_sends_nothing(desk, dossier):
    approve(desk, dossier)
    page = told(desk, approve(desk, dossier))
    assert "changed in the meantime by yourself" in page
    assert len(texts("credentials")) == 1


def test_the_officer_who_comes_too_late_reads_a_name(desk, officer, dossier):
    colleague = logged_in(make_staff("canbo.hai", "officer", NEAR))
    approve(desk, dossier)
    page = told(colleague, colleague.post(at(dossier, "reject"), {"version": 1, "reason": "has_account", "text": ""}))
    assert f"changed in the meantime by {officer.full_name}" in page
    assert now_of(dossier).status == "approved"


def test_the_name_is_told_for_a_returned_dossier_too(desk, officer, dossier):
    colleague = logged_in(make_staff("canbo.hai", "officer", NEAR))
    desk.post(at(dossier, "return"), {"version": 1, "id_front": "Blurred."})
    assert officer.full_name in told(colleague, approve(colleague, dossier))


def test_a_page_that_is_older_than_the_dossier_decides_nothing(desk, dossier):
    RegistrationDossier.objects.filter(pk=dossier.pk).update(version=4)
    assert "changed in the meantime by the applicant" in told(desk, approve(desk, dossier))
    assert now_of(dossier).status == "submitted"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_made_up_version_decides_nothing(desk, dossier, version):
    assert "changed in the meantime" in told(desk, approve(desk, dossier, version=version))


def test_without_a_record_there_is_no_account(desk, places, clock):
    unknown = make_dossier(None)
    page = words(desk.get(at(unknown)))
    assert "no insurance record has this code" in page
    assert 'name="identity_checked"' not in page
    assert "No insurance record belongs to this dossier" in told(desk, approve(desk, unknown))
    assert not User.objects.filter(is_staff=False).exists()


def test_who_has_an_account_gets_no_second_one(desk, dossier):
    User.objects.create(username=CODE, person=dossier.person, full_name="X")
    assert "this person already has an account" in words(desk.get(at(dossier)))
    assert "This person already has an account." in told(desk, approve(desk, dossier))


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"full_name": "TRẦN BẢN MẪU"}, "Full name differs."),
        ({"date_of_birth": "1985-09-02"}, "Date of birth differs."),
        ({"id_number": "001185000999"}, "Identity number differs."),
    ],
)
def test_somebody_elses_record_opens_no_account(desk, person, clock, change, item):
    dossier = make_dossier(person, **change)
    assert item in words(desk.get(at(dossier)))
    assert "differ from the insurance record" in told(desk, approve(desk, dossier))
    assert now_of(dossier).status == "submitted"


@pytest.mark.parametrize(
    "change",
    [
        {"full_name": "NGUYEN THI THU NGHIEM"},
        {"date_of_birth": "1985-01-01", "birth_year_only": True},
        {"gender": "male"},
        {"id_type": "passport", "id_number": "B1234567"},
    ],
)
def test_small_differences_are_left_to_the_officer(desk, person, clock, change):
    dossier = make_dossier(person, **change)
    approve(desk, dossier)
    assert now_of(dossier).status == "approved"


def test_a_corrected_record_can_be_approved(desk, person, clock):
    dossier = make_dossier(person, full_name="TRẦN BẢN MẪU")
    InsuredPerson.objects.update(full_name="TRẦN BẢN MẪU")
    approve(desk, dossier)
    assert now_of(dossier).status == "approved"


def test_approval_cancels_the_persons_other_dossiers(desk, dossier):
    other = make_dossier(dossier.person, photos=False)
    elsewhere = make_dossier(dossier.person, "00400", photos=False)
    approve(desk, dossier)
    assert now_of(other).status == now_of(elsewhere).status == "cancelled"
    assert "dossier.cancelled" in events(other)


def test_a_return_names_what_to_mend_and_tells_the_citizen(desk, dossier):
    form = {"version": 1, "id_front": "The photo is blurred.", "address": " Write the house number. ", "phone": ""}
    page = told(desk, desk.post(at(dossier, "return"), form))
    assert f"{dossier.number} was returned." in page
    assert now_of(dossier).return_reasons == [
        {"field": "id_front", "text": "The photo is blurred."},
        {"field": "address", "text": "Write the house number."},
    ]
    (text,) = texts("notice")
    assert f"ho so {dossier.number} can bo sung" in text
    page = words(desk.get(at(dossier)))
    assert "Front of the identity card: The photo is blurred." in page
    assert "Approve" not in page


def test_a_return_needs_a_reason(desk, dossier):
    answer = desk.post(at(dossier, "return"), {"version": 1, "id_front": "  "})
    assert answer.status_code == 400
    assert "Write beside at least one photo or item what must be corrected." in words(answer)
    assert not texts("notice")


def test_a_refusal_needs_a_reason_of_the_catalogue(desk, dossier):
    for reason in ("", "because"):
        answer = desk.post(at(dossier, "reject"), {"version": 1, "reason": reason, "text": "No."})
        assert answer.status_code == 400
    assert now_of(dossier).status == "submitted"


def test_a_refusal_tells_the_citizen(desk, dossier):
    form = {"version": 1, "reason": "not_the_person", "text": "Come with the card."}
    assert f"{dossier.number} was refused." in told(desk, desk.post(at(dossier, "reject"), form))
    assert f"ho so {dossier.number} khong duoc duyet" in texts("notice")[0]
    page = words(desk.get(at(dossier)))
    assert "The photos do not show the person of the declaration" in page
    assert "Come with the card." in page


def test_the_likely_reason_is_offered(desk, person, clock):
    dossier = make_dossier(person, full_name="TRẦN BẢN MẪU")
    page = words(desk.get(at(dossier, "reject")))
    assert re.search(r'value="record_differs"[^>]* checked', page)


def test_the_pages_of_reasons_close_with_the_decision(desk, dossier):
    approve(desk, dossier)
    assert "does not wait for a decision any more" in told(desk, desk.get(at(dossier, "return")))


def test_a_decision_is_never_a_link(desk, dossier):
    """Who comes by its address, as after a login in between, sees the dossier as it stands."""
    for action in ("approve", "credentials"):
        assert desk.get(at(dossier, action)).url == at(dossier)
    assert now_of(dossier).status == "submitted"


def test_nobody_sees_the_password(desk, dossier):
    answers = [approve(desk, dossier)]
    password = re.search(r"Mat khau tam: (\w{12})", texts("credentials")[0])[1]
    supervisor = logged_in(make_staff("phutrach", "supervisor", NEAR))
    answers += [client.get(path) for client in (desk, supervisor) for path in (at(dossier), LIST + "?state=all")]
    message = Message.objects.get(purpose="credentials")
    answers += [supervisor.get("/quan-tri/sms/message/"), supervisor.get(f"/quan-tri/sms/message/{message.pk}/change/")]
    for answer in answers:
        assert answer.status_code in (200, 302)
        assert password not in words(answer)
        assert "Mat khau" not in words(answer)
    assert message.ref in words(answers[-1])
    assert PHONE[3:] not in words(answers[-1])
    assert password not in str(list(AuditEvent.objects.values()))


def test_login_data_is_sent_again_on_the_approved_dossiers_page(desk, officer, dossier):
    approve(desk, dossier)
    user = User.objects.get(username=CODE)
    guessed = otp.issue(purpose="tracking", phone=PHONE, subject="x", browser_key="x", at=timezone.now())
    OneTimeCode.objects.filter(pk=guessed.pk).update(tries=15)  # codes to her phone are disabled
    page = told(desk, desk.post(at(dossier, "credentials")))
    assert "New login data goes out by SMS." in page
    assert otp.issue(purpose="login", phone=PHONE, subject=user.actor, browser_key="x", at=timezone.now())
    first, second = texts("credentials")
    assert first != second
    again = User.objects.get(pk=user.pk)
    assert (again.password != user.password, again.must_change_password) == (True, True)
    issued = AuditEvent.objects.filter(event="credential.issued", subject=user.actor).latest("pk")
    assert (issued.actor, issued.facts["again"]) == (officer.actor, True)
    assert events(dossier)[-2:] == ["message.resent", "dossier.viewed"]
    assert page.count("Login data ·") == 2


def test_login_data_is_sent_again_three_times_a_day(desk, dossier, clock):
    approve(desk, dossier)
    for _time in range(3):
        desk.post(at(dossier, "credentials"))
    assert "sent again 3 times within 24 hours" in told(desk, desk.post(at(dossier, "credentials")))
    assert len(texts("credentials")) == 4
    clock.shift(timedelta(hours=25))
    desk = logged_in(User.objects.get(username="canbo.gan"))
    assert "New login data goes out by SMS." in told(desk, desk.post(at(dossier, "credentials")))


def test_a_frozen_account_gets_no_login_data(desk, dossier):
    approve(desk, dossier)
    User.objects.filter(username=CODE).update(frozen_at=timezone.now())
    assert "This account is frozen." in told(desk, desk.post(at(dossier, "credentials")))
    assert len(texts("credentials")) == 1


def test_a_dossier_that_opened_no_account_has_no_login_data(desk, dossier):
    assert "No account was opened with this dossier." in told(desk, desk.post(at(dossier, "credentials")))
    assert "Send the login data again" not in words(desk.get(at(dossier)))


class Side:
    """One officer in a thread of their own, waiting for the other at the start."""

    def __init__(self, barrier, act):
        self.result: object = None
        self.thread = threading.Thread(target=self.run, args=(barrier, act))
        self.thread.start()

    def run(self, barrier, act):
        try:
            barrier.wait(timeout=10)
            self.result = act()
        except Exception as error:
            self.result = error
        finally:
            connection.close()


def side_by_side(*acts):
    barrier = threading.Barrier(len(acts))
    sides = [Side(barrier, act) for act in acts]
    for side in sides:
        side.thread.join(timeout=30)
    return [side.result for side in sides]


def approving(dossier, officer):
    return lambda: review.approve(dossier_id=dossier.pk, version=1, document="cccd", by=officer, at=timezone.now())


@pytest.fixture
def colleagues(transactional_db):
    make_places()
    return [make_staff(f"canbo{number}", "officer", NEAR) for number in (1, 2)]


def test_of_two_officers_in_one_moment_one_wins_and_the_other_reads_by_whom(colleagues):
    dossier = make_dossier(make_person(), photos=False)
    results = side_by_side(*(approving(dossier, officer) for officer in colleagues))
    winners = [result for result in results if isinstance(result, RegistrationDossier)]
    losers = [result for result in results if isinstance(result, review.AlreadyHandled)]
    assert (len(winners), len(losers)) == (1, 1), results
    assert winners[0].decided_by.full_name in str(losers[0])
    assert User.objects.filter(username=CODE).count() == Message.objects.filter(purpose="credentials").count() == 1


def test_two_dossiers_of_one_person_approved_in_one_moment_open_one_account(colleagues):
    person = make_person()
    dossiers = [make_dossier(person, photos=False) for _number in (1, 2)]
    results = side_by_side(*(approving(*pair) for pair in zip(dossiers, colleagues, strict=True)))
    assert sum(isinstance(result, review.AlreadyHandled) for result in results) == 1, results
    assert sorted(RegistrationDossier.objects.values_list("status", flat=True)) == ["approved", "cancelled"]
    assert Message.objects.filter(purpose="credentials").count() == 1


@pytest.mark.parametrize(
    ("action", "typed"), [("return", {"portrait": "The face is in shadow."}), ("reject", {"text": "Seen twice."})]
)
def test_reasons_sent_too_late_are_there_again_after_the_login(desk, officer, dossier, clock, action, typed):
    page = at(dossier, action)
    assert desk.get(page).status_code == 200
    clock.shift(16 * 60)
    assert desk.post(page, {"version": dossier.version, **typed}).url.startswith("/quan-tri/login/")
    desk.force_login(officer)
    session = desk.session
    session["otp_device_id"] = TOTPDevice.objects.get(user=officer).persistent_id
    session.save()
    assert next(iter(typed.values())) in words(desk.get(page))
    dossier.refresh_from_db()
    assert dossier.status == "submitted"
