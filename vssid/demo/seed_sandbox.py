"""The accounts of the sandbox, all at once: nobody declared anything, so there are no photos, codes and messages."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.actions import merging, review
from accounts.models import Guardianship, IdentityMerge, IdentityNumber, RegistrationDossier, User
from accounts.models.registration import Relation
from accounts.rules.children import majority_on
from insurance.models import InsuredPerson
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.demo import cast
from vssid.demo.seed_people import seed_dossier

KEPT, DUPLICATE = "0199000548", "0199000549"


@transaction.atomic
def seed_accounts(*, at: datetime) -> None:
    """Open the accounts that are missing, and what belongs to them; a changed phone was changed today."""
    people = [person for person in cast.PEOPLE if person.sandbox]
    opened = [person for person in people if person.account]
    records = InsuredPerson.objects.in_bulk([person.code for person in people], field_name="bhxh_code")
    known = set(User.objects.filter(username__in=records).values_list("username", flat=True))
    password = make_password(cast.PASSWORD)  # one for all: hashing is slow on purpose
    users = User.objects.bulk_create(
        _account(person, records[person.code], password, at) for person in opened if person.code not in known
    )
    for user in users:
        record(Event.ACCOUNT_OPENED, actor="system", subject=user.actor, at=at, office=cast.OFFICE)
    changed = [person.code for person in people if person.new_phone]
    User.objects.filter(username__in=changed).update(phone_changed_at=at)
    for person in people:
        if person.former_number:
            hashed = keyed_hash(person.former_number, kind="known_cmnd")
            facts = {"person": records[person.code]}
            IdentityNumber.objects.get_or_create(kind="cmnd", number_hash=hashed, defaults=facts)
        if person.parent:
            _put_under(records[person.code], parent=User.objects.get(username=person.parent), at=at)


def _account(person: cast.Person, insured: InsuredPerson, password: str, at: datetime) -> User:
    frozen = person.account == "frozen"
    user = User(
        username=person.code, person=insured, full_name=person.name, password=password, date_joined=at,
        frozen_at=at if frozen else None, frozen_reason="Trình diễn" if frozen else "", password_changed_at=at,
    )  # fmt: skip
    user.set_phone(person.phone)
    return user


def _put_under(child: InsuredPerson, *, parent: User, at: datetime) -> None:
    facts = {"relation": Relation.MOTHER, "since": at, "ends_on": majority_on(child.date_of_birth)}
    _link, new = Guardianship.objects.update_or_create(parent=parent, child=child, defaults=facts)
    if new:
        subject = f"person:{child.pk}"
        record(Event.GUARDIANSHIP_BEGAN, actor="system", subject=subject, at=at, parent=parent.actor)


def merge(*, at: datetime) -> None:
    """One citizen declared under a second code: an officer proposed that both are one person, a supervisor agreed."""
    if IdentityMerge.objects.exists():
        return
    kept, other = (next(person for person in cast.PEOPLE if person.code == code) for code in (KEPT, DUPLICATE))
    pks = dict(InsuredPerson.objects.filter(bhxh_code__in=(KEPT, DUPLICATE)).values_list("bhxh_code", "pk"))
    dossier = seed_dossier(replace(other, citizen_id=kept.citizen_id), at=at)
    officer, supervisor = (User.objects.get(username=name) for name in ("hbt.canbo", "hbt.phutrach"))
    reason = "Cùng số định danh, họ tên và ngày sinh (trình diễn)"
    merging.propose(dossier_id=dossier.pk, kept=pks[KEPT], duplicate=pks[DUPLICATE], reason=reason, by=officer, at=at)
    at += timedelta(hours=1)
    merging.decide(dossier_id=dossier.pk, approved=True, by=supervisor, at=at)
    version = RegistrationDossier.objects.values_list("version", flat=True).get(pk=dossier.pk)
    review.reject(dossier_id=dossier.pk, version=version, reason="has_account", text=reason, by=officer, at=at)
