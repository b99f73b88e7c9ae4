from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from insurance.models import ContributionPeriod, HealthCard, InsuredPerson, Ward
from insurance.models.cards import EXPIRING_DAYS
from insurance.reads.cards import CardView, card_of
from insurance.reads.contributions import overview_of
from insurance.reads.home import Corner, corner_of
from insurance.rules.contributions import Totals
from insurance.rules.findings import Finding
from insurance.views.card import born, person_of, state
from insurance.views.findings import notices
from vssid.templatetags.portal import day, duration

MOST_NEEDS = 3
WARD_SECONDS = 3600  # a name that staff correct is seen within the hour


def home(request: HttpRequest) -> HttpResponse:
    """Personal management: who I am to the agency, what needs me, and a fact of each record."""
    today = timezone.localdate()
    person = person_of(request)
    own = request.child is None  # type: ignore[attr-defined]
    family = [one.child for one in request.family] if own else []  # type: ignore[attr-defined]
    card = card_of(person.pk, today)
    totals, found = overview_of(person)
    corner = corner_of(person.pk, [child.pk for child in family], today)
    needs = [*_card_needs(card, today), *_children_needs(family, corner, today), *_history_needs(found)]
    context = {
        "person": person,
        "facts": _facts(person),
        "card_usable": card is not None and card.usable,
        "attention": needs[:MOST_NEEDS],
        "needs": len(needs),
        "more": len(needs) - MOST_NEEDS,
        # What is told to the parent's account, or to the child's own, is not for this page of the child.
        "notices": corner.notices if own else [],
        "tiles": _tiles(card, totals.get(ContributionPeriod.Kind.BHXH), corner, today),
    }
    return render(request, "insurance/home.html", context)


def _facts(person: InsuredPerson) -> list[tuple[Any, ...]]:
    address = ", ".join(filter(None, [person.address, _ward_name(person.ward_id) if person.ward_id else ""]))
    return [
        (_("Date of birth"), born(person)),
        (_("Sex"), person.get_gender_display().capitalize()),
        (pgettext("fact", "ID card"), f"•••• {person.citizen_id[-4:]}" if person.citizen_id else ""),
        (_("Phone"), f"•••• {person.phone[-4:]}" if person.phone else ""),
        (_("Address"), address, "wide"),
    ]


def _ward_name(ward_id: str) -> str:
    # 3,321 wards that change once in years: not worth a query a page.
    return str(cache.get_or_set(f"ward:{ward_id}", lambda: _read_ward_name(ward_id), WARD_SECONDS))


def _read_ward_name(ward_id: str) -> str:
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


def _children_needs(family: list[InsuredPerson], corner: Corner, today: date) -> list[dict[str, str]]:
    """Cards of children that end within 30 days, or have ended."""
    needs = []
    for child in family:
        last = corner.children_cards.get(child.pk)
        if last is None or (last - today).days > EXPIRING_DAYS:
            continue
        facts = {"name": child.full_name, "day": day(last)}
        if last < today:
            title, text = _("The card of %(name)s has expired"), _("Its last day was %(day)s.")
        else:
            title, text = _("The card of %(name)s ends soon"), _("Its last day is %(day)s.")
        needs.append({"kind": "warn", "title": title % facts, "text": text % facts})
    return needs


def _history_needs(found: Sequence[Finding]) -> list[dict[str, str]]:
    """What is odd in the history; how to report it stands there."""
    onward = {"url": reverse("insurance:history"), "link": _("See month by month")}
    return [notice | onward for notice in notices(found)]


def _tiles(card: CardView | None, total: Totals | None, corner: Corner, today: date) -> list[dict[str, Any]]:
    if card is None:
        fact = _("No card found")
    elif card.status == HealthCard.Status.VALID or card.renewed_to:
        fact = _("Valid until %(day)s") % {"day": day(card.renewed_to or card.valid_to)}
    else:
        fact = state(card, today)[2]
    time = duration(total.months) if total else _("No months yet")
    last = _("Latest %(day)s") % {"day": day(corner.last_benefit)} if corner.last_benefit else _("None so far")
    visits = ngettext("%(count)d visit this year", "%(count)d visits this year", corner.visits_this_year)
    seen = visits % {"count": corner.visits_this_year} if corner.visits_this_year else _("No visit this year")
    return [
        {"url": reverse("insurance:card"), "icon": "card", "word": _("Health insurance card"), "fact": fact},
        {"url": reverse("insurance:history"), "icon": "grid", "word": _("Contribution history"), "fact": time},
        {"url": reverse("insurance:benefits"), "icon": "wallet", "word": _("Benefits"), "fact": last},
        {"url": reverse("insurance:visits"), "icon": "pulse", "word": _("Medical visits"), "fact": seen},
    ]
