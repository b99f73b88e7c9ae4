"""Notices leave by the channels people chose: once, at the right hour, to the right people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.actions import deliveries
from accounts.actions.arrivals import tell_of_records
from accounts.models import Guardianship, NoticeChoices, NoticeDelivery, User
from accounts.models.channels import Channel
from accounts.rules.quiet import rests_until
from accounts.tasks import hand_over_notices
from tests.insurance.factories import PersonFactory
from tests.notices.conftest import NIGHT, NOON, account
from vssid.notices import posting
from vssid.notices.kinds import Kind
from vssid.notices.models import Notice
from vssid.notices.posting import NewNotice
from vssid.sms.models import Message

pytestmark = pytest.mark.django_db
PHONE, MAIL = "+84900000107", "thu.nghiem@mail.example"
CARD = {"last_on": "2026-12-20"}


@pytest.fixture(autouse=True)
def _mail_is_sent(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example"


@pytest.fixture
def reader() -> User:
    """Somebody with a phone and an address who chose nothing."""
    return account("0099000401", phone=PHONE, email=MAIL)


def remind(user: User, at: datetime = NOON, key: str = "card") -> Notice:
    return posting.post(person_id=user.person_id, kind=Kind.REMINDER_CARD, dedupe_key=key, at=at, **CARD)


def leave(at: datetime) -> None:
    """Everything that is due goes, as often as the schedule likes."""
    for channel in (*Channel, *Channel):
        deliveries.hand_over(channel, at=at)


def bodies() -> list[str]:
    return [message.body or "" for message in Message.objects.order_by("pk")]


def test_a_reminder_goes_to_the_phone_and_by_e_mail_once_each(reader: User) -> None:
    remind(reader)
    remind(reader)
    leave(NOON)
    leave(NOON + timedelta(days=1))

    (text,) = bodies()
    assert text.startswith("BHXHVN: the BHYT cua ban het han ngay 20/12/2026.")
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([MAIL], "BHXHVN: Thẻ BHYT hết hạn ngày 20/12/2026")
    assert "thong-bao" not in letter.body
    assert set(NoticeDelivery.objects.values_list("channel", "outcome", "due_at")) == {
        ("sms", "handed", None),
        ("email", "handed", None),
    }


def test_a_topic_that_was_switched_off_stays_in_the_list_alone(reader: User) -> None:
    NoticeChoices.objects.create(user=reader, sms=[], email=["records"])
    remind(reader)
    posting.post(person_id=reader.person_id, kind=Kind.VISIT_NEW, dedupe_key="visit", at=NOON)
    leave(NOON)
    assert bodies() == []
    (letter,) = mail.outbox
    assert letter.subject == "BHXHVN: Dữ liệu mới: thẻ, quá trình đóng, chế độ hưởng, lần khám"
    assert "khám chữa bệnh" not in letter.body  # whose mailbox it is, others may look into
    assert Notice.objects.unread().count() == 2


def test_security_goes_by_e_mail_whatever_was_chosen_and_at_night(reader: User) -> None:
    NoticeChoices.objects.create(user=reader, sms=[], email=[], push=[])
    posting.post(person_id=reader.person_id, kind=Kind.SECURITY_NEW_BROWSER, dedupe_key="s", at=NIGHT)
    leave(NIGHT)
    assert len(mail.outbox) == 1
    assert bodies() == []  # its message leaves with the act itself


def test_in_hours_of_rest_everything_else_waits_until_they_end(reader: User) -> None:
    remind(reader, NIGHT)
    leave(NIGHT)
    leave(NIGHT + timedelta(hours=6))  # 05:30
    assert (bodies(), mail.outbox) == ([], [])
    leave(NIGHT + timedelta(hours=6, minutes=31))
    assert (len(bodies()), len(mail.outbox)) == (1, 1)


def test_what_was_read_before_the_rest_ended_is_not_sent(reader: User) -> None:
    notice = remind(reader, NIGHT)
    leave(NIGHT)
    posting.mark_read([str(notice.pk)], person_id=reader.person_id, at=NIGHT)
    leave(NIGHT + timedelta(hours=8))
    assert (bodies(), mail.outbox) == ([], [])
    assert set(NoticeDelivery.objects.values_list("outcome", flat=True)) == {"needless"}


@pytest.mark.parametrize(
    ("hours", "local", "until"),
    [
        ((22, 6), "2026-11-23T21:59", None),
        ((22, 6), "2026-11-23T22:00", "2026-11-24T06:00"),
        ((22, 6), "2026-11-24T05:59", "2026-11-24T06:00"),
        ((22, 6), "2026-11-24T06:00", None),
        ((12, 14), "2026-11-24T13:10", "2026-11-24T14:00"),
        ((12, 14), "2026-11-24T14:00", None),
        ((6, 0), "2026-11-24T13:00", "2026-11-25T00:00"),
        ((7, 7), "2026-11-24T07:30", None),
    ],
)
def test_hours_of_rest(hours: tuple[int, int], local: str, until: str | None) -> None:
    at = datetime.fromisoformat(f"{local}+07:00").astimezone(UTC)
    end = rests_until(at, quiet_from=hours[0], quiet_to=hours[1])
    assert end == (datetime.fromisoformat(f"{until}+07:00") if until else None)


def test_several_notices_of_one_moment_are_one_message(reader: User) -> None:
    NoticeChoices.objects.create(user=reader, sms=["records", "reminders"])
    news = (Kind.VISIT_NEW, Kind.BENEFIT_NEW, Kind.CONTRIBUTION_NEW)
    posting.post_many([NewNotice(reader.person_id, kind, kind) for kind in news], at=NOON)
    leave(NOON)
    (text,) = bodies()
    assert text.startswith("BHXHVN: ban co 3 thong bao moi.")


def test_a_parent_is_told_of_the_childs_card_and_not_of_its_log_ins(reader: User) -> None:
    child = account("0099000402", date_of_birth=date(2014, 5, 6))
    Guardianship.objects.create(
        parent=reader, child=child.person, relation="mother", since=NOON, ends_on=date(2032, 5, 6)
    )
    remind(child)
    posting.post(person_id=child.person_id, kind=Kind.SECURITY_NEW_BROWSER, dedupe_key="s", at=NOON)
    leave(NOON)
    (text,) = bodies()
    assert text.startswith("BHXHVN: ban co 1 thong bao moi.")  # whose card it is stays on the portal
    assert NoticeDelivery.objects.filter(channel="email", user=reader).count() == 1


def test_a_mail_server_that_is_away_is_asked_again_and_given_up_in_the_end(reader: User, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    remind(reader)
    at = NOON
    for seconds in deliveries.RETRIES:
        deliveries.hand_over(Channel.EMAIL, at=at)
        row = NoticeDelivery.objects.get(channel="email")
        assert row.due_at == at + timedelta(seconds=seconds)
        assert deliveries.hand_over(Channel.EMAIL, at=row.due_at - timedelta(seconds=1)) == 0
        at = row.due_at
    NoticeChoices.objects.create(user=reader, quiet_from=0, quiet_to=0)
    deliveries.hand_over(Channel.EMAIL, at=at)
    row.refresh_from_db()
    assert (row.outcome, row.due_at) == ("failed", None)


def test_a_letter_that_is_hard_to_write_holds_up_no_other(reader: User) -> None:
    names = {"name": "Ứng dụng\r\nBcc: ai@khac.example", "until_on": "2026-12-20"}
    posting.post(person_id=reader.person_id, kind=Kind.SECURITY_APPLICATION_ALLOWED, dedupe_key="a", at=NOON, **names)
    remind(account("0099000402", email="khac@mail.example"))
    leave(NOON)
    assert {letter.to[0]: letter.recipients() for letter in mail.outbox} == {
        MAIL: [MAIL],
        "khac@mail.example": ["khac@mail.example"],
    }


def test_a_worker_that_died_leaves_its_rows_to_the_next_after_five_minutes(reader: User) -> None:
    remind(reader)
    assert deliveries._claim(Channel.SMS, NOON)[0] == 1  # and dies here
    assert deliveries.hand_over(Channel.SMS, at=NOON + timedelta(minutes=4)) == 0
    assert deliveries.hand_over(Channel.SMS, at=NOON + timedelta(minutes=5)) == 1
    assert len(bodies()) == 1


def test_the_task_may_run_twice(reader: User) -> None:
    NoticeChoices.objects.create(user=reader, quiet_from=0, quiet_to=0)
    remind(reader, timezone.now() - timedelta(hours=1))
    assert [hand_over_notices(channel) for channel in ("sms", "email", "sms", "email")] == [1, 1, 0, 0]
    assert (len(bodies()), len(mail.outbox)) == (1, 1)


def test_notices_to_many_are_spread_in_one_statement(
    reader: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    others = [account(f"00990005{number:02}", phone=PHONE) for number in range(20)]
    rows = [NewNotice(one.person_id, Kind.REMINDER_CARD, f"r{one.pk}", facts=CARD) for one in (reader, *others)]
    with django_assert_num_queries(2):  # the notices, their deliveries
        posting.post_many(rows, at=NOON)
    with django_assert_num_queries(12):  # as many as for one: claim, notices, users, outbox, what became of it
        deliveries.hand_over(Channel.SMS, at=NOON)
    assert len(bodies()) == 21


def test_rows_of_a_month_ago_are_forgotten_and_the_notice_stays(reader: User) -> None:
    remind(reader)
    leave(NOON)
    assert deliveries.forget(before=NOON + timedelta(days=31), limit=100) == 2
    assert (NoticeDelivery.objects.count(), Notice.objects.count()) == (0, 1)


def test_new_records_reach_the_channels_of_all_their_people_at_once(
    reader: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    readers = [reader, *(account(f"00990006{number:02}", phone=PHONE) for number in range(10))]
    NoticeChoices.objects.bulk_create(NoticeChoices(user=one, sms=["records"]) for one in readers)
    nobody = PersonFactory()
    with django_assert_num_queries(4):  # accounts, children, notices, deliveries
        tell_of_records(kind="visits", person_ids=[*(one.person_id for one in readers), nobody.pk], at=NOON)
    leave(NOON)
    assert len(bodies()) == len(readers)
    assert not any("kham" in text for text in bodies())
