"""What the list of dossiers has to know of registrations: their marks, and how one is searched for."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy

from accounts.admin import queue
from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier
from accounts.models.registration import Mark
from vssid.crypto import keyed_hash
from vssid.errors import DomainError
from vssid.identifiers import parse_mobile
from vssid.templatetags.portal import grouped

BARE = Func(F("full_name"), function="accounts_bare", output_field=TextField())
# The same, but of no index, so that a search can do without it.
MET = Concat(BARE, Value(""), output_field=TextField())
# A name is frequent that one in FREQUENT of the SAMPLE newest dossiers has.
SAMPLE, FREQUENT = 400, 40


def _find(
    dossiers: QuerySet[RegistrationDossier], words: str, offices: list[str], now: datetime
) -> QuerySet[RegistrationDossier]:
    return dossiers.alias(met=MET).filter(_fits(words, offices, now))


def _fits(words: str, offices: list[str], now: datetime) -> Q:
    """Numbers are looked up as what they can be; anything else is part of a name, with or without diacritics."""
    dense = re.sub(r"[\s.]", "", words)
    number = queue.numbered(words, "GD", offices, now)
    if number is not None:
        return number
    if not dense.isdecimal() or not dense.isascii():
        return _named(" ".join(words.split()))
    match = Q(bhxh_code=dense) | Q(id_number_hash=keyed_hash(dense, kind="id_number"))
    try:
        return match | Q(phone_hash=keyed_hash(parse_mobile(dense), kind="phone"))
    except DomainError:
        return match


def _named(words: str) -> Q:
    """A rare name is read from its index; a frequent one is soon met on the way through the list in its order.

    The planner cannot tell which is which, so the newest dossiers are asked first: the index gathers all that a word is
    in before the first of them is read. It knows nothing shorter than three letters.
    """
    name = Func(Value(words), function="accounts_bare", output_field=TextField())
    sent = RegistrationDossier.objects.exclude(status=DossierStatus.DRAFT)
    if len(words) > 2 and not _frequent(name, sent):
        keys = list(sent.alias(bare=BARE).filter(bare__contains=name).values_list("pk", flat=True)[: queue.COUNTED + 1])
        if len(keys) <= queue.COUNTED:
            return Q(pk__in=keys)
    return Q(met__contains=name)


def _frequent(name: Any, sent: QuerySet[RegistrationDossier]) -> bool:
    newest = RegistrationDossier.objects.filter(pk__in=sent.order_by("-pk").values("pk")[:SAMPLE])
    return newest.alias(met=MET).filter(met__contains=name).count() * FREQUENT >= SAMPLE


def _cells(dossier: RegistrationDossier) -> dict[str, Any]:
    proof = [dossier.get_identity_method_display()]
    if dossier.identity_document:
        proof.append(dossier.get_identity_document_display())
    return {
        "name": dossier.full_name,
        "detail": grouped(dossier.bhxh_code),
        "marks": [Mark(mark).label for mark in dossier.marks],
        "proof": ": ".join(map(str, proof)),
    }


REGISTRATIONS = queue.Desk(
    model=RegistrationDossier,
    title=gettext_lazy("Registration dossiers"),
    search_word=gettext_lazy("Number, social insurance code, phone or name"),
    sort_word=gettext_lazy("Mark"),
    sorts=lambda: Mark.choices,
    of_sort=lambda dossiers, mark: dossiers.filter(marks__contains=[mark]),
    find=_find,
    cells=_cells,
    name_word=gettext_lazy("Full name"),
    proof_word=gettext_lazy("Identity"),
    automatic_word=gettext_lazy("Opened at once by VNeID"),
    bulk_word=gettext_lazy(
        "The identity is recorded, the insurance record agrees and nothing is marked. Each approval opens an account "
        "and sends its login data at once."
    ),
)
