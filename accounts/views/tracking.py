"""Following a dossier by its number and the phone of the declaration, proved by a code; from here a returned one is
mended and sent again, an open one withdrawn.

Whether a pair exists is not told: for one that does not, a decoy counts like a code and nothing is sent.
"""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import otp, registration
from accounts.dossiers import reopening
from accounts.dossiers.durations import usual_days
from accounts.dossiers.models import OPEN
from accounts.forms.registration import DeclarationForm, TrackingForm
from accounts.models import OneTimeCode, RegistrationDossier
from accounts.models.registration import Kind, PhotoSlot
from accounts.rules.refusals import OBJECTION, REFUSALS
from accounts.sessions import browser_key
from accounts.views import kept
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.errors import DomainError, with_wait
from vssid.identifiers import parse_mobile
from vssid.ops import clock, gates
from vssid.templatetags.portal import moment
from vssid.workflow import InvalidTransition

KEY = "tracking"
OPEN_FOR = timedelta(minutes=15)
NUMBER = re.compile(r"\d{5}(GD|DVC)/\d{4}/\d{5,}")
Status = RegistrationDossier.Status


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and phone, then for the code, then show where the dossier stands."""
    if request.method == "POST":
        step = {"correct": _correct, "withdraw": _withdraw}.get(request.POST.get("action", ""))
        return step(request) if step else _answer(request, TrackingForm(request.POST))
    dossier = None if "khac" in request.GET else _opened(request)
    if dossier is None:
        return _page(request, TrackingForm(initial={"number": _number(request.GET.get("so", ""))}))
    reopening.note_reading(dossier, actor="anonymous", at=timezone.now())
    if "rut" in request.GET and dossier.status in OPEN:
        return render(request, "accounts/registration/withdraw.html", {"dossier": dossier})
    context = {
        "dossier": dossier,
        "withdrawable": dossier.status in OPEN,
        "events": timeline(dossier),
        "refusal": refusal(dossier),
        "returned": returned(dossier),
        "usual": dossier.status == Status.SUBMITTED and usual_days(office=dossier.office_id, at=timezone.now()),
    }
    return render(request, "accounts/registration/status.html", context)


def _correct(request: HttpRequest) -> HttpResponse:
    """Lead a returned dossier through the pages of the registration again."""
    dossier = _opened(request)
    if dossier is None:
        return _closed(request)
    if dossier.status != Status.RETURNED:
        return redirect("accounts:track")
    subject = f"dossier:{dossier.pk}"
    record(Event.DOSSIER_TRACKED, actor="anonymous", subject=subject, at=timezone.now(), step="correction")
    if dossier.kind == Kind.CHILD:  # the parent mends it, logged in
        return redirect("accounts:children")
    kept.begin_correction(request, dossier)
    return redirect("accounts:declaration")


def _withdraw(request: HttpRequest) -> HttpResponse:
    dossier = _opened(request)
    if dossier is None:
        return _closed(request)
    try:
        registration.withdraw(dossier=dossier, at=timezone.now())
        messages.success(request, _("Your dossier is withdrawn."))
    except InvalidTransition:
        messages.warning(request, _("The dossier was decided meanwhile. Here you see where it stands."))
    return redirect("accounts:track")


def _closed(request: HttpRequest) -> HttpResponse:
    """Answer who was here a while ago; for anybody else there is nothing."""
    if KEY not in request.session:
        raise Http404
    messages.info(request, _("For your safety this page closes after 15 minutes. Ask for a new code."))
    return redirect("accounts:track")


def _answer(request: HttpRequest, form: TrackingForm) -> HttpResponse:
    sending = request.POST.get("action") != "submit"
    pair = _read_pair(form)
    if pair is None:
        return _page(request, form, status=400)
    number, phone = pair
    challenge = {
        "purpose": OneTimeCode.Purpose.TRACKING,
        "subject": f"tracking:{keyed_hash(f'{number} {phone}', kind='tracking').hex()[:40]}",
        "browser_key": browser_key(request),
    }
    now = clock.now()
    dossier = _find(number, phone)
    try:
        if not sending:
            otp.verify(code=form.cleaned_data["otp"], at=now, **challenge)
            return _open(request, dossier)
        visitor = gates.visitor(request, "otp")
        otp.issue(phone=phone, at=now, decoy=dossier is None, visitor=visitor, **challenge)
    except DomainError as error:
        waiting = otp.waiting(**challenge, at=now)
        form.add_error("otp" if waiting and not sending else None, str(error))
        response = _page(request, form, waiting, status=error.status)
        return with_wait(response, error)
    return _page(request, TrackingForm(initial=form.cleaned_data), otp.waiting(**challenge, at=now))


def _page(
    request: HttpRequest, form: TrackingForm, waiting: OneTimeCode | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "waiting": waiting, "tries_left": waiting and otp.TRIES - waiting.tries}
    return render(request, "accounts/registration/track.html", context, status=status)


def _read_pair(form: TrackingForm) -> tuple[str, str] | None:
    """Return number and phone in canonical form, or None with the reasons at their fields."""
    if not form.is_valid():
        return None
    number = _number(form.cleaned_data["number"])
    if not number:
        form.add_error("number", _("A dossier number looks like 00108GD/2026/00107. Copy it from the message."))
    try:
        phone = parse_mobile(form.cleaned_data["phone"])
    except DomainError as error:
        form.add_error("phone", str(error))
    return None if form.errors else (number, phone)


def _number(text: str) -> str:
    """Return a dossier's number as it is kept, however it is written; "" when it is none."""
    number = text.upper().replace(" ", "").replace("-", "/")
    return number if NUMBER.fullmatch(number) else ""


