"""Approving several dossiers at once: only those in which nothing is left to look at (security.md T67)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actions import review
from accounts.dossiers import leases
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, User
from accounts.models.registration import Kind
from accounts.rules.comparison import Verdict
from vssid.errors import Conflict, DomainError, NotFound

AT_MOST = 20
# Address and e-mail are written freely; whatever else the record holds must agree.
MUST_AGREE = ("bhxh_code", "full_name", "date_of_birth", "gender", "id_number", "phone")


class TooManyChosen(DomainError):
    """More than a person can answer for in one act."""

    code = "too_many_chosen"
    message = _("At most %(count)d dossiers are approved at once. Choose fewer.")

    def __init__(self) -> None:
        super().__init__(count=AT_MOST)


class NotAtOnce(Conflict):
    """Something in this dossier needs an officer's eye."""

    code = "not_at_once"


@dataclass(frozen=True)
class Candidate:
    """A chosen dossier and why it cannot be approved together with others, empty when it can."""

    dossier: RegistrationDossier
    why_not: str | Promise


@dataclass(frozen=True)
class Outcome:
    """What became of one dossier; `error` is empty when it is approved."""

    key: int
    number: str
    error: str


def look_through(*, keys: Sequence[int], by: User, at: datetime) -> list[Candidate]:
    """Return the chosen dossiers in the order of the queue. Raises TooManyChosen; NotFound for another office's."""
    if len(set(keys)) > AT_MOST:
        raise TooManyChosen
    found = RegistrationDossier.objects.visible_to(by).filter(pk__in=keys).select_related("person__ward__province")
    candidates = [Candidate(dossier, why_not(dossier, by, at)) for dossier in found.order_by("submitted_at", "pk")]
    if len(candidates) < len(set(keys)):
        raise NotFound
    return candidates


def approve_chosen(*, chosen: Sequence[tuple[int, int]], by: User, at: datetime) -> list[Outcome]:
    """Approve dossiers, given as (key, version seen), each in a transaction of its own; tell what became of each.

    Call it outside of a transaction. First of all it may raise TooManyChosen, or NotFound for another office's dossier.
    """
    numbers = {
        one.dossier.pk: one.dossier.number or "" for one in look_through(keys=[k for k, _v in chosen], by=by, at=at)
    }
    outcomes = []
    for key, version in dict(chosen).items():
        try:
            _approve(key, version, by=by, at=at)
        except DomainError as error:
            outcomes.append(Outcome(key, numbers[key], str(error)))
        else:
            outcomes.append(Outcome(key, numbers[key], ""))
    return outcomes


def why_not(dossier: RegistrationDossier, by: User, at: datetime) -> str | Promise:
    """Return what in this dossier needs an officer's eye before it is approved, empty when nothing does."""
    holder = leases.holder_of(dossier, at)
    verdicts = review.verdicts(dossier)
    if dossier.status != DossierStatus.SUBMITTED:
        return _("It does not wait for a decision any more.")
    if holder is not None and holder.pk != by.pk:
        return _("Somebody else is working on it.")
    if dossier.person is None or dossier.marks:
        return _("It has marks to look at.")
    if not review.identity_proved(dossier):
        return _("The identity has not been recorded.")
    if any(verdicts[name] in (Verdict.DIFFERS, Verdict.NEARLY) for name in MUST_AGREE):
        return _("The declaration does not agree with the insurance record.")
    if any(photo.quality.get("warnings") for photo in dossier.photos.filter(erased_at=None)):
        return _("A photo is hard to read.")
    if dossier.kind == Kind.ADULT and User.objects.filter(person=dossier.person, is_active=True).exists():
        return _("This person already has an account.")
    return ""


@transaction.atomic
def _approve(key: int, version: int, *, by: User, at: datetime) -> None:
    """Approve one dossier if nothing has come up since the preview."""
    review.hold_persons_dossiers(key)
    dossier = RegistrationDossier.objects.visible_to(by).select_related("person__ward__province").get(pk=key)
    why = why_not(dossier, by, at) if dossier.version == version else ""
    if why:
        raise NotAtOnce(why)
    review.approve(dossier_id=key, version=version, by=by, at=at)
