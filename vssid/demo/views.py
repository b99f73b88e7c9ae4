"""The demonstration's pages: who is in the cast, and the inbox that stands for everybody's phone."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from insurance.models import Office
from vssid.demo import applications, cast
from vssid.errors import DomainError
from vssid.identifiers import parse_mobile
from vssid.sms import inbox


@login_not_required
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the cast with its passwords; `?format=json` gives it to tests."""
    company = _company()
    if request.GET.get("format") == "json":
        return JsonResponse(company, json_dumps_params={"ensure_ascii": False})
    return render(request, "demo/index.html", {**company, "vneid_password": cast.VNEID_PASSWORD})


@login_not_required
@never_cache
@require_safe
def sms_inbox(request: HttpRequest) -> HttpResponse:
    """Show the messages, newest first; `?to=` those of one number, `?format=json` for tests."""
    if settings.SMS_BACKEND != "inbox":
        raise Http404
    asked = request.GET.get("to", "")
    try:
        to = parse_mobile(asked) if asked else None
        items: list[Any] = list(inbox.messages(to))
    except DomainError:
        items = []
    if request.GET.get("format") == "json":
        return JsonResponse([{**item, "sent_at": item["sent_at"].isoformat()} for item in items], safe=False)
    names = {person.phone: person.name for person in cast.PEOPLE}
    shown = [{**item, "name": names.get(item["to"], "")} for item in items[:100]]
    return render(request, "demo/sms.html", {"items": shown, "to": asked})


def _company() -> dict[str, Any]:
    return {
        "citizens": [
            {
                "username": person.code,
                "password": cast.PASSWORD if person.account != "temporary" else "",
                **_person(person),
            }
            for person in cast.PEOPLE
            if person.account
        ],
        "unregistered": [
            {"bhxh_code": person.code, "gender": person.gender, **_person(person)}
            for person in cast.PEOPLE
            if not person.account and person.phone and person.code not in cast.WAITING
        ],
        "children": [
            {"bhxh_code": person.code, "gender": person.gender, **_person(person)}
            for person in cast.PEOPLE
            if not person.phone
        ],
        "staff": _staff(),
        "offices": list(
            Office.objects.filter(code__in={"00103", "00108", "00100"}).order_by("code").values("code", "name")
        ),
        "vneid": [
            {key: user[key] for key in ("username", "password", "level", "citizen_id", "name")}
            for user in cast.vneid_users()
        ],
        "clients": [
            {
                "client_id": client_id,
                "client_secret": applications.application_secret(client_id),
                "grant": "authorization_code" if client_id == applications.APPLICATION else "client_credentials",
                "scopes": sorted(scopes),
                "redirect_uris": list(applications.REDIRECTS) if client_id == applications.APPLICATION else [],
            }
            for client_id, (_name, scopes, _office) in applications.APPLICATIONS.items()
        ],
    }


def _person(person: cast.Person) -> dict[str, str]:
    return {
        "full_name": person.name,
        "date_of_birth": person.born,
        "citizen_id": person.citizen_id,
        "phone": person.phone,
        "note": person.note,
    }


def _staff() -> list[dict[str, str]]:
    names = [member.username for member in cast.STAFF]
    devices = TOTPDevice.objects.filter(user__username__in=names).values_list("user__username", "key")
    secrets = {name: base64.b32encode(bytes.fromhex(key)).decode() for name, key in devices}
    return [
        {
            "username": member.username,
            "password": cast.STAFF_PASSWORD,
            "totp_secret": secrets.get(member.username, ""),
            "office": member.office,
            "role": member.role,
            "note": member.note,
        }
        for member in cast.STAFF
    ]
