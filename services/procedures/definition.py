"""What a public service (thủ tục) is, as data: fields, papers, term, result. One definition draws and checks
everything.

From a `Procedure` come the page's form, the API's schema, the officer's page, the receipt and the help text. A
definition
that changes what it asks gets a new `version`; a request keeps the version it was filed under.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from accounts.rules.refusals import Refusal
    from insurance.rules.estimates import Estimate
    from services.procedures.known import Known

MOST_MONEY = 1_000_000_000
"""The largest amount anybody may enter, in đồng."""

MOST_PAPERS = 5
Words = str | Promise
Answers = Mapping[str, Any]
"""What was answered, by field: text, whole numbers, booleans, ISO dates, and lists of the same for groups."""


SECTIONS: Mapping[str, Words] = {
    "records": _("Card, book and records"),
    "benefits": pgettext_lazy("services", "Benefits"),
    "paying": _("Paying contributions"),
    "account": _("Account, data and feedback"),
}
"""The headings of the list of services, in order."""


class Kind(StrEnum):
    """What a field takes; `services.rules.answers` says what each accepts."""

    TEXT = "text"
    PARAGRAPH = "paragraph"
    CHOICE = "choice"
    BOX = "box"
    DATE = "date"
    MONTH = "month"
    MONEY = "money"
    NUMBER = "number"
    NAME = "name"
    PHONE = "phone"
    BHXH_CODE = "bhxh_code"
    PERSONAL_ID = "personal_id"
    PROVINCE = "province"
    WARD = "ward"
    FACILITY = "facility"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class When:
    """Asked only while another field has one of these answers."""

    name: str
    answers: frozenset[str | bool]

    def met(self, answers: Answers) -> bool:
        return answers.get(self.name) in self.answers


def when(name: str, *answers: str | bool) -> When:
    return When(name, frozenset(answers))


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `prefill` takes the answer from what is known; `least` and `most` are bounds of numbers and
    money.
    """

    name: str
    label: Words
    kind: Kind = Kind.TEXT
    required: bool = True
    help: Words = ""
    choices: Sequence[tuple[str, Words]] = ()
    prefill: Callable[[Known], str] | None = None
    only: When | None = None
    longest: int = 200
    least: int | None = None
    most: int | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A question answered for several persons or lines, such as the members of a household."""

    name: str
    label: Words
    fields: tuple[Field, ...]
    least: int = 1
    most: int = 10
    help: Words = ""
    only: When | None = None
    # The first lines, as the record gives them.
    prefill: Callable[[Known], Sequence[Mapping[str, str]]] | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that is asked for: a photo or a PDF."""

    name: str
    label: Words
    required: bool = True
    help: Words = ""
    only: When | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What an effect is told when a request is granted; it runs in the transaction of the decision."""

    request_id: int
    number: str
    person_id: int
    office_id: str
    answers: Answers
    by: str
    at: datetime
    # The day on which the bank booked it, of what is paid first.
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """One public service. `reference` is the agency's own number for it, where one is known."""

    code: str
    name: Words
    summary: Words
    legal_basis: str
    fields: tuple[Field | Group, ...] = ()
    papers: tuple[Paper, ...] = ()
    version: int = 1
    reference: str = ""
    form: str = ""
    term_days: int = 5
    # A term the law counts in days of the calendar, by what is asked; in place of `term_days`.
    calendar_days: Callable[[Answers], int] | None = None
    # By how many days of the calendar the office may prolong the term, once.
    extension_days: int = 0
    fee: Words = ""
    result: Words = ""
    topic: str = "bhxh"
    # Under which heading the list of services shows it, a key of `SECTIONS`.
    section: str = "records"
    # Why this person cannot file it, "" when she can.
    may_file: Callable[[Known], Words] | None = None
    # What is wrong with answers taken together, by field.
    check: Callable[[Answers, Known], Mapping[str, Words]] | None = None
    # What is to be paid or expected, line by line.
    estimate: Callable[[Answers, Known], Estimate] | None = None
    # Its estimate is to be paid before it can be granted.
    paid_first: bool = False
    # What granting it changes in the records; words it returns are added to the answer, such as a card's new validity.
    effect: Callable[[Decision], str | None] | None = None
    # What was granted counts so long after filing, with a notice to the phone on file and a code that stops it.
    hold: timedelta | None = None
    # A proof of identity at most so many minutes old is needed to file.
    proof_minutes: int | None = None
    # Granted by the rules, without an officer, when they find nothing against it: at once, or once it is paid.
    automatic: Callable[[Answers, Known], bool] | None = None
    # Another procedure that these answers open by themselves, with its answers.
    opens: Callable[[Answers, Known], tuple[str, Answers] | None] | None = None
    # Where it goes on after it was granted: words and the name of a page.
    then: tuple[Words, str] | None = None
    # Simple enough to be granted together with others, when nothing was attached, said or written about it.
    routine: bool = False
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    for_child: bool = True

    @property
    def key(self) -> str:
        """Code and version, as a request keeps them."""
        return f"{self.code}@{self.version}"

    @property
    def term_varies(self) -> bool:
        """Tell whether its term depends on what is asked for."""
        return self.calendar_days is not None

    def flat(self) -> tuple[Field, ...]:
        """Its fields outside of groups."""
        return tuple(item for item in self.fields if isinstance(item, Field))

    def papers_for(self, answers: Answers) -> tuple[Paper, ...]:
        """The papers that these answers make it ask for."""
        return tuple(paper for paper in self.papers if paper.only is None or paper.only.met(answers))

    def groups(self) -> tuple[Group, ...]:
        return tuple(item for item in self.fields if isinstance(item, Group))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A service with pages of its own, listed beside the others: `url` is the name of its first page."""

    code: str
    name: Words
    summary: Words
    url: str
    reference: str = ""
    topic: str = "account"
    section: str = "account"


class DefinitionInvalid(Exception):
    """A definition contradicts itself; the start ends with its code and the reason."""


def validate(procedure: Procedure) -> None:
    """Raise DefinitionInvalid when a definition cannot work: names twice, conditions on nothing, choices missing."""
    names: list[str] = []
    for item in procedure.fields:
        _check_item(procedure, item, names)
        names.append(item.name)
    for paper in procedure.papers:
        _must(procedure, paper.name not in names, f"{paper.name} is there twice")
        _must(
            procedure, paper.only is None or paper.only.name in names, f"{paper.name} depends on nothing asked before"
        )
        names.append(paper.name)
    _must(procedure, len(procedure.papers) <= MOST_PAPERS, f"it asks for more than {MOST_PAPERS} papers")
    _must(procedure, procedure.term_days >= 0, "its term is negative")
    _must(procedure, not procedure.paid_first or procedure.estimate is not None, "nothing says what is to be paid")
    _must(procedure, bool(procedure.legal_basis), "it names no legal basis")


def _check_item(procedure: Procedure, item: Field | Group, before: Sequence[str]) -> None:
    _must(procedure, item.name not in before, f"{item.name} is there twice")
    _must(procedure, item.name.isidentifier() and item.name.islower(), f"{item.name} is no name of a field")
    _must(procedure, item.only is None or item.only.name in before, f"{item.name} depends on nothing asked before")
    if isinstance(item, Group):
        _must(procedure, 0 <= item.least <= item.most, f"{item.name} has its bounds the wrong way round")
        inner: list[str] = []
        for part in item.fields:
            _check_item(procedure, part, inner)
            inner.append(part.name)
    elif item.kind == Kind.CHOICE:
        values = [value for value, _label in item.choices]
        _must(procedure, len(values) == len(set(values)) > 0, f"{item.name} has no choices, or one twice")


def _must(procedure: Procedure, holds: bool, reason: str) -> None:
    if not holds:
        raise DefinitionInvalid(f"{procedure.key}: {reason}")
