"""One-time codes: wrong, old, used, tried too often, asked for too often (security.md T01–T09)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.actions import otp
from accounts.models import OneTimeCode, RegistrationDossier, User
from tests.harness.stage import NOW, new_browser, words
from tests.registration.conftest import (
    PHONE,
    ask_for_code,
    code_on,
    declare,
    other,
    phone_shows,
    put_photos,
    ready,
    send,
)
from vssid.audit.models import AuditEvent
from vssid.crypto import code_hash
from vssid.identifiers import InvalidIdentifier
from vssid.sms.models import Message

pytestmark = pytest.mark.django_db
WHO = {"purpose": "registration", "subject": "dossier:1", "browser_key": "one browser"}


def issue(at=NOW, phone=PHONE, **who):
    return otp.issue(phone=phone, at=at, **{**WHO, **who})


def verify(code, at=NOW, **who):
    return otp.verify(code=code, at=at, **{**WHO, **who})


def newest_code() -> str:
    return next(m.body for m in Message.objects.order_by("-pk") if m.body).split("la ")[1].split(",")[0]


def test_a_wrong_code_costs_a_try_and_the_right_one_still_works(browser):
    code = ready(browser)
    answer = send(browser, other(code))
    assert answer.status_code == 400
    assert "4 tries left" in words(answer)
    assert send(browser, code).url == "/dang-ky/hoan-tat/"


def test_after_five_wrong_codes_the_right_one_is_too_late(browser, clock):
    code = ready(browser)
    answers = [send(browser, other(code)) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 429]
    late = send(browser, code)
    assert late.status_code == 429
    assert late["Retry-After"]
    assert RegistrationDossier.objects.get().status == "draft"
    assert "Send me the code" in words(late)
    clock.shift(61)
    ask_for_code(browser)
    assert send(browser, code_on()).url == "/dang-ky/hoan-tat/"


def test_a_used_code_is_of_no_use(browser):
    issue()
    code = newest_code()
    verify(code)
    with pytest.raises(otp.OtpExpired):
        verify(code)


def test_a_code_lives_five_minutes_and_an_old_one_costs_no_try(browser, clock):
    sent = issue()
    code = newest_code()
    with pytest.raises(otp.OtpExpired):
        verify(code, at=NOW + timedelta(seconds=301))
    assert OneTimeCode.objects.get(pk=sent.pk).tries == 0
    assert verify(code, at=NOW + timedelta(seconds=299)).consumed_at


def test_a_new_code_makes_the_earlier_one_useless():
    issue()
    first = newest_code()
    issue(at=NOW + timedelta(seconds=61))
    if first != newest_code():
        with pytest.raises(otp.OtpWrong):
            verify(first, at=NOW + timedelta(seconds=62))
    assert verify(newest_code(), at=NOW + timedelta(seconds=63))


def test_a_code_works_in_the_browser_that_asked_for_it_only():
    issue()
    with pytest.raises(otp.OtpExpired):
        verify(newest_code(), browser_key="another browser")
    with pytest.raises(otp.OtpExpired):
        verify(newest_code(), subject="dossier:2")
    assert verify(newest_code())


def test_a_changed_phone_needs_a_new_code(browser):
    code = ready(browser)
    declare(browser, phone="0900000208")
    answer = send(browser, code)
    assert answer.status_code == 409
    assert RegistrationDossier.objects.get().status == "draft"


def test_waiting_times_grow_and_a_sixth_code_in_an_hour_is_refused():
    at, waits = NOW, []
    for _ in range(4):
        issue(at=at)
        with pytest.raises(otp.OtpThrottled) as early:
            issue(at=at + timedelta(seconds=1))
        waits.append(early.value.retry_after + 1)
        at += timedelta(seconds=waits[-1])
    issue(at=at)
    assert waits == [60, 120, 300, 300]
    with pytest.raises(otp.OtpThrottled) as full:
        issue(at=at + timedelta(minutes=10), subject="dossier:2", browser_key="another", purpose="tracking")
    assert full.value.retry_after > 300
    assert Message.objects.count() == 5


def test_ten_unused_codes_a_day_are_enough():
    for number in range(10):
        issue(at=NOW + timedelta(minutes=20 * number))
    with pytest.raises(otp.OtpThrottled):
        issue(at=NOW + timedelta(hours=10))
    assert issue(at=NOW + timedelta(hours=24, minutes=1))


def fail_fifteen_times():
    at = NOW
    for _ in range(3):
        issue(at=at)
        for _ in range(5):
            with pytest.raises((otp.OtpWrong, otp.OtpLocked)):
                verify(other(newest_code()), at=at)
        at += timedelta(minutes=20)
    return at


def test_whoever_answers_for_the_owner_allows_codes_to_the_phone_again(db):
    """Failures of a stranger must not shut the owner out for a day: VNeID or an officer ends that."""
    owner = User(username="0099000107")
    owner.set_phone(PHONE)
    owner.save()
    at = fail_fifteen_times()
    guessed = newest_code()
    otp.clear(user=owner, by="staff:1", at=at)
    with pytest.raises(otp.OtpExpired):
        verify(guessed, at=at)
    assert issue(at=at, subject="user:1", browser_key="hers")
    assert verify(newest_code(), at=at, subject="user:1", browser_key="hers")
    assert AuditEvent.objects.get(event="otp.cleared").actor == "staff:1"
    otp.clear(user=owner, by=owner.actor, at=at)
    assert AuditEvent.objects.filter(event="otp.cleared").count() == 1, "there was nothing to forget"


def test_fifteen_failures_disable_codes_for_the_phone_whoever_asks():
    at = fail_fifteen_times()
    with pytest.raises(otp.OtpLocked):
        issue(at=at, subject="dossier:2", browser_key="another")
    assert issue(at=NOW + timedelta(hours=25))


def test_only_vietnamese_mobile_numbers_get_codes():
    for number in ("+12025550100", "+88213300", "02437360000", "19009068"):
        with pytest.raises(InvalidIdentifier):
            issue(phone=number)
    assert not Message.objects.exists()


def test_codes_are_drawn_evenly_with_leading_zeros():
    drawn = [otp.new_code(6) for _ in range(20_000)]
    assert all(len(code) == 6 for code in drawn)
    digits = Counter("".join(drawn))
    expected = 12_000
    chi_square = sum((digits[digit] - expected) ** 2 / expected for digit in "0123456789")
    assert chi_square < 33.7  # 9 degrees of freedom, p = 0.0001


def test_a_reset_code_has_eight_digits():
    issue(purpose="password_reset")
    assert len(newest_code()) == 8


def test_only_a_hash_of_the_code_is_kept():
    sent = issue()
    code = newest_code()
    assert bytes(sent.code_hash) == code_hash(code, context=f"otp:{sent.pk}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT o.*::text, m.*::text FROM accounts_onetimecode o, sms_message m")
        assert code not in str(cursor.fetchall())


def test_the_text_is_one_plain_message_that_says_not_to_tell(browser, clock):
    issue()
    text = phone_shows()[0]
    assert text.startswith("BHXHVN")
    assert "Khong cung cap ma" in text
    assert text.isascii()
    assert len(text) <= 160


def test_a_decoy_sends_nothing_fits_nothing_and_counts_alike():
    issue(decoy=True)
    assert not Message.objects.exists()
    with pytest.raises(otp.OtpWrong) as wrong:
        verify("123456")
    assert wrong.value.tries_left == 4
    with pytest.raises(otp.OtpThrottled):
        issue(at=NOW + timedelta(seconds=1), decoy=True)


@pytest.mark.django_db(transaction=True)
def test_guesses_side_by_side_have_five_tries_together():
    sent = issue()
    code = newest_code()
    guesses = [f"{(int(code) + n) % 10**6:06d}" for n in range(1, 20)]

    def guess(text):
        try:
            verify(text)
        except (otp.OtpWrong, otp.OtpLocked, otp.OtpExpired):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(guess, guesses))
    assert OneTimeCode.objects.get(pk=sent.pk).tries == 5
    with pytest.raises(otp.OtpLocked):
        verify(code)


def test_six_browsers_cannot_bomb_one_phone(places, clock):
    statuses = []
    for number in range(6):
        browser = new_browser()
        browser.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        declare(browser, bhxh_code=f"009900020{number}")
        put_photos()
        statuses.append(ask_for_code(browser).status_code)
        clock.shift(301)
    assert statuses == [302, 302, 302, 302, 302, 429]
    assert Message.objects.filter(purpose="otp").count() == 5
