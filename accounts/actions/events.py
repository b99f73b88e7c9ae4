"""Which applications are told of what: offices' systems of their dossiers, citizens' applications of their requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import ApiClient, Consent, RegistrationDossier
from vssid.webhooks.log import tell
from vssid.webhooks.models import Kind


def dossier_changed(sender: Any, dossier: RegistrationDossier, at: datetime, **kwargs: Any) -> None:
    """Tell the systems that see this dossier."""
    systems = ApiClient.objects.filter(
        state=ApiClient.State.APPROVED, scopes__contains=["dossiers"], application__webhook__isnull=False
    ).select_related("application__user")
    told = [
        one.application_id
        for one in systems
        if one.application.user and dossier.office_id in set(one.application.user.office_codes())
    ]
    if told:
        tell(Kind.DOSSIER_CHANGED, told, {"number": dossier.url_number}, at=at)


def request_changed(sender: Any, dossier: Any, at: datetime, **kwargs: Any) -> None:
    """Tell the applications that its citizen allows to see requests; each knows the citizen by its own consent."""
    consents = Consent.objects.holding(at).filter(
        user=dossier.account_id, user__person=dossier.person_id, scopes__contains=["requests"]
    )
    for application, key in consents.values_list("application", "key"):
        tell(Kind.REQUEST_CHANGED, [application], {"number": dossier.url_number, "consent": str(key)}, at=at)