def _find(number: str, phone: str) -> RegistrationDossier | None:
    found = RegistrationDossier.objects.filter(number=number, phone_hash=keyed_hash(phone, kind="phone"))
    return found.exclude(status=Status.DRAFT).first()


def _open(request: HttpRequest, dossier: RegistrationDossier | None) -> HttpResponse:
    assert dossier is not None, "no code fits a decoy"
    now = timezone.now()
    record(Event.DOSSIER_TRACKED, actor="anonymous", subject=f"dossier:{dossier.pk}", at=now)
    request.session.cycle_key()
    request.session[KEY] = {"dossier": dossier.pk, "until": (now + OPEN_FOR).timestamp()}
    return redirect("accounts:track")


def _opened(request: HttpRequest) -> RegistrationDossier | None:
    seen = request.session.get(KEY)
    if not seen or seen["until"] <= timezone.now().timestamp():
        return None
    return RegistrationDossier.objects.select_related("office").filter(pk=seen["dossier"]).first()


def timeline(dossier: RegistrationDossier) -> list[dict[str, Any]]:
    """Return what happened, what is due now and what comes next, in words for the applicant."""
    office = dossier.office.name
    received = {"state": "done", "title": _("Declaration received"), "text": moment(dossier.submitted_at)}
    password = {
        "state": "next",
        "title": _("Your account is opened"),
        "text": _("User name and an activation code come by message.")
        if settings.CREDENTIALS == "activation"
        else _("User name and a temporary password come by message."),
    }
    decided = moment(dossier.decided_at)
    match dossier.status:
        case Status.APPROVED:
            log_in = {"url": reverse("accounts:login"), "link": _("Log in")}
            return [
                received,
                {"state": "done", "title": _("Identity checked, declaration approved"), "text": decided},
                {**password, "state": "now", **log_in},
            ]
        case Status.REJECTED:
            return [received, {"state": "now", "icon": "cross", "title": _("Refused"), "text": decided}]
        case Status.RETURNED:
            waits = {"state": "now", "icon": "pen", "title": _("Waiting for you"), "text": office}
            return [received, waits, password]
        case Status.CANCELLED | Status.WITHDRAWN:
            return [received, {"state": "now", "icon": "cross", "title": dossier.get_status_display(), "text": ""}]
    if dossier.identity_method:
        no_visit = _("Your identity is proved. You need not come to %(office)s.") % {"office": office}
        return [
            received,
            {"state": "now", "title": _("An officer looks at the declaration"), "text": no_visit},
            password,
        ]
    show = _("Bring your original ID card to %(office)s.") % {"office": office}
    return [received, {"state": "now", "title": _("Show your ID card at the office"), "text": show}, password]


def refusal(dossier: RegistrationDossier) -> dict[str, Any] | None:
    """Return why a dossier was refused, how to mend it and where to object; None for any other."""
    if dossier.status != Status.REJECTED:
        return None
    known = REFUSALS.get(dossier.reason)
    return {
        "title": known.title if known else dossier.reason,
        "remedy": known.remedy if known else "",
        "text": dossier.reason_text,
        "objection": OBJECTION,
    }


def returned(dossier: RegistrationDossier) -> list[dict[str, Any]]:
    """Return label, words, address and whether it was changed for each field or photo that an officer wants changed."""
    if dossier.status != Status.RETURNED:
        return []
    labels: dict[str, Any] = {name: field.label for name, field in DeclarationForm.base_fields.items()}
    labels |= dict(PhotoSlot.choices)
    return [
        {**item, "label": labels.get(item["field"], ""), "url": _place(item["field"])}
        for item in dossier.return_reasons
    ]


def _place(field: str) -> str:
    """Return the address of the field or photo on the pages of the registration."""
    page = "accounts:photos" if field in PhotoSlot.values else "accounts:declaration"
    first = "_0" if field in ("gender", "id_type") else ""
    return f"{reverse(page)}#id_{field}{first}"
