"""The page of figures for supervisors and auditors: charts, and behind each the table it is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin.desk import DossierDesk
from accounts.admin.queue import Desk, age, own_offices
from accounts.dossiers.figures import Figures, figures_of
from accounts.forms.exports import PERIODS
from accounts.models import RegistrationDossier, User
from accounts.permissions import may_see_figures, may_supervise
from accounts.rules import charts
from accounts.rules.charts import Bar
from vssid.audit.events import Event

USUAL = 30
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# More bars than this are no picture any more; the table has them all.
MOST_BARS = 12
AGE_WORDS = (
    gettext_lazy("Less than 1 day"),
    gettext_lazy("1–2 days"),
    gettext_lazy("3–5 days"),
    gettext_lazy("6–10 days"),
    gettext_lazy("More than 10 days"),
)
OUTCOMES = {
    Event.DOSSIER_APPROVED: ("paid", gettext_lazy("Approved")),
    Event.DOSSIER_RETURNED: ("owed", gettext_lazy("Returned")),
    Event.DOSSIER_REJECTED: ("settled", gettext_lazy("Refused")),
}
REVERSALS = {
    Event.DOSSIER_REOPENED: ("settled", gettext_lazy("Decisions taken back")),
    Event.ACCOUNT_FROZEN: ("paid", gettext_lazy("Accounts frozen")),
}
ALL_EVENTS = {event: words for event, (_kind, words) in {**OUTCOMES, **REVERSALS}.items()}
Cell = str | int | timedelta | None
Offices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """What a chart is drawn from; also a part of the file of figures. `lengths`: columns that hold lengths of time."""

    title: str
    heads: list[str]
    rows: list[list[Cell]]
    lengths: tuple[int, ...] = ()

    @property
    def shown(self) -> list[list[Any]]:
        """The rows as people read them."""
        return [[_shown(cell) for cell in row] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: what it says in words, the picture (nothing to show: none), the table behind it."""

    ident: str
    words: str
    table: Table
    chart: SafeString | None = None
    key: SafeString | None = None


def page(request: HttpRequest) -> HttpResponse:
    """Show the figures of the offices this person is posted to; in the address are `kind` and `days` (7, 30 or 90)."""
    user = request.user
    if not isinstance(user, User) or not may_see_figures(user):
        raise PermissionDenied
    days, now, desk = days_of(request), timezone.now(), desk_of(request)
    offices = own_offices(user)
    figures = read(desk, offices, days, now)
    words = {count: _("%(days)d days") % {"days": count} for count in PERIODS}
    context = {
        "has_permission": True,
        "title": _("Figures"),
        "offices": offices,
        "days": days,
        "kind": name_of(desk),
        "kinds": [
            {"url": f"?kind={name_of(other)}&days={days}", "word": other.title, "current": other is desk}
            for other in desks()
        ],
        "periods": [
            {"url": f"?kind={name_of(desk)}&days={count}", "word": words[count], "current": count == days}
            for count in PERIODS
        ],
        "facts": _facts(desk, figures, now),
        "panels": panels(desk, figures, offices, now),
        "patterns": charts.PATTERNS,
        "may_export": may_supervise(user),
    }
    return TemplateResponse(request, "admin/figures.html", context)


def days_of(request: HttpRequest) -> int:
    """Return the period in the address, the usual one for anything else."""
    asked = request.GET.get("days", "")
    return next((days for days in PERIODS if str(days) == asked), USUAL)


def desks() -> list[Desk[Any]]:
    """The kinds of dossier there are, registrations first."""
    kept = [kept.desk for kept in admin.site._registry.values() if isinstance(kept, DossierDesk)]
    return sorted(kept, key=lambda desk: desk.model is not RegistrationDossier)


def desk_of(request: HttpRequest) -> Desk[Any]:
    """Return the kind of dossier in the address, the first one for anything else."""
    asked = request.GET.get("kind", "")
    return next((desk for desk in desks() if name_of(desk) == asked), desks()[0])


