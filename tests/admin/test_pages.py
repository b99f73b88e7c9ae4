"""What officers read: the start page, the queue, one dossier; text stays text, queries stay few."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import IdPhoto, RegistrationDossier
from accounts.rules.comparison import Verdict, compare_addresses, differing
from tests.admin.conftest import CITY, LIST, NEAR, at, logged_in, make_dossier, make_staff
from tests.harness.stage import words
from vssid.audit.models import AuditEvent

TRAP = "<img src=x onerror=alert(1)>"


def queries(client, path) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_the_start_page_says_how_many_wait_and_since_when(desk, dossier):
    page = words(desk.get("/quan-tri/"))
    assert "1 dossier waits for a decision" in page
    assert "BHXH cơ sở Trình Diễn: 1" in page
    assert "the first for 2 hours" in page


def test_an_empty_queue_says_so(desk):
    assert "No dossier waits for a decision." in words(desk.get("/quan-tri/"))
    assert "No dossier waits for a decision." in words(desk.get(LIST))


def test_the_queue_shows_marks_in_words_and_the_longest_waiting_first(desk, dossier):
    young = make_dossier(dossier.person, photos=False, marks=["duplicate_code", "phone_used"])
    RegistrationDossier.objects.filter(pk=young.pk).update(submitted_at=timezone.now())
    page = words(desk.get(LIST))
    assert page.index(dossier.number) < page.index(young.number)
    assert "Another open dossier has this code" in page
    assert "Another account or dossier uses this phone" in page
    turned = words(desk.get(LIST + "?sort=-sent"))
    assert turned.index(young.number) < turned.index(dossier.number)


@pytest.mark.parametrize("question", ["{number}", "0099 000 107", "nguyen thi thu nghiem", "Thử Nghiệm", "ng"])
def test_a_search_finds_dossiers_in_any_state(desk, dossier, question):
    RegistrationDossier.objects.filter(pk=dossier.pk).update(status="cancelled")
    assert dossier.number not in words(desk.get(LIST))
    assert dossier.number in words(desk.get(LIST, {"q": question.format(number=dossier.number)}))


@pytest.mark.parametrize("question", ["?o=person__user__password", "?o=99", "?e=1", "?p=77", "?status__exact=x"])
def test_odd_addresses_do_no_harm(desk, dossier, question):
    assert desk.get(LIST + question).status_code in (200, 302)


def test_the_dossiers_page_holds_declaration_and_record_side_by_side(desk, person, clock):
    dossier = make_dossier(person, date_of_birth="1985-09-02", address="Số 0, ngách Ví Dụ")
    page = words(desk.get(at(dossier)))
    assert "<mark>02</mark>/<mark>09</mark>/1985" in page
    assert "<mark>09</mark>/<mark>02</mark>/1985" in page
    assert "Day and month of birth may have changed places." in page
    assert "1 differs" in page
    assert page.count("<figure") == 3


def test_the_next_dossier_is_one_key_away(desk, dossier):
    young = make_dossier(dossier.person, photos=False)
    RegistrationDossier.objects.filter(pk=young.pk).update(submitted_at=timezone.now())
    page = words(desk.get(at(dossier)))
    assert "Dossier 1 of 2" in page
    assert f'data-key="j" href="{at(young)}"' in page
    assert "Next dossier" not in words(desk.get(at(young)))


@pytest.mark.parametrize("field", ["full_name", "address", "email", "old_id_number"])
def test_what_a_citizen_typed_is_text(desk, person, clock, field):
    dossier = make_dossier(person, **{field: TRAP})
    for path in (LIST, at(dossier), at(dossier, "return"), at(dossier, "reject"), f"{LIST}?q=<img"):
        page = words(desk.get(path))
        assert TRAP not in page
        assert "<img src=x" not in page.replace("<mark>", "")
    assert "&lt;" in words(desk.get(at(dossier)))


def test_what_an_officer_wrote_is_text(desk, dossier):
    desk.post(at(dossier, "return"), {"version": 1, "id_front": TRAP})
    page = words(desk.get(at(dossier)))
    assert TRAP not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_each_view_is_written_down(desk, officer, dossier):
    desk.get(at(dossier))
    seen = AuditEvent.objects.filter(actor=officer.actor).values_list("event", "subject", "office")
    assert set(seen) == {
        ("dossier.viewed", f"dossier:{dossier.pk}", NEAR),
        ("record.viewed", f"person:{dossier.person_id}", NEAR),
    }


def test_a_photo_is_for_this_page_only_and_its_view_is_written_down(desk, officer, dossier):
    photo = IdPhoto.objects.get(dossier=dossier, slot="portrait")
    answer = desk.get(f"{LIST}anh/{photo.pk}/")
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"] == "attachment"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    event = AuditEvent.objects.get(event="photo.viewed")
    assert (event.actor, event.subject, event.office) == (officer.actor, f"dossier:{dossier.pk}", NEAR)
    assert event.facts == {"slot": "portrait"}


def test_an_erased_photo_is_gone(desk, dossier):
    photo = IdPhoto.objects.filter(dossier=dossier).first()
    IdPhoto.objects.filter(pk=photo.pk).update(erased_at=timezone.now(), stored_name="")
    assert desk.get(f"{LIST}anh/{photo.pk}/").status_code == 404
    assert "No photo" in words(desk.get(at(dossier)))


def test_pages_are_never_kept_by_a_cache(desk, dossier):
    for path in ("/quan-tri/", LIST, at(dossier)):
        assert "no-store" in desk.get(path)["Cache-Control"]


def test_history_says_who_did_what(desk, officer, dossier):
    desk.post(at(dossier, "return"), {"version": 1, "id_front": "Blurred."})
    page = words(desk.get(at(dossier)))
    assert f"Dossier returned for changes · {officer.full_name}" in page


def test_the_queue_asks_as_often_for_fifty_dossiers_as_for_one(desk, dossier):
    desk.get(LIST)
    one = queries(desk, LIST)
    for number in range(12):
        make_dossier(dossier.person, photos=False, address=f"Số {number}")
    assert queries(desk, LIST) == one
    assert one <= 10


def test_a_dossiers_page_asks_a_bounded_number_of_times(desk, dossier):
    desk.get(at(dossier))
    assert queries(desk, at(dossier)) <= 20


def test_a_long_queue_has_pages(desk, dossier):
    first = RegistrationDossier.objects.get(pk=dossier.pk)
    for number in range(2, 53):
        first.pk, first.public_id, first.number = (
            None,
            f"00000000-0000-4000-8000-0000000000{number:02}",
            f"00103GD/2026/{number:05}",
        )
        first.submitted_at = timezone.now() - timedelta(minutes=number)
        first.save(force_insert=True)
    # One was sent two hours ago, the others 2 to 52 minutes ago: the longest waiting first, fifty a page.
    page = words(desk.get(LIST))
    assert page.count('scope="row"') == 50
    assert 'rel="prev"' not in page
    onward = re.search(r'href="([^"]+)"[^>]*rel="next"|rel="next" href="([^"]+)"', page)
    second = words(desk.get(LIST + unescape(onward[1] or onward[2])))
    assert 'rel="next"' not in second
    assert "00103GD/2026/00002" in second
    assert dossier.number not in second
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert dossier.number in words(desk.get(LIST + unescape(back[1])))


def test_the_offices_of_a_province_can_be_told_apart(dossier):
    boss = logged_in(make_staff("phutrach", "supervisor", CITY))
    page = words(boss.get(LIST))
    assert "BHXH cơ sở Trình Diễn</option>" in page
    assert dossier.number in words(boss.get(f"{LIST}?office={NEAR}"))
    assert dossier.number not in words(boss.get(f"{LIST}?office={CITY}"))


def test_differences_are_cut_at_words():
    left, right = differing("Số 0, ngõ Ví Dụ", "Số 0, ngách Ví Dụ")
    assert [text for text, odd in left if odd] == ["ngõ"]
    assert [text for text, odd in right if odd] == ["ngách"]
    left, right = differing("A B C", "A C")
    assert "".join(text for text, _odd in left) == "A B C"
    assert "".join(text for text, odd in right if not odd) == "A C"


def test_addresses_written_in_two_ways_are_near():
    assert compare_addresses("Số 0, ngõ Ví Dụ, Hà Nội", "So 0 ngo Vi Du, Ha Noi") == Verdict.NEARLY
    assert compare_addresses("Số 0, ngõ Ví Dụ", "") == Verdict.UNKNOWN
