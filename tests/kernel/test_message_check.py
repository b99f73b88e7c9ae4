"""Anybody with a message in hand asks whether we sent it, and tells us about one that we did not."""

import re
from datetime import timedelta

import pytest

from vssid.sms import authenticity, delivery, outbox, tasks
from vssid.sms.models import Message, Purpose, Suspicion

pytestmark = pytest.mark.django_db

PAGE, REPORT = "/tro-giup/tin-nhan/", "/tro-giup/tin-nhan/bao/"


@pytest.fixture
def ask(client):
    def send(ref):
        answer = client.post(PAGE, {"ref": ref}, headers={"accept-language": "en"})
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

    return send


@pytest.fixture
def message(settings, enqueue, now):
    settings.SMS_BACKEND = "inbox"
    message = enqueue(Purpose.CREDENTIALS, body="BHXHVN: tai khoan 0099000107. Mat khau tam: Tr8pq. Ma: {ref}")
    delivery.deliver(message.pk, at=now)
    return message


def test_a_message_of_ours_is_known_by_its_six_signs(ask, message, now):
    page = ask(message.ref)

    assert f"Yes: we sent the message {message.ref} at" in page
    assert "login data of an account" in page
    for personal in ("0099000107", "Tr8pq", "912345678", "345678"):
        assert personal not in page


@pytest.mark.parametrize("written", ["{0} ", "Ma: {0}", "{1}-{2}"])
def test_the_signs_may_be_typed_as_people_type_them(ask, message, written):
    assert "Yes: we sent" in ask(written.format(message.ref.lower(), message.ref[:3], message.ref[3:]))


def test_other_signs_are_not_ours(ask, message):
    assert "We sent no message ending in ZZZZZZ" in ask("ZZZZZZ")
    assert "These are not six characters of ours" in ask("K7M2Q0")


def test_a_message_that_has_not_left_or_was_taken_back_was_not_sent(ask, settings, enqueue, now):
    settings.SMS_BACKEND = "inbox"
    waiting = enqueue(not_before=now + timedelta(hours=1))
    outbox.cancel(enqueue(dedupe_key="taken back").dedupe_key, at=now)

    for message in (waiting, Message.objects.get(status="cancelled")):
        assert "We sent no message" in ask(message.ref)


def test_the_minute_is_told_and_not_the_second(message, now):
    told = authenticity.find(message.ref)

    assert told.at == now.replace(second=0, microsecond=0)


def test_nobody_tries_many_signs(client, db, clock):
    answers = [client.post(PAGE, {"ref": "ZZZZZZ"}).status_code for _ in range(21)]

    assert answers == [200] * 20 + [429]


def test_all_the_addresses_of_one_ipv6_line_count_together(client, db, clock):
    answers = [client.post(PAGE, {"ref": "ZZZZZZ"}, REMOTE_ADDR=f"2001:db8::{n:x}").status_code for n in range(1, 22)]

    assert answers[-1] == 429
    assert client.post(PAGE, {"ref": "ZZZZZZ"}, REMOTE_ADDR="2001:db8:0:1::1").status_code == 200


def test_looking_and_asking_change_nothing(client, message):
    before = list(Message.objects.values())

    assert client.get(PAGE).status_code == 200
    client.post(PAGE, {"ref": message.ref})

    assert list(Message.objects.values()) == before


def test_a_suspicious_message_lands_in_the_staffs_list_and_is_erased_after_half_a_year(client, now):
    answer = client.post(
        REPORT, {"text": "VssID 4.0: dong phi tai day", "sender": "0900 000 999", "ref": "zz"}, follow=True
    )

    assert answer.redirect_chain == [(PAGE, 302)]
    (told,) = Suspicion.objects.all()
    assert (told.text, told.sender, told.ref) == ("VssID 4.0: dong phi tai day", "0900 000 999", "")
    Suspicion.objects.update(reported_at=now - timedelta(days=181))
    tasks.forget_old.apply(throw=True)
    assert not Suspicion.objects.exists()
