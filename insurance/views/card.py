from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control

from insurance import card_tokens, revocations
from insurance.models import HealthCard, InsuredPerson
from insurance.reads.cards import CardView, card_of, cards_of, shown_card
from insurance.rules.cards import (
    FIVE_YEARS,
    Counter,
    cheap_visit,
    copayment_ceiling,
    months_towards_five_years,
)
from vssid.documents.qr import qr_svg
from vssid.templatetags.portal import day, duration, money, tag

LEVEL_WITH_RATIOS = 2
LEVEL_BEYOND_COVER = 5


def card(request: HttpRequest) -> HttpResponse:
    """The BHYT card in force, or the last one, and what it gives."""
    now = timezone.now()
    today = timezone.localdate(now)
    person = person_of(request)
    cards = cards_of(person.pk, today)
    found = shown_card(cards, today)
    context: dict[str, Any] = {
        "card": found,
        "person": person,
        "others": [(other, tag(*state(other, today))) for other in cards if other is not found],
    }
    if found is not None:
        context |= {
            "born": born(person),
            "own_code": found.number[5:],
            "usable": found.usable,
            "state": tag(*state(found, today)),
            "until": now + card_tokens.LIFETIME,
            "rights": rights_of(found),
        }
        if (counter := found.counter) is not None and found.usable:
            context |= _five_years(found, counter, today)
    return render(request, "insurance/card.html", context)


def card_code(request: HttpRequest) -> HttpResponse:
    """The card's QR as large as the screen, with a new token at each call."""
    found = usable_card(request)
    if found is None:
        return redirect("insurance:card")
    token, until = card_tokens.sign(found.says_of(person_of(request)), timezone.now())
    context = {
        "person": person_of(request),
        "number": found.number,
        "qr": qr_svg(token, label=_("QR code of the health insurance card")),
        "until": until,
    }
    return render(request, "insurance/card_code.html", context)


def card_picture(request: HttpRequest) -> HttpResponse:
    """The card's QR alone, as an SVG file: it is drawn beside the page and not within its time."""
    found = usable_card(request)
    if found is None:
        raise Http404
    token, _until = card_tokens.sign(found.says_of(person_of(request)), timezone.now())
    drawn = qr_svg(token, label=_("QR code of the health insurance card"))
    picture = drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return HttpResponse(picture, content_type="image/svg+xml")


@login_not_required
@cache_control(public=True, max_age=3600)
def jwks(request: HttpRequest) -> JsonResponse:
    """The public keys that check a card's token (RFC 7517)."""
    return JsonResponse(card_tokens.public_keys())


@login_not_required
@cache_control(public=True, max_age=revocations.FRESH_SECONDS)
def revoked(request: HttpRequest) -> JsonResponse:
    """The signed list of codes that are good no longer, as a JWS in flattened JSON (RFC 7515)."""
    return JsonResponse(revocations.signed_list(timezone.now()))


def person_of(request: HttpRequest) -> InsuredPerson:
    """Whose record this request shows; the account's middleware has seen to it that there is one."""
    person: InsuredPerson = request.insured_person  # type: ignore[attr-defined]
    return person


def actor_of(request: HttpRequest) -> str:
    """Who asks, as the audit log names them."""
    return str(request.user.actor)  # type: ignore[union-attr]


def born(person: InsuredPerson) -> str:
    """The date of birth as the record knows it: a day, or the year alone."""
    return str(person.date_of_birth.year) if person.birth_year_only else day(person.date_of_birth)


