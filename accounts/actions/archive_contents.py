"""What the portal holds of a citizen, as flat tables: the same for JSON, CSV and the summary.

Words are in the language that is in force. Nothing of other people: of children only since when they are under the
account, of staff never a name, of a child's dossier not the parent's contacts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actions.drafts import read_photo
from accounts.actions.look_words import sentences
from accounts.actions.looks import readings_of
from accounts.actions.own_account import history_of
from accounts.models import AccessQuestion, IdPhoto, NoticeChoices, RegistrationDossier, User, VNeIDLink
from accounts.models.channels import Channel
from accounts.models.registration import Kind
from accounts.rules.devices import way_in, words_for
from accounts.rules.history_words import line
from insurance.models import Benefit, InsuredPerson, Statement
from insurance.reads.benefits import BENEFIT_WORDS, benefits_of
from insurance.reads.cards import cards_of
from insurance.reads.contributions import KIND_WORDS, STATUS_WORDS, contributions_of, voluntary_of
from insurance.reads.visits import all_visit_lines_of, papers_of, visits_of
from vssid.notices.models import Notice

Table = list[dict[str, Any]]
Files = Iterator[tuple[str, bytes]]
"""Names in the archive with their content."""


class Part(NamedTuple):
    """A table of the archive: what people call it, and what reads it."""

    title: str | Promise
    read: Callable[[User], Table]


def _person(user: User) -> InsuredPerson:
    assert user.person is not None
    return user.person


def _profile(user: User) -> Table:
    person, ward = _person(user), _person(user).ward
    link = VNeIDLink.objects.filter(user=user).first()
    return [
        {
            "bhxh_code": person.bhxh_code,
            "full_name": person.full_name,
            "date_of_birth": str(person.date_of_birth.year) if person.birth_year_only else person.date_of_birth,
            "gender": person.gender,
            "nationality": person.nationality,
            "citizen_id": person.citizen_id,
            "phone_in_record": person.phone,
            "address": person.address,
            "ward": ward.name if ward else "",
            "province": ward.province.name if ward else "",
            "account_phone": user.phone,
            "account_email": user.email,
            "account_opened_at": user.date_joined,
            "phone_changed_at": user.phone_changed_at,
            "password_changed_at": user.password_changed_at,
            "vneid_linked_at": link.linked_at if link else None,
            "vneid_last_login_at": link.last_login_at if link else None,
        }
    ]


def _cards(user: User) -> Table:
    return [
        {
            "number": card.number,
            "object": card.object_name or card.object_code,
            "pays_percent": card.pays_percent,
            "province": card.province_name or card.province_code,
            "valid_from": card.valid_from,
            "valid_to": card.valid_to,
            "facility_code": card.facility_code,
            "facility": card.facility_name,
            "five_years_from": card.five_years_recorded,
            "revoked": card.revoked,
        }
        for card in cards_of(_person(user).pk, timezone.localdate())
    ]


def _contributions(user: User) -> Table:
    voluntary = voluntary_of(_person(user).pk)
    return [
        {
            "fund": KIND_WORDS[kind],
            "from_month": f"{first:%Y-%m}",
            "to_month": f"{last:%Y-%m}",
            "employer": employer,
            "place": place,
            "occupation": occupation,
            "salary": salary,
            "status": STATUS_WORDS[status],
            "voluntary": (kind, first, employer) in voluntary,
        }
        for kind, first, last, employer, occupation, salary, status, place in contributions_of(_person(user).pk)
    ]


def _benefits(user: User) -> Table:
    # The page shows four signs of the account; this file is for its owner alone and leaves nothing out.
    accounts = dict(Benefit.objects.filter(person=_person(user)).values_list("pk", "account"))
    rows = []
    for benefit in benefits_of(_person(user).pk):
        row = benefit._asdict()
        del row["adjustments"]
        rows.append({**row, "kind": BENEFIT_WORDS[benefit.kind], "account": accounts.get(benefit.id) or ""})
    return rows


def _adjustments(user: User) -> Table:
    return [
        {"benefit": benefit.id, "from_date": day, "amount": amount, "legal_basis": basis}
        for benefit in benefits_of(_person(user).pk)
        for day, amount, basis in benefit.adjustments
    ]


def _visits(user: User) -> Table:
    return [visit._asdict() for visit in visits_of(_person(user).pk)]


def _visit_lines(user: User) -> Table:
    return [{"visit": visit, **row._asdict()} for visit, row in all_visit_lines_of(_person(user).pk)]


def _papers(user: User) -> Table:
    return [paper._asdict() for paper in papers_of(_person(user).pk)]


def _channels(user: User) -> Table:
    chosen = NoticeChoices.of(user)
    topics = {channel.value: ", ".join(getattr(chosen, channel.value)) for channel in Channel}
    return [{**topics, "rest_from": chosen.quiet_from, "rest_until": chosen.quiet_to, "language": chosen.language}]


def _told_devices(user: User) -> Table:
    told = user.push_subscriptions.order_by("created_at")
    return [{"device": words_for(one.device), "since": one.created_at} for one in told]


def _confirmations(user: User) -> Table:
    issued = Statement.objects.filter(person=_person(user)).order_by("-made_at")
    return [dict(row) for row in issued.values("code", "made_at")]


def _notices(user: User) -> Table:
    return [
        {"at": notice.created_at, "title": notice.title, "text": notice.body, "read_at": notice.read_at}
        for notice in Notice.objects.filter(person_id=_person(user).pk).order_by("-created_at")
    ]


def _dossiers(user: User) -> Table:
    dossiers = RegistrationDossier.objects.filter(person=_person(user)).exclude(status="draft")
    return [_dossier(one) for one in dossiers.select_related("office", "province", "ward").order_by("-submitted_at")]


def _dossier(one: RegistrationDossier) -> dict[str, Any]:
    own = one.kind == Kind.ADULT
    return {
        "number": one.number,
        "kind": one.kind,
        "office": one.office.name,
        "status": one.status,
        "submitted_at": one.submitted_at,
        "decided_at": one.decided_at,
        "decided_automatically": one.decided_automatically,
        "reason": one.reason,
        "explanation": one.reason_text,
        "bhxh_code": one.bhxh_code,
        "full_name": one.full_name,
        "date_of_birth": str(one.date_of_birth.year) if one.birth_year_only else one.date_of_birth,
        "gender": one.gender,
        "identity_paper": one.id_type,
        "id_number": one.id_number,
        "former_id_number": one.old_id_number,
        "phone": one.phone if own else "",
        "email": one.email if own else "",
        "address": one.address,
        "ward": one.ward.name,
        "province": one.province.name,
        "identity_checked_by": one.identity_method,
        "identity_checked_at": one.identity_checked_at,
        "consent_version": one.consent_version if own else "",
        "consented_at": one.consented_at if own else None,
        "consent_purposes": ", ".join(one.consent_purposes) if own else "",
    }


def _children(user: User) -> Table:
    under = user.guardianships.order_by("since")
    return [dict(row) for row in under.values("relation", "since", "ends_on", "ended_at")]


def _passkeys(user: User) -> Table:
    return [dict(row) for row in user.passkeys.values("name", "created_at", "last_used_at")]


def _sessions(user: User) -> Table:
    return [
        {
            "began_at": one.began_at,
            "seen_at": one.seen_at,
            "method": way_in(one.method),
            "device": words_for(one.device),
        }
        for one in user.sessions.order_by("-seen_at")
    ]


def _history(user: User) -> Table:
    lines = (
        line(key=one.pk, at=one.at, event=one.event, actor=one.actor, facts=one.facts)
        for one in history_of(user).iterator()
    )
    return [{"at": one.at, "what": one.text, "by": one.by} for one in lines]


def _readings(user: User) -> Table:
    events = list(readings_of(user))
    told = sentences(events)
    asked = {one.event_id: one for one in AccessQuestion.objects.filter(user=user)}
    rows = []
    for event in events:
        question = asked.get(event.pk)
        rows.append(
            {
                "at": event.at,
                "what": told[event.pk],
                "question": question.text if question else "",
                "answer": question.answer if question else "",
            }
        )
    return rows


def _photos(user: User) -> Files:
    sent = IdPhoto.objects.filter(dossier__person=_person(user), dossier__kind=Kind.ADULT, erased_at=None)
    for photo in sent.select_related("dossier").order_by("created_at"):
        number = (photo.dossier.number or f"draft-{photo.dossier.pk}").replace("/", "-")
        yield f"photos/{number}-{photo.slot}.jpg", read_photo(photo)


TABLES: dict[str, Part] = {
    "profile": Part(_("Profile and account"), _profile),
    "cards": Part(_("Health insurance cards"), _cards),
    "contributions": Part(_("Contribution periods"), _contributions),
    "benefits": Part(_("Benefits"), _benefits),
    "benefit_adjustments": Part(_("Adjustments of monthly benefits"), _adjustments),
    "visits": Part(_("Medical visits"), _visits),
    "visit_lines": Part(_("Lines of bills"), _visit_lines),
    "papers": Part(_("Medical papers"), _papers),
    "confirmations": Part(_("Confirmations of contributions"), _confirmations),
    "notices": Part(_("Notices"), _notices),
    "dossiers": Part(_("Registration dossiers"), _dossiers),
    "children": Part(_("Children under the account"), _children),
    "notice_channels": Part(_("Channels of notices"), _channels),
    "told_devices": Part(_("Devices that are told of notices"), _told_devices),
    "passkeys": Part(_("Passkeys"), _passkeys),
    "sessions": Part(_("Sessions"), _sessions),
    "account_history": Part(_("History of the account"), _history),
    "readings": Part(_("Who looked at the data"), _readings),
}
"""By the name of the table's file. An app above adds its own when it is ready, as to `FILES`."""

FILES: list[Callable[[User], Files]] = [_photos]
"""What reads the pictures and papers that are kept of somebody."""
