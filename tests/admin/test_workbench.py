"""An officer at work: taking a dossier and giving it up, two at once, terms, filters, notes, what is elsewhere."""

from base64 import urlsafe_b64decode
from datetime import timedelta
from io import BytesIO

import pytest
from django.http import QueryDict
from django.utils import timezone
from PIL import Image

from accounts.actions.drafts import read_photo
from accounts.admin import queue
from accounts.dossiers import leases
from accounts.models import IdPhoto, RegistrationDossier
from insurance.models import Holiday
from tests.admin.conftest import CITY, FAR, LIST, NEAR, approve, at, logged_in, make_dossier, make_staff, now_of, told
from tests.harness.stage import words
from vssid.audit.models import AuditEvent


@pytest.fixture
def colleague(places):
    """Another officer of the same office."""
    return make_staff("canbo.hai", "officer", NEAR)


@pytest.fixture
def other_desk(colleague):
    return logged_in(colleague)


def send(dossier, **changes) -> None:
    RegistrationDossier.objects.filter(pk=dossier.pk).update(**changes)


def test_whoever_takes_a_dossier_holds_it_and_the_others_see_until_when(desk, other_desk, officer, dossier):
    mine = told(desk, desk.post(at(dossier, "take")))
    assert "Held by you until 09:45" in mine
    theirs = words(other_desk.get(at(dossier)))
    assert f"{officer} is working on this dossier until 09:45." in theirs
    assert 'data-key="d"' not in theirs
    assert "Take it over" not in theirs
    assert str(officer) in words(other_desk.get(LIST))
    assert AuditEvent.objects.filter(event="dossier.taken", actor=officer.actor).count() == 1


def test_nobody_else_decides_what_an_officer_holds(desk, other_desk, officer, dossier):
    desk.post(at(dossier, "take"))
    assert f"{officer} is working on this dossier" in told(other_desk, approve(other_desk, dossier))
    answer = other_desk.post(at(dossier, "reject"), {"version": dossier.version, "reason": "record_differs"})
    assert f"{officer} is working on this dossier" in told(other_desk, answer)
    assert now_of(dossier).status == "submitted"
    assert approve(desk, dossier).url == LIST
    assert now_of(dossier).holder is None


def test_two_take_it_and_one_has_it(desk, other_desk, officer, dossier):
    desk.post(at(dossier, "take"))
    assert f"{officer} is working on this dossier" in told(other_desk, other_desk.post(at(dossier, "take")))
    assert now_of(dossier).holder == officer


def test_a_lease_ends_by_itself_and_activity_extends_it(desk, other_desk, colleague, dossier, clock):
    desk.post(at(dossier, "take"))
    clock.shift(timedelta(minutes=10))
    desk.post(at(dossier, "take"))
    clock.shift(timedelta(minutes=10))
    assert "is working on this dossier" in words(other_desk.get(at(dossier)))
    clock.shift(timedelta(minutes=6))
    assert "is working on this dossier" not in words(other_desk.get(at(dossier)))
    other_desk.post(at(dossier, "take"))
    assert now_of(dossier).holder == colleague


def test_a_released_dossier_is_free_for_the_next(desk, other_desk, officer, colleague, dossier):
    desk.post(at(dossier, "take"))
    other_desk.post(at(dossier, "release"))
    assert now_of(dossier).holder == officer, "only the holder gives it up"
    assert desk.post(at(dossier, "release")).url == LIST
    assert now_of(dossier).holder is None
    other_desk.post(at(dossier, "take"))
    assert now_of(dossier).holder == colleague
    assert AuditEvent.objects.filter(event="dossier.released").count() == 1


def test_a_supervisor_takes_over_and_an_officer_cannot(desk, other_desk, boss, officer, dossier):
    desk.post(at(dossier, "take"))
    assert other_desk.post(at(dossier, "take"), {"over": "1"}).status_code == 404
    assert "Take it over" in words(boss.get(at(dossier)))
    assert "Held by you" in told(boss, boss.post(at(dossier, "take"), {"over": "1"}))
    assert "phutrach is working on this dossier" in words(desk.get(at(dossier)))
    event = AuditEvent.objects.filter(event="dossier.taken").latest("pk")
    assert event.facts == {"came_from": officer.actor}


def test_what_is_decided_cannot_be_taken(desk, dossier):
    send(dossier, status="withdrawn")
    assert "does not wait for a decision any more" in told(desk, desk.post(at(dossier, "take")))


@pytest.mark.parametrize("action", ["take", "release", "note"])
def test_auditors_and_strangers_take_and_note_nothing(dossier, action):
    for role, office in (("auditor", CITY), ("officer", FAR)):
        client = logged_in(make_staff(role, role, office))
        assert client.post(at(dossier, action), {"text": "x"}).status_code == 404
    assert client.get(at(dossier, action), follow=True).status_code == 404


def test_the_queue_leads_on_to_what_nobody_holds(desk, other_desk, dossier):
    second, third = (make_dossier(dossier.person, photos=False) for _ in range(2))
    send(second, submitted_at=timezone.now() - timedelta(minutes=2))
    send(third, submitted_at=timezone.now() - timedelta(minutes=1))
    other_desk.post(at(second, "take"))
    assert f'data-key="j" href="{at(third)}"' in words(desk.get(at(dossier)))
    assert second.number in words(other_desk.get(LIST + "?holder=mine"))
    assert dossier.number not in words(other_desk.get(LIST + "?holder=mine"))
    free = words(desk.get(LIST + "?holder=free"))
    assert dossier.number in free
    assert second.number not in free


