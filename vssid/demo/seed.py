"""Bringing the cast to life through the importer and the actions that citizens and staff use. Safe to run again."""

from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from insurance.actions.imports import import_rows
from insurance.models import ContributionPeriod, HealthCard
from services.actions.help import load_articles
from vssid.demo import cast, records, seed_sandbox
from vssid.demo.applications import seed_applications
from vssid.demo.seed_people import seed_account, seed_dossier, seed_staff

NEWS = Path(__file__).parent / "news"


def seed() -> None:
    """Make what is missing of the cast: records, staff, accounts, waiting dossiers, the sample application."""
    seed_records(timezone.localdate())
    for member in cast.STAFF:
        seed_staff(member)
    now = timezone.now()
    for days, person in enumerate(reversed(cast.PEOPLE), start=1):
        if person.sandbox:
            continue
        if person.account:
            seed_account(person, at=now - timedelta(days=days + 20))
        elif person.code in cast.WAITING:
            seed_dossier(person, at=now - timedelta(days=days % 4, hours=days))
    seed_sandbox.seed_accounts(at=now)
    seed_sandbox.merge(at=now - timedelta(days=9))
    seed_applications()
    load_articles(NEWS, at=now, made_up=True)


@transaction.atomic
def seed_records(today: date) -> None:
    """Import the cast's records; on another day than the last they are laid anew, as they count back from today."""
    rows = records.rows(today)
    last = rows["cards"][-1]
    if HealthCard.objects.filter(source_key=last["source_key"], valid_to=last["valid_to"]).exists():
        return
    ContributionPeriod.objects.filter(person__bhxh_code__in=[person.code for person in cast.PEOPLE]).delete()
    for kind, of_kind in rows.items():
        report = import_rows(kind, of_kind, at=timezone.now(), by="system")
        if report.refused:
            raise ValueError(f"the demonstration's {kind} do not fit: {report.refused[0]}")
