"""Passkeys: added, used to log in, removed (WebAuthn level 3, by the library `webauthn`).

The authenticator proves presence and, always, its owner (finger, face, PIN): a passkey counts as two factors. No
attestation is asked for. The challenge belongs to the browser's session and is used once.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts import messages
from accounts.actions import security
from accounts.actions.login import AccountFrozen
from accounts.models import Passkey, User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict, DomainError, NotFound
from vssid.notices.kinds import Kind

MOST = 10
VERIFIED = UserVerificationRequirement.REQUIRED
TIMEOUT_MS = 300_000
MOST_SIGNS = 20_000


class PasskeyRefused(DomainError):
    """What the browser sent is no passkey of ours, or not for this page and moment."""

    code = "passkey_refused"
    message = _("That passkey was not accepted. Try again, or log in another way.")


class TooManyPasskeys(Conflict):
    """Ten are enough."""

    code = "passkey_limit"
    message = _("You have 10 passkeys. Remove one before you add another.")


class LastWayIn(Conflict):
    """Without it nobody could log in any more."""

    code = "last_way_in"
    message = _("This passkey is your only way to log in. Set a password or link VNeID first.")


@dataclass(frozen=True)
class Question:
    """What the browser passes to the authenticator (`options`, JSON) and what the session keeps of it."""

    options: str
    challenge: str
    handle: str = ""


def ask_for_new(user: User) -> Question:
    """Return the question that makes a new passkey of this user. Raises TooManyPasskeys."""
    known = list(user.passkeys.all())
    if len(known) >= MOST:
        raise TooManyPasskeys
    handle = bytes(known[0].user_handle) if known else secrets.token_bytes(32)
    options = generate_registration_options(
        rp_id=rp_id(),
        rp_name="Cổng BHXH",
        user_id=handle,
        user_name=user.username,
        user_display_name=user.full_name or user.username,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(one.credential_id)) for one in known],
    )
    return Question(options_to_json(options), options.challenge.hex(), handle.hex())


@transaction.atomic
def add_passkey(*, user: User, name: str, credential: str, question: Question, at: datetime) -> Passkey:
    """Keep the passkey that answers `question` (its `options` are not needed). Raises PasskeyRefused."""
    try:
        made = verify_registration_response(
            credential=_read(credential),
            expected_challenge=bytes.fromhex(question.challenge),
            expected_rp_id=rp_id(),
            expected_origin=origin(),
            require_user_verification=True,
        )
        with transaction.atomic():
            passkey = Passkey.objects.create(
                user=user,
                name=name,
                credential_id=made.credential_id,
                public_key=made.credential_public_key,
                user_handle=bytes.fromhex(question.handle),
                sign_count=made.sign_count,
                created_at=at,
            )
    except (WebAuthnException, IntegrityError, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    record(Event.PASSKEY_ADDED, actor=user.actor, subject=user.actor, at=at, passkey=passkey.pk)
    key, body = f"passkey-added:{passkey.pk}", messages.passkey_added(user.username, at)
    security.tell(user, Kind.SECURITY_PASSKEY_ADDED, key=key, at=at, sms=body, name=name)
    return passkey


def ask_for_known() -> Question:
    """Return the question that any passkey of this portal on the device may answer."""
    options = generate_authentication_options(rp_id=rp_id(), timeout=TIMEOUT_MS, user_verification=VERIFIED)
    return Question(options_to_json(options), options.challenge.hex())


@transaction.atomic
def authenticate_passkey(*, credential: str, challenge: str, at: datetime, user: User | None = None) -> User:
    """Return whose passkey answers the challenge; `user` allows only theirs. Raises PasskeyRefused, AccountFrozen."""
    try:
        answer = _read(credential)
        passkey = _passkey_of(answer, user)
        checked = verify_authentication_response(
            credential=answer,
            expected_challenge=bytes.fromhex(challenge),
            expected_rp_id=rp_id(),
            expected_origin=origin(),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    owner = passkey.user
    if not owner.is_active or owner.frozen_at is not None:
        raise AccountFrozen
    passkey.sign_count, passkey.last_used_at = checked.new_sign_count, at
    passkey.save(update_fields=["sign_count", "last_used_at"])
    return owner


@transaction.atomic
def remove_passkey(*, user: User, pk: int, at: datetime) -> None:
    """Forget a passkey of the user's own. Raises NotFound, LastWayIn."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    passkey = user.passkeys.filter(pk=pk).first()
    if passkey is None:
        raise NotFound
    others = user.passkeys.exclude(pk=pk).exists()
    if not (others or user.has_usable_password() or hasattr(user, "vneid_link")):
        raise LastWayIn
    passkey.delete()
    record(Event.PASSKEY_REMOVED, actor=user.actor, subject=user.actor, at=at, passkey=pk)
    key, body = f"passkey-removed:{pk}", messages.passkey_removed(user.username, at)
    security.tell(user, Kind.SECURITY_PASSKEY_REMOVED, key=key, at=at, sms=body, name=passkey.name)


def rp_id() -> str:
    """Return the name that passkeys belong to: the host of the portal's public address."""
    return urlsplit(settings.PUBLIC_BASE_URL).hostname or ""


def origin() -> str:
    """Return the only origin whose answers count."""
    public = urlsplit(settings.PUBLIC_BASE_URL)
    return f"{public.scheme}://{public.netloc}"


def _read(credential: str) -> dict[str, object]:
    """Return the browser's answer as it is, if it is an object of a sensible size."""
    answer = json.loads(credential) if len(credential) <= MOST_SIGNS else None
    if not isinstance(answer, dict):
        raise ValueError("no credential")
    return answer


def _passkey_of(answer: dict[str, object], user: User | None) -> Passkey:
    """Find the passkey by its id, held so that its counter moves once; the handle must be its own."""
    keys = Passkey.objects.select_for_update(of=("self",)).select_related("user")
    passkey = keys.filter(credential_id=base64url_to_bytes(str(answer["rawId"]))).first()
    response = answer["response"]
    if passkey is None or not isinstance(response, dict) or (user is not None and passkey.user_id != user.pk):
        raise ValueError("no passkey of ours")
    handle = response.get("userHandle")
    if handle and base64url_to_bytes(str(handle)) != bytes(passkey.user_handle):
        raise ValueError("another account's handle")
    return passkey
