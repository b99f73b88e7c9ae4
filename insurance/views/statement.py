from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from insurance.actions.statements import find_statement, issue_statement, same_file
from insurance.models import Benefit, ContributionPeriod, InsuredPerson
from insurance.parameters import standard_rates
from insurance.reads.benefits import benefits_of
from insurance.reads.contributions import FUND_NAMES, KINDS, PeriodRow, contributions_of, records_of, voluntary_of
from insurance.rules.contributions import (
    Totals,
    first_day,
    month_number,
    month_states,
    totals,
    unused_unemployment_months,
)
from insurance.rules.findings import BHTN, BHXH
from insurance.rules.findings import findings as odd
from insurance.rules.statement import FUNDS, Rate, lines
from insurance.views import findings
from insurance.views.card import actor_of, born, person_of
from insurance.views.fund_grid import fund_grid, fund_years
from insurance.views.history import STATEMENT, tabs
from insurance.views.months import key
from vssid.documents.pdf import render_pdf
from vssid.documents.qr import qr_svg
from vssid.templatetags.portal import country, duration, grouped, month

LARGEST = 5_000_000
"""Bytes of a file that somebody brings to be compared; a statement of fifty years has a tenth of it."""


@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest) -> HttpResponse:
    """The whole history as on form C14-TS; a POST makes the document with its QR code."""
    person = person_of(request)
    rows = contributions_of(person.pk)
    if request.method == "POST" and rows:
        return _document(request, person, rows)
    context: dict[str, Any] = {"tabs": tabs(STATEMENT, get_language())}
    if rows:
        states = _states(rows)
        context |= {
            "totals": _totals(person, states),
            "grid": fund_grid(states, _("Months of all funds")),
            "key": key(_of_all(states)),
            "funds": list(FUND_NAMES.values()),
            "years": fund_years(states),
            "findings": findings.drawn(odd(records_of(rows), foreign=person.foreign)),
        }
    return render(request, "insurance/statement.html", context)


