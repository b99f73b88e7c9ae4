"""Whether a browser may go on keeping a card, asked by static/js/worker.js whoever is logged in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actions.own_account import may_keep_card
from vssid.kept_card import read_pass


@login_not_required
@require_safe
@never_cache
def kept_card(request: HttpRequest) -> HttpResponse:
    """Answer 204, or 410 when the card of this pass (header X-Kept-Pass) has to go."""
    kept = read_pass(request.headers.get("X-Kept-Pass", ""))
    return HttpResponse(status=204 if kept is not None and may_keep_card(kept) else 410)
