"""The form of a procedure, drawn from its definition; what was typed is judged by `services.rules.answers`."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from insurance.models import Facility, Province, Ward
from services.procedures.definition import Field, Group, Kind, Procedure
from services.procedures.known import Known
from services.rules.answers import AnswersInvalid, read

NUMBERS = frozenset({Kind.MONEY, Kind.NUMBER, Kind.PHONE, Kind.BHXH_CODE, Kind.PERSONAL_ID, Kind.DATE, Kind.MONTH})
HINTS = {
    Kind.DATE: _("Day, month and year, for example 15/03/2026."),
    Kind.MONTH: _("Month and year, for example 03/2026."),
    Kind.MONEY: _("In đồng, for example 5,310,000."),
}
"""How an answer is typed, where the question says nothing of its own."""
# Choosing a province asks for the same page with its wards, and takes that list out of it.
WARDS_FOLLOW = {
    "hx-post": "",
    "hx-vals": '{"action": "more"}',
    "hx-select": "#id_ward",
    "hx-target": "#id_ward",
    "hx-swap": "outerHTML",
    "hx-disabled-elt": "#id_ward",
}
MANY = 7
SPARE_LINES = 1
MOST_FACILITIES = 300


class Typed(forms.CharField):
    """Whatever was typed; the rules judge it. `required` only changes how it is drawn."""

    def validate(self, value: str) -> None:
        """Leave it to the rules."""


class Places:
    """The register of places and facilities, one query a question."""

    def province(self, code: str) -> bool:
        return Province.objects.filter(code=code).exists()

    def ward(self, code: str, province: str) -> bool:
        wards = Ward.objects.filter(code=code)
        return (wards.filter(province=province) if province else wards).exists()

    def facility(self, code: str) -> bool:
        return Facility.objects.filter(code=code).exists()


class ProcedureForm(forms.Form):
    """The questions of one procedure; after `is_valid()` the answers are in `answers`.

    Lines of a group are named `members-0-full_name`. `lines` says how many of each group are drawn.
    """

    use_required_attribute = False

    def __init__(self, procedure: Procedure, known: Known, *args: Any, **kwargs: Any) -> None:
        self.procedure, self.known = procedure, known
        self.answers: dict[str, Any] = {}
        # What an officer wants changed, by question.
        self.returned: Mapping[str, str] = {}
        super().__init__(*args, **kwargs)
        now = self.data if self.is_bound else self.initial
        for item in procedure.fields:
            if isinstance(item, Group):
                for index in range(self._lines(item, now)):
                    for part in item.fields:
                        self.fields[f"{item.name}-{index}-{part.name}"] = _drawn(part, known, index >= item.least, now)
            else:
                self.fields[item.name] = _drawn(item, known, False, now)

    @property
    def places(self) -> bool:
        """Tell whether it asks for a ward, whose list follows the province."""
        return any(item.kind == Kind.WARD for item in self.procedure.flat())

    def sections(self) -> list[dict[str, Any]]:
        """What the page draws, in order: single fields, and groups with their lines of fields."""
        found: list[dict[str, Any]] = []
        for item in self.procedure.fields:
            said = self.returned.get(item.name, "")
            if isinstance(item, Group):
                count = self._lines(item, self.data if self.is_bound else self.initial)
                lines = [[self[f"{item.name}-{index}-{part.name}"] for part in item.fields] for index in range(count)]
                found.append({"said": said, "group": item, "lines": lines, "more": count < item.most})
            else:
                found.append({"said": said, "field": self[item.name], "asked": item})
        return found

    def typed(self) -> dict[str, Any]:
        """What was typed, groups as lists of lines."""
        typed: dict[str, Any] = {}
        for item in self.procedure.fields:
            if isinstance(item, Group):
                count = self._lines(item, self.data)
                typed[item.name] = [
                    {part.name: self.cleaned_data.get(f"{item.name}-{index}-{part.name}") for part in item.fields}
                    for index in range(count)
                ]
            else:
                typed[item.name] = self.cleaned_data.get(item.name)
        return typed

    def clean(self) -> dict[str, Any]:
        """Judge the whole by the rules."""
        try:
            self.answers = read(self.procedure, self.typed(), known=self.known, register=Places())
        except AnswersInvalid as invalid:
            for name, error in invalid.errors.items():
                drawn = name.replace(".", "-")
                self.add_error(drawn if drawn in self.fields else None, str(error))
        return self.cleaned_data

    def _lines(self, group: Group, now: Mapping[str, Any]) -> int:
        """How many lines of a group are drawn: those with something in them and one more, within its bounds."""
        starts = [
            name.removeprefix(f"{group.name}-").partition("-")[0] for name in now if name.startswith(f"{group.name}-")
        ]
        used = max((int(start) + 1 for start in starts if start.isdecimal() and len(start) < 3), default=0)
        filled = max(
            (
                int(start) + 1
                for start in starts
                if start.isdecimal()
                and len(start) < 3
                and any(str(now.get(f"{group.name}-{start}-{part.name}") or "").strip() for part in group.fields)
            ),
            default=0,
        )
        return min(group.most, max(group.least, min(used, filled), filled + (0 if self.is_bound else SPARE_LINES)))


def initial_of(procedure: Procedure, known: Known) -> dict[str, str]:
    """The answers that the record gives, by the names of `ProcedureForm`."""
    given = {item.name: item.prefill(known) for item in procedure.flat() if item.prefill is not None}
    for group in procedure.groups():
        for index, line in enumerate(group.prefill(known) if group.prefill else ()):
            given |= {f"{group.name}-{index}-{name}": value for name, value in line.items()}
    return given


def typed_of(procedure: Procedure, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as they would be typed, to be changed."""
    typed: dict[str, Any] = {}
    for item in procedure.fields:
        if isinstance(item, Group):
            for index, line in enumerate(answers.get(item.name, [])):
                for part in item.fields:
                    typed[f"{item.name}-{index}-{part.name}"] = shown(part, line.get(part.name))
        else:
            typed[item.name] = shown(item, answers.get(item.name))
    return typed