def name_of(desk: Desk[Any]) -> str:
    """How an address names a kind."""
    return str(desk.model._meta.model_name)


def read(desk: Desk[Any], offices: Offices, days: int, now: datetime) -> Figures:
    """Return the figures of one kind of dossier at these offices."""
    return figures_of(desk.model, offices=[code for code, _name in offices], days=days, now=now)


def panels(desk: Desk[Any], figures: Figures, offices: Offices, now: datetime) -> list[Panel]:
    """Return the parts of the page; their tables are what is written into the file."""
    return [
        _waiting(figures, offices, now),
        _ages(figures, offices, now),
        _days(figures),
        _times(desk, figures, offices),
        _reversals(figures, offices),
    ]


def _facts(desk: Desk[Any], figures: Figures, now: datetime) -> list[tuple[str, str]]:
    waiting, outcomes, times = figures.all_waiting, figures.all_outcomes, figures.all_times
    counts = [(str(words), str(outcomes.get(event, 0))) for event, words in ALL_EVENTS.items()]
    return [
        (_("To be decided"), str(waiting.count if waiting else 0)),
        (_("The first waits for"), age(waiting.since, now) if waiting else ""),
        *counts,
        (str(desk.automatic_word), str(times.automatic if times else 0)),
        (_("Half within"), _shown(times.median) if times and times.median else ""),
        (_("Nine of ten within"), _shown(times.ninety) if times and times.ninety else ""),
    ]


def _waiting(figures: Figures, offices: Offices, now: datetime) -> Panel:
    rows: list[list[Cell]] = []
    bars: list[tuple[str, list[Bar]]] = []
    for code, name in offices:
        waiting = figures.waiting.get(code)
        rows.append([name, waiting.count if waiting else 0, now - waiting.since if waiting else None])
        if waiting:
            bars.append((name, [Bar("paid", waiting.count, str(waiting.count))]))
    table = Table(
        _("Waiting by office"), [_("Office"), _("To be decided"), _("The first waits for")], rows, lengths=(2,)
    )
    total = figures.all_waiting
    if total is None:
        return Panel("waiting", _("No dossier waits for a decision."), table)
    words = ngettext(
        "%(count)d dossier waits for a decision, the first for %(age)s.",
        "%(count)d dossiers wait for a decision, the first for %(age)s.",
        total.count,
    ) % {"count": total.count, "age": age(total.since, now)}
    return Panel("waiting", words, table, charts.lying_bars("waiting", table.title, words, _longest(bars)))


def _ages(figures: Figures, offices: Offices, now: datetime) -> Panel:
    nothing = (0,) * len(AGE_WORDS)
    found = {code: waiting.ages for code, waiting in figures.waiting.items()}
    rows: list[list[Cell]] = [[name, *found.get(code, nothing)] for code, name in offices]
    table = Table(_("Age of what waits"), [_("Office"), *map(str, AGE_WORDS)], rows)
    total = figures.all_waiting
    if total is None:
        return Panel("ages", _("No dossier waits for a decision."), table)
    words = "; ".join(f"{word}: {count}" for word, count in zip(AGE_WORDS, total.ages, strict=True)) + "."
    bars = [(str(word), [Bar("paid", count, str(count))]) for word, count in zip(AGE_WORDS, total.ages, strict=True)]
    return Panel("ages", words, table, charts.lying_bars("ages", table.title, words, bars))


