"""A declaration that cannot be sent yet: what was typed so far is kept, and gone on with in another browser."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from accounts.actions.drafts import LIFE
from accounts.dossiers.models import DossierStatus
from accounts.models import PartialDeclaration, RegistrationDossier, User
from accounts.models.registration import Kind
from accounts.rules.children import FIELDS as CHILD_FIELDS
from accounts.rules.declaration import FIELDS
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.errors import DomainError
from vssid.identifiers import parse_mobile

Unfinished = RegistrationDossier | PartialDeclaration
# No field takes more; the forms say how much each does.
LONGEST = 300


@transaction.atomic
def keep_typed(
    *, typed: Mapping[str, str], key: UUID | None, dossier: RegistrationDossier | None, at: datetime
) -> PartialDeclaration:
    """Keep what was typed: for `dossier` while it is changed, else under `key` or, where none is kept, a new one."""
    text = json.dumps({name: typed[name][:LONGEST] for name in FIELDS if typed.get(name)})
    values: dict[str, Any] = {"typed": text, "phone_hash": _phone_hash(typed.get("phone", ""))}
    if dossier:
        values["created_at"] = at
        return PartialDeclaration.objects.update_or_create(dossier=dossier, defaults=values)[0]
    kept = kept_typed(key=key, dossier=None, at=at)
    if kept is None:
        return PartialDeclaration.objects.create(created_at=at, **values)
    PartialDeclaration.objects.filter(pk=kept.pk).update(**values)
    return kept


def kept_typed(*, key: UUID | None, dossier: RegistrationDossier | None, at: datetime) -> PartialDeclaration | None:
    """Return what is kept for `dossier` or, without one, under `key`, unless its time is over."""
    alive = PartialDeclaration.objects.filter(created_at__gt=at - LIFE)
    if dossier:
        return alive.filter(dossier=dossier).first()
    return alive.filter(dossier=None, parent=None, pk=key).first() if key else None


def keep_childs(*, typed: Mapping[str, str], parent: User, at: datetime) -> None:
    """Keep a child's declaration that came after the parent's login had ended."""
    text = json.dumps({name: typed[name][:LONGEST] for name in CHILD_FIELDS if typed.get(name)})
    PartialDeclaration.objects.update_or_create(parent=parent, defaults={"typed": text, "created_at": at})


def childs(*, parent: User, at: datetime) -> dict[str, str]:
    """Return field and text of what is kept for a parent; empty when there is nothing."""
    kept = PartialDeclaration.objects.filter(parent=parent, created_at__gt=at - LIFE).first()
    return typed_in(kept) if kept else {}


def typed_in(kept: PartialDeclaration) -> dict[str, str]:
    """Return field and text."""
    return {str(name): str(text) for name, text in json.loads(kept.typed).items()}


@transaction.atomic
def delete_typed(*, kept: PartialDeclaration, at: datetime) -> None:
    """Erase what its applicant no longer wants kept."""
    kept.delete()
    record(Event.DRAFT_DELETED, actor="anonymous", subject="declaration", at=at)


def find(*, phone: str, at: datetime) -> Unfinished | None:
    """Return the newest declaration that names this phone (E.164) and is not sent yet, if there is one."""
    mine = {"phone_hash": keyed_hash(phone, kind="phone"), "created_at__gt": at - LIFE}
    drafts = RegistrationDossier.objects.filter(status=DossierStatus.DRAFT, kind=Kind.ADULT, **mine)
    typed = PartialDeclaration.objects.filter(dossier=None, **mine).order_by("-created_at")
    found: list[Unfinished] = [*drafts.order_by("-created_at")[:1], *typed[:1]]
    return max(found, key=lambda one: one.created_at, default=None)


@transaction.atomic
def take_over(*, found: Unfinished, at: datetime) -> UUID | None:
    """Give a declaration a new key, so that the browser that began it no longer reaches it; None if it is gone."""
    key = uuid4()
    if isinstance(found, RegistrationDossier):
        same = RegistrationDossier.objects.filter(pk=found.pk, status=DossierStatus.DRAFT)
        changed, subject = same.update(public_id=key), f"dossier:{found.pk}"
    else:
        changed, subject = PartialDeclaration.objects.filter(pk=found.pk).update(id=key), "declaration"
    if not changed:
        return None
    record(Event.DRAFT_RESUMED, actor="anonymous", subject=subject, at=at)
    return key


def settle(*, key: UUID | None, dossier: RegistrationDossier) -> None:
    """Drop what was typed: `dossier` holds all of it now."""
    PartialDeclaration.objects.filter(Q(dossier=dossier) | Q(dossier=None, pk=key)).delete()


def erase_typed(*, before: datetime) -> int:
    """Erase everything that was kept before a moment; return how many."""
    return PartialDeclaration.objects.filter(created_at__lt=before).delete()[0]


def _phone_hash(text: str) -> bytes | None:
    try:
        return keyed_hash(parse_mobile(text), kind="phone")
    except DomainError:
        return None
