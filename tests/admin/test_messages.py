"""What staff see of messages: how far each is, which phones take none, what people distrust; never a text of ours."""

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import messages
from accounts.actions.credentials import reissue_credentials
from accounts.models import RegistrationDossier
from tests.admin.conftest import FAR, NEAR, PHONE, approve, at, logged_in, make_staff, told
from tests.harness.stage import NOW, words
from vssid.audit.models import AuditEvent
from vssid.sms import authenticity, delivery, outbox
from vssid.sms.models import Message, Purpose, Suspicion

LIST = "/quan-tri/tin-khong-den/"


@pytest.fixture
def receipt(dossier, twilio, clock):
    """The dossier's receipt, which Twilio refuses for good."""
    twilio.mode("error", status=400, code=21610)
    with transaction.atomic():
        message = outbox.enqueue(
            to=PHONE, body=messages.receipt("0099000107", dossier.number), purpose=Purpose.RECEIPT,
            dedupe_key=f"receipt:{dossier.pk}", at=NOW,
        )  # fmt: skip
    delivery.deliver(message.pk, at=NOW)
    return Message.objects.get(pk=message.pk)


def test_a_phone_that_takes_no_message_is_shown_on_the_dossier_and_listed_for_its_office(desk, dossier, receipt):
    assert receipt.status == "failed"
    assert "The phone number takes no messages." in words(
        desk.get(f"/quan-tri/accounts/registrationdossier/{dossier.pk}/change/")
    )
    assert "Look at 1 dossier" in words(desk.get("/quan-tri/"))
    page = words(desk.get(LIST))
    assert dossier.number in page
    assert "21610" in page


def test_other_offices_do_not_see_it(dossier, receipt):
    far = logged_in(make_staff("canbo.xa", "officer", FAR))

    assert dossier.number not in words(far.get(LIST))
    assert "Look at 1 dossier" not in words(far.get("/quan-tri/"))


def test_it_leaves_the_list_when_a_later_message_arrives(desk, dossier, receipt, twilio):
    twilio.mode("ok")
    with transaction.atomic():
        later = outbox.enqueue(to=PHONE, body="BHXHVN: {ref}", purpose=Purpose.NOTICE, at=NOW,
                               dedupe_key=f"dossier:{dossier.pk}:{dossier.version}")  # fmt: skip
    delivery.deliver(later.pk, at=NOW)

    assert dossier.number not in words(desk.get(LIST))


def test_login_data_sent_anew_count_like_the_first(desk, dossier, clock):
    assert approve(desk, dossier).status_code == 302
    lost = {"status": "undelivered", "body": None, "finished_at": NOW}
    Message.objects.filter(purpose="credentials").update(**lost)
    assert dossier.number in words(desk.get(LIST))
    clock.shift(60)
    reissue_credentials(user=dossier.person.user, by="staff:1", at=timezone.now())
    assert dossier.number not in words(desk.get(LIST)), "the newer message is on its way"
    Message.objects.filter(dedupe_key__startswith="credentials:user:").update(**lost)
    assert dossier.number in words(desk.get(LIST))


def test_supervisors_see_how_far_a_message_is_and_no_text(receipt):
    boss = logged_in(make_staff("truong.phong", "supervisor", NEAR))

    page = words(boss.get(f"/quan-tri/sms/message/{receipt.pk}/change/"))
    listed = words(boss.get("/quan-tri/sms/message/?look=failed"))

    assert "twilio Refused for good 21610" in page
    assert receipt.ref in listed
    for text in ("da nhan duoc to khai", PHONE, PHONE[4:]):
        assert text not in page + listed


def test_reported_messages_are_ticked_off_by_supervisors_and_only_read_by_auditors(clock, places):
    authenticity.report(ref="", sender="0900000999", text="Dong phi tai day", at=NOW)
    told = Suspicion.objects.get()
    path, tick = "/quan-tri/sms/suspicion/", {"action": "look_done", "_selected_action": [told.pk]}
    auditor = logged_in(make_staff("thanh.tra", "auditor", NEAR))
    assert "Dong phi tai day" in words(auditor.get(path))
    auditor.post(path, tick)
    assert Suspicion.objects.get().looked_at is None

    supervisor = make_staff("truong.phong", "supervisor", NEAR)
    logged_in(supervisor).post(path, tick)

    assert (Suspicion.objects.get().looked_at, Suspicion.objects.get().looked_by) == (NOW, supervisor.actor)
    assert "Dong phi tai day" not in words(auditor.get(path, {"looked": "no"}))
    assert "Dong phi tai day" in words(auditor.get(path, {"looked": "yes"}))


def test_an_officer_sends_the_receipt_again_without_seeing_it(desk, officer, dossier, receipt, twilio):
    twilio.mode("ok")
    page = words(desk.get(at(dossier)))
    assert "Send the message again" in page

    answer = desk.post(at(dossier, "resend"))
    delivery.drain(delivery.NOTICES, at=NOW)

    assert "The message goes out again." in told(desk, answer)
    (sent,) = twilio.messages
    assert sent["to"] == PHONE
    assert dossier.number in sent["body"]
    assert "da nhan duoc to khai" not in page + words(desk.get(at(dossier)))
    event = AuditEvent.objects.get(event="message.resent")
    assert (event.actor, event.subject, event.facts) == (officer.actor, dossier.subject, {"purpose": "receipt"})
    assert dossier.number not in words(desk.get(LIST)), "the phone takes messages again"


def test_a_message_is_sent_again_three_times_a_day_and_never_while_one_is_on_its_way(
    desk, officer, dossier, twilio, clock
):
    for _time in range(3):
        desk.post(at(dossier, "resend"))
        assert "still on its way" in told(desk, desk.post(at(dossier, "resend")))
        delivery.drain(delivery.NOTICES, at=timezone.now())
    assert "often enough" in told(desk, desk.post(at(dossier, "resend")))
    assert len(twilio.messages) == 3

    clock.shift(86401)
    logged_in(officer).post(at(dossier, "resend"))
    delivery.drain(delivery.NOTICES, at=timezone.now())
    assert len(twilio.messages) == 4


def test_what_is_sent_again_goes_with_the_state_of_the_dossier(desk, dossier, twilio, clock):
    for status, says in (("returned", "can bo sung"), ("withdrawn", None)):
        RegistrationDossier.objects.filter(pk=dossier.pk).update(status=status)
        answer = desk.post(at(dossier, "resend"))
        delivery.drain(delivery.NOTICES, at=timezone.now())
        if says:
            assert says in twilio.messages[-1]["body"]
        else:
            assert "There is no message" in told(desk, answer)
            assert "Send the message again" not in words(desk.get(at(dossier)))


def test_messages_of_other_offices_dossiers_and_for_readers_cannot_be_sent_again(dossier, twilio):
    for client in (logged_in(make_staff("canbo.xa", "officer", FAR)), logged_in(make_staff("kt01", "auditor", NEAR))):
        assert client.post(at(dossier, "resend")).status_code == 404
    assert not Message.objects.exists()
