"""Authorisations one gave and received: where each stands, who acted, the answer with a code, the end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import otp
from accounts.forms.children import CodeForm
from accounts.models import OneTimeCode, User
from accounts.sessions import browser_key, logged_in
from insurance.actions import authorisations as records
from insurance.models import Authorisation, InsuredPerson
from services.actions import authorisations as actions
from vssid.audit.models import AuditEvent
from vssid.errors import DomainError, with_wait
from vssid.identifiers import mask_phone
from vssid.templatetags.portal import day, phone

SHOWN = 50
State = Authorisation.State
TAGS = {
    State.OFFERED: ("warn", "clock"),
    State.DECLINED: ("err", "cross"),
    State.ACCEPTED: ("ok", "ok"),
    State.IN_FORCE: ("ok", "done"),
    State.ENDED: ("idle", ""),
    State.OVER: ("idle", ""),
}
OPEN = {State.OFFERED, State.ACCEPTED, State.IN_FORCE}


@require_safe
def authorisations(request: HttpRequest) -> HttpResponse:
    """List those one gave and those one received."""
    person, today = _person(request), timezone.localdate()
    rows = [
        {
            "one": one,
            "given": one.principal_id == person.pk,
            "tag": TAGS[one.state(today)],
            "state": one.state(today).label,
            "asks": one.agent_id == person.pk and one.state(today) == State.OFFERED,
        }
        for one in _own(person)[:SHOWN]
    ]
    return render(request, "services/authorisations.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def authorisation(request: HttpRequest, key: int) -> HttpResponse:
    """Show one: its facts, who did what; the agent answers with a code, both may end it."""
    person, user, now = _person(request), logged_in(request), timezone.now()
    found = _own(person).filter(pk=key).first() if key < 2**31 else None
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, found, person, CodeForm())
    action, form = request.POST.get("action"), CodeForm(request.POST)
    form.is_valid()
    try:
        if action == "end":
            records.end(authorisation_id=found.pk, by=user.actor, at=now)
            messages.success(request, _("The authorisation has ended. Both of you are told."))
        elif found.agent_id != person.pk:
            raise Http404
        elif found.state(timezone.localdate(now)) != State.OFFERED:
            raise records.NotNow
        elif action == "send_otp":
            otp.issue(phone=user.phone or "", at=now, **_challenge(request, found))
        elif action in {"accept", "decline"}:
            _answer(request, found, user, form.cleaned_data.get("otp") or "", action == "accept")
    except DomainError as error:
        form.add_error("otp", str(error))
        answer = _page(request, found, person, form, status=error.status)
        return with_wait(answer, error)
    return redirect("services:authorisation", found.pk)


def _answer(request: HttpRequest, found: Authorisation, user: User, code: str, accepts: bool) -> None:
    now = timezone.now()
    proof = otp.check(code=code, at=now, **_challenge(request, found))
    actions.answer(authorisation=found, accepts=accepts, proof=proof, by=user, at=now)
    said = _("You accepted. The other person is told.") if accepts else _("You declined. The other person is told.")
    messages.success(request, said)


def _page(
    request: HttpRequest, found: Authorisation, person: InsuredPerson, form: CodeForm, status: int = 200
) -> HttpResponse:
    today, user = timezone.localdate(), logged_in(request)
    state = found.state(today)
    asks = found.agent_id == person.pk and state == State.OFFERED
    waiting = otp.waiting(**_challenge(request, found), at=timezone.now()) if asks else None
    context: dict[str, Any] = {
        "one": found,
        "tag": TAGS[state],
        "state": state.label,
        "facts": [
            (_("Principal"), found.principal.full_name, "wide"),
            (_("Agent"), found.agent.full_name, "wide"),
            (_("What may be collected?"), found.get_benefit_display(), "wide"),
            (_("What may the person do?"), found.get_scope_display(), "wide"),
            (_("From"), day(found.from_day)),
            (_("Until"), day(found.to_day)),
        ],
        "acts": _acts(found, user),
        "asks": asks,
        "waiting": waiting,
        "tries_left": waiting and otp.TRIES - waiting.tries,
        "phone_masked": phone(mask_phone(user.phone or "")),
        "form": form,
        "may_end": state in OPEN and not asks,
    }
    return render(request, "services/authorisation.html", context, status=status)


def _acts(found: Authorisation, reader: User) -> list[tuple[str, Any, str | Promise]]:
    """What was done, when and by whom; officers stand for their office."""
    events = list(AuditEvent.objects.filter(subject=found.subject).order_by("pk"))
    people = {found.principal_id: found.principal.full_name, found.agent_id: found.agent.full_name}
    users = User.objects.filter(person__in=people).only("pk", "person_id")
    names: dict[str, str | Promise] = {user.actor: people[user.person_id] for user in users if user.person_id}
    names[reader.actor] = gettext_lazy("You")
    return [
        (event.get_event_display(), event.at, names.get(event.actor, gettext_lazy("The office"))) for event in events
    ]


def _own(person: InsuredPerson) -> Any:
    own = Authorisation.objects.filter(Q(principal=person) | Q(agent=person))
    return own.select_related("principal", "agent").order_by("-pk")


def _person(request: HttpRequest) -> InsuredPerson:
    """One's own record: nobody answers or ends for a child here."""
    person: InsuredPerson | None = request.insured_person  # type: ignore[attr-defined]
    if person is None or request.child is not None:  # type: ignore[attr-defined]
        raise Http404
    return person


def _challenge(request: HttpRequest, found: Authorisation) -> dict[str, Any]:
    return {
        "purpose": OneTimeCode.Purpose.STEP_UP,
        "subject": found.subject,
        "browser_key": browser_key(request),
    }
