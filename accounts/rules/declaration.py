"""What a declaration must hold (domain.md §2.2): the one place where its fields are judged, for form and API.

Plain data in, plain data out: places are looked up by the caller and handed in as `Places`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vssid import identifiers
from vssid.errors import DomainError
from vssid.identifiers import BirthDate, PersonalIdFacts

FIELDS = (
    "bhxh_code",
    "full_name",
    "date_of_birth",
    "gender",
    "id_type",
    "id_number",
    "old_id_number",
    "phone",
    "email",
    "province",
    "ward",
    "address",
    "office",
)
OPTIONAL = frozenset({"old_id_number", "email"})
GENDERS = ("male", "female")
ID_TYPES = ("cccd", "passport")
OLDEST_AGE = 120
ADDRESS_LENGTH = 200
EMAIL_LENGTH = 254


class FieldError(DomainError):
    """One field cannot stay as it is; `code` names the reason for programs."""

    def __init__(self, code: str, message: str | Promise, **params: Any) -> None:
        super().__init__(message, **params)
        self.code = code


class DeclarationInvalid(DomainError):
    """Some fields cannot stay as they are; `errors` maps their names to the reasons."""

    code = "invalid"
    message = _("Some fields need to be corrected.")

    def __init__(self, errors: dict[str, DomainError]) -> None:
        super().__init__()
        self.errors = errors


class Places(NamedTuple):
    """What the register of places says about the three codes that were entered."""

    province: bool
    ward_province: str | None
    office: bool


@dataclass(frozen=True)
class Declaration:
    """A declaration that can be kept. `bhxh_code` is empty when the personal number was entered in its place."""

    bhxh_code: str
    full_name: str
    birth: BirthDate
    gender: str
    id_type: str
    id_number: str
    old_id_number: str | None
    phone: str
    email: str | None
    province: str
    ward: str
    address: str
    office: str


def read_declaration(typed: Mapping[str, str], *, places: Places, today: date) -> Declaration:
    """Return the declaration in canonical form, or raise DeclarationInvalid with a reason for each wrong field."""
    values: dict[str, Any] = {}
    errors: dict[str, DomainError] = {}

    def read(field: str, rule: Callable[[str], Any]) -> None:
        text = typed.get(field, "").strip()
        try:
            values[field] = None if not text and field in OPTIONAL else rule(text)
        except DomainError as error:
            errors[field] = error

    read("bhxh_code", identifiers.parse_bhxh_or_personal_id)
    read("full_name", identifiers.parse_full_name)
    read("date_of_birth", lambda text: _birth(text, today))
    read("gender", lambda text: read_choice(text, GENDERS, _("Choose male or female.")))
    read("id_type", lambda text: read_choice(text, ID_TYPES, _("Choose the type of identity document.")))
    read("id_number", lambda text: _id_number(text, values.get("id_type"), values.get("bhxh_code", "")))
    read("old_id_number", identifiers.parse_cmnd)
    read("phone", identifiers.parse_mobile)
    read("email", _email)
    read("province", lambda text: read_known(text, places.province, _("Choose the province or city.")))
    read("ward", lambda text: read_ward(text, typed.get("province", "").strip(), places.ward_province))
    read("address", read_address)
    read("office", lambda text: read_known(text, places.office, _("Choose the office that receives your declaration.")))
    if errors:
        raise DeclarationInvalid({field: errors[field] for field in FIELDS if field in errors})
    birth = values.pop("date_of_birth")
    if len(values["bhxh_code"]) == 12:
        values["bhxh_code"] = ""
    return Declaration(birth=birth, **values)


def contradictions(*, id_type: str, id_number: str, gender: str, birth_year: int) -> frozenset[str]:
    """Return which of `gender` and `date_of_birth` the personal number's own digits speak against (NĐ 137/2015)."""
    if id_type != "cccd":
        return frozenset()
    facts: PersonalIdFacts = identifiers.personal_id_facts(id_number)
    against = {"gender": facts.gender != gender, "date_of_birth": facts.birth_year != birth_year}
    return frozenset(field for field, differs in against.items() if differs)


def _birth(text: str, today: date) -> BirthDate:
    birth = identifiers.parse_date_of_birth(text, today=today)
    if today.year - birth.date.year > OLDEST_AGE:
        raise FieldError(
            "too_old",
            _("This date is more than %(age)d years ago. Check the date of birth."),
            age=OLDEST_AGE,
        )
    return birth


def _id_number(text: str, id_type: str | None, code: str) -> str:
    """Return the number of the paper; an unknown kind of paper is the other field's error, read as the commonest."""
    if id_type == "passport":
        if len(code) == 12:
            raise FieldError(
                "code_needed",
                _("With a passport, enter the 10-digit social insurance code in the first field."),
            )
        return identifiers.parse_passport(text)
    number = identifiers.parse_personal_id(text)
    if len(code) == 12 and number != code:
        raise FieldError(
            "differs",
            _("This differs from the personal number in the first field. Both must be the number on your card."),
        )
    return number


def _email(text: str) -> str:
    if len(text) > EMAIL_LENGTH:
        raise FieldError("length", _("An email address has at most %(limit)d characters."), limit=EMAIL_LENGTH)
    try:
        validate_email(text)
    except ValidationError as error:
        raise FieldError("form", _("Write the email address like name@example.com.")) from error
    return text


def read_address(text: str) -> str:
    """Return house number, street or hamlet on one line, blanks made single."""
    if not text:
        raise FieldError("required", _("Enter house number, street or hamlet."))
    if len(text) > ADDRESS_LENGTH:
        raise FieldError(
            "length",
            _("An address has at most %(limit)d characters. You entered %(count)d."),
            limit=ADDRESS_LENGTH,
            count=len(text),
        )
    if not text.isprintable():
        raise FieldError("unknown_sign", _("Write the address on one line, with letters, digits and punctuation."))
    return " ".join(text.split())


def read_ward(text: str, province: str, ward_province: str | None) -> str:
    """Return the ward's code if it lies in `province`; `ward_province` is where the register has it."""
    if not text or ward_province is None:
        raise FieldError("required", _("Choose the ward or commune."))
    if ward_province != province:
        raise FieldError("elsewhere", _("This ward lies in another province. Choose the ward again."))
    return text


def read_known(text: str, known: bool, message: str | Promise) -> str:
    """Return a code that the register of places knows; `message` says what to choose."""
    return read_choice(text, (text,) if text and known else (), message)


def read_choice(text: str, allowed: tuple[str, ...], message: str | Promise) -> str:
    """Return one of the words that can be chosen; `message` says what to choose."""
    if text not in allowed:
        raise FieldError("required", message)
    return text
