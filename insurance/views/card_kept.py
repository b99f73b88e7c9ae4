"""The card as a browser keeps it on the device, where its owner asked for that: a page with nothing of the session."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template import loader
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from insurance import card_tokens
from insurance.reads.cards import card_of
from insurance.views.card import born, person_of
from vssid.documents.qr import qr_svg
from vssid.kept_card import Pass
from vssid.templatetags.portal import owner_mark

KEPT = timedelta(days=30)


@require_safe
def card_to_keep(request: HttpRequest) -> HttpResponse:
    """Draw the card for static/js/keep-card.js, which puts it into the browser's store; 404 without a card in force.

    The code is that of a print: it holds without network and is withdrawn with the prints. The page holds 30 days, or
    until the card's last day; X-Kept-Until says so in seconds since 1970, X-Kept-Owner marks whose browser store it is.
    By X-Kept-Pass the browser asks later whether it may go on keeping it.
    """
    now = timezone.now()
    person, found = person_of(request), card_of(person_of(request).pk, timezone.localdate(now))
    if found is None or not found.usable:
        raise Http404
    last = timezone.make_aware(datetime.combine(found.valid_to + timedelta(days=1), time.min))
    until = min(now + KEPT, last)
    code = card_tokens.sign_for_paper(found.says_of(person), now)
    context = {
        "card": found,
        "person": person,
        "born": born(person),
        "qr": qr_svg(code, label=_("QR code of the health insurance card")),
        "now": now,
        "until": until - timedelta(seconds=1),
    }
    response = HttpResponse(loader.render_to_string("insurance/card_kept.html", context))
    response["X-Kept-Until"] = str(int(until.timestamp()))
    user: Any = request.user
    response["X-Kept-Owner"] = owner_mark(user.pk)
    response["X-Kept-Pass"] = str(Pass(user.pk, user.session_version, now))
    return response
