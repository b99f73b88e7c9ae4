"""Answers in words, for the pages that show a request."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from insurance.models import Facility, InsuredPerson, Province, Ward
from insurance.rules.estimates.counting import by_month
from services.procedures.definition import Field, Group, Kind, Procedure
from services.procedures.known import Known
from vssid.identifiers import mask_tail
from vssid.templatetags.portal import code, day, money, phone


def answered(procedure: Procedure, answers: Mapping[str, Any], *, masked: bool = False) -> list[tuple[Any, ...]]:
    """Label and words of every answer, groups line by line; `masked` hides all but the end of what is sensitive."""
    rows: list[tuple[Any, ...]] = []
    for item in procedure.fields:
        if item.name not in answers:
            continue
        if isinstance(item, Group):
            for number, line in enumerate(answers[item.name], start=1):
                words = [in_words(part, line[part.name], masked=masked) for part in item.fields if part.name in line]
                rows.append(
                    (f"{item.label} {number}", format_html_join(" · ", "{}", ((word,) for word in words)), "wide")
                )
        else:
            rows.append((item.label, in_words(item, answers[item.name], masked=masked), "wide"))
    return rows


def record_facts(known: Known) -> list[tuple[Any, ...]]:
    """What the record says of a person, for the officer who reads a request beside it: label, words, width."""
    card = known.card
    return [
        (_("Full name"), known.full_name, "wide"),
        (_("Social insurance code"), code(known.bhxh_code), ""),
        (_("Date of birth"), str(known.date_of_birth.year) if known.birth_year_only else known.born, ""),
        (_("Sex"), capfirst(InsuredPerson.Gender(known.gender).label), ""),
        (_("Personal ID number"), mask_tail(known.citizen_id) if known.citizen_id else "–", ""),
        (_("Address"), known.address or "–", "wide"),
        (_("Health insurance card"), f"{card.number}, {card.facility_name}" if card else "–", ""),
        (_("Valid to"), day(card.valid_to) if card else "–", ""),
        (_("Months of social insurance paid and not settled"), str(len(by_month(known.paid))), ""),
        (_("Pension or monthly allowance"), _("Yes") if known.monthly_benefit else _("No"), ""),
    ]


def in_words(asked: Field, value: Any, *, masked: bool = False) -> Any:
    """One answer as people read it."""
    if asked.kind == Kind.BOX:
        return _("Yes") if value else _("No")
    if asked.kind == Kind.CHOICE:
        return dict(asked.choices).get(value, value)
    if asked.kind == Kind.MONEY:
        return money(value)
    if masked and asked.sensitive:
        return mask_tail(str(value))
    if asked.kind == Kind.DATE:
        year, month, day = value.split("-")
        return f"{day}/{month}/{year}"
    if asked.kind == Kind.MONTH:
        year, month = value.split("-")
        return f"{month}/{year}"
    if asked.kind == Kind.PHONE:
        return phone(value)
    if asked.kind == Kind.BHXH_CODE:
        return code(value)
    place = PLACES.get(asked.kind)
    return place(value) if place else value


PLACES: Mapping[Kind, Callable[[str], str]] = {
    Kind.PROVINCE: lambda code: Province.objects.filter(pk=code).values_list("name", flat=True).first() or code,
    Kind.WARD: lambda code: Ward.objects.filter(pk=code).values_list("name", flat=True).first() or code,
    Kind.FACILITY: lambda code: Facility.objects.filter(pk=code).values_list("name", flat=True).first() or code,
}
