"""The agent's answer to an authorisation, signed with a code."""

from datetime import datetime

from django.db import transaction

from accounts.actions import otp
from accounts.models import OneTimeCode, User
from insurance.actions import authorisations
from insurance.models import Authorisation


@transaction.atomic
def answer(*, authorisation: Authorisation, accepts: bool, proof: OneTimeCode, by: User, at: datetime) -> Authorisation:
    """Accept or decline with the code `proof` (checked, not yet used). Raises NotNow, OtpExpired."""
    otp.consume(proof, at=at)
    return authorisations.answer(authorisation_id=authorisation.pk, accepts=accepts, by=by.actor, at=at)
