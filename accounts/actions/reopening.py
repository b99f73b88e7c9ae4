"""Taking back a return or a refusal of a registration before the citizen was told."""

from datetime import datetime

from django.db import transaction

from accounts.actions.registration import hold, mark_duplicates
from accounts.dossiers import reopening
from accounts.models import RegistrationDossier, User
from vssid.errors import NotFound


@transaction.atomic
def reopen(*, dossier_id: int, version: int, by: User, at: datetime) -> RegistrationDossier:
    """Put a returned or refused dossier back where it stood in the queue and cancel its message.

    Raises NotFound for another office's dossier, and as `take_back`.
    """
    found = RegistrationDossier.objects.visible_to(by).filter(pk=dossier_id).first()
    if found is None:
        raise NotFound
    dossier = hold(found)
    reopening.take_back(dossier, version=version, by=by, at=at)
    # Another one with this code may have come while this one was refused.
    mark_duplicates(dossier)
    dossier.save()
    return dossier
