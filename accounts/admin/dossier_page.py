"""What the page of one dossier shows: photos, declaration beside record, marks, history, messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.actions.drafts import read_photo
from accounts.models import IdPhoto, RegistrationDossier
from accounts.models.registration import Mark, PhotoSlot
from accounts.rules.comparison import (
    Birth,
    Verdict,
    compare_addresses,
    compare_births,
    compare_codes,
    compare_names,
    day_and_month_swapped,
)
from accounts.rules.refusals import REFUSALS
from insurance.models import InsuredPerson
from vssid.audit.models import AuditEvent
from vssid.sms.models import Message
from vssid.templatetags.portal import day, grouped, phone

TAGS = {Verdict.AGREES: "equal", Verdict.NEARLY: "near", Verdict.DIFFERS: "differs", Verdict.UNKNOWN: ""}
PHOTO_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Line:
    """One row of the comparison."""

    label: str
    declared: str
    recorded: str
    verdict: Verdict

    @property
    def tag(self) -> str:
        """The key of the tag that shows the verdict, empty when nothing is known."""
        return TAGS[self.verdict]


def context_of(dossier: RegistrationDossier) -> dict[str, Any]:
    """Return what the template needs beside the forms."""
    photos = {photo.slot: photo for photo in dossier.photos.filter(erased_at=None)}
    history = AuditEvent.objects.filter(subject=f"dossier:{dossier.pk}").order_by("-at", "-pk")[:50]
    lines = comparison(dossier)
    return {
        "dossier": dossier,
        "title": dossier.number,
        "photos": [(slot, photos.get(slot.value)) for slot in PhotoSlot],
        "lines": lines,
        "differing": sum(line.verdict == Verdict.DIFFERS for line in lines),
        "nearly": sum(line.verdict == Verdict.NEARLY for line in lines),
        "marks": [Mark(mark).label for mark in dossier.marks],
        "swapped": bool(dossier.person and day_and_month_swapped(dossier.date_of_birth, dossier.person.date_of_birth)),
        "history": history,
        "messages_sent": _messages(dossier),
        "refusal": REFUSALS.get(dossier.reason),
    }


def comparison(dossier: RegistrationDossier) -> list[Line]:
    """Return the declaration beside the insurance record, field by field."""
    person = dossier.person
    declared_birth = Birth(dossier.date_of_birth, dossier.birth_year_only)
    recorded_birth = Birth(person.date_of_birth, person.birth_year_only) if person else None
    gender = person.get_gender_display() if person else ""
    recorded_id = person.citizen_id if person else None
    where = f"{dossier.address}, {dossier.ward}, {dossier.province}"
    recorded_where = (
        ", ".join(filter(None, (person.address, str(person.ward or ""), _province(person)))) if person else ""
    )
    recorded_name = person.full_name if person else ""
    return [
        Line(
            _("BHXH code"),
            grouped(dossier.bhxh_code) or "–",
            grouped(person.bhxh_code) if person else "",
            compare_codes(dossier.bhxh_code, person.bhxh_code if person else None),
        ),
        Line(_("Full name"), dossier.full_name, recorded_name, compare_names(dossier.full_name, recorded_name)),
        Line(
            _("Date of birth"),
            _birth(declared_birth),
            _birth(recorded_birth) if recorded_birth else "",
            compare_births(declared_birth, recorded_birth) if recorded_birth else Verdict.UNKNOWN,
        ),
        Line(
            _("Gender"),
            dossier.get_gender_display(),
            gender,
            compare_codes(dossier.gender, person.gender if person else None),
        ),
        Line(
            _("Identity number"),
            grouped(dossier.id_number),
            grouped(recorded_id),
            compare_codes(dossier.id_number, recorded_id),
        ),
        Line(_("Address"), where, recorded_where, compare_addresses(where, recorded_where)),
        Line(
            _("Phone"),
            phone(dossier.phone),
            phone(person.phone) if person else "",
            compare_codes(dossier.phone, person.phone if person else None),
        ),
    ]


def photo_response(photo: IdPhoto) -> HttpResponse:
    """Return the picture for an `<img>` of this site and for nothing else."""
    return HttpResponse(read_photo(photo), content_type="image/jpeg", headers=PHOTO_HEADERS)


def _province(person: InsuredPerson) -> str:
    return str(person.ward.province) if person.ward else ""


def _birth(birth: Birth) -> str:
    return str(birth.day.year) if birth.year_only else day(birth.day)


def _messages(dossier: RegistrationDossier) -> list[Message]:
    keys = [f"receipt:{dossier.pk}", f"credentials:{dossier.pk}"]
    keys += [f"dossier:{dossier.pk}:{version}" for version in range(1, dossier.version + 1)]
    return list(Message.objects.filter(dedupe_key__in=keys).order_by("created_at"))