def _days(figures: Figures) -> Panel:
    counted = [(day, [outcomes.get(event, 0) for event in OUTCOMES]) for day, outcomes in figures.days.items()]
    labels = [str(words) for _kind, words in OUTCOMES.values()]
    rows: list[list[Cell]] = [[date_format(day, "d/m/Y"), *counts] for day, counts in reversed(counted)]
    table = Table(_("Decisions by day"), [_("Day"), *labels], rows)
    sums = [sum(counts[place] for _day, counts in counted) for place in range(len(OUTCOMES))]
    if not any(sums):
        return Panel("days", _("Nothing was decided in these days."), table)
    words = "; ".join(f"{label}: {count}" for label, count in zip(labels, sums, strict=True)) + "."
    kinds = [kind for kind, _words in OUTCOMES.values()]
    drawn = [(date_format(day, "d/m"), counts) for day, counts in counted]
    chart = charts.columns("days", table.title, words, kinds, drawn)
    return Panel("days", words, table, chart, _key(OUTCOMES))


def _times(desk: Desk[Any], figures: Figures, offices: Offices) -> Panel:
    rows: list[list[Cell]] = []
    bars: list[tuple[str, list[Bar]]] = []
    for code, name in offices:
        times = figures.times.get(code)
        empty: list[Cell] = [name, 0, None, None, 0]
        rows.append([name, times.count, times.median, times.ninety, times.automatic] if times else empty)
        if times and times.median is not None and times.ninety is not None:
            pair = (("paid", times.median), ("settled", times.ninety))
            bars.append((name, [Bar(kind, took.total_seconds(), _shown(took)) for kind, took in pair]))
    heads = [
        _("Office"),
        _("Decided by officers"),
        _("Half within"),
        _("Nine of ten within"),
        str(desk.automatic_word),
    ]
    table = Table(_("Time per dossier"), heads, rows, lengths=(2, 3))
    total = figures.all_times
    if total is None:
        return Panel("times", _("Nothing was decided in these days."), table)
    if total.median is None or total.ninety is None:
        return Panel("times", _("Officers decided nothing in these days."), table)
    words = _("Half are decided within %(median)s, nine of ten within %(ninety)s.") % {
        "median": _shown(total.median),
        "ninety": _shown(total.ninety),
    }
    key = charts.key([("paid", heads[2]), ("settled", heads[3])])
    return Panel("times", words, table, charts.lying_bars("times", table.title, words, _longest(bars)), key)


def _reversals(figures: Figures, offices: Offices) -> Panel:
    rows: list[list[Cell]] = []
    bars: list[tuple[str, list[Bar]]] = []
    drawn = {Event.DOSSIER_RETURNED: OUTCOMES[Event.DOSSIER_RETURNED], **REVERSALS}
    for code, name in offices:
        outcomes = figures.outcomes.get(code, {})
        rows.append([name, *(outcomes.get(event, 0) for event in ALL_EVENTS)])
        parts = [Bar(kind, outcomes.get(event, 0), str(outcomes.get(event, 0))) for event, (kind, _w) in drawn.items()]
        if any(bar.value for bar in parts):
            bars.append((name, parts))
    heads = [_("Office"), *map(str, ALL_EVENTS.values())]
    table = Table(_("Returns and reversals"), heads, rows)
    if not bars:
        return Panel("reversals", _("Nothing was returned or taken back in these days."), table)
    sums = figures.all_outcomes
    words = "; ".join(f"{label}: {sums.get(event, 0)}" for event, (_kind, label) in drawn.items()) + "."
    chart = charts.lying_bars("reversals", table.title, words, _longest(bars))
    return Panel("reversals", words, table, chart, _key(drawn))


def _key(kinds: dict[Event, tuple[str, Any]]) -> SafeString:
    return charts.key([(kind, str(words)) for kind, words in kinds.values()])


def _longest(bars: list[tuple[str, list[Bar]]]) -> list[tuple[str, list[Bar]]]:
    """The offices that a manager looks at first."""
    return sorted(bars, key=lambda row: -max(bar.value for bar in row[1]))[:MOST_BARS]


def _shown(cell: Cell) -> str:
    if isinstance(cell, timedelta):
        return age(EPOCH, EPOCH + cell)
    return "–" if cell is None else str(cell)
