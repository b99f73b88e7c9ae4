"""The declaration a browser works on, known by its session: what was typed so far, a draft, or a returned dossier whose
applicant proved the phone on the tracking page. It ends with its day, when another browser goes on with it, or when the
dossier is no longer the one that was returned."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import begun
from accounts.actions import drafts, otp, registration, unfinished
from accounts.models import OneTimeCode, PartialDeclaration, RegistrationDossier
from accounts.rules.declaration import FIELDS
from accounts.sessions import browser_key
from vssid.errors import TooMany
from vssid.ops import clock, gates

KEY = "registration"
PARTIAL = "registration_typed"
CORRECTING = "registration_correcting"  # the version that was returned
CONSENTED = "registration_consent"
# Declarations that one browser sent within a day.
SENT, SENT_A_DAY, DAY_SECONDS = "registrations_sent", 5, 86400
Draft = RegistrationDossier
View = Callable[..., HttpResponse]


class TooManyFromHere(TooMany):
    """One browser sent many declarations today."""

    code = "too_many_from_here"
    message = _lazy("Five declarations were sent from this browser within 24 hours. Send the next one tomorrow.")


def current(request: HttpRequest) -> Draft | None:
    """Return the session's dossier, to be written or sent already; a draft older than its life is no more."""
    key = request.session.get(KEY)
    if not key:
        return None
    found = Draft.objects.select_related("office", "ward", "province").filter(public_id=UUID(key)).first()
    return None if found and drafts.is_over(found, timezone.now()) else found


def changeable(request: HttpRequest) -> Draft | None:
    """Return the session's dossier while this browser may write in it."""
    found = current(request)
    if found is None or found.status == Draft.Status.DRAFT:
        return found
    returned = found.status == Draft.Status.RETURNED and request.session.get(CORRECTING) == found.version
    return found if returned else None


def sent(request: HttpRequest) -> Draft | None:
    """Return the session's dossier once this browser has sent it."""
    found = current(request)
    if found is None or found.status == Draft.Status.DRAFT:
        return None
    proof = otp.pending(**challenge(request, found))
    return found if proof and proof.consumed_at else None


def waiting_code(request: HttpRequest, draft: Draft) -> OneTimeCode | None:
    """Return the code that was sent to the draft's phone for this browser and can still be entered."""
    return otp.waiting(**challenge(request, draft), at=clock.now())


def typed(request: HttpRequest, draft: Draft | None) -> PartialDeclaration | None:
    """Return what was typed and could not be kept in a draft, or over what the draft holds."""
    key = request.session.get(PARTIAL)
    if not draft and not key:
        return None
    return unfinished.kept_typed(key=key and UUID(key), dossier=draft, at=timezone.now())


def keep_typed(request: HttpRequest, draft: Draft | None) -> PartialDeclaration | None:
    """Keep what the request's form holds so far; None when it is empty. Raises as `begun.count_begun`."""
    entered = {name: text for name in FIELDS if (text := request.POST.get(name, "").strip())}
    if not entered.keys() - {"id_type"}:
        return typed(request, draft)
    key = request.session.get(PARTIAL)
    if not draft and not typed(request, draft):
        begun.count_begun(request)
    now = timezone.now()
    written = unfinished.keep_typed(typed=entered, key=key and UUID(key), dossier=draft, at=now)
    if not draft and key != str(written.pk):
        request.session[PARTIAL] = str(written.pk)
        _keep_session(request)
    return written


def hold(request: HttpRequest, found: unfinished.Unfinished, key: UUID) -> None:
    """Let this browser go on with a draft, or with what was typed so far, under its key."""
    forget(request)
    request.session[KEY if isinstance(found, Draft) else PARTIAL] = str(key)
    _keep_session(request)


def hold_written(request: HttpRequest, draft: Draft) -> None:
    """Go on with the draft that was written from what was typed."""
    key = request.session.pop(PARTIAL, None)
    unfinished.settle(key=key and UUID(key), dossier=draft)
    request.session[KEY] = str(draft.public_id)
    if draft.status == Draft.Status.DRAFT:
        _keep_session(request)


def _keep_session(request: HttpRequest) -> None:
    """The session of somebody who is not logged in lasts as long as the declaration."""
    if not request.user.is_authenticated:
        request.session.set_expiry(int(drafts.LIFE.total_seconds()))


def lost(request: HttpRequest) -> bool:
    """Tell, once, whether the declaration this browser worked on is gone."""
    finders = {KEY: current, PARTIAL: lambda one: typed(one, None)}
    gone = [name for name, find in finders.items() if name in request.session and find(request) is None]
    for name in gone:
        del request.session[name]
    return bool(gone)


def on_draft(view: View) -> View:
    """Hand the view what `changeable` finds; a correction that is over leads to where the dossier stands."""

    @wraps(view)
    def found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = changeable(request)
        if draft is None and CORRECTING in request.session:
            here = sent(request)
            del request.session[CORRECTING]
            if here and here.status == Draft.Status.SUBMITTED:
                return redirect("accounts:done")
            forget(request)
            messages.warning(request, _("This dossier cannot be changed any more. Here you see where it stands."))
            return redirect("accounts:track")
        return view(request, draft, *args, **kwargs)

    return found


def begin_correction(request: HttpRequest, dossier: Draft) -> None:
    """Let this browser mend a returned dossier."""
    forget(request)
    request.session[KEY] = str(dossier.public_id)
    request.session[CORRECTING] = dossier.version


def forget(request: HttpRequest) -> None:
    """Let go of the session's dossier."""
    for name in (KEY, PARTIAL, CORRECTING, CONSENTED):
        request.session.pop(name, None)


def challenge(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """Return what a one-time code for sending this dossier is bound to."""
    return {
        **registration.proof_of(draft),
        "browser_key": browser_key(request),
    }


def count_sent(request: HttpRequest) -> None:
    """Note a declaration that this browser sent: its place is free again, its own count grows."""
    begun.count_finished(request)
    request.session[SENT] = [*_sent_lately(request), int(clock.now().timestamp())]


def send_code(request: HttpRequest, draft: Draft) -> None:
    """Send the code for this dossier. Raises TooManyFromHere and as `registration.send_code`."""
    now, lately = clock.now(), _sent_lately(request)
    if draft.status == Draft.Status.DRAFT and len(lately) >= SENT_A_DAY:
        raise TooManyFromHere(retry_after=int(lately[0] + DAY_SECONDS - now.timestamp()))
    visitor = gates.visitor(request, "otp")
    registration.send_code(dossier=draft, browser_key=browser_key(request), visitor=visitor, at=now)


def _sent_lately(request: HttpRequest) -> list[int]:
    since = clock.now().timestamp() - DAY_SECONDS
    return [moment for moment in request.session.get(SENT, []) if moment > since]
