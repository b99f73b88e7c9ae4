"""The short path of somebody whom VNeID vouches for at level 2: no photos, no visit, and the account at once when the
insurance record agrees. Whatever does not agree is looked at by an officer, as any other dossier.

What VNeID said stays on the server, sealed in the session, for 15 minutes.
"""

from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.actions import registration, vneid_claims
from accounts.actions.opening import open_account
from accounts.actions.vneid_claims import Purpose, VNeIDClaims
from accounts.dossiers.models import DossierStatus
from accounts.models import OneTimeCode, RegistrationDossier, User, VNeIDLink
from accounts.models.registration import IdentityMethod, IdType
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.identifiers import personal_id_facts


@dataclass(frozen=True)
class Vouched:
    """What VNeID certified at `at`, and the phone it suggests, perhaps empty."""

    issuer: str
    subject: str = field(repr=False)
    citizen_id: str = field(repr=False)
    full_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    phone: str = field(repr=False)
    at: datetime

    @property
    def gender(self) -> str:
        """As the personal number's own digits say it."""
        return personal_id_facts(self.citizen_id).gender

    def as_typed(self) -> dict[str, str]:
        """Return the certified fields as they would be typed into a declaration."""
        return {
            "full_name": self.full_name,
            "date_of_birth": f"{self.birth_date:%d/%m/%Y}",
            "gender": self.gender,
            "id_type": IdType.CCCD.value,
            "id_number": self.citizen_id,
        }


def keep(session: MutableMapping[str, Any], *, claims: VNeIDClaims, at: datetime) -> bool:
    """Keep what VNeID said of somebody without an account; False when it told no name, without which none is opened."""
    vneid_claims.forget(session, purpose=Purpose.REGISTER)
    if not claims.full_name:
        return False
    vneid_claims.keep(session, claims, purpose=Purpose.REGISTER, at=at)
    return True


def kept(session: MutableMapping[str, Any], *, at: datetime) -> Vouched | None:
    """Return what VNeID said in this session, while it is not too old."""
    found = vneid_claims.brought(session, purpose=Purpose.REGISTER, at=at)
    if found is None:
        return None
    claims, said = found
    told = {name: value for name, value in asdict(claims).items() if name != "level"}
    return Vouched(**told, at=said)


def forget(session: MutableMapping[str, Any]) -> None:
    """What VNeID said has served."""
    vneid_claims.forget(session, purpose=Purpose.REGISTER)


@transaction.atomic
def register(
    *,
    dossier: RegistrationDossier,
    vouched: Vouched,
    proof: OneTimeCode,
    at: datetime,
) -> RegistrationDossier:
    """Send a draft with what VNeID certified in it, and open the account at once when nothing speaks against it.

    `proof` as `registration.submit` takes it, and what it raises. One that was sent already is returned as it is.
    """
    if not _certify(dossier, vouched):
        return RegistrationDossier.objects.get(pk=dossier.pk)
    dossier.refresh_from_db()
    sent = registration.submit(dossier=dossier, proof=proof, at=at)
    if not obstacles(sent):
        _approve(sent, at=at)
    return sent


def obstacles(dossier: RegistrationDossier) -> list[str]:
    """Return why this dossier of somebody VNeID vouches for needs an officer; nothing when it can be approved now.

    The person's own other open dossiers do not count: they are closed with the account.
    """
    person = dossier.person
    others = registration.others_open(dossier)
    found = [str(mark) for mark in registration.marks_beside(dossier, others.exclude(person=person))]
    if person is None or person.citizen_id != dossier.id_number:
        found.append("record_without_number")
    elif User.objects.filter(person=person, is_active=True).exists():
        found.append("has_account")
    if VNeIDLink.objects.filter(issuer=dossier.vneid_issuer, subject=dossier.vneid_subject).exists():
        found.append("vneid_linked")
    return found


def _certify(dossier: RegistrationDossier, vouched: Vouched) -> bool:
    """Write what VNeID said over what the draft holds; False when it is no draft any more."""
    return bool(
        RegistrationDossier.objects.filter(pk=dossier.pk, status=DossierStatus.DRAFT).update(
            full_name=vouched.full_name,
            date_of_birth=vouched.birth_date,
            birth_year_only=False,
            gender=vouched.gender,
            id_type=IdType.CCCD,
            id_number=vouched.citizen_id,
            id_number_hash=keyed_hash(vouched.citizen_id, kind="id_number"),
            identity_method=IdentityMethod.VNEID,
            identity_checked_at=vouched.at,
            vneid_issuer=vouched.issuer,
            vneid_subject=vouched.subject,
        )
    )


def _approve(dossier: RegistrationDossier, *, at: datetime) -> None:
    dossier.decided_automatically = True
    dossier.move_to(DossierStatus.APPROVED, at=at)
    dossier.save()
    subject = f"dossier:{dossier.pk}"
    record(Event.DOSSIER_APPROVED, actor="system", subject=subject, at=at, office=dossier.office_id, automatic=True)
    open_account(dossier=dossier, by=None, at=at)
