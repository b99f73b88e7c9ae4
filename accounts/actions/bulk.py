"""Approving several registrations at once, and what in one of them needs a look of its own."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actions import review
from accounts.dossiers import bulk, leases
from accounts.dossiers.bulk import Candidate, NotAtOnce, Outcome
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, User
from accounts.models.registration import Kind
from accounts.rules.comparison import Verdict

# Address and e-mail are written freely; whatever else the record holds must agree.
MUST_AGREE = ("bhxh_code", "full_name", "date_of_birth", "gender", "id_number", "phone")


def look_through(*, keys: Sequence[int], by: User, at: datetime) -> list[Candidate[RegistrationDossier]]:
    """Return the chosen dossiers in the order of the queue. Raises TooManyChosen; NotFound for another office's."""
    mine = RegistrationDossier.objects.visible_to(by).select_related("person__ward__province")
    return bulk.look_through(mine, keys=keys, why_not=lambda dossier: why_not(dossier, by, at))


def approve_chosen(*, chosen: Sequence[tuple[int, int]], by: User, at: datetime) -> list[Outcome]:
    """Approve dossiers, given as (key, version seen), each in a transaction of its own; tell what became of each.

    Call it outside of a transaction. First of all it may raise TooManyChosen, or NotFound for another office's dossier.
    """
    candidates = look_through(keys=[key for key, _version in chosen], by=by, at=at)

    def approve(key: int, version: int) -> None:
        _approve(key, version, by=by, at=at)

    return bulk.approve_each(candidates, versions=dict(chosen), approve=approve)


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