def shown(asked: Field, value: Any) -> Any:
    """One answer as people type it: dates by day, phones with a zero."""
    if value is None or asked.kind == Kind.BOX:
        return value
    if asked.kind == Kind.DATE:
        year, month, day = str(value).split("-")
        return f"{day}/{month}/{year}"
    if asked.kind == Kind.MONTH:
        year, month = str(value).split("-")
        return f"{month}/{year}"
    if asked.kind == Kind.PHONE:
        return str(value).replace("+84", "0", 1)
    return str(value)


def _drawn(asked: Field, known: Known, spare: bool, now: Mapping[str, Any]) -> forms.Field:
    facts: dict[str, Any] = {
        "label": asked.label,
        "help_text": asked.help or HINTS.get(asked.kind, ""),
        "required": asked.required and asked.only is None and not spare,
    }
    if asked.kind == Kind.BOX:
        return forms.BooleanField(**{**facts, "required": False})
    return Typed(widget=_widget(asked, known, now), **facts)


def _widget(asked: Field, known: Known, now: Mapping[str, Any]) -> forms.Widget:
    only: dict[str, str] = {}
    if asked.only is not None:
        only = {"data-only": asked.only.name, "data-answers": " ".join(sorted(str(one) for one in asked.only.answers))}
    attrs = {**only, "maxlength": str(asked.longest)}
    if asked.kind == Kind.PARAGRAPH:
        return forms.Textarea(attrs={**attrs, "rows": "5"})
    if asked.kind == Kind.CHOICE:
        if len(asked.choices) > MANY:
            return forms.Select(attrs=only, choices=[("", _("Choose")), *asked.choices])
        return forms.RadioSelect(attrs=only, choices=list(asked.choices))
    if asked.kind == Kind.PROVINCE:
        provinces = list(Province.objects.values_list("code", "name"))
        return forms.Select(
            attrs={**only, **WARDS_FOLLOW}, choices=[("", _("Choose the province or city")), *provinces]
        )
    if asked.kind == Kind.FACILITY:
        return _facilities(known)
    if asked.kind == Kind.WARD:
        return _wards(str(now.get("province") or ""), only)
    if asked.kind in NUMBERS:
        attrs |= {"inputmode": "tel" if asked.kind == Kind.PHONE else "numeric", "class": "num w10"}
    return forms.TextInput(attrs={**attrs, "autocomplete": "off"})


def _wards(province: str, attrs: dict[str, str]) -> forms.Select:
    """The wards of the chosen province; without one there are too many to list."""
    code = province if province.isascii() and province.isdecimal() else ""
    wards = list(Ward.objects.filter(province=code).order_by("name").values_list("code", "name")) if code else []
    first = _("Choose the ward or commune") if wards else _("Choose the province first")
    return forms.Select(attrs=attrs, choices=[("", first), *wards])


def _facilities(known: Known) -> forms.Widget:
    """The facilities of the person's province to choose from; a field for the code where they are too many to list."""
    found = list(Facility.objects.filter(province=known.province).order_by("name")[: MOST_FACILITIES + 1])
    if known.card and known.card.facility_code not in {facility.code for facility in found}:
        found += list(Facility.objects.filter(code=known.card.facility_code))
    if not found or len(found) > MOST_FACILITIES:
        return forms.TextInput(
            attrs={"maxlength": "5", "inputmode": "numeric", "class": "num w6", "autocomplete": "off"}
        )
    return forms.Select(choices=[("", _("Choose")), *((one.code, one.name) for one in found)])
