"""Two insurance records that are one person: an officer proposes to bring them together, another supervisor decides."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actions.freezing import shut
from accounts.actions.identities import other_records
from accounts.actions.registration import mark_duplicates
from accounts.actions.review import ReasonMissing
from accounts.models import IdentityMerge, RegistrationDossier, User
from accounts.rules.marks import Mark
from insurance.models import InsuredPerson
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict, NotFound

Outcome = IdentityMerge.Outcome


class NotTheSame(Conflict):
    """None of the dossier's numbers leads to this record any more."""

    code = "not_the_same"
    message = _("None of the dossier's numbers leads to these records. Look at the dossier again.")


class ProposedAlready(Conflict):
    """One proposal at a time."""

    code = "proposed_already"
    message = _("It has been proposed already. A supervisor decides.")


class SameOfficer(Conflict):
    """Two people answer for it."""

    code = "same_officer"
    message = _("You proposed this yourself: another supervisor decides.")


class NothingWaits(Conflict):
    """Somebody was faster."""

    code = "nothing_waits"
    message = _("This proposal has been decided already.")


def choices(dossier: RegistrationDossier) -> list[tuple[InsuredPerson, InsuredPerson | None]]:
    """Return which record could stay and which would be its duplicate, for the numbers of a dossier."""
    own, others = dossier.person, other_records(dossier)
    if own is None:
        return [(other, None) for other in others]
    return [pair for other in others for pair in ((own, other), (other, own))]


@transaction.atomic
def propose(*, dossier_id: int, kept: int, duplicate: int | None, reason: str, by: User, at: datetime) -> IdentityMerge:
    """Propose that `duplicate` is the person of `kept` (keys of insured persons); None: the dossier is about `kept`.

    Raises NotFound for another office's dossier, ReasonMissing, NotTheSame, ProposedAlready.
    """
    dossier = _locked(dossier_id, by)
    if not reason.strip():
        raise ReasonMissing
    if (kept, duplicate) not in [(stays.pk, goes and goes.pk) for stays, goes in choices(dossier)]:
        raise NotTheSame
    if waiting(dossier):
        raise ProposedAlready
    merge = IdentityMerge.objects.create(
        dossier=dossier, kept_id=kept, duplicate_id=duplicate, reason=reason.strip(), proposed_by=by, proposed_at=at
    )
    dossier.marks = [*dossier.marks, Mark.MERGE_PROPOSED]
    dossier.save(update_fields=["marks"])
    _write(Event.IDENTITY_MERGE_PROPOSED, merge, by, at)
    return merge


@transaction.atomic
def decide(*, dossier_id: int, approved: bool, by: User, at: datetime) -> IdentityMerge:
    """Decide what another officer proposed for a dossier.

    Approved, the duplicate's open dossiers are about the kept record, and its account is shut: one person, one account.
    Raises NotFound for another office's dossier, NothingWaits, SameOfficer.
    """
    dossier = _locked(dossier_id, by)
    merge = waiting(dossier)
    if merge is None:
        raise NothingWaits
    if merge.proposed_by_id == by.pk:
        raise SameOfficer
    merge.outcome = Outcome.APPROVED if approved else Outcome.REFUSED
    merge.decided_by, merge.decided_at = by, at
    merge.save()
    dossier.marks = [mark for mark in dossier.marks if mark != Mark.MERGE_PROPOSED]
    dossier.save(update_fields=["marks"])
    if approved:
        _bring_together(merge, by=by, at=at)
    _write(Event.IDENTITY_MERGED if approved else Event.IDENTITY_MERGE_REFUSED, merge, by, at)
    return merge


def waiting(dossier: RegistrationDossier) -> IdentityMerge | None:
    """Return what is proposed for a dossier and not decided."""
    found = IdentityMerge.objects.filter(dossier=dossier, outcome=Outcome.WAITING)
    return found.select_related("kept", "duplicate", "proposed_by").first()


def _bring_together(merge: IdentityMerge, *, by: User, at: datetime) -> None:
    kept, duplicate = merge.kept, merge.duplicate
    about = Q(pk=merge.dossier_id) | (Q(person=duplicate) if duplicate else Q(pk=None))
    for dossier in RegistrationDossier.objects.open().filter(about).order_by("pk").select_for_update(of=("self",)):
        dossier.person, dossier.bhxh_code = kept, kept.bhxh_code
        known = {Mark.UNKNOWN_CODE, Mark.OTHER_RECORD}
        dossier.marks = [mark for mark in dossier.marks if mark not in known]
        if User.objects.filter(person=kept, is_active=True).exists() and Mark.HAS_ACCOUNT not in dossier.marks:
            dossier.marks = [*dossier.marks, Mark.HAS_ACCOUNT]
        dossier.version += 1
        mark_duplicates(dossier)
        dossier.save()
    account = User.objects.select_for_update(of=("self",)).filter(person=duplicate, frozen_at=None).first()
    if duplicate is not None and account is not None:
        shut(account, reason=str(_("The same person as %(code)s") % {"code": kept.bhxh_code}), by=by, at=at)


def _locked(dossier_id: int, by: User) -> RegistrationDossier:
    dossiers = RegistrationDossier.objects.visible_to(by).open()
    dossier = dossiers.select_for_update(of=("self",)).filter(pk=dossier_id).first()
    if dossier is None:
        raise NotFound
    return dossier


def _write(event: Event, merge: IdentityMerge, by: User, at: datetime) -> None:
    record(
        event,
        actor=by.actor,
        subject=f"dossier:{merge.dossier_id}",
        at=at,
        office=merge.dossier.office_id,
        kept=merge.kept_id,
        duplicate=merge.duplicate_id,
    )
