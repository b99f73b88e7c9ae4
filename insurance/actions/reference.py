"""Bringing the tables of places, codes and tariffs in line with the files in insurance/data."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TypeVar

from django.db import models, transaction

from insurance.models import BaseSalary, BenefitLevel, CardObject, FormerProvince, Holiday, Office, Province, Ward

T = TypeVar("T", bound=models.Model)
DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_reference() -> dict[str, int]:
    """Every row of the files is in the database as the files have it; answers the number of rows by table.

    Rows that are no longer in a file stay, since records may point at them.
    """
    counts = {
        "provinces": _upsert(Province, (Province(code=row["code"], name=row["name"]) for row in _rows("provinces"))),
        "former provinces": _upsert(FormerProvince, (_former_province(row) for row in _rows("former_provinces"))),
        "wards": _upsert(Ward, (_ward(row) for row in _rows("wards"))),
        "offices": _upsert(Office, (_office(row) for row in _rows("offices"))),
        "benefit levels": _upsert(BenefitLevel, (_benefit_level(row) for row in _rows("benefit_levels"))),
        "card objects": _upsert(CardObject, (_card_object(row) for row in _rows("card_objects"))),
        "base salaries": _upsert(BaseSalary, (_base_salary(row) for row in _rows("base_salary"))),
    }
    counts["holidays"] = _add_holidays()
    _link_wards()
    return counts


def _rows(name: str) -> Iterable[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _upsert(model: type[T], objects: Iterable[T]) -> int:
    key = model._meta.pk.name
    # Opening hours are no part of the files: staff fill them in.
    fields = [field.name for field in model._meta.concrete_fields if field.name not in {key, "opening_hours"}]
    return len(
        model._default_manager.bulk_create(objects, update_conflicts=True, unique_fields=[key], update_fields=fields)
    )


def _former_province(row: dict[str, str]) -> FormerProvince:
    return FormerProvince(
        code2=row["code2"], cccd_code3=row["cccd_code3"], name=row["name"], province_id=row["province"] or None
    )


def _ward(row: dict[str, str]) -> Ward:
    return Ward(code=row["code"], name=row["name"], kind=row["kind"], province_id=row["province"])


def _office(row: dict[str, str]) -> Office:
    return Office(
        code=row["code"],
        name=row["name"],
        parent_id=row["parent"] or None,
        province_id=row["province"],
        address=row["address"],
        phone=row["phone"],
        former_name=row["former_name"],
    )


def _benefit_level(row: dict[str, str]) -> BenefitLevel:
    return BenefitLevel(
        level=int(row["level"]),
        pays_percent=int(row["pays_percent"]),
        ratio_limits_apply=row["ratio_limits_apply"] == "yes",
        meaning=row["meaning"],
    )


def _card_object(row: dict[str, str]) -> CardObject:
    return CardObject(
        code=row["code"],
        level=int(row["level"]) if row["level"] else None,
        payer_group=row["payer_group"],
        name=row["name"],
    )


def _base_salary(row: dict[str, str]) -> BaseSalary:
    return BaseSalary(
        from_date=date.fromisoformat(row["from_date"]), amount=int(row["amount"]), legal_basis=row["legal_basis"]
    )


def _add_holidays() -> int:
    """The years of which nothing is known get the file's days; in the others administrators have the last word."""
    days = [Holiday(day=date.fromisoformat(row["day"]), name=row["name"]) for row in _rows("holidays")]
    known = {day.year for day in Holiday.objects.values_list("day", flat=True)}
    Holiday.objects.bulk_create(day for day in days if day.day.year not in known)
    return len(days)


def _link_wards() -> None:
    """The wards each office serves are those of the file, no more and no fewer."""
    through = Office.serves.through
    wanted = {(row["code"], ward) for row in _rows("offices") for ward in row["wards"].split()}
    present = set(through.objects.values_list("office_id", "ward_id"))
    for office, ward in present - wanted:
        through.objects.filter(office_id=office, ward_id=ward).delete()
    through.objects.bulk_create(through(office_id=office, ward_id=ward) for office, ward in sorted(wanted - present))
