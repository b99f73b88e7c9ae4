"""An authorisation from its offer to its end: accepted or declined by the agent, used, ended by either of the two."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insurance.models import Authorisation, InsuredPerson
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict
from vssid.identifiers import parse_full_name
from vssid.notices import posting
from vssid.notices.kinds import Kind

State = Authorisation.State


class AgentUnknown(Conflict):
    """Number and name are not those of one insured person other than the principal."""

    code = "agent_unknown"
    message = _("No insured person has this name and personal ID number together. Ask for a correction.")


class NotNow(Conflict):
    """Its state does not allow this."""

    code = "not_now"
    message = _("This is not possible any more. Look where the authorisation stands now.")


class NotInForce(Conflict):
    """Nothing is handed to an agent whose authorisation does not count today."""

    code = "not_in_force"
    message = _("The authorisation is not in force today. Nothing may be handed over.")


@transaction.atomic
def offer(
    *,
    principal_id: int,
    agent_id: str,
    agent_name: str,
    benefit: str,
    scope: str,
    from_day: date,
    to_day: date,
    key: str,
    by: str,
    at: datetime,
) -> Authorisation:
    """Put a granted authorisation before its agent, found by personal ID number and name, and say so.

    `key` names the cause; a second call returns what the first made. Raises AgentUnknown.
    """
    done = Authorisation.objects.filter(source_key=key).first()
    if done is not None:
        return done
    agent = InsuredPerson.objects.with_citizen_id(agent_id).exclude(pk=principal_id).first()
    if agent is None or parse_full_name(agent.full_name) != parse_full_name(agent_name):
        raise AgentUnknown
    made = Authorisation.objects.create(
        source_key=key,
        principal_id=principal_id,
        agent=agent,
        benefit=benefit,
        scope=scope,
        from_day=from_day,
        to_day=to_day,
        offered_at=at,
    )
    _note(made, Event.AUTHORISATION_OFFERED, by=by, at=at)
    _tell(made, agent.pk, Kind.AUTHORISATION_OFFERED, at)
    return made


@transaction.atomic
def answer(*, authorisation_id: int, accepts: bool, by: str, at: datetime) -> Authorisation:
    """Let the agent accept or decline what was offered; the principal is told. Raises NotNow."""
    found = _locked(authorisation_id)
    if found.state(timezone.localdate(at)) != State.OFFERED:
        raise NotNow
    if accepts:
        found.accepted_at = at
    else:
        found.declined_at = at
    found.save()
    _note(found, Event.AUTHORISATION_ACCEPTED if accepts else Event.AUTHORISATION_DECLINED, by=by, at=at)
    _tell(found, found.principal_id, Kind.AUTHORISATION_CHANGED, at)
    return found


@transaction.atomic
def end(*, authorisation_id: int, by: str, at: datetime) -> Authorisation:
    """End one that is offered or accepted, for the principal or the agent; both are told. Raises NotNow."""
    found = _locked(authorisation_id)
    if found.state(timezone.localdate(at)) not in {State.OFFERED, State.ACCEPTED, State.IN_FORCE}:
        raise NotNow
    found.ended_at = at
    found.save()
    _note(found, Event.AUTHORISATION_ENDED, by=by, at=at)
    for person in (found.principal_id, found.agent_id):
        _tell(found, person, Kind.AUTHORISATION_CHANGED, at)
    return found


@transaction.atomic
def use(*, authorisation_id: int, by: str, at: datetime) -> Authorisation:
    """Write down that the agent acted with it at an office; both are told. Raises NotInForce."""
    found = _locked(authorisation_id)
    if found.state(timezone.localdate(at)) != State.IN_FORCE:
        raise NotInForce
    _note(found, Event.AUTHORISATION_USED, by=by, at=at)
    for person in (found.principal_id, found.agent_id):
        _tell(found, person, Kind.AUTHORISATION_USED, at)
    return found


def _locked(key: int) -> Authorisation:
    return Authorisation.objects.select_for_update().get(pk=key)


def _note(found: Authorisation, event: Event, *, by: str, at: datetime) -> None:
    record(event, actor=by, subject=found.subject, at=at)


def _tell(found: Authorisation, person_id: int, kind: Kind, at: datetime) -> None:
    posting.post(
        person_id=person_id,
        kind=kind,
        dedupe_key=f"{kind}:{found.pk}:{person_id}:{at.isoformat()}",
        at=at,
        url=reverse("services:authorisation", args=[found.pk]),
        number=found.source_key,
    )
