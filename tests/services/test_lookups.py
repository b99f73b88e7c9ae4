"""Looking up before a login: one's own code, a card, a dossier. Nothing is told to who does not know all of it."""

from __future__ import annotations

import re
import time
from statistics import median

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.actions.look_words import sentences
from accounts.actions.looks import readings_of
from insurance.models import InsuredPerson
from services.views import lookups
from tests.registration.conftest import CITIZEN_ID, CODE
from vssid.audit.models import AuditEvent

CODE_PAGE, CARD_PAGE, DOSSIER_PAGE = "/tra-cuu/ma-so/", "/tra-cuu/the-bhyt/", "/tra-cuu/ho-so/"
NAME, BORN = "nguyen thi thu nghiem", "09/02/1985"
OWN = {"citizen_id": CITIZEN_ID, "full_name": NAME, "date_of_birth": BORN, "province": "01"}
UNKNOWN_ID = "001185999999"


@pytest.fixture
def stranger() -> Client:
    return Client(headers={"accept-language": "en"})


def outside(answer) -> tuple[int, str]:
    """What somebody sees, without the form's token and what they typed themselves."""
    body = re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return answer.status_code, re.sub(r'value="[^"]*"', "", body)


@pytest.fixture
def person(person) -> InsuredPerson:
    """The person has an address, which no look-up may tell."""
    person.address = "Số 7, ngõ Không Kể"
    person.save()
    return person


def own_card(person: InsuredPerson) -> dict[str, str]:
    return {"number": person.cards.get().number, "full_name": NAME, "date_of_birth": BORN}


def test_who_enters_everything_rightly_reads_the_code(person, stranger):
    answer = stranger.post(CODE_PAGE, OWN)

    page = answer.content.decode()
    assert f'value="{CODE}"' in page
    assert "Không Kể" not in page
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"citizen_id": UNKNOWN_ID},
        {"full_name": "Nguyễn Thị Khác"},
        {"date_of_birth": "10/02/1985"},
        {"date_of_birth": "1985"},
        {"province": "04"},
    ],
)
def test_one_wrong_entry_is_answered_like_an_unknown_number(person, stranger, wrong):
    answer = stranger.post(CODE_PAGE, {**OWN, **wrong})
    unknown = stranger.post(CODE_PAGE, {**OWN, "citizen_id": "001185999998"})

    choices = re.compile(r" selected")
    assert choices.sub("", str(outside(answer))) == choices.sub("", str(outside(unknown)))
    assert "No record matches these details" in answer.content.decode()
    assert not AuditEvent.objects.filter(event="record.viewed").exists()


def test_a_record_that_knows_the_year_alone_is_found_by_it(person, stranger):
    InsuredPerson.objects.filter(pk=person.pk).update(birth_year_only=True, date_of_birth="1985-01-01")

    assert CODE in stranger.post(CODE_PAGE, {**OWN, "date_of_birth": "1985"}).content.decode()


def test_known_and_unknown_people_take_the_same_time(person):
    """Time of this process on the CPU; what else runs on the machine does not count."""
    spent: dict[str, list[float]] = {CITIZEN_ID: [], UNKNOWN_ID: []}
    for sample in range(20):
        for number in spent:
            cache.clear()
            began = time.process_time()
            Client(REMOTE_ADDR=f"203.0.113.{sample}").post(
                CODE_PAGE, {**OWN, "citizen_id": number, "full_name": "Nguyễn Thị Khác"}
            )
            spent[number].append(time.process_time() - began)
    times = [median(spent[number]) for number in spent]
    assert abs(times[0] - times[1]) <= 0.2 * max(times)


def test_the_person_reads_later_that_somebody_looked(person, account, stranger):
    stranger.post(CODE_PAGE, OWN)
    stranger.post(CARD_PAGE, own_card(person))

    said = sentences(list(readings_of(account)))
    assert len(said) == 2
    assert any("looked up your social insurance code" in words for words in said.values())
    assert any("whether your card is valid" in words for words in said.values())