def state(found: CardView, today: date) -> tuple[str, str, str]:
    """How the card stands, as kind, icon and words of a tag."""
    if found.revoked:
        return "idle", "", _("Replaced")
    if found.status == HealthCard.Status.ENDED:
        return "err", "cross", _("Expired since %(day)s") % {"day": day(found.valid_to + timedelta(days=1))}
    if found.status == HealthCard.Status.NONE:
        return "idle", "clock", _("Valid from %(day)s") % {"day": day(found.valid_from)}
    left = (found.valid_to - today).days
    if found.status == HealthCard.Status.VALID or found.renewed_to:
        return "ok", "ok", _("Valid")
    if left == 0:
        return "warn", "clock", _("Expires today")
    words = ngettext("Expires soon, %(count)d day left", "Expires soon, %(count)d days left", left)
    return "warn", "clock", words % {"count": left}


def usable_card(request: HttpRequest) -> CardView | None:
    """The card in force of whose record this request shows."""
    found = card_of(person_of(request).pk, timezone.localdate())
    return found if found is not None and found.usable else None


def rights_of(found: CardView) -> list[str]:
    """What the fund pays, in sentences: the first is the answer, the others its conditions."""
    if found.pays_percent is None:
        return []
    if found.pays_percent < 100:
        share = {"fund": found.pays_percent, "own": 100 - found.pays_percent}
        rights = [
            _("The health insurance fund pays %(fund)d%% of the costs that are covered.") % share,
            _("You pay %(own)d%%.") % share,
        ]
        if found.base_salary:
            rights.append(
                _("It pays 100%% at the commune or ward health station, and when a visit costs less than %(amount)s.")
                % {"amount": money(cheap_visit(found.base_salary))}
            )
        return rights
    rights = [_("The health insurance fund pays all costs that are covered.")]
    if found.level == LEVEL_WITH_RATIOS:
        rights.append(_("For some medicines, supplies and services it pays a set part."))
    if found.level == LEVEL_BEYOND_COVER:
        rights.append(_("It also pays for costs beyond what others are covered for."))
    return rights


def _five_years(found: CardView, counter: Counter, today: date) -> dict[str, Any]:
    months = months_towards_five_years(counter.full_on, today)
    facts: dict[str, Any] = {
        "five_years": duration(months),
        "five_years_day": day(counter.full_on),
        "five_years_full": months == FIVE_YEARS,
        "five_years_how": _how_counted(counter),
        "meter": _meter(months),
    }
    if found.base_salary and found.pays_percent is not None and found.pays_percent < 100:
        facts["ceiling"] = money(copayment_ceiling(found.base_salary))
    return facts


def _how_counted(counter: Counter) -> list[str]:
    """How the day was found, a sentence each."""
    source = (
        _("Counted from %(day)s, by the cards in your record.")
        if counter.from_cards
        else _("Counted from %(day)s, by the agency's record.")
    )
    sentences = [source % {"day": day(counter.since)}]
    for first, last in counter.breaks:
        words = _("Without a card %(first)s – %(last)s: a break of up to 3 months does not end the count.")
        sentences.append(words % {"first": day(first), "last": day(last)})
    if counter.broken_by:
        first, last = counter.broken_by
        words = _("Without a card %(first)s – %(last)s: after more than 3 months the count began again.")
        sentences.append(words % {"first": day(first), "last": day(last)})
    return sentences


def _meter(months: int) -> SafeString:
    """Five boxes, one a year, filled by months."""
    boxes = "".join(f"M{1 + 60.5 * year} 1h56v14h-56z" for year in range(5))
    widths = [min(max(months - 12 * year, 0), 12) * 56 / 12 for year in range(5)]
    filled = "".join(f"M{1 + 60.5 * year} 1h{width:.1f}v14h-{width:.1f}z" for year, width in enumerate(widths) if width)
    text = _("%(count)d of 60 months") % {"count": months}
    return format_html(
        '<svg class="meter" viewBox="0 0 300 16" preserveAspectRatio="none" role="meter" aria-label="{}"'
        ' aria-valuemin="0" aria-valuemax="60" aria-valuenow="{}" aria-valuetext="{}"><path class="f" d="{}"/>'
        '<path d="{}"/></svg>',
        _("Time of health insurance in a row"),
        months,
        text,
        filled,
        boxes,
    )
