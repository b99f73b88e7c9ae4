"""The made-up woman whose records the benchmarks read: a card, twenty years at four employers, four funds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.core.management import call_command
from django.db import connection

from accounts.models import User
from insurance.actions.imports import import_rows
from insurance.models import InsuredPerson

CODE = "0099000107"
FUNDS = ("bhxh", "bhtn", "tnld", "bhyt")
# Employer, first and last month counted back from the last full one, salary at its beginning, months owed at its end.
JOBS = (
    ("TZ0901A", "Công nhân may công nghiệp", 239, 178, 3_200_000, 0),
    ("TZ0902A", "Tổ trưởng chuyền may", 170, 96, 6_800_000, 0),
    ("TZ0903A", "Nhân viên kiểm tra chất lượng sản phẩm", 95, 40, 10_400_000, 2),
    ("TZ0904A", "Quản đốc phân xưởng", 37, 0, 16_500_000, 3),
)
OTHERS = 400


def seed(at: datetime) -> User:
    """Loads the reference data and the records through the importer; returns the woman's account."""
    call_command("load_reference", verbosity=0)
    for kind, rows in _records(at.date()).items():
        report = import_rows(kind, iter(rows), at=at, by="system")
        assert not report.refused, (kind, report.refused[:3])
    person = InsuredPerson.objects.get(bhxh_code=CODE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return User.objects.create(username=CODE, person=person, full_name=person.full_name)


def _records(today: date) -> dict[str, list[dict[str, str]]]:
    names = ("May Mẫu Sông Hồng", "Dệt May Ví Dụ Phương Nam", "Thử Nghiệm Chất Lượng Á Đông", "May Minh Hoạ Bắc Ninh")
    codes = [CODE, *(f"00992{number:05}" for number in range(OTHERS))]
    return {
        "employers": [
            {"code": job[0], "name": f"Công ty TNHH {name} (trình diễn)", "address": "Khu công nghiệp Ví Dụ, Hà Nội",
             "made_up": "1"} for job, name in zip(JOBS, names, strict=True)
        ],
        "facilities": [{"code": "01999", "name": "Bệnh viện Đa khoa Minh Hoạ (trình diễn)", "province": "01",
                        "address": "Số 0, phố Ví Dụ, Hà Nội", "made_up": "1"}],
        "persons": [_person(code) for code in codes],
        "cards": [_card(code, today) for code in codes],
        "periods": [row for code in codes for row in _periods(code, today, FUNDS if code == CODE else ("bhxh",))],
    }  # fmt: skip


def _person(code: str) -> dict[str, str]:
    return {"bhxh_code": code, "full_name": "NGUYỄN THỊ PHƯƠNG THỬ NGHIỆM", "date_of_birth": "1985-02-09",
            "gender": "female", "citizen_id": f"00118{code[-7:]}", "phone": "+84900000107",
            "address": "Số 0, ngõ Ví Dụ", "ward": "00004", "made_up": "1"}  # fmt: skip


def _card(code: str, today: date) -> dict[str, str]:
    return {"source_key": f"bench:{code}", "bhxh_code": code, "number": f"DN401{code}", "facility": "01999",
            "valid_from": f"{today.year}-01-01", "valid_to": (today + timedelta(days=300)).isoformat(),
            "five_years_from": (today + timedelta(days=150)).isoformat(), "revoked": ""}  # fmt: skip


def _periods(code: str, today: date, funds: tuple[str, ...]) -> Iterator[dict[str, str]]:
    newest = today.year * 12 + today.month - 2
    for kind in funds:
        for employer, title, back, until, salary, owed in JOBS:
            first, last = newest - back, newest - until
            for start, end, status in _stretches(first, last, owed):
                raised = salary + 450_000 * (start // 12 - first // 12)
                yield {"bhxh_code": code, "kind": kind, "from": _month(start), "to": _month(end), "employer": employer,
                       "position": title, "salary": str(raised), "status": status}  # fmt: skip


def _stretches(first: int, last: int, owed: int) -> Iterator[tuple[int, int, str]]:
    """A job cut at each January, where the salary is raised, and where the owed months begin."""
    start = first
    while start <= last:
        end = min(start // 12 * 12 + 11, last)
        if start <= last - owed < end:
            end = last - owed
        yield start, end, "owed" if start > last - owed else "paid"
        start = end + 1


def _month(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"
