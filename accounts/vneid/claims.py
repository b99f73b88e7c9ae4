"""From the provider's claims to ours, by the names in the settings."""

from datetime import date
from typing import Any

from django.conf import settings

from accounts.actions.vneid import VNeIDClaims
from accounts.vneid.errors import VNeIDRefused
from vssid.errors import DomainError
from vssid.identifiers import parse_full_name, parse_mobile, parse_personal_id


def from_answer(id_token: dict[str, Any], userinfo: dict[str, Any]) -> VNeIDClaims:
    """Who the checked ID token and userinfo speak of; a number or date we cannot read refuses the log-in."""
    told = {**id_token, **userinfo}
    try:
        citizen_id = parse_personal_id(str(told.get(settings.VNEID_CLAIM_CITIZEN_ID)))
    except DomainError as error:
        raise VNeIDRefused("citizen_id") from error
    try:
        birth_date = date.fromisoformat(str(told.get(settings.VNEID_CLAIM_BIRTHDATE)))
    except ValueError as error:
        raise VNeIDRefused("birthdate") from error
    return VNeIDClaims(
        issuer=settings.VNEID_ISSUER,
        subject=id_token["sub"],
        citizen_id=citizen_id,
        full_name=_soft(parse_full_name, told.get(settings.VNEID_CLAIM_NAME)),
        birth_date=birth_date,
        phone=_soft(parse_mobile, told.get(settings.VNEID_CLAIM_PHONE)),
        level=2,
    )


def _soft(parse: Any, value: object) -> str:
    """The value in our form, or nothing: name and phone are hints and decide nothing."""
    try:
        return str(parse(value)) if isinstance(value, str) else ""
    except DomainError:
        return ""
