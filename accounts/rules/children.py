"""A child's declaration by a parent or guardian (domain.md §2.3), and until when a child is one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.rules.declaration import (
    GENDERS,
    DeclarationInvalid,
    FieldError,
    Places,
    read_address,
    read_choice,
    read_known,
    read_ward,
)
from accounts.rules.health_card import read_code
from accounts.rules.marks import Mark
from vssid.errors import DomainError
from vssid.identifiers import BirthDate, parse_date_of_birth, parse_full_name

AGE_OF_MAJORITY = 18  # Điều 20 Bộ luật Dân sự 91/2015/QH13
RELATIONS = ("mother", "father", "guardian")
FIELDS = ("bhxh_code", "full_name", "date_of_birth", "gender", "relation", "province", "ward", "address", "office")


@dataclass(frozen=True)
class ChildDeclaration:
    """A child's declaration that can be kept."""

    bhxh_code: str
    full_name: str
    birth: BirthDate
    gender: str
    relation: str
    province: str
    ward: str
    address: str
    office: str


def majority_on(born: date) -> date:
    """Return the 18th birthday; who was born on 29 February comes of age on 1 March."""
    try:
        return born.replace(year=born.year + AGE_OF_MAJORITY)
    except ValueError:
        return date(born.year + AGE_OF_MAJORITY, 3, 1)


def is_child(born: date, today: date) -> bool:
    """Tell whether somebody is younger than 18 on a day."""
    return today < majority_on(born)


def read_child(typed: Mapping[str, str], *, places: Places, today: date) -> ChildDeclaration:
    """Return the declaration in canonical form, or raise DeclarationInvalid with a reason for each wrong field."""
    values: dict[str, Any] = {}
    errors: dict[str, DomainError] = {}

    def read(field: str, rule: Callable[[str], Any]) -> None:
        try:
            values[field] = rule(typed.get(field, "").strip())
        except DomainError as error:
            errors[field] = error

    read("bhxh_code", read_code)
    read("full_name", parse_full_name)
    read("date_of_birth", lambda text: _birth(text, today))
    read("gender", lambda text: read_choice(text, GENDERS, _("Choose male or female.")))
    read("relation", lambda text: read_choice(text, RELATIONS, _("Choose what you are to the child.")))
    read("province", lambda text: read_known(text, places.province, _("Choose the province or city.")))
    read("ward", lambda text: read_ward(text, typed.get("province", "").strip(), places.ward_province))
    read("address", read_address)
    read("office", lambda text: read_known(text, places.office, _("Choose the office that receives your declaration.")))
    if errors:
        raise DeclarationInvalid({field: errors[field] for field in FIELDS if field in errors})
    return ChildDeclaration(birth=values.pop("date_of_birth"), **values)


def child_marks(*, recorded_birth: date | None, other_guardian: bool, today: date) -> list[Mark]:
    """Return the marks that only a child's dossier can have; `recorded_birth` is None without an insurance record."""
    found = {
        Mark.NOT_A_CHILD: recorded_birth is not None and not is_child(recorded_birth, today),
        Mark.OTHER_GUARDIAN: other_guardian,
    }
    return [mark for mark, applies in found.items() if applies]


def _birth(text: str, today: date) -> BirthDate:
    birth = parse_date_of_birth(text, today=today)
    if not is_child(birth.date, today):
        raise FieldError(
            "not_a_child",
            _("A child is younger than 18. Who is %(age)d or older registers with an own identity card."),
            age=AGE_OF_MAJORITY,
        )
    return birth
