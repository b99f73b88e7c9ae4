"""The card to keep or to print: front and back as PNG, both as PDF; and taking back what was printed."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from insurance import card_images, card_tokens
from insurance.actions.card_prints import withdraw_prints
from insurance.card_images import Face
from insurance.reads.cards import CardView
from insurance.views.card import born, person_of, usable_card
from vssid.documents.pdf import render_pdf
from vssid.documents.qr import qr_svg
from vssid.templatetags.portal import day, grouped, moment

DRAWN = {"mat-truoc": card_images.front, "mat-sau": card_images.back}


@require_safe
def images(request: HttpRequest) -> HttpResponse:
    """Show both sides, with the ways to keep them."""
    found = usable_card(request)
    if found is None:
        return redirect("insurance:card")
    return render(request, "insurance/card_images.html", {"card": found})


@require_safe
def image(request: HttpRequest, side: str) -> HttpResponse:
    """Draw one side; its code holds as long as the card."""
    drawn = DRAWN[side](_face(request))
    response = HttpResponse(drawn, content_type="image/png")
    response["Content-Disposition"] = f'inline; filename="the-bhyt-{side}.png"'
    return response


@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    """Make a sheet with both sides."""
    face = _face(request)
    context = {"face": face, "qr": qr_svg(face.code, label=_("QR code of the health insurance card"))}
    made = render_pdf("documents/card.html", context, language=get_language() or "vi")
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="the-bhyt.pdf"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Ask whether everything printed so far is to be good no longer, and do it."""
    if request.method == "POST":
        actor: str = request.user.actor  # type: ignore[union-attr]
        withdraw_prints(person_id=person_of(request).pk, by=actor, at=timezone.now())
        messages.success(
            request, _("What was printed or saved before is no longer valid. New pictures carry a new code.")
        )
        return redirect("insurance:card-images")
    return render(request, "insurance/card_withdraw.html")


def _face(request: HttpRequest) -> Face:
    """The words of the card. Raises Http404 without a card in force."""
    found = usable_card(request)
    if found is None:
        raise Http404
    now, person = timezone.now(), person_of(request)
    gender: Any = person.get_gender_display()
    facts = (
        (_("Date of birth"), born(person)),
        (_("Sex"), gender.capitalize()),
        (_("Valid from"), day(found.valid_from)),
        (pgettext("card", "Until"), day(found.valid_to)),
        (_("Registered for first care at"), f"{found.facility_name} ({found.facility_code})"),
    )
    lines = [
        _("Good until the end of %(day)s, unless withdrawn.") % {"day": day(found.valid_to)},
        _("Show it with your ID card."),
    ]
    if found.pays_percent is not None:
        lines.append(_("Benefit level %(level)d: the fund pays %(percent)d%%.") % _level(found))
    if full_on := found.five_years_from:
        lines.append(_("Five years in a row: %(day)s") % {"day": day(full_on)})
    address = f"{settings.PUBLIC_BASE_URL}{reverse('services:card-check')}"
    lines += [_("To check it: %(address)s") % {"address": address}, _("Made %(moment)s") % {"moment": moment(now)}]
    return Face(
        title=_("HEALTH INSURANCE CARD"),
        note=settings.OPERATOR_NAME or _("Demonstration, not an official card"),
        holder=person.full_name,
        number=grouped(found.number),
        facts=facts,
        code=card_tokens.sign_for_paper(found.says_of(person), now),
        back_title=_("Code for the reception"),
        back_lines=tuple(lines),
    )


def _level(found: CardView) -> dict[str, int | None]:
    return {"level": found.level, "percent": found.pays_percent}
