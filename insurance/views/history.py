from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from insurance.reads import KINDS, PeriodRow, contributions_of
from insurance.rules.contributions import OWED, SETTLED, Totals, month_number, month_states, totals
from insurance.rules.findings import Record, findings_of_fund
from insurance.views import findings, months
from insurance.views.card import person_of
from vssid.templatetags.portal import duration, money, tag, thousands_point

# Word in the address → word of the tab, spelt out.
TABS = {
    "bhxh": ("BHXH", gettext_lazy("Social insurance")),
    "bhtn": ("BHTN", gettext_lazy("Unemployment insurance")),
    "tnld": ("TNLĐ-BNN", gettext_lazy("Insurance against accidents at work and occupational diseases")),
    "bhyt": ("BHYT", gettext_lazy("Health insurance")),
}

MOST_NOTICES = 3
"""More of them at once are not read; the others stand below, folded."""


def history(request: HttpRequest) -> HttpResponse:
    """The contribution history of one fund: totals, every month as a grid and as a table, stages of work."""
    word = request.GET.get("kind", "bhxh")
    word = word if word in KINDS else "bhxh"
    rows = contributions_of(person_of(request).pk, KINDS[word])
    context: dict[str, Any] = {"fund": TABS[word][0], "fund_name": TABS[word][1], "tabs": _tabs(word, get_language())}
    if rows:
        states = month_states((month_number(row[1]), month_number(row[2]), row[6]) for row in rows)
        total = totals(states)
        told = findings.notices(findings_of_fund(_records(rows)))
        first, last = min(states) // 12, max(states) // 12
        title = _("Months of %(fund)s, %(first)d to %(last)d") % {"fund": TABS[word][0], "first": first, "last": last}
        context |= {
            "total": total,
            "facts": _facts(total),
            "notices": told[:MOST_NOTICES],
            "more_notices": told[MOST_NOTICES:],
            "grid": months.month_grid(states, total, title),
            "key": months.key(total),
            "year_rows": months.year_rows(states, total),
            "stages": _stage_rows(rows),
        }
    return render(request, "insurance/history.html", context)


@lru_cache(maxsize=16)
def _tabs(current: str, language: str | None) -> SafeString:
    """The tabs as they are drawn in the language that is in force."""
    tabs = [
        {"url": f"?kind={word}", "word": short, "title": name if short != name else "", "current": word == current}
        for word, (short, name) in TABS.items()
    ]
    return loader.render_to_string("components/tabs.html", {"label": _("Fund"), "tabs": tabs})


def _facts(total: Totals) -> list[tuple[str, str]]:
    facts = [(_("Owed by the employer"), duration(total.owed_months))]
    if total.missing_months:
        facts.append((_("Not recorded"), duration(total.missing_months)))
    if total.settled_months:
        facts.append((_("Settled as a lump sum"), duration(total.settled_months)))
    return facts


def _records(rows: Iterable[PeriodRow]) -> list[Record]:
    return [
        (kind, month_number(first), month_number(last), employer, salary, status)
        for kind, first, last, employer, _occupation, salary, status, _place in rows
    ]


@dataclass(slots=True)
class Stage:
    """Periods in a row at one employer with one status, whatever the salary."""

    employer: str
    place: str
    occupation: str
    status: int
    first: int
    last: int
    parts: list[tuple[int, int, int, str]]


def stages(rows: Iterable[PeriodRow]) -> list[Stage]:
    """Join periods of one employer that follow each other; newest first."""
    done: list[Stage] = []
    running: dict[str, Stage] = {}
    for _kind, first_day, last_day, employer, occupation, salary, status, place in rows:
        first, last = month_number(first_day), month_number(last_day)
        stage = running.get(employer)
        if stage is None or stage.status != status or stage.last + 1 != first:
            stage = running[employer] = Stage(employer, place, occupation, status, first, last, [])
            done.append(stage)
        stage.last, stage.occupation = last, occupation or stage.occupation
        stage.parts.append((first, last, salary, occupation))
    return sorted(done, key=lambda stage: (stage.last, stage.first), reverse=True)


def _stage_rows(rows: Iterable[PeriodRow]) -> SafeString:
    words = _words(get_language())
    return mark_safe("".join(_stage_row(stage, words) for stage in stages(rows)))  # noqa: S308 - escaped below


@lru_cache(maxsize=8)
def _words(language: str | None) -> "_Words":
    return _Words()


class _Words:
    """Words that each row repeats, in the language that is in force."""

    def __init__(self) -> None:
        self.details = escape(_("Details"))
        self.salary = escape(_("Salary for contributions"))
        self.place = escape(_("Place of work"))
        self.point = thousands_point()
        self.tags = {OWED: tag("warn", "warn", _("Owed")), SETTLED: tag("idle", "", _("Settled as a lump sum"))}


def _stage_row(stage: Stage, words: _Words) -> str:
    occupation = f'<br><span class="dim">{escape(stage.occupation)}</span>' if stage.occupation else ""
    mark = words.tags.get(stage.status, "")
    parts = "".join(_part(part, stage.occupation, words.point) for part in reversed(stage.parts))
    place = f"<p>{words.place}: {escape(stage.place)}</p>" if stage.place else ""
    return (
        f'<tr><td class="num nw">{_month(stage.first)}<br>{_month(stage.last)}</td>'
        f"<td><b>{escape(stage.employer)}</b>{occupation}{'<br>' if mark else ''}{mark}"
        f'<details class="sm"><summary>{words.details}</summary>{place}'
        f'<p>{words.salary}:</p><dl class="stack g1 num">{parts}</dl></details></td>'
        f'<td class="end num">{stage.last - stage.first + 1}</td></tr>'
    )


def _part(part: tuple[int, int, int, str], usual: str, point: str) -> str:
    first, last, salary, occupation = part
    other = f"<br>{escape(occupation)}" if occupation and occupation != usual else ""
    return f"<div><dt>{months.span(first, last)}</dt><dd>{money(salary, point)}{other}</dd></div>"


def _month(number: int) -> str:
    return f"{number % 12 + 1:02}/{number // 12}"
