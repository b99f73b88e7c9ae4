"""Incidents: whom one touches, telling these persons, reporting to the authority."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.looks import READINGS
from accounts.models import Incident, RegistrationDossier, User
from insurance.models import InsuredPerson
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.errors import Conflict
from vssid.notices.kinds import Kind
from vssid.notices.posting import NewNotice, post_many

BATCH = 1000


class DoneAlready(Conflict):
    """It was told or reported before."""

    code = "done_already"
    message = _("This was done before.")


def touched(incident: Incident) -> set[int]:
    """Keys of the insured persons whose data were read in the incident's window, by the audit log."""
    events = AuditEvent.objects.filter(
        event__in=[*READINGS, Event.DOSSIER_VIEWED], at__gte=incident.began_at, at__lte=incident.ended_at
    )
    if incident.account is not None:
        events = events.filter(actor=incident.account.actor)
    if incident.office_id is not None:
        events = events.filter(office=incident.office_id)
    keys: dict[str, set[int]] = {"person": set(), "user": set(), "dossier": set()}
    for subject in events.values_list("subject", flat=True).distinct().iterator():
        kind, _colon, key = subject.partition(":")
        if kind in keys and key.isdecimal():
            keys[kind].add(int(key))
    users = User.objects.filter(pk__in=keys["user"], person__isnull=False).values_list("person", flat=True)
    dossiers = RegistrationDossier.objects.filter(pk__in=keys["dossier"], person__isnull=False)
    return (
        keys["person"]
        | {key for key in users if key}
        | {key for key in dossiers.values_list("person", flat=True) if key}
    )


def listed(incident: Incident, *, by: str, at: datetime) -> Iterator[list[str | int]]:
    """The persons touched as rows of a table, heads first; that the list was made is written down."""
    people = touched(incident)
    record(Event.INCIDENT_LISTED, actor=by, subject=f"incident:{incident.pk}", at=at, persons=len(people))
    rows = InsuredPerson.objects.filter(pk__in=people).order_by("bhxh_code").values_list("bhxh_code", "full_name")
    yield [str(_("Social insurance code")), str(_("Full name")), str(_("Has an account"))]
    with_account = set(User.objects.filter(person__in=people, is_active=True).values_list("username", flat=True))
    for code, name in rows.iterator(chunk_size=BATCH):
        yield [code, name, int(code in with_account)]


@transaction.atomic
def tell_touched(*, incident: Incident, by: User, at: datetime) -> int:
    """Post a notice to each person touched; return how many. Raises DoneAlready."""
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if incident.told_at is not None:
        raise DoneAlready
    people = touched(incident)
    key = f"incident:{incident.pk}"
    post_many(
        (
            NewNotice(
                person_id=person,
                kind=Kind.SECURITY_INCIDENT,
                dedupe_key=f"{key}:{person}",
                url="/tai-khoan/quyen-du-lieu/",
                facts={"began_at": incident.began_at.isoformat()},
            )
            for person in sorted(people)
        ),
        at=at,
    )
    incident.told_at = at
    incident.save(update_fields=["told_at"])
    record(Event.INCIDENT_TOLD, actor=by.actor, subject=key, at=at, persons=len(people))
    return len(people)


@transaction.atomic
def mark_reported(*, incident: Incident, by: User, at: datetime) -> None:
    """Note that the authority knows. Raises DoneAlready."""
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if incident.reported_at is not None:
        raise DoneAlready
    incident.reported_at = at
    incident.save(update_fields=["reported_at"])
    in_time = at <= incident.report_by
    record(Event.INCIDENT_REPORTED, actor=by.actor, subject=f"incident:{incident.pk}", at=at, in_time=in_time)
