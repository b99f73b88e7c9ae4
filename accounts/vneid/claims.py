"""From the provider's claims to ours, by the names in the settings."""

from datetime import date, datetime
from typing import Any

from django.conf import settings

from accounts.actions.vneid_claims import VNeIDClaims
from accounts.vneid.errors import VNeIDRefused
from vssid.errors import DomainError
from vssid.identifiers import parse_full_name, parse_mobile, parse_personal_id


def from_answer(told: dict[str, Any], *, subject: str) -> VNeIDClaims:
    """Who the checked answers speak of; a number or date we cannot read refuses the log-in."""
    try:
        citizen_id = parse_personal_id(str(told.get(settings.VNEID_CLAIM_CITIZEN_ID)))
    except DomainError as error:
        raise VNeIDRefused("citizen_id") from error
    return VNeIDClaims(
        issuer=settings.VNEID_ISSUER,
        subject=subject,
        citizen_id=citizen_id,
        full_name=_soft(parse_full_name, told.get(settings.VNEID_CLAIM_NAME)),
        birth_date=_birth_date(str(told.get(settings.VNEID_CLAIM_BIRTHDATE))),
        phone=_soft(parse_mobile, told.get(settings.VNEID_CLAIM_PHONE)),
        level=2,
    )


def _birth_date(value: str) -> date:
    """The date, as ISO writes it or as Vietnam does."""
    try:
        return datetime.strptime(value, "%d/%m/%Y").date() if "/" in value else date.fromisoformat(value)  # noqa: DTZ007
    except ValueError as error:
        raise VNeIDRefused("birthdate") from error


def _soft(parse: Any, value: object) -> str:
    """The value in our form, or nothing: name and phone are hints and decide nothing."""
    try:
        return str(parse(value)) if isinstance(value, str) else ""
    except DomainError:
        return ""
