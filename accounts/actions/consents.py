"""What citizens allow applications: given on the consent page, ended by the citizen, by time, or with the account."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from oauth2_provider.models import (
    AbstractApplication,
    get_access_token_model,
    get_grant_model,
    get_refresh_token_model,
)

from accounts.actions.security import tell
from accounts.models import Consent, User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import NotFound
from vssid.notices.kinds import Kind
from vssid.webhooks.log import tell as tell_applications
from vssid.webhooks.models import Kind as EventKind

LONGEST = timedelta(days=30)


@transaction.atomic
def give(*, user: User, application: AbstractApplication, scopes: Collection[str], days: int, at: datetime) -> Consent:
    """Allow an application these scopes for so many days, 30 at most, and tell the citizen.

    An earlier consent to it is replaced; its tokens stay good as far as the new one allows the same.
    """
    consent = holding(user=user, application=application, at=at, lock=True)
    if consent is None:
        consent = Consent(user=user, application=application)
    consent.scopes, consent.given_at = sorted(scopes), at
    consent.ends_at = at + min(timedelta(days=days), LONGEST)
    consent.save()
    for token in get_access_token_model().objects.filter(user=user, application=application):
        if not set(token.scope.split()) <= set(scopes):
            get_refresh_token_model().objects.filter(access_token=token).delete()
            token.delete()
    facts = {"application": application.client_id, "scopes": " ".join(consent.scopes), "days": days}
    record(Event.TOKEN_ISSUED, actor=user.actor, subject=user.actor, at=at, **facts)
    tell(
        user,
        Kind.SECURITY_APPLICATION_ALLOWED,
        key=f"consent:{consent.key}:{at.timestamp()}",
        at=at,
        url="/tai-khoan/#applications",
        name=application.name,
        until_on=consent.ends_at.date().isoformat(),
    )
    return consent


def holding(*, user: User, application: AbstractApplication, at: datetime, lock: bool = False) -> Consent | None:
    """Return what the citizen allows this application now; `lock` it against being ended meanwhile."""
    found = Consent.objects.filter(user=user, application=application, ended_at=None)
    consent = (found.select_for_update() if lock else found).first()
    if consent is None or consent.ends_at > at:
        return consent
    if lock:
        _end(consent, why="time", by="system", at=at)
    return None


def held_by(user: User, *, at: datetime) -> QuerySet[Consent]:
    """Return what the citizen allows now, the latest first."""
    return (
        Consent.objects.holding(at).filter(user=user).select_related("application__registration").order_by("-given_at")
    )


@transaction.atomic
def end(*, user: User, key: str, at: datetime) -> Consent:
    """End a consent of the citizen's own; its tokens are worth nothing from this moment. Raises NotFound."""
    consent = Consent.objects.select_for_update().filter(user=user, key=key, ended_at=None).first()
    if consent is None:
        raise NotFound
    _end(consent, why="citizen", by=user.actor, at=at)
    return consent


@transaction.atomic
def end_all(consents: QuerySet[Consent], *, why: str, by: str, at: datetime) -> int:
    """End every one of these that still holds; return how many."""
    ended = 0
    for consent in consents.filter(ended_at=None).select_for_update().order_by("pk"):
        _end(consent, why=why, by=by, at=at)
        ended += 1
    return ended


def end_due(*, at: datetime, most: int = 1000) -> int:
    """End those whose time has come; return how many."""
    due = Consent.objects.filter(ended_at=None, ends_at__lte=at).order_by("pk").values("pk")[:most]
    return end_all(
        Consent.objects.filter(pk__in=list(due.values_list("pk", flat=True))), why="time", by="system", at=at
    )


def _end(consent: Consent, *, why: str, by: str, at: datetime) -> None:
    consent.ended_at = at
    consent.save(update_fields=["ended_at"])
    for model in (get_refresh_token_model(), get_access_token_model(), get_grant_model()):
        model.objects.filter(user_id=consent.user_id, application_id=consent.application_id).delete()
    tell_applications(EventKind.CONSENT_ENDED, [consent.application_id], {"consent": str(consent.key)}, at=at)
    client = consent.application.client_id
    record(Event.TOKEN_REVOKED, actor=by, subject=f"user:{consent.user_id}", at=at, application=client, why=why)
