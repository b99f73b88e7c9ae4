"""What the page of one dossier shows: photos, declaration beside record, marks, history, place in the queue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import review
from accounts.actions.drafts import read_photo
from accounts.dossiers.models import DossierStatus
from accounts.models import IdPhoto, RegistrationDossier, User
from accounts.models.registration import Gender, IdType, Mark, PhotoSlot
from accounts.rules.comparison import Birth, Facts, Verdict, day_and_month_swapped, differing, obstacles
from accounts.rules.refusals import REFUSALS
from vssid.audit.models import AuditEvent
from vssid.sms.models import Message
from vssid.templatetags.portal import day, grouped, phone

STATES = {
    DossierStatus.SUBMITTED: ("reviewing", gettext_lazy("To be decided")),
    DossierStatus.RETURNED: ("waiting", gettext_lazy("Waiting for the citizen")),
    DossierStatus.APPROVED: ("done", gettext_lazy("Approved")),
    DossierStatus.REJECTED: ("refused", gettext_lazy("Refused")),
    DossierStatus.CANCELLED: ("withdrawn", gettext_lazy("Cancelled")),
    DossierStatus.WITHDRAWN: ("withdrawn", gettext_lazy("Withdrawn")),
}
TAGS = {Verdict.AGREES: "equal", Verdict.NEARLY: "near", Verdict.DIFFERS: "differs", Verdict.UNKNOWN: ""}
LABELS = {
    "bhxh_code": gettext_lazy("BHXH code"),
    "full_name": gettext_lazy("Full name"),
    "date_of_birth": gettext_lazy("Date of birth"),
    "gender": gettext_lazy("Gender"),
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


@dataclass(frozen=True)
class Line:
    """One row of the comparison."""

    label: str | Promise
    declared: SafeString
    recorded: SafeString
    verdict: Verdict

    @property
    def tag(self) -> str:
        """The key of the tag that shows the verdict, empty when nothing is known."""
        return TAGS[self.verdict]

    @property
    def stands_out(self) -> bool:
        """Whether the officer should look twice."""
        return self.verdict in (Verdict.DIFFERS, Verdict.NEARLY)


def context_of(dossier: RegistrationDossier, staff: User) -> dict[str, Any]:
    """Return what the template shows to `staff` beside the forms."""
    photos = {photo.slot: photo for photo in dossier.photos.filter(erased_at=None)}
    verdicts = review.verdicts(dossier)
    account = review.account_of(dossier)
    state, word = STATES[DossierStatus(dossier.status)]
    return {
        "dossier": dossier,
        "title": dossier.number,
        "state": state,
        "state_word": word,
        "photos": [(slot, photos.get(slot.value)) for slot in dossier.slots],
        "lines": _lines(dossier, verdicts),
        "differing": list(verdicts.values()).count(Verdict.DIFFERS),
        "nearly": list(verdicts.values()).count(Verdict.NEARLY),
        "marks": [Mark(mark).label for mark in dossier.marks],
        "swapped": bool(dossier.person and day_and_month_swapped(dossier.date_of_birth, dossier.person.date_of_birth)),
        "account": account,
        "why_not": why_not(dossier, verdicts),
        "history": _history(dossier),
        "messages_sent": _messages(dossier, account),
        "refusal": REFUSALS.get(dossier.reason),
        "returned": [(_label(item["field"]), item["text"]) for item in dossier.return_reasons],
        **_place(dossier, staff),
    }


def why_not(dossier: RegistrationDossier, verdicts: dict[str, Verdict]) -> str:
    """Return why this dossier cannot be approved as things are, empty when it can."""
    if dossier.person is None:
        return _("no insurance record has this code.")
    if User.objects.filter(person=dossier.person_id).exists():
        return _("this person already has an account.")
    in_the_way = obstacles(verdicts)
    return _("%(items)s differ.") % {"items": ", ".join(str(LABELS[name]) for name in in_the_way)} if in_the_way else ""


def photo_response(photo: IdPhoto) -> HttpResponse:
    """Return the picture for an `<img>` of this site and for nothing else."""
    return HttpResponse(read_photo(photo), content_type="image/jpeg", headers=PHOTO_HEADERS)


def _lines(dossier: RegistrationDossier, verdicts: dict[str, Verdict]) -> list[Line]:
    left = _words(review.declared(dossier))
    right = _words(review.recorded(dossier.person))
    if dossier.id_type == IdType.PASSPORT:
        left["id_number"] = f"{grouped(dossier.id_number)} ({dossier.get_id_type_display()})"
    return [_line(label, left.get(name, ""), right.get(name, ""), verdicts[name]) for name, label in LABELS.items()]


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


def _place(dossier: RegistrationDossier, staff: User) -> dict[str, Any]:
    """Return where a waiting dossier stands in the officer's queue and which one comes after it."""
    if dossier.status != DossierStatus.SUBMITTED:
        return {}
    queue = RegistrationDossier.objects.visible_to(staff).waiting_for_staff()
    later = Q(submitted_at=dossier.submitted_at, pk__gt=dossier.pk) | Q(submitted_at__gt=dossier.submitted_at)
    total, after = queue.count(), queue.filter(later)
    behind = after.count()
    following = after.values_list("pk", flat=True).first() if behind else None
    return {"place": total - behind, "waiting": total, "following": following}


def _history(dossier: RegistrationDossier) -> list[tuple[AuditEvent, str]]:
    """Return the newest events with who caused them."""
    events = list(AuditEvent.objects.filter(subject=f"dossier:{dossier.pk}").order_by("-at", "-pk")[:HISTORY_SHOWN])
    keys = {event.actor.removeprefix("staff:") for event in events if event.actor.startswith("staff:")}
    names = {f"staff:{pk}": name for pk, name in User.objects.filter(pk__in=keys).values_list("pk", "full_name")}
    names |= {"anonymous": _("Applicant"), "system": _("Portal")}
    return [(event, names.get(event.actor, event.actor)) for event in events]


def _messages(dossier: RegistrationDossier, account: User | None) -> list[Message]:
    keys = [f"receipt:{dossier.pk}", f"credentials:{dossier.pk}"]
    keys += [f"dossier:{dossier.pk}:{version}" for version in range(1, dossier.version + 1)]
    about = Q(dedupe_key__in=keys)
    if account is not None:
        about |= Q(dedupe_key__startswith=f"credentials:{account.actor}:")
    sent = Message.objects.filter(about).only("purpose", "status", "created_at", "ref")
    return list(sent.order_by("-created_at"))
