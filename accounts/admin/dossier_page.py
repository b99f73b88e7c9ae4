"""What the page of one dossier shows: photos, declaration beside record, marks, history, place in the queue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actions import review
from accounts.actions.drafts import read_photo
from accounts.actions.photo_checks import same_photo
from accounts.admin import queue
from accounts.admin.desk import STATES
from accounts.dossiers.models import OPEN, Dossier, DossierStatus
from accounts.models import IdPhoto, RegistrationDossier, User
from accounts.models.registration import Gender, IdType, Kind, Mark, PhotoSlot
from accounts.photos.quality import advice
from accounts.photos.watermark import stamped
from accounts.rules import citizen_card
from accounts.rules.children import is_child
from accounts.rules.comparison import Birth, Facts, Verdict, day_and_month_swapped, differing, obstacles
from accounts.rules.refusals import REFUSALS
from vssid.audit.models import AuditEvent
from vssid.templatetags.portal import day, grouped, phone

TAGS = {Verdict.AGREES: "equal", Verdict.NEARLY: "near", Verdict.DIFFERS: "differs", Verdict.UNKNOWN: ""}
LABELS = {
    "bhxh_code": gettext_lazy("Social insurance code"),
    "full_name": gettext_lazy("Full name"),
    "date_of_birth": gettext_lazy("Date of birth"),
    "gender": gettext_lazy("Sex"),
    "id_number": gettext_lazy("Identity number"),
    "address": gettext_lazy("Address"),
    "phone": gettext_lazy("Phone"),
}
PHOTO_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}
HISTORY_SHOWN = 50
OTHERS_SHOWN = 20


@dataclass(frozen=True)
class Line:
    """One row of the comparison."""

    label: str | Promise
    declared: SafeString
    recorded: SafeString
    verdict: Verdict
    card: str | Promise = ""
    card_verdict: Verdict = Verdict.UNKNOWN

    @property
    def card_tag(self) -> str:
        """The key of the tag that shows how the identity card's QR code relates to the declaration."""
        return TAGS[self.card_verdict]

    @property
    def tag(self) -> str:
        """The key of the tag that shows the verdict, empty when nothing is known."""
        return TAGS[self.verdict]

    @property
    def stands_out(self) -> bool:
        """Whether the officer should look twice."""
        return not {self.verdict, self.card_verdict}.isdisjoint((Verdict.DIFFERS, Verdict.NEARLY))


def context_of(dossier: RegistrationDossier, staff: User, now: datetime) -> dict[str, Any]:
    """Return what the template shows to `staff` beside the forms."""
    photos = {photo.slot: photo for photo in dossier.photos.filter(erased_at=None)}
    verdicts = review.verdicts(dossier)
    account = review.account_of(dossier)
    state, word = STATES[DossierStatus(dossier.status)]
    offices = [code for code, _name in queue.own_offices(staff)]
    return {
        "state": state,
        "state_word": word,
        "photos": [(slot, photos.get(slot.value), _flaws(photos.get(slot.value))) for slot in dossier.slots],
        "lines": _lines(dossier, verdicts),
        "card_read": bool(dossier.qr_facts),
        "elsewhere": elsewhere(dossier, offices),
        "differing": list(verdicts.values()).count(Verdict.DIFFERS),
        "nearly": list(verdicts.values()).count(Verdict.NEARLY),
        "marks": [Mark(mark).label for mark in dossier.marks],
        "may_merge": dossier.status in OPEN and not {Mark.OTHER_RECORD, Mark.MERGE_PROPOSED}.isdisjoint(dossier.marks),
        "swapped": bool(dossier.person and day_and_month_swapped(dossier.date_of_birth, dossier.person.date_of_birth)),
        "account": account,
        "why_not": why_not(dossier, verdicts),
        "history": history_of(dossier),
        "refusal": REFUSALS.get(dossier.reason),
        "returned": [(_label(item["field"]), item["text"]) for item in dossier.return_reasons],
    }


def why_not(dossier: RegistrationDossier, verdicts: dict[str, Verdict]) -> str:
    """Return why this dossier cannot be approved as things are, empty when it can."""
    if dossier.person is None:
        return _("no insurance record has this code.")
    if dossier.kind == Kind.ADULT and User.objects.filter(person=dossier.person_id, is_active=True).exists():
        return _("this person already has an account.")
    if dossier.kind == Kind.CHILD and not is_child(dossier.person.date_of_birth, timezone.localdate()):
        return _("by the insurance record, this person is 18 or older.")
    in_the_way = obstacles(verdicts)
    if not in_the_way:
        return ""
    said = ngettext("%(items)s differs.", "%(items)s differ.", len(in_the_way))
    return said % {"items": ", ".join(str(LABELS[name]) for name in in_the_way)}


