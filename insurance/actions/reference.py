"""Bringing the tables of places, codes and tariffs in line with the files in insurance/data."""

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models, transaction

from insurance.models import (
    BaseSalary,
    BenefitLevel,
    CardObject,
    ContributionRate,
    FormerProvince,
    Holiday,
    MinimumWage,
    Office,
    Province,
    RetirementAge,
    SalaryCoefficient,
    Ward,
)

DATA = Path(__file__).resolve().parent.parent / "data"
FileRow = Mapping[str, str]

# File, table, columns by which a row is known. Columns that a file and its table share are taken as they are.
TABLES: tuple[tuple[str, type[models.Model], tuple[str, ...]], ...] = (
    ("provinces", Province, ("code",)),
    ("former_provinces", FormerProvince, ("code2",)),
    ("wards", Ward, ("code",)),
    ("offices", Office, ("code",)),
    ("benefit_levels", BenefitLevel, ("level",)),
    ("card_objects", CardObject, ("code",)),
    ("base_salary", BaseSalary, ("from_date",)),
    ("contribution_rates", ContributionRate, ("scheme", "payer", "part", "applies_to", "valid_from")),
    ("minimum_wages", MinimumWage, ("region", "valid_from")),
    ("salary_coefficients", SalaryCoefficient, ("scheme", "settled_in", "year")),
    ("retirement_ages", RetirementAge, ("year",)),
)


@transaction.atomic
def load_reference() -> dict[str, int]:
    """Every row of the files is in the database as the files have it; answers the number of rows by file.

    Rows that staff have edited keep what staff wrote. Rows that are no longer in a file stay, as records may point at
    them.
    """
    counts = {name: _load(name, model, key) for name, model, key in TABLES}
    counts["holidays"] = _add_holidays()
    _link_wards()
    return counts


def _load(name: str, model: type[models.Model], key: tuple[str, ...]) -> int:
    objects = [_object(model, row) for row in _rows(name)]
    untouched = _edited(model, key)
    fresh = [found for found in objects if _key_of(found, key) not in untouched]
    columns = sorted({column for row in _rows(name) for column in row} - {"note", "wards"})
    model._default_manager.bulk_create(
        fresh, update_conflicts=True, unique_fields=key, update_fields=[name for name in columns if name not in key]
    )
    return len(objects)


def _edited(model: type[models.Model], key: tuple[str, ...]) -> set[tuple[Any, ...]]:
    """Keys of the rows that somebody has edited."""
    history: Any = model.history  # type: ignore[attr-defined]
    pk = model._meta.pk.name
    rows = model._default_manager.filter(pk__in=history.filter(history_user_id__isnull=False).values(pk))
    return {_key_of(row, key) for row in rows}


def _key_of(row: models.Model, key: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in key)


def _rows(name: str) -> Iterable[FileRow]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _object(model: type[models.Model], row: FileRow) -> Any:
    values: dict[str, Any] = {}
    for name, text in row.items():
        if name not in ("note", "wards"):
            field: Any = model._meta.get_field(name)
            values[field.attname] = None if not text and field.null else _READ.get(text, field.to_python)(text)
    if row.get("note"):
        values["confidence"] = f"{row['confidence']}: {row['note']}"
    return model(**values)


_READ: dict[str, Callable[[str], Any]] = {"yes": bool, "no": lambda _text: False}


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
