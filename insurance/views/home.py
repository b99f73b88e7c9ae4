from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insurance.models import ContributionPeriod, HealthCard, InsuredPerson, Ward
from insurance.reads import CardView, card_of, summary_of
from insurance.rules.contributions import Totals
from insurance.views import months
from insurance.views.card import born, person_of, state
from vssid.templatetags.portal import day, duration


def home(request: HttpRequest) -> HttpResponse:
    """Personal management: who I am to the agency, what needs me, and a fact of each record."""
    today = timezone.localdate()
    person = person_of(request)
    card = card_of(person.pk, today)
    total = summary_of(person.pk).get(ContributionPeriod.Kind.BHXH)
    context = {
        "person": person,
        "facts": _facts(person),
        "card_usable": card is not None and card.usable,
        "attention": [*_card_needs(card, today), *_history_needs(total)],
        "tiles": _tiles(card, total, today),
    }
    return render(request, "insurance/home.html", context)


def _facts(person: InsuredPerson) -> list[tuple[Any, ...]]:
    address = ", ".join(filter(None, [person.address, _ward_name(person.ward_id) if person.ward_id else ""]))
    return [
        (_("Date of birth"), born(person)),
        (_("Sex"), person.get_gender_display().capitalize()),
        (_("ID number"), f"•••• {person.citizen_id[-4:]}" if person.citizen_id else ""),
        (_("Phone"), f"•••• {person.phone[-4:]}" if person.phone else ""),
        (_("Address"), address, "wide"),
    ]


@lru_cache(maxsize=4096)
def _ward_name(ward_id: str) -> str:
    # 3,321 wards that change once in years: not worth a query a page.
    ward = Ward.objects.select_related("province").get(pk=ward_id)
    return f"{ward.name}, {ward.province.name}"


def _card_needs(card: CardView | None, today: date) -> list[dict[str, str]]:
    if card is None:
        title, text = _("We found no card of yours."), _("If you paid just now, it appears in 1–2 days.")
        return [{"kind": "", "title": title, "text": text}]
    need = {"kind": "warn", "url": reverse("insurance:card"), "link": _("See the card")}
    if card.status == HealthCard.Status.ENDED:
        title = _("Your health insurance card has expired")
        text = _("Its last day was %(day)s. At the clinic you would pay everything yourself.")
        return [need | {"kind": "err", "title": title, "text": text % {"day": day(card.valid_to)}}]
    if card.status == HealthCard.Status.EXPIRING and not card.renewed_to:
        left = (card.valid_to - today).days
        title = ngettext(
            "Your health insurance card has %(count)d day left",
            "Your health insurance card has %(count)d days left",
            left,
        )
        text = _("It ends on %(day)s. Once you or your employer pay again, the new date shows here.")
        return [need | {"title": title % {"count": left}, "text": text % {"day": day(card.valid_to)}}]
    return []


def _history_needs(total: Totals | None) -> list[dict[str, str]]:
    if total is None:
        return []
    need = {"url": reverse("insurance:history"), "link": _("See month by month")}
    needs = []
    if total.owed_months:
        title = ngettext("Your employer owes %(count)d month", "Your employer owes %(count)d months", total.owed_months)
        text = _("%(when)s: not yet counted in your time.") % {"when": months.spans(total.owed)}
        needs.append(need | {"kind": "warn", "title": title % {"count": total.owed_months}, "text": text})
    if total.missing_months:
        title = ngettext("%(count)d month not recorded", "%(count)d months not recorded", total.missing_months)
        text = _("%(when)s. Compare with your BHXH book or payslips.") % {"when": months.spans(total.gaps)}
        needs.append(need | {"kind": "", "title": title % {"count": total.missing_months}, "text": text})
    return needs


def _tiles(card: CardView | None, total: Totals | None, today: date) -> list[dict[str, Any]]:
    if card is None:
        fact = _("No card found")
    elif card.status == HealthCard.Status.VALID or card.renewed_to:
        fact = _("Valid until %(day)s") % {"day": day(card.renewed_to or card.valid_to)}
    else:
        fact = state(card, today)[2]
    time = duration(total.months) if total else _("No months yet")
    return [
        {"url": reverse("insurance:card"), "icon": "card", "word": _("Health insurance card"), "fact": fact},
        {"url": reverse("insurance:history"), "icon": "grid", "word": _("Contribution history"), "fact": time},
    ]
