"""Deciding several dossiers at once: only those in which nothing is left to look at (security.md T67)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.dossiers.models import Dossier
from vssid.errors import Conflict, DomainError, NotFound

AT_MOST = 20

D = TypeVar("D", bound=Dossier)


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
class Candidate(Generic[D]):
    """A chosen dossier and why it cannot be approved together with others, empty when it can."""

    dossier: D
    why_not: str | Promise


@dataclass(frozen=True)
class Outcome:
    """What became of one dossier; `error` is empty when it is approved."""

    key: int
    number: str
    error: str


def look_through(
    dossiers: QuerySet[D], *, keys: Sequence[int], why_not: Callable[[D], str | Promise]
) -> list[Candidate[D]]:
    """Return the chosen ones of `dossiers` in the order of the queue.

    Raises TooManyChosen; NotFound when one is not among `dossiers`.
    """
    if len(set(keys)) > AT_MOST:
        raise TooManyChosen
    found = dossiers.filter(pk__in=keys).order_by("submitted_at", "pk")
    candidates = [Candidate(dossier, why_not(dossier)) for dossier in found]
    if len(candidates) < len(set(keys)):
        raise NotFound
    return candidates


def approve_each(
    candidates: Sequence[Candidate[D]], *, versions: dict[int, int], approve: Callable[[int, int], None]
) -> list[Outcome]:
    """Call `approve` with key and version seen of each dossier, and tell what became of each."""
    numbers = {one.dossier.pk: one.dossier.number or "" for one in candidates}
    outcomes = []
    for key, version in versions.items():
        try:
            approve(key, version)
        except DomainError as error:
            outcomes.append(Outcome(key, numbers[key], str(error)))
        else:
            outcomes.append(Outcome(key, numbers[key], ""))
    return outcomes
