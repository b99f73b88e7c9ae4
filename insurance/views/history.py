from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from insurance.reads.cards import cards_of
from insurance.reads.contributions import FUND_NAMES, KINDS, contributions_of, records_of
from insurance.rules.contributions import Totals, month_number, month_states, totals
from insurance.rules.findings import findings_of_fund
from insurance.views import findings, months, stages
from insurance.views.card import person_of
from insurance.views.chosen import choice_form, chosen_of
from vssid.templatetags.portal import duration, icon

# Word of a fund in the address → its name spelt out.
TABS = {
    "bhxh": gettext_lazy("Social insurance"),
    "bhtn": gettext_lazy("Unemployment insurance"),
    "tnld": gettext_lazy("Insurance against accidents at work and occupational diseases"),
    "bhyt": gettext_lazy("Health insurance"),
}
STATEMENT = "c14-ts"


def history(request: HttpRequest) -> HttpResponse:
    """The contribution history of one fund: totals, every month as a grid and as a table, stages of work."""
    word = request.GET.get("kind", "bhxh")
    word = word if word in KINDS else "bhxh"
    person = person_of(request).pk
    rows = contributions_of(person, KINDS[word])
    fund = FUND_NAMES[KINDS[word]]
    context: dict[str, Any] = {"kind": word, "fund": fund, "tabs": tabs(word, get_language())}
    if rows:
        states = month_states((month_number(row[1]), month_number(row[2]), row[6]) for row in rows)
        total = totals(states)
        looks = months.looks(rows)
        first, last = min(states) // 12, max(states) // 12
        title = _("Months of %(fund)s, %(first)d to %(last)d") % {"fund": fund, "first": first, "last": last}
        chosen = chosen_of(request, rows)
        cards = cards_of(person, timezone.localdate()) if word == "bhyt" else None
        context |= {
            "total": total,
            "facts": _facts(total),
            "findings": findings.drawn(findings_of_fund(records_of(rows), total)),
            "grid": months.month_grid(months.by_employer(states, rows, looks), total, title, looks),
            "key": months.key(total, several=bool(looks)),
            "several": bool(looks),
            "year_rows": months.year_rows(states, total, rows if looks else ()),
            "choice": choice_form(word, rows, chosen, first, last),
            "chosen": chosen.words,
            "stages": stages.draw(chosen.rows, looks, cards),
            "files": _files(f"?kind={word}{chosen.query}"),
        }
    return render(request, "insurance/history.html", context)


@lru_cache(maxsize=16)
def tabs(current: str, language: str | None) -> SafeString:
    """The tabs of the history as they are drawn in the language that is in force."""
    page = reverse("insurance:history")
    drawn: list[dict[str, Any]] = [
        {
            "url": f"{page}?kind={word}",
            "word": FUND_NAMES[KINDS[word]],
            "title": name,
            "current": word == current,
        }
        for word, name in TABS.items()
    ]
    whole = {"url": reverse("insurance:statement"), "word": "C14-TS", "title": _("Confirmation of the whole history")}
    drawn.append(whole | {"current": current == STATEMENT})
    return loader.render_to_string("components/tabs.html", {"label": _("Fund"), "tabs": drawn})


def _facts(total: Totals) -> list[tuple[str, str]]:
    facts = [(_("Owed by the employer"), duration(total.owed_months))]
    if total.missing_months:
        facts.append((_("Not recorded"), duration(total.missing_months)))
    if total.settled_months:
        facts.append((_("Settled as a lump sum"), duration(total.settled_months)))
    return facts


@lru_cache(maxsize=64)
def _files(query: str) -> SafeString:
    """Links to what is listed, as files."""
    csv, xlsx = (reverse("insurance:history-file", args=[ending]) for ending in ("csv", "xlsx"))
    links = ((f"{address}{query}", icon("down"), name) for address, name in ((csv, "CSV"), (xlsx, "XLSX")))
    return format_html_join("", '<a class="tool flat" href="{}">{}{}</a>', links)
