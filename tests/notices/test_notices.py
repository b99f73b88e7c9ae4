"""Notices: posted once, read by whom they concern, with words in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from string import Formatter

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import Guardianship, User
from tests.insurance.factories import PersonFactory
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