def test_what_is_overdue_stands_first_and_says_so(desk, dossier):
    today = timezone.localdate()
    late, soon = (make_dossier(dossier.person, photos=False) for _ in range(2))
    send(dossier, due_on=today + timedelta(days=4))
    send(soon, due_on=today)
    send(late, due_on=today - timedelta(days=1))
    page = words(desk.get(LIST + "?sort=due"))
    assert page.index(late.number) < page.index(soon.number) < page.index(dossier.number)
    assert "Due today" in page
    assert "Overdue" in words(desk.get(at(late)))
    overdue = words(desk.get(LIST + "?due=late"))
    assert late.number in overdue
    assert soon.number not in overdue


def test_marks_and_phones_are_found(desk, dossier):
    send(dossier, marks=["phone_used"])
    assert dossier.number in words(desk.get(LIST + "?mark=phone_used"))
    assert "No dossier fits this choice." in words(desk.get(LIST + "?mark=duplicate_code"))
    assert dossier.number in words(desk.get(LIST, {"q": "0900 000 107"}))
    assert dossier.number in words(desk.get(LIST, {"q": str(int(dossier.number[-5:]))}))


def test_whom_an_officer_looks_for_stands_in_no_address(desk, dossier):
    address = desk.post(LIST, {"q": "0900 000 107", "office": NEAR, "holder": ""})["Location"]

    asked = QueryDict(address.removeprefix("?"))
    assert set(asked) == {"office", "find"}
    assert b"107" not in urlsafe_b64decode(asked["find"])
    page = words(desk.get(LIST + address))
    assert dossier.number in page
    assert 'value="0900 000 107"' in page, "to be changed"
    assert dossier.number in words(desk.get(LIST + "?state=all&find=nonsense"))


@pytest.mark.parametrize(
    "question",
    [
        "after=x",
        "after=2026-11-23~1",
        "after=2026-11-23T00:00:00~1",
        "sort=due&after=~",
        "before=9999-12-31T23:59:59%2B00:00~99999999999999999999",
    ],
)
def test_keys_nobody_gave_out_lead_to_the_first_page(desk, dossier, question):
    send(dossier, due_on=timezone.localdate())
    assert dossier.number in words(desk.get(f"{LIST}?{question}"))


def test_a_tab_counts_to_a_thousand_and_says_when_there_are_more(desk, dossier, monkeypatch):
    assert "To be decided (1)" in words(desk.get(LIST))
    monkeypatch.setattr(queue, "COUNTED", 1)
    make_dossier(dossier.person, photos=False)
    assert "To be decided (1+)" in words(desk.get(LIST))


def test_a_provinces_queue_mixes_its_offices_by_age(boss, person, clock):
    above, below = make_dossier(person, CITY, photos=False), make_dossier(person, NEAR, photos=False)
    send(above, submitted_at=timezone.now() - timedelta(hours=5))
    page = words(boss.get(LIST))
    assert page.index(above.number) < page.index(below.number)


def test_officers_leave_notes_for_each_other(desk, other_desk, officer, dossier):
    desk.post(at(dossier, "note"), {"text": "Called her: comes on <b>Friday</b>."})
    page = words(other_desk.get(at(dossier)))
    assert "Called her: comes on &lt;b&gt;Friday&lt;/b&gt;." in page
    assert str(officer) in page
    assert "Write something" in told(desk, desk.post(at(dossier, "note"), {"text": "  "}))


def test_other_dossiers_with_the_same_data_are_named_only_within_own_offices(desk, dossier):
    near, far = make_dossier(dossier.person, photos=False), make_dossier(dossier.person, FAR, photos=False)
    page = words(desk.get(at(dossier)))
    assert "2 other dossiers share data with this one" in page
    assert f'href="{at(near)}"' in page
    assert "At another office" in page
    assert far.number not in page


def test_the_copy_an_officer_sees_says_who_looked_and_the_stored_photo_stays_clean(desk, dossier):
    photo = IdPhoto.objects.get(dossier=dossier, slot="portrait")
    stored = read_photo(photo)
    seen = desk.get(f"{LIST}anh/{photo.pk}/").content
    assert seen != stored
    assert read_photo(photo) == stored
    assert Image.open(BytesIO(seen)).size == Image.open(BytesIO(stored)).size


def test_administrators_keep_the_holidays(places):
    keeper = logged_in(make_staff("quantri", "administrator", CITY))
    path = "/quan-tri/insurance/holiday/"
    assert keeper.post(f"{path}add/", {"day": "03/09/2026", "name": "Quốc khánh"}).status_code == 302
    assert Holiday.objects.filter(name="Quốc khánh").count() == 1
    assert logged_in(make_staff("canbo", "officer", NEAR)).get(path).status_code in (403, 404)


def test_a_refusal_to_take_is_a_conflict(officer, colleague, dossier):
    leases.take(dossier=dossier, by=officer, at=timezone.now())
    with pytest.raises(leases.HeldBy) as refused:
        leases.take(dossier=dossier, by=colleague, at=timezone.now())
    assert str(officer) in str(refused.value)
    assert refused.value.status == 409


def refuse(desk, dossier):
    return desk.post(at(dossier, "reject"), {"version": dossier.version, "reason": "not_the_person"})


def test_after_a_decision_the_next_dossier_opens_by_itself(desk, person, clock):
    first, second, third = (make_dossier(person) for _sent in range(3))

    opened = refuse(desk, second)
    assert opened.url == at(third), "the one that was sent next"
    assert f"{second.number} was refused" in words(desk.get(opened.url))
    assert refuse(desk, third).url == at(first), "after the last one, what was left before it"
    assert refuse(desk, first).url == LIST, "nothing waits any more"


def test_what_somebody_else_works_on_is_not_opened_after_a_decision(desk, person, clock):
    first, second = make_dossier(person), make_dossier(person)
    logged_in(make_staff("canbo.kia", "officer", NEAR)).post(at(second, "take"))
    assert refuse(desk, first).url == LIST
