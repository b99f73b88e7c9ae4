from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from insurance.models import MedicalPaper, Visit
from insurance.reads.cards import CardView, card_of
from insurance.reads.visits import LineRow, PaperRow, VisitRow, papers_of, visit_lines_of, visits_of
from insurance.rules.cards import FIVE_YEARS, copayment_ceiling, months_towards_five_years
from insurance.rules.visits import Split, counted_copayment, shares
from insurance.views.card import person_of
from insurance.views.findings import report_step
from vssid.templatetags.portal import day, duration, money, tag

BAR = 300
PARTS = ("fund", "other", "copay", "self")
PAPER_TAGS = {"valid": ("ok", "ok"), "replaced": ("idle", ""), "cancelled": ("err", "cross")}


@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """Visits of a year or papers of a year, what they cost, and how far the co-payments of this year have come."""
    person, today = person_of(request), timezone.localdate()
    papers = request.GET.get("kind") == "papers"
    rows = visits_of(person.pk)
    issued = papers_of(person.pk) if papers else []
    years = sorted(
        {today.year, *(row.admitted_on.year for row in rows), *(row.issued_on.year for row in issued)}, reverse=True
    )
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in years else today.year
    mine = [row for row in rows if row.admitted_on.year == year]
    split = sum((split_of(row) for row in mine), Split())
    context = {
        "papers_shown": papers,
        "tabs": _tabs(papers, year),
        "years": years,
        "year": year,
        "visits": mine,
        "papers": [_paper(row) for row in issued if row.issued_on.year == year],
        "split": split_rows(split),
        "bar": split_bar(split),
        "total": money(split.total) if split.total else "",
        "ceiling": _ceiling(card_of(person.pk, today), rows, today),
    }
    return render(request, "insurance/visits.html", context)


@require_safe
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit with its bill; somebody else's is not there."""
    person = person_of(request)
    row = next((row for row in visits_of(person.pk) if row.id == pk), None)
    if row is None:
        raise Http404
    split = split_of(row)
    address, words = report_step("visit")
    context = {
        "visit": row,
        "facts": _facts(row),
        "split": split_rows(split),
        "bar": split_bar(split),
        "total": money(split.total),
        "lines": [_line(line) for line in visit_lines_of(person.pk, pk)],
        "report_url": address,
        "report_words": words,
    }
    return render(request, "insurance/visit.html", context)


def split_of(row: VisitRow | LineRow) -> Split:
    """Who paid what."""
    return Split(row.fund, row.other, row.copayment, row.self_paid)


def split_rows(split: Split) -> list[tuple[str, str, str]]:
    """For each part its class, its words and its amount; parts that are 0 are left out but the fund's."""
    words = (_("Health insurance fund"), _("Other sources"), _("Your share"), _("You, outside the cover"))
    amounts = (split.fund, split.other, split.copayment, split.self_paid)
    return [
        (part, word, money(amount))
        for part, word, amount in zip(PARTS, words, amounts, strict=True)
        if amount or part == "fund"
    ]


def split_bar(split: Split) -> SafeString:
    """A bar of who paid; its words are the table beside it."""
    if not split.total:
        return SafeString("")
    left, drawn = 0, []
    for part, width in zip(PARTS, shares(split, BAR), strict=True):
        if width:
            drawn.append((part, left, width))
        left += width
    percent = split.fund * 100 // split.total
    return format_html(
        '<svg class="bar" viewBox="0 0 {} 24" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        BAR,
        _("The fund paid %(percent)d%% of it") % {"percent": percent},
        format_html_join("", '<path class="{}" d="M{} 0h{}v24h-{}z"/>', [(p, x, w, w) for p, x, w in drawn]),
    )


def _tabs(papers: bool, year: int) -> dict[str, Any]:
    tabs = [
        {"url": f"?year={year}", "word": pgettext("visits", "History"), "current": not papers},
        {
            "url": f"?kind=papers&year={year}",
            "word": pgettext("visits", "Papers"),
            "title": _("Papers issued under TT 56/2017/TT-BYT"),
            "current": papers,
        },
    ]
    return {"label": _("Visits or papers"), "tabs": tabs}


def _ceiling(card: CardView | None, rows: list[VisitRow], today: date) -> dict[str, Any] | None:
    """This year's co-payments against six base salaries, and the counter of five years; None where nobody co-pays."""
    if card is None or not card.base_salary or card.pays_percent is None or card.pays_percent >= 100:
        return None
    most = copayment_ceiling(card.base_salary)
    paid = counted_copayment(((_paid(row).year, row.right_level, row.copayment) for row in rows), today.year)
    full_on = card.five_years_from if card.usable else None
    months = months_towards_five_years(full_on, today) if full_on else 0
    return {
        "year": today.year,
        "paid": money(paid),
        "most": money(most),
        "left": money(max(most - paid, 0)),
        "passed": paid > most,
        "full": months == FIVE_YEARS,
        "five_years": duration(months),
        "five_years_from": full_on,
        "meter": _meter(paid, most),
    }


def _paid(row: VisitRow) -> date:
    return row.paid_on or row.discharged_on or row.admitted_on


def _meter(paid: int, most: int) -> SafeString:
    width = min(paid * BAR // most, BAR)
    text = _("%(paid)s of %(most)s") % {"paid": money(paid), "most": money(most)}
    return format_html(
        '<svg class="meter" viewBox="0 0 302 16" preserveAspectRatio="none" role="meter" aria-label="{}"'
        ' aria-valuemin="0" aria-valuemax="{}" aria-valuenow="{}" aria-valuetext="{}">'
        '<path class="f" d="M1 1h{}v14h-{}z"/><path d="M1 1h300v14h-300z"/></svg>',
        _("Co-payments of this year"),
        most,
        min(paid, most),
        text,
        width,
        width,
    )


def _facts(row: VisitRow) -> list[tuple[str, ...]]:
    return [
        (_("Came on"), day(row.admitted_on)),
        (_("Left on"), day(row.discharged_on)),
        (_("Paid on"), day(row.paid_on)),
        (_("Department"), row.department),
        (_("Condition on leaving"), str(Visit.Outcome(row.outcome).label).capitalize() if row.outcome else ""),
        (_("Level of care"), _("Right level") if row.right_level else _("Not the right level")),
        (_("Disease"), f"{row.disease} ({row.disease_code})", "wide"),
        (_("Facility"), f"{row.facility} ({row.facility_code})", "wide"),
    ]


def _line(line: LineRow) -> dict[str, Any]:
    split = split_of(line)
    return {
        "name": line.name,
        "code": line.code,
        "times": f"{_plain(line.quantity)} {line.unit} × {money(int(line.unit_price))}",
        "percent": line.percent,
        "total": money(line.total),
        "parts": [(words, amount) for _part, words, amount in split_rows(split)],
    }


def _plain(quantity: Any) -> str:
    """A quantity without the noughts behind it: 10.000 is 10."""
    return f"{quantity:f}".rstrip("0").rstrip(".") if "." in f"{quantity:f}" else str(quantity)


def _paper(row: PaperRow) -> dict[str, Any]:
    kind, picture = PAPER_TAGS[row.status]
    title = str(MedicalPaper.Kind(row.kind).label)
    return {
        "title": title[:1].upper() + title[1:],
        "state": tag(kind, picture, str(MedicalPaper.Status(row.status).label).capitalize()),
        "facts": [
            (_("Serial no."), row.serial),
            (_("Issued on"), day(row.issued_on)),
            (_("Facility"), f"{row.facility} ({row.facility_code})", "wide"),
        ],
    }
