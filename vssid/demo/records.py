"""The cast's insurance records, as rows for the importer; dates count back from today."""

from collections.abc import Iterator
from datetime import date, timedelta

from insurance.reads.contributions import KINDS
from insurance.rules.findings import SINCE
from vssid.demo import received
from vssid.demo.cast import COLLECTING_POINTS, EMPLOYERS, FACILITIES, PEOPLE, Job, Person

Row = dict[str, str]
RAISE = 1.055
FACILITY = ("code", "name", "province", "address", "level", "opening_hours", "registers", "certifies_leave")
COLLECTING_POINT = ("code", "name", "organisation", "province", "ward", "address", "opening_hours")


def rows(today: date) -> dict[str, list[Row]]:
    """Return the rows by kind of import, in the order in which they must go in."""
    return {
        "employers": [{"code": c, "name": n, "address": a, "made_up": "1"} for c, n, a in EMPLOYERS],
        "facilities": [dict(zip(FACILITY, facility, strict=True)) | {"made_up": "1"} for facility in FACILITIES],
        "collecting_points": [
            dict(zip(COLLECTING_POINT, point, strict=True)) | {"made_up": "1"} for point in COLLECTING_POINTS
        ],
        "persons": [_person(person) for person in PEOPLE],
        "cards": [_card(person, today) for person in PEOPLE if person.card],
        "periods": [row for person in PEOPLE for job in person.jobs for row in _periods(person, job, today)],
        **received.rows(today),
    }


def _person(person: Person) -> Row:
    return {
        "bhxh_code": person.code,
        "full_name": person.name,
        "date_of_birth": person.born,
        "gender": person.gender,
        "citizen_id": person.citizen_id,
        "nationality": person.nationality,
        "phone": person.phone,
        "address": person.address,
        "ward": person.ward,
        "made_up": "1",
    }


def _card(person: Person, today: date) -> Row:
    card = person.card
    assert card is not None

    def day(offset: int) -> str:
        return (today + timedelta(days=offset)).isoformat()

    return {
        "source_key": f"demo:{person.code}",
        "bhxh_code": person.code,
        "number": f"{card.kind}{card.province}{person.code}",
        "valid_from": day(card.start),
        "valid_to": day(card.end),
        "facility": card.facility,
        "five_years_from": "" if card.five_years is None else day(card.five_years),
        "revoked": "",
    }


def _periods(person: Person, job: Job, today: date) -> Iterator[Row]:
    last_full = today.year * 12 + today.month - 2
    first, last = last_full - job.start, last_full - job.end
    for kind in job.funds:
        # A lump sum settles social insurance alone: the other funds' months stay what they were.
        status = "settled" if job.settled and kind == "bhxh" else "paid"
        for start, end, owed in _stretches(max(first, SINCE.get(KINDS[kind], first)), last, job):
            years = start // 12 - first // 12
            yield {
                "bhxh_code": person.code,
                "kind": kind,
                "from": _month(start),
                "to": _month(end),
                "employer": job.employer,
                "position": job.title,
                "salary": str(round(job.salary * RAISE**years, -4)).removesuffix(".0"),
                "status": "owed" if owed else status,
                "voluntary": "1" if job.voluntary else "",
            }


def _stretches(first: int, last: int, job: Job) -> Iterator[tuple[int, int, bool]]:
    """Cut a job at each January, where the salary changes, and where the owed months begin."""
    start = first
    while start <= last:
        end = min(start // 12 * 12 + 11, last)
        if start <= last - job.owed < end:
            end = last - job.owed
        yield start, end, start > last - job.owed
        start = end + 1


def _month(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"