class FileForm(forms.Form):
    """The file somebody was given."""

    file = forms.FileField(
        label=gettext_lazy("PDF file"), widget=forms.FileInput(attrs={"accept": "application/pdf"}), required=True
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than any statement of this portal."))
        return file


class OtherCodeForm(forms.Form):
    """A code typed from paper."""

    code = forms.CharField(
        label=gettext_lazy("Code on the paper"),
        help_text=gettext_lazy("20 letters and digits; dashes and capitals do not matter."),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "num w20", "autocomplete": "off", "spellcheck": "false"}),
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def statement_check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a statement with this code was handed out here, and whether a file is that statement. Nothing else."""
    found = find_statement(code)
    if found is None and request.method == "POST" and "code" in request.POST:
        return _other_code(request)
    form = FileForm(request.POST if request.method == "POST" else None, request.FILES or None)
    same = None
    if found is not None and request.method == "POST" and form.is_valid():
        same = same_file(found, form.cleaned_data["file"].read())
    context: dict[str, Any] = {
        "found": found is not None,
        "made_at": found.made_at if found else None,
        "same": same,
        "form": form,
    }
    if found is None:
        context |= {"form": None, "code_form": OtherCodeForm()}
    status = 404 if found is None else 400 if form.errors else 200
    response = render(request, "insurance/statement_check.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _other_code(request: HttpRequest) -> HttpResponse:
    """Lead to the page of the code that was typed."""
    typed = "".join(sign for sign in request.POST["code"].lower() if sign.isascii() and sign.isalnum())[:40]
    return redirect("insurance:statement-check", typed or "-")


def _document(request: HttpRequest, person: InsuredPerson, rows: list[PeriodRow]) -> HttpResponse:
    now = timezone.now()
    language = get_language() or "vi"

    def draw(code: str) -> bytes:
        return statement_pdf(person, rows, code=code, at=now, language=language)

    file = issue_statement(person_id=person.pk, draw=draw, by=actor_of(request), at=now)
    response = HttpResponse(file, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="c14-ts-{timezone.localdate(now):%Y-%m-%d}.pdf"'
    return response


def statement_pdf(person: InsuredPerson, rows: list[PeriodRow], *, code: str, at: Any, language: str) -> bytes:
    """Draw the statement: tagged PDF with the address that checks `code` as a QR picture."""
    address = settings.PUBLIC_BASE_URL + reverse("insurance:statement-check", args=[code])
    voluntary = voluntary_of(person.pk)
    periods = [
        (
            fund,
            month_number(first),
            month_number(last),
            name,
            work,
            salary,
            status,
            place,
            (fund, first, name) in voluntary,
        )
        for fund, first, last, name, work, salary, status, place in rows
    ]
    words = {int(status): status.label for status in ContributionPeriod.Status}
    context = {
        "person": person,
        "born": born(person),
        "nationality": country(person.nationality),
        "citizen_id": grouped(person.citizen_id) if person.citizen_id else "",
        "at": at,
        "totals": _totals(person, _states(rows)),
        "funds": list(FUND_NAMES.values()),
        "lines": [
            {
                "first": month(first_day(line.first)),
                "last": month(first_day(line.last)),
                "line": line,
                "funds": [
                    (words.get(status, ""), "" if rate is None else f"{number_format(f'{rate.normalize():f}')}%")
                    for status, rate in zip(line.statuses, line.rates, strict=True)
                ],
            }
            for line in lines(periods, statement_rates(foreign=person.foreign))
        ],
        "qr": qr_svg(address, label=_("Address of the page that checks this statement")),
        "address": address,
        "code": "-".join(code[place : place + 5] for place in range(0, len(code), 5)),
    }
    return render_pdf("documents/statement.html", context, language=language)


def statement_rates(*, foreign: bool = False) -> list[Rate]:
    """The standard rates, or a foreigner's, of compulsory funds and of voluntary social insurance."""
    funds = {scheme: (fund, False) for scheme, fund in KINDS.items()} | {"voluntary": (BHXH, True)}
    return [
        (*funds[rate.scheme], month_number(rate.valid_from), month_number(rate.valid_to or date.max), rate.percent)
        for rate in standard_rates(foreign=foreign)
        if rate.scheme in funds
    ]


def _states(rows: list[PeriodRow]) -> dict[int, dict[int, int]]:
    spans: dict[int, list[tuple[int, int, int]]] = {}
    for fund, first, last, _employer, _occupation, _salary, status, _place in rows:
        spans.setdefault(fund, []).append((month_number(first), month_number(last), status))
    return {fund: month_states(of_fund) for fund, of_fund in spans.items()}


def _totals(person: InsuredPerson, states: dict[int, dict[int, int]]) -> list[tuple[str, str, str, str]]:
    """For each fund its name, the time paid, the time owed, and the time that no benefit has used."""
    found = []
    for fund, name in FUND_NAMES.items():
        months = states.get(fund, {})
        total = totals(months)
        unused = ""
        if fund == BHXH:
            unused = duration(total.months)
        if fund == BHTN:
            unused = duration(unused_unemployment_months(months, unemployment_decisions(person.pk)))
        found.append((name, duration(total.months), duration(total.owed_months), unused))
    return found


def unemployment_decisions(person_id: int) -> list[tuple[int, int]]:
    """The month in which each unemployment benefit of a person began, and the months it kept for later."""
    return [
        (month_number(_begin(row.from_date, row.decided_on)), row.reserved_months or 0)
        for row in benefits_of(person_id)
        if row.kind == Benefit.Kind.UNEMPLOYMENT
    ]


def _begin(first: date | None, decided: date) -> date:
    return first or decided


def _of_all(states: dict[int, dict[int, int]]) -> Totals:
    """One total of all funds, for the key of the grid."""
    merged = [totals(states.get(fund, {})) for fund in FUNDS]
    return Totals(
        sum(total.months for total in merged),
        sum(total.owed_months for total in merged),
        sum(total.settled_months for total in merged),
        0,
        (),
        (),
    )