def photo_response(photo: IdPhoto, staff: User, now: datetime) -> HttpResponse:
    """Return the picture for an `<img>` of this site and for nothing else, with who looked when drawn onto it."""
    words = f"{staff.username} · {timezone.localtime(now):%d/%m/%Y %H:%M} · {photo.dossier.number}"
    return HttpResponse(stamped(read_photo(photo), words), content_type="image/jpeg", headers=PHOTO_HEADERS)


def elsewhere(dossier: RegistrationDossier, offices: list[str]) -> list[dict[str, Any]]:
    """Return other dossiers that share a code, number, phone or photo; those of other offices without their number."""
    same = Q(phone_hash=dossier.phone_hash)
    if dossier.bhxh_code:
        same |= Q(bhxh_code=dossier.bhxh_code)
    if dossier.id_number_hash is not None:
        same |= Q(id_number_hash=dossier.id_number_hash)
    pictured: set[int] = set()
    if Mark.PHOTO_ELSEWHERE in dossier.marks:
        photos = dossier.photos.filter(erased_at=None, perceptual_hash__isnull=False)
        pictured = {pk for photo in photos for pk in same_photo(photo)}
    others = RegistrationDossier.objects.exclude(pk=dossier.pk).exclude(status=DossierStatus.DRAFT)
    found = others.filter(same | Q(pk__in=pictured)).order_by("-submitted_at")[:OTHERS_SHOWN]
    return [
        {
            "dossier": other if other.office_id in offices else None,
            "reasons": [str(word) for word in _shared(dossier, other, pictured)],
            "state": STATES[DossierStatus(other.status)],
        }
        for other in found
    ]


def _shared(dossier: RegistrationDossier, other: RegistrationDossier, pictured: set[int]) -> list[str | Promise]:
    def equal(name: str) -> bool:
        mine, theirs = getattr(dossier, name), getattr(other, name)
        return mine is not None and theirs is not None and bytes(mine) == bytes(theirs)

    reasons = {
        LABELS["bhxh_code"]: bool(dossier.bhxh_code) and dossier.bhxh_code == other.bhxh_code,
        LABELS["id_number"]: equal("id_number_hash"),
        LABELS["phone"]: equal("phone_hash"),
        gettext_lazy("Photo"): other.pk in pictured,
    }
    return [reason for reason, applies in reasons.items() if applies]


def _flaws(photo: IdPhoto | None) -> str:
    return advice(photo.quality.get("warnings", ())) if photo else ""


def _lines(dossier: RegistrationDossier, verdicts: dict[str, Verdict]) -> list[Line]:
    left = _words(review.declared(dossier))
    right = _words(review.recorded(dossier.person))
    if dossier.id_type == IdType.PASSPORT:
        left["id_number"] = f"{grouped(dossier.id_number)} ({dossier.get_id_type_display()})"
    card = {line.field: line for line in citizen_card.lines(dossier)}
    lines = []
    for name, label in LABELS.items():
        line = _line(label, left.get(name, ""), right.get(name, ""), verdicts[name])
        lines.append(replace(line, card=card[name].card, card_verdict=card[name].verdict) if name in card else line)
    return lines


def _line(label: str | Promise, declared: str, recorded: str, verdict: Verdict) -> Line:
    if verdict in (Verdict.DIFFERS, Verdict.NEARLY):
        mine, theirs = differing(declared, recorded)
        return Line(label, _marked(mine), _marked(theirs), verdict)
    return Line(label, format_html("{}", declared or "–"), format_html("{}", recorded or "–"), verdict)


def _marked(pieces: Iterable[tuple[str, bool]]) -> SafeString:
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", text) if odd else text,) for text, odd in pieces)
    )


def _words(facts: Facts | None) -> dict[str, str]:
    """Return facts as the table shows them."""
    if facts is None:
        return {}
    return {
        "bhxh_code": grouped(facts.bhxh_code),
        "full_name": facts.full_name,
        "date_of_birth": _birth(facts.date_of_birth),
        "gender": str(Gender(facts.gender).label),
        "id_number": grouped(facts.id_number),
        "address": facts.address,
        "phone": phone(facts.phone),
    }


def _birth(birth: Birth) -> str:
    return str(birth.day.year) if birth.year_only else day(birth.day)


def _label(field: str) -> str | Promise:
    return {**dict(PhotoSlot.choices), **LABELS}.get(field) or field


def history_of(dossier: Dossier) -> list[tuple[AuditEvent, str]]:
    """Return the newest events with who caused them."""
    events = list(AuditEvent.objects.filter(subject=dossier.subject).order_by("-at", "-pk")[:HISTORY_SHOWN])
    keys = {event.actor.removeprefix("staff:") for event in events if event.actor.startswith("staff:")}
    names = {f"staff:{pk}": name for pk, name in User.objects.filter(pk__in=keys).values_list("pk", "full_name")}
    names |= {"anonymous": _("Applicant"), "system": _("Portal")}
    citizen = _("Citizen")
    return [
        (event, names.get(event.actor, citizen if event.actor.startswith("user:") else event.actor)) for event in events
    ]
