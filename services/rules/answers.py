"""Reading what was answered to a procedure: the one place where answers are judged, for pages and API.

Plain data in, plain data out. Places and facilities are looked up by the caller and handed in as `Register`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services.procedures.definition import MOST_MONEY, Answers, Field, Group, Kind, Procedure
from services.procedures.known import Known
from vssid import identifiers
from vssid.errors import DomainError
from vssid.templatetags.portal import thousands_point

OLDEST_YEAR = 1900
LAST_YEAR = 2100
THOUSANDS = re.compile(r"(?<=\d)[., \u00a0](?=\d{3}(?!\d))")
"""What people write between thousands, in either language; a point before fewer digits is no such sign."""


class Register(Protocol):
    """What the caller can look up."""

    def province(self, code: str) -> bool: ...
    def ward(self, code: str, province: str) -> bool: ...
    def facility(self, code: str) -> bool: ...


class Wrong(DomainError):
    """One answer cannot stay as it is."""

    code = "wrong_answer"

    def __init__(self, message: str | Promise, **params: Any) -> None:
        super().__init__(message, **params)


class AnswersInvalid(DomainError):
    """Some answers cannot stay as they are; `errors` maps fields (`members.0.full_name` within groups) to the
    reasons.
    """

    code = "invalid"
    message = _("Some fields need to be corrected.")

    def __init__(self, errors: dict[str, DomainError]) -> None:
        super().__init__()
        self.errors = errors


def read(procedure: Procedure, typed: Mapping[str, Any], *, known: Known, register: Register) -> dict[str, Any]:
    """Return the answers in their final form: text in NFC without blanks around it, whole numbers, ISO dates.

    `typed` maps fields to text (or JSON values of the API), groups to lists of such mappings. What is not asked under
    the
    conditions of the definition is left out, whatever was typed. Raises AnswersInvalid with every reason at once.
    """
    answers: dict[str, Any] = {}
    errors: dict[str, DomainError] = {}
    for item in procedure.fields:
        if item.only is not None and not item.only.met(answers):
            continue
        if isinstance(item, Group):
            answers[item.name] = _read_group(item, typed.get(item.name), errors, known, register)
        else:
            _read_into(answers, errors, item, typed.get(item.name), "", known, register)
    if not errors and procedure.check is not None:
        errors = {name: Wrong(words) for name, words in procedure.check(answers, known).items()}
    if errors:
        raise AnswersInvalid(errors)
    return answers


def _read_group(
    group: Group, typed: Any, errors: dict[str, DomainError], known: Known, register: Register
) -> list[dict[str, Any]]:
    lines = (
        [line for line in typed if _filled(line)] if isinstance(typed, Sequence) and not isinstance(typed, str) else []
    )
    if not group.least <= len(lines) <= group.most:
        words = _("Enter between %(least)d and %(most)d.") if len(lines) else _("Enter at least %(least)d.")
        errors[group.name] = Wrong(words, least=group.least, most=group.most)
        return []
    read_lines = []
    for index, line in enumerate(lines):
        answers: dict[str, Any] = {}
        for part in group.fields:
            if part.only is None or part.only.met(answers):
                _read_into(answers, errors, part, line.get(part.name), f"{group.name}.{index}.", known, register)
        read_lines.append(answers)
    return read_lines


def _filled(line: Any) -> bool:
    return isinstance(line, Mapping) and any(str(value or "").strip() for value in line.values())


def _read_into(
    answers: dict[str, Any],
    errors: dict[str, DomainError],
    asked: Field,
    value: Any,
    prefix: str,
    known: Known,
    register: Register,
) -> None:
    try:
        found = _read_field(asked, value, answers, known, register)
    except DomainError as error:
        errors[prefix + asked.name] = error
    else:
        if found is not None:
            answers[asked.name] = found


def _read_field(asked: Field, value: Any, before: Answers, known: Known, register: Register) -> Any:
    if asked.kind == Kind.BOX:
        ticked = value is True or str(value or "").lower() in {"on", "true", "1"}
        if asked.required and not ticked:
            raise Wrong(_("Tick this box to continue."))
        return ticked
    text = _plain(value)
    if not text:
        if asked.required:
            raise Wrong(_("Choose one.") if asked.kind in CHOSEN else _("Fill this in."))
        return None
    if len(text) > asked.longest:
        raise Wrong(_("At most %(most)d characters. You entered %(entered)d."), most=asked.longest, entered=len(text))
    if asked.kind == Kind.CHOICE:
        if text not in {name for name, _label in asked.choices}:
            raise Wrong(_("Choose one."))
        return text
    if asked.kind in LOOKED_UP:
        if not LOOKED_UP[asked.kind](register, text, before):
            raise Wrong(_("Choose one from the list."))
        return text
    return READERS[asked.kind](text, asked, known)


def _plain(value: Any) -> str:
    """Text in NFC without blanks around it and without invisible signs; line breaks stay."""
    text = unicodedata.normalize("NFC", "" if value is None else str(value)).replace("\r\n", "\n")
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign)[0] != "C").strip()


CHOSEN = frozenset({Kind.CHOICE, Kind.PROVINCE, Kind.WARD, Kind.FACILITY})
LOOKED_UP: Mapping[Kind, Callable[[Register, str, Answers], bool]] = {
    Kind.PROVINCE: lambda register, code, before: register.province(code),
    Kind.WARD: lambda register, code, before: register.ward(code, str(before.get("province", ""))),
    Kind.FACILITY: lambda register, code, before: register.facility(code),
}


def _whole(text: str, asked: Field, known: Known) -> int:
    dense = THOUSANDS.sub("", text.removesuffix("₫").removesuffix("đ").strip())
    if not (dense.isascii() and dense.isdecimal()) or len(dense) > 12:
        raise Wrong(_("Digits only."))
    number = int(dense)
    least, most = asked.least or 0, MOST_MONEY if asked.most is None else asked.most
    if not least <= number <= most:
        point = thousands_point()
        raise Wrong(
            _("From %(least)s to %(most)s."),
            least=f"{least:,}".replace(",", point),
            most=f"{most:,}".replace(",", point),
        )
    return number


def _day(text: str, asked: Field, known: Known) -> str:
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        if OLDEST_YEAR <= day.year <= LAST_YEAR:
            return day.isoformat()
    raise Wrong(_("Enter day, month and year, for example 09/02/2026."))


def _month(text: str, asked: Field, known: Known) -> str:
    """A month as 08/2026 or 2026-08."""
    first, _sign, second = text.replace("-", "/").partition("/")
    year, number = (first, second) if len(first) == 4 else (second, first)
    if not (year + number).isascii() or not (year + number).isdecimal() or len(year) != 4:
        raise Wrong(_("Enter month and year, for example 08/2026."))
    if not (1 <= int(number) <= 12 and OLDEST_YEAR <= int(year) <= LAST_YEAR):
        raise Wrong(_("Enter month and year, for example 08/2026."))
    return f"{int(year):04d}-{int(number):02d}"


def _account(text: str, asked: Field, known: Known) -> str:
    dense = text.replace(" ", "").replace("-", "").replace(".", "")
    if not (dense.isascii() and dense.isalnum()) or not 6 <= len(dense) <= 20:
        raise Wrong(_("An account number has 6 to 20 digits."))
    return dense.upper()


READERS: Mapping[Kind, Callable[[str, Field, Known], Any]] = {
    Kind.TEXT: lambda text, asked, known: " ".join(text.split()),
    Kind.PARAGRAPH: lambda text, asked, known: text,
    Kind.DATE: _day,
    Kind.MONTH: _month,
    Kind.MONEY: _whole,
    Kind.NUMBER: _whole,
    Kind.NAME: lambda text, asked, known: identifiers.parse_full_name(text),
    Kind.PHONE: lambda text, asked, known: identifiers.parse_mobile(text),
    Kind.BHXH_CODE: lambda text, asked, known: identifiers.parse_bhxh_code(text),
    Kind.PERSONAL_ID: lambda text, asked, known: identifiers.parse_personal_id(text),
    Kind.ACCOUNT: _account,
}
