"""Registering applications that use the API: one administrator registers, another approves, either suspends."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from oauth2_provider.models import get_access_token_model, get_application_model

from accounts.actions.consents import end_all
from accounts.models import ApiClient, Consent, User
from accounts.models.applications import STATES, ClientState
from accounts.rules.scopes import CITIZEN, SYSTEM
from vssid import outbound
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict, DomainError
from vssid.webhooks.log import stop_calls
from vssid.webhooks.models import Endpoint

CITIZENS, SYSTEMS = "authorization-code", "client-credentials"
OLD_SIGNS = timedelta(hours=24)


class NotWellFormed(DomainError):
    """A registration says something that does not fit; `field` names it."""

    code = "invalid"

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(message)
        self.field = field


class SameAdministrator(Conflict):
    """Who registered an application does not approve it."""

    code = "same_officer"
    message = _("Another administrator must approve what you registered.")


def judge(
    *,
    grant: str,
    scopes: list[str],
    redirect_uris: list[str],
    jwks: Any,
    jwks_url: str,
    staff: bool,
    webhook_url: str = "",
) -> None:
    """Raise NotWellFormed for a registration that must not exist."""
    allowed = CITIZEN if grant == CITIZENS else SYSTEM
    if not scopes or set(scopes) - allowed.keys():
        raise NotWellFormed("scopes", _("Choose scopes of this kind of application."))
    if (grant == CITIZENS) != bool(redirect_uris):
        text = _("An application for citizens needs addresses to return to, a system has none.")
        raise NotWellFormed("redirect_uris", text)
    if not all(map(_may_return_to, redirect_uris)):
        raise NotWellFormed("redirect_uris", _("Addresses to return to are complete https addresses."))
    if {"dossiers", "dossiers:decide"} & set(scopes) and not staff:
        raise NotWellFormed("staff", _("A system that sees dossiers needs a staff account of its own."))
    if jwks and jwks_url:
        raise NotWellFormed("jwks_url", _("Give the public keys or their address, not both."))
    if jwks and not _public_keys(jwks):
        raise NotWellFormed("jwks", _("This is no set of public keys."))
    _may_be_called("jwks_url", jwks_url)
    _may_be_called("webhook_url", webhook_url)


def _may_be_called(field: str, url: str) -> None:
    if url:
        try:
            outbound.check(url)
        except outbound.AddressRefused as error:
            raise NotWellFormed(field, str(error)) from None


def _may_return_to(uri: str) -> bool:
    parts = urlsplit(uri)
    # A portal on plain http is a demonstration or a test.
    near = not settings.HTTPS and parts.hostname in {"127.0.0.1", "localhost"}
    whole = parts.hostname and not parts.username and not {"#", "*"} & set(uri)
    return bool(whole) and (parts.scheme == "https" or (near and parts.scheme == "http"))


def _public_keys(jwks: Any) -> bool:
    try:
        keys = KeySet.import_key_set(jwks).keys
        return bool(keys) and len(json.dumps(jwks)) < 20_000 and not any(key.is_private for key in keys)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return False


@transaction.atomic
def register(
    *,
    name: str,
    grant: str,
    public: bool = False,
    redirect_uris: list[str],
    facts: dict[str, Any],
    staff: User | None = None,
    webhook_url: str = "",
    by: User | None,
    at: datetime,
    client: ApiClient | None = None,
) -> tuple[ApiClient, list[str]]:
    """Keep a draft, or change one; return it with the secrets that are new, which nobody sees again: of the
    application itself, of its webhook.

    `public`: it runs on people's devices and can keep no secret. `staff`: the account as which a system sees dossiers.
    `facts` are the other columns of ApiClient.
    Raises NotWellFormed, and Conflict when it is no draft.
    """
    judge(
        grant=grant,
        scopes=facts["scopes"],
        redirect_uris=redirect_uris,
        jwks=facts.get("jwks"),
        jwks_url=facts.get("jwks_url", ""),
        staff=staff is not None,
        webhook_url=webhook_url,
    )
    client, fresh = _new(public=public) if client is None else (_draft(client), [])
    application = client.application
    application.name, application.authorization_grant_type = name, grant
    application.client_type = "public" if public and grant == CITIZENS else "confidential"
    application.redirect_uris, application.user = " ".join(redirect_uris), staff
    application.save()
    for field, value in facts.items():
        setattr(client, field, value)
    client.application, client.proposed_by, client.proposed_at = application, by, at
    client.save()
    fresh += _told(client, webhook_url)
    _write(Event.APPLICATION_REGISTERED, client, by, at)
    return client, fresh


def _new(*, public: bool) -> tuple[ApiClient, list[str]]:
    """An application that is not saved yet, and its secret unless it can keep none."""
    secret = secrets.token_urlsafe(32)
    application = get_application_model()(client_secret=secret)
    return ApiClient(application=application), [] if public else [secret]


def _draft(client: ApiClient) -> ApiClient:
    """The application under a lock, while it is a draft. Raises Conflict."""
    client = _locked(client)
    if client.state != ClientState.DRAFT:
        raise Conflict
    return client


@transaction.atomic
def approve(*, client: ApiClient, by: User | None, at: datetime) -> None:
    """Let an application in. Raises SameAdministrator, InvalidTransition."""
    client = _locked(client)
    STATES.check(client.state, ClientState.APPROVED)
    if by is not None and client.proposed_by_id == by.pk:
        raise SameAdministrator
    client.state, client.approved_by, client.approved_at = ClientState.APPROVED, by, at
    client.suspended_at, client.suspended_reason = None, ""
    client.save()
    _write(Event.APPLICATION_APPROVED, client, by, at)


@transaction.atomic
def suspend(*, client: ApiClient, reason: str, by: User, at: datetime) -> None:
    """Shut an application out: every consent and token ends at once, no event leaves. Raises InvalidTransition."""
    client = _locked(client)
    STATES.check(client.state, ClientState.SUSPENDED)
    client.state, client.suspended_at, client.suspended_reason = ClientState.SUSPENDED, at, reason.strip()[:300]
    client.save()
    end_all(Consent.objects.filter(application=client.application), why="application", by=by.actor, at=at)
    get_access_token_model().objects.filter(application=client.application).delete()
    stop_calls(client.application_id)
    _write(Event.APPLICATION_SUSPENDED, client, by, at)


@transaction.atomic
def reopen(*, client: ApiClient, by: User, at: datetime) -> None:
    """Make a suspended application a draft again, to be changed and approved anew. Raises InvalidTransition."""
    client = _locked(client)
    STATES.check(client.state, ClientState.DRAFT)
    client.state, client.approved_by, client.approved_at = ClientState.DRAFT, None, None
    client.proposed_by, client.proposed_at = by, at
    client.save()
    _write(Event.APPLICATION_REGISTERED, client, by, at)


@transaction.atomic
def renew_secret(*, client: ApiClient, by: User, at: datetime) -> str:
    """Replace the secret; return the new one, which nobody sees again. Tokens that were given stay good."""
    client = _locked(client)
    secret = secrets.token_urlsafe(32)
    client.application.client_secret = secret
    client.application.save()
    _write(Event.APPLICATION_SECRET_RENEWED, client, by, at)
    return secret


@transaction.atomic
def renew_webhook_secret(*, client: ApiClient, by: User, at: datetime) -> str:
    """Sign events by a new secret, for a day by the old one as well; return the new one. Raises Conflict without."""
    client = _locked(client)
    endpoint = Endpoint.objects.select_for_update().filter(application=client.application).first()
    if endpoint is None:
        raise Conflict
    endpoint.old_secret, endpoint.old_until, endpoint.secret = endpoint.secret, at + OLD_SIGNS, _webhook_secret()
    endpoint.save()
    _write(Event.APPLICATION_SECRET_RENEWED, client, by, at)
    return str(endpoint.secret)


def _told(client: ApiClient, url: str) -> list[str]:
    """Keep where the application is told of events; return the secret when it is a new one."""
    if not url and "events" not in client.scopes:
        Endpoint.objects.filter(application=client.application).delete()
        return []
    endpoint, new = Endpoint.objects.get_or_create(
        application=client.application, defaults={"url": url, "secret": _webhook_secret()}
    )
    if endpoint.url != url:
        endpoint.url = url
        endpoint.save(update_fields=["url"])
    return [str(endpoint.secret)] if new and url else []


def _webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _locked(client: ApiClient) -> ApiClient:
    return ApiClient.objects.select_for_update(of=("self",)).select_related("application").get(pk=client.pk)


def _write(event: Event, client: ApiClient, by: User | None, at: datetime) -> None:
    actor = by.actor if by is not None else "system"
    facts = {"scopes": " ".join(client.scopes)[:200]}
    record(event, actor=actor, subject=f"application:{client.application.client_id}", at=at, **facts)
