"""Notices: posted once, read by whom they concern, with words in both languages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from string import Formatter

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from accounts.actions import looks
from accounts.models import AccessQuestion, Guardianship, NoticeChoices, User
from tests.insurance.factories import PersonFactory
from vssid.audit.models import AuditEvent
from vssid.notices import posting, texts
from vssid.notices.kinds import Kind
from vssid.notices.models import Notice
from vssid.notices.topics import Topic, kinds_of

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KEY = Kind.SECURITY_PASSKEY_ADDED
pytestmark = pytest.mark.django_db


def account(code: str) -> User:
    person = PersonFactory(bhxh_code=code)
    return User.objects.create_user(code, full_name=person.full_name, person=person)


def browser(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def tell(user: User, key: str = "k1", **more: object) -> Notice:
    return posting.post(person_id=user.person_id, kind=KEY, dedupe_key=key, at=NOW, name="Phone", **more)


def test_every_kind_has_words_in_both_languages() -> None:
    assert set(texts.TEXTS) == set(Kind)
    for kind, words in texts.TEXTS.items():
        for text in words:
            with translation.override("vi"):
                vietnamese = str(text)
            with translation.override("en"):
                assert vietnamese != str(text), kind
            assert list(Formatter().parse(vietnamese))


def test_the_same_thing_is_told_once() -> None:
    user = account("0099000301")
    first = tell(user)
    assert tell(user).pk == first.pk
    posting.post_many([posting.NewNotice(user.person_id, KEY, "k1", facts={"name": "x"})], at=NOW)
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "url"),
    [({"name": "call 0900000107"}, ""), ({"name": "x" * 201}, ""), ({}, ""), ({"name": "x"}, "//evil.example/")],
)
def test_personal_numbers_missing_words_and_foreign_addresses_are_refused(facts: dict[str, str], url: str) -> None:
    with pytest.raises(ValueError, match="notices"):
        posting.post(person_id=1, kind=KEY, dedupe_key="x", at=NOW, url=url, **facts)


def test_facts_are_shown_as_people_write_them() -> None:
    kinds = {"due_on": "2026-12-05", "sent_at": "2026-12-05T02:45:00+00:00", "last_month": "2026-11", "count": 3}
    shown = {name: texts._shown(name, fact) for name, fact in kinds.items()}
    assert shown == {"due_on": "05/12/2026", "sent_at": "09:45, 05/12/2026", "last_month": "11/2026", "count": 3}


def test_what_is_new_is_counted_in_the_header_until_it_is_read() -> None:
    user = account("0099000302")
    tell(user, "a", url="/tai-khoan/")
    notice = tell(user, "b", url="/tai-khoan/")
    reader = browser(user)
    assert b'aria-label="Notices, 2 new"' in reader.get("/tai-khoan/").content
    assert b"2 notices are new" in reader.get("/thong-bao/").content
    assert Notice.objects.unread().count() == 2  # looking changes nothing

    assert reader.post("/thong-bao/", {"notice": str(notice.pk)}).url == "/tai-khoan/"
    assert b'aria-label="Notices, 1 new"' in reader.get("/tai-khoan/").content

    assert reader.post("/thong-bao/").url == "/thong-bao/"
    page = reader.get("/thong-bao/").content
    assert b'aria-label="Notices"' in page
    assert b"You have read everything." in page


def test_nobody_reads_or_marks_the_notices_of_others() -> None:
    mine, other = account("0099000303"), account("0099000304")
    notice = tell(other)
    reader = browser(mine)
    assert "Phone" not in reader.get("/thong-bao/").content.decode()
    for chosen in (str(notice.pk), "nonsense", ""):
        assert reader.post("/thong-bao/", {"notice": chosen}).url == "/thong-bao/"
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_parent_reads_of_the_childs_records_and_not_of_its_log_ins() -> None:
    parent, child = account("0099000305"), account("0099000306")
    Guardianship.objects.create(
        parent=parent, child=child.person, relation="mother", since=NOW, ends_on=date(2099, 1, 1)
    )
    tell(child, "secret")
    Notice.objects.create(person_id=child.person_id, kind=KEY, facts={"name": "Card"}, created_at=NOW, dedupe_key="c")
    page = browser(parent).get("/thong-bao/").content.decode()
    assert "“Card”" in page
    assert child.person.full_name in page
    assert "“Phone”" not in page
    assert 'aria-label="Notices, 1 new"' in page


def test_a_year_later_they_are_forgotten() -> None:
    user = account("0099000307")
    tell(user)
    now = timezone.now()
    Notice.objects.update(created_at=now - timedelta(days=366))
    tell(user, "new")
    Notice.objects.filter(dedupe_key="new").update(created_at=now)
    assert posting.forget(before=now - timedelta(days=365), limit=100) == 1
    assert Notice.objects.get().dedupe_key == "new"


def test_every_kind_has_a_topic() -> None:
    assert {kind for topic in Topic for kind in kinds_of(topic)} == set(Kind)


def told(user: User, kind: Kind, key: str, at: datetime = NOW, **facts: object) -> None:
    posting.post(person_id=user.person_id, kind=kind, dedupe_key=key, at=at, **facts)


def titles(page: HttpResponse) -> list[str]:
    return re.findall(r'<h2 class="said">(.*?)</h2>', page.content.decode())


def test_the_list_is_searched_without_regard_to_accents_and_case() -> None:
    user = account("0099000311")
    told(user, Kind.REQUEST_CHANGED, "r", number="00108DVC/2026/00042")
    told(user, Kind.SECURITY_PASSWORD_CHANGED, "p")
    reader = Client()
    reader.force_login(user)
    assert len(titles(reader.get("/thong-bao/"))) == 2
    for words, found in [("MAT khau", 1), ("mật khẩu", 1), ("00042", 1), ("khong co that", 0), ("doi mat khau", 1)]:
        assert len(titles(reader.get("/thong-bao/", {"q": words}))) == found, words
    nothing = reader.get("/thong-bao/", {"q": "khong co that"}).content.decode()
    assert "Không có thông báo nào như vậy." in nothing


def test_the_list_is_narrowed_by_topic_and_to_what_is_new() -> None:
    user = account("0099000312")
    told(user, Kind.VISIT_NEW, "v")
    told(user, Kind.SECURITY_PASSWORD_CHANGED, "p")
    posting.mark_read([str(Notice.objects.get(dedupe_key="v").pk)], person_id=user.person_id, at=NOW)
    reader = browser(user)
    assert titles(reader.get("/thong-bao/", {"topic": "records"})) == ["A medical visit of yours was recorded"]
    assert titles(reader.get("/thong-bao/", {"unread": "on"})) == ["Your password was changed"]
    assert titles(reader.get("/thong-bao/", {"topic": "records", "unread": "on"})) == []
    assert len(titles(reader.get("/thong-bao/", {"topic": "nonsense", "page": "x", "q": "x" * 100}))) == 2


def test_pages_keep_what_was_asked_for_and_cost_the_same_however_many_there_are(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    user = account("0099000313")
    rows = [
        posting.NewNotice(user.person_id, Kind.REQUEST_CHANGED, str(number), facts={"number": f"N {number}"})
        for number in range(45)
    ]
    posting.post_many(rows, at=NOW)
    reader = browser(user)
    reader.get("/thong-bao/")
    with django_assert_max_num_queries(7):
        first = reader.get("/thong-bao/", {"q": "news", "topic": "requests"})
    assert len(titles(first)) == 20
    assert "?page=2&amp;q=news&amp;topic=requests" in first.content.decode()
    assert len(titles(reader.get("/thong-bao/", {"q": "news", "topic": "requests", "page": "3"}))) == 5


def test_what_is_marked_as_read_leads_back_to_the_same_part_of_the_list() -> None:
    user = account("0099000314")
    told(user, Kind.SECURITY_PASSWORD_CHANGED, "p")
    notice = Notice.objects.get()
    answer = browser(user).post("/thong-bao/?topic=security&page=1", {"notice": str(notice.pk)})
    assert answer.url == "/thong-bao/?topic=security&page=1"


def test_channels_are_chosen_on_a_page_without_scripts() -> None:
    user = account("0099000315")
    user.set_phone("+84900000107")
    user.save()
    reader = browser(user)
    page = reader.get("/thong-bao/cai-dat/").content.decode()
    assert 'name="reminders" value="sms"' in page
    assert 'name="requests" value="sms"' not in page  # has legal effect: always on
    assert 'name="security"' not in page
    assert 'value="email"' not in page  # no address

    asked = {"records": ["sms"], "quiet_from": "21", "quiet_to": "7"}
    assert reader.post("/thong-bao/cai-dat/", asked).url == "/thong-bao/cai-dat/"
    kept = NoticeChoices.objects.get(user=user)
    assert (kept.sms, kept.quiet_from, kept.quiet_to, kept.language) == (["records"], 21, 7, "en")
    assert kept.email == ["requests", "answers", "reminders"]  # what was not offered stays as it was
    assert "Your choices are saved." in reader.get("/thong-bao/cai-dat/").content.decode()

    for wrong in ({**asked, "quiet_to": "24"}, {**asked, "records": ["pigeon"]}, {}):
        assert reader.post("/thong-bao/cai-dat/", wrong).status_code == 400
    assert AuditEvent.objects.filter(event="account.changed", subject=user.actor).count() == 1


def test_an_answer_to_a_question_is_told_once() -> None:
    user = account("0099000316")
    question = AccessQuestion.objects.create(user=user, event_id=1, asked_at=NOW, answer="Vì hồ sơ của bạn.")
    for _time in range(2):
        looks.tell_answer(question, at=NOW)
    assert [notice.kind for notice in Notice.objects.all()] == ["answer.given"]
