from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from insurance.models import Benefit
from insurance.reads.benefits import BENEFIT_WORDS, BenefitRow, benefits_of
from insurance.rules.benefits import Entitlement, yearly_sums
from insurance.views.card import person_of
from vssid.templatetags.portal import day, money, tag

TABS = {
    "lump_sum": (gettext_lazy("One-off"), gettext_lazy("One-off benefits")),
    "short_term": (pgettext_lazy("tab", "Sickness, maternity"), gettext_lazy("Sickness, maternity, recovery")),
    "accident": (gettext_lazy("Accidents"), gettext_lazy("Accidents at work and occupational diseases")),
    "monthly": (gettext_lazy("Monthly"), gettext_lazy("Pensions and monthly allowances")),
    "unemployment": (gettext_lazy("Unemployment"), gettext_lazy("Unemployment benefit")),
}
KINDS = {word: kind for kind, word in BENEFIT_WORDS.items()}
TAGS = {
    Benefit.Status.WAITING: ("", "clock"),
    Benefit.Status.PAID: ("ok", "ok"),
    Benefit.Status.PAYING: ("ok", "ok"),
    Benefit.Status.PAUSED: ("warn", "warn"),
    Benefit.Status.RETURNED: ("err", "cross"),
    Benefit.Status.ENDED: ("idle", ""),
}
Fact = tuple[Any, ...]


@require_safe
def benefits(request: HttpRequest) -> HttpResponse:
    """What somebody received or receives, one kind a tab, with the sum of each year; first the kind with something."""
    every = benefits_of(person_of(request).pk)
    word = request.GET.get("kind", "")
    if word not in TABS:
        received = {row.kind for row in every}
        word = next((one for one in TABS if KINDS[one] in received), "lump_sum")
    rows = [row for row in every if row.kind == KINDS[word]]
    sums = yearly_sums([entitlement(row) for row in rows], timezone.localdate())
    context = {
        "tabs": _tabs(word, get_language()),
        "name": TABS[word][1],
        "benefits": [_shown(row) for row in rows],
        "sums": [(year, money(amount) if amount is not None else _("not known")) for year, amount in sums.items()],
    }
    return render(request, "insurance/benefits.html", context)


def entitlement(row: BenefitRow) -> Entitlement:
    """A benefit as the rules count it."""
    steps = tuple((first, amount) for first, amount, _basis in row.adjustments)
    begin = (row.from_date or row.decided_on) if row.monthly else row.decided_on
    return Entitlement(begin, row.amount, row.monthly, row.to_date, row.months, steps)


@lru_cache(maxsize=16)
def _tabs(current: str, language: str | None) -> SafeString:
    drawn = [
        {"url": f"?kind={word}", "word": short, "title": name, "current": word == current}
        for word, (short, name) in TABS.items()
    ]
    return loader.render_to_string("components/tabs.html", {"label": _("Kind of benefit"), "tabs": drawn})


def _shown(row: BenefitRow) -> dict[str, Any]:
    kind, picture = TAGS[Benefit.Status(row.status)]
    title = str(Benefit.Regime(row.regime).label) if row.regime else str(Benefit.Kind(row.kind).label)
    return {
        "title": title[:1].upper() + title[1:],
        "amount": _("%(amount)s a month") % {"amount": money(row.amount)} if row.monthly else money(row.amount),
        "state": tag(kind, picture, str(Benefit.Status(row.status).label).capitalize()),
        "facts": _facts(row),
        "adjustments": [(day(first), money(amount), basis) for first, amount, basis in reversed(row.adjustments)],
    }


def _facts(row: BenefitRow) -> list[Fact]:
    """The fields of each kind, as people know them from VssID; what is empty is left out where it is drawn."""
    settled = row.kind == Benefit.Kind.SHORT_TERM
    decided = [
        (_("Settlement no.") if settled else _("Decision no."), row.number),
        (_("Settled on") if settled else _("Decided on"), day(row.decided_on)),
    ]
    paid: list[Fact] = [
        (_("Payment method"), str(Benefit.Method(row.method).label).capitalize() if row.method else ""),
        (_("Paid at"), row.place),
        (_("Account number"), f"•••• {row.account}" if row.account else ""),
        (_("Bank"), row.bank, "wide"),
    ]
    when: list[Fact] = [(_("From, to"), _span(row))]
    more: list[Fact] = []
    if row.months is not None:
        more.append((_("Months"), str(row.months)))
    if row.reserved_months is not None:
        more.append((_("Months kept for later"), str(row.reserved_months)))
    if row.capacity_loss is not None:
        more.append((_("Loss of capacity to work"), f"{row.capacity_loss}%"))
        more.append((_("Paid"), _("every month") if row.monthly else _("once")))
    return [*when, *more, *decided, (_("Employer or office"), row.payer, "wide"), *paid]


def _span(row: BenefitRow) -> str:
    if row.from_date is None:
        return ""
    if row.to_date is None:
        return _("since %(day)s") % {"day": day(row.from_date)}
    if row.from_date == row.to_date:
        return day(row.from_date)
    return f"{day(row.from_date)} – {day(row.to_date)}"