def test_the_fourth_question_needs_a_task_and_the_right_answer_still_comes(person, stranger, clock):
    for number in range(3):
        stranger.post(CODE_PAGE, {**OWN, "citizen_id": f"00118500020{number}"})

    refused = stranger.post(CODE_PAGE, OWN)
    waited = re.search(r'name="challenge_wait" value="([^"]+)"', refused.content.decode())
    clock.shift(21)
    answer = stranger.post(CODE_PAGE, {**OWN, "challenge_wait": waited[1]})

    assert refused.status_code == 403
    assert CODE not in refused.content.decode()
    assert f'value="{CODE}"' in answer.content.decode()


def test_names_and_dates_cannot_be_tried_for_a_known_number(person):
    answers = [
        Client(REMOTE_ADDR=f"203.0.113.{day}").post(CODE_PAGE, {**OWN, "date_of_birth": f"{day}/02/1985"})
        for day in range(10, 16)
    ]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert Client(REMOTE_ADDR="203.0.113.99").post(CODE_PAGE, OWN).status_code == 429


def test_an_unknown_number_may_be_tried_no_oftener(db):
    asked = {**OWN, "citizen_id": UNKNOWN_ID}
    answers = [
        Client(REMOTE_ADDR=f"203.0.113.{day}").post(CARD_PAGE, {**asked, "number": "0099999999"}) for day in range(6)
    ]

    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_many_failures_anywhere_make_everybody_solve_a_task(person, monkeypatch):
    monkeypatch.setattr(lookups, "MANY_MISSES", 2)
    for place in range(2):
        asked = {**OWN, "citizen_id": f"00118500020{place}"}
        Client(REMOTE_ADDR=f"203.0.113.{place}").post(CODE_PAGE, asked)

    assert Client(REMOTE_ADDR="198.51.100.1").post(CODE_PAGE, OWN).status_code == 403


def test_a_card_is_told_by_its_number_and_by_its_last_ten_digits(person, stranger):
    whole = stranger.post(CARD_PAGE, own_card(person)).content.decode()
    short = stranger.post(CARD_PAGE, {**own_card(person), "number": "0099 000 107"}).content.decode()

    for page in (whole, short):
        assert "31/12/2026" in page
        assert person.cards.get().facility.name in page
        assert "Không Kể" not in page


def test_another_cards_number_and_another_name_are_answered_alike(person, stranger):
    other = stranger.post(CARD_PAGE, {**own_card(person), "number": f"HS401{CODE}"})
    name = stranger.post(CARD_PAGE, {**own_card(person), "full_name": "Trần Bản Mẫu"})

    assert outside(other) == outside(name)
    assert "31/12/2026" not in other.content.decode()


def test_entries_that_cannot_be_are_told_at_their_fields_and_cost_no_try(db, stranger):
    for _try in range(7):
        answer = stranger.post(CODE_PAGE, {**OWN, "citizen_id": "12", "date_of_birth": "31/02/1985"})

    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'id="id_citizen_id_error"' in page
    assert 'id="id_date_of_birth_error"' in page


def test_nothing_about_a_person_stands_in_an_address(person, stranger):
    assert CODE not in stranger.get(CODE_PAGE, OWN).content.decode()
    assert "31/12/2026" not in stranger.get(CARD_PAGE, own_card(person)).content.decode()


@pytest.mark.parametrize(
    ("number", "leads"),
    [
        ("00108gd/2026/00107", "/dang-ky/tra-cuu/?so=00108GD%2F2026%2F00107"),
        ("00108DVC-2026-00107", "/dich-vu-cong/ho-so/00108DVC-2026-00107/"),
    ],
)
def test_a_dossiers_number_leads_to_its_page(db, stranger, number, leads):
    assert stranger.post(DOSSIER_PAGE, {"number": number})["Location"] == leads


def test_another_number_leads_nowhere(db, stranger):
    assert stranger.post(DOSSIER_PAGE, {"number": "//evil.example/"}).status_code == 400
