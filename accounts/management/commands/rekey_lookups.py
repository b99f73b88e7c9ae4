"""Make every stored look-up hash anew after LOOKUP_KEY was replaced (docs/security.md, "Keys").

The hash of a value that is kept sealed is made from the value. Of what is kept by its hash alone the clear value is
not there: codes under way, known browsers and counted failures are deleted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Model

from accounts.models import (
    IdentityNumber,
    LoginThrottle,
    OneTimeCode,
    PartialDeclaration,
    RegistrationDossier,
    TrustedBrowser,
    User,
    VNeIDCase,
    VNeIDLink,
)
from accounts.models.registration import IdType
from insurance.models import InsuredPerson
from vssid.crypto import keyed_hash
from vssid.environment import secret_key
from vssid.errors import DomainError
from vssid.identifiers import parse_mobile

# A clear value and the kind it is hashed under.
Value = tuple[str, str | None]


@dataclass(frozen=True)
class Column:
    """A column of hashes; `values` returns, for a batch of rows, the values each row's hash may have been made of."""

    model: type[Model]
    name: str
    values: Callable[[Sequence[Any]], list[list[Value]]]
    # The value lies beside its hash; elsewhere it may be gone.
    certain: bool = False

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.name}"


def _own(kind: str, name: str) -> Callable[[Sequence[Any]], list[list[Value]]]:
    return lambda rows: [[(kind, getattr(row, name))] for row in rows]


def _typed_phone(rows: Sequence[PartialDeclaration]) -> list[list[Value]]:
    return [[("phone", _mobile(json.loads(row.typed).get("phone", "")))] for row in rows]


def _mobile(text: str) -> str | None:
    try:
        return parse_mobile(text)
    except DomainError:
        return None


def _citizen(rows: Sequence[VNeIDLink | VNeIDCase]) -> list[list[Value]]:
    """The number in the account's record, or whoever's of the records it is."""
    records = InsuredPerson.objects.filter(citizen_id_hash__in=[bytes(row.citizen_hash or b"") for row in rows])
    others: list[Value] = [("citizen_id", person.citizen_id) for person in records]
    people = InsuredPerson.objects.in_bulk([row.user.person_id for row in rows if row.user.person_id])
    own = [people.get(row.user.person_id or 0) for row in rows]
    return [[("citizen_id", person.citizen_id if person else None), *others] for person in own]


def _known_by(rows: Sequence[IdentityNumber]) -> list[list[Value]]:
    """The other numbers of the person's approved declarations."""
    found: dict[int, list[Value]] = {row.person_id: [] for row in rows}
    for dossier in RegistrationDossier.objects.filter(person__in=found):
        values = found[dossier.person_id or 0]
        values.append(("known_cmnd", dossier.old_id_number))
        if dossier.id_type == IdType.PASSPORT:
            values.append(("known_passport", dossier.id_number))
    return [found[row.person_id] for row in rows]


# Those that look at people's hashes come before the people.
COLUMNS = (
    Column(VNeIDLink, "citizen_hash", _citizen),
    Column(VNeIDCase, "citizen_hash", _citizen),
    Column(IdentityNumber, "number_hash", _known_by),
    Column(PartialDeclaration, "phone_hash", _typed_phone),
    Column(User, "phone_hash", _own("phone", "phone"), certain=True),
    Column(RegistrationDossier, "phone_hash", _own("phone", "phone"), certain=True),
    Column(RegistrationDossier, "id_number_hash", _own("id_number", "id_number"), certain=True),
    Column(InsuredPerson, "citizen_id_hash", _own("citizen_id", "citizen_id"), certain=True),
)
# Kept by hash alone.
FORGOTTEN: tuple[type[Model], ...] = (OneTimeCode, TrustedBrowser, LoginThrottle)


class Command(BaseCommand):
    """Works through each column by primary key in small transactions; started again it goes on where it was."""

    help = "Makes every look-up hash anew with LOOKUP_KEY; OLD_LOOKUP_KEY in the environment is the key before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows a transaction (default 500)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not os.environ.get("OLD_LOOKUP_KEY"):
            raise CommandError("OLD_LOOKUP_KEY is not set: the key that LOOKUP_KEY had before")
        old = secret_key("OLD_LOOKUP_KEY")
        for column in COLUMNS:
            _require_fit(column, old)
        for model in FORGOTTEN:
            count, _each = model._base_manager.all().delete()
            self.stdout.write(f"{model._meta.label}: {count} deleted, kept by hash alone")
        for column in COLUMNS:
            done, unknown = _rekey(column, old, options["batch"])
            self.stdout.write(f"{column}: {done} made anew, {unknown} of values that are not kept any more")


def _require_fit(column: Column, old: bytes) -> None:
    """Nothing is changed with a wrong key: the first value that lies beside its hash tells."""
    first = list(_rows(column).order_by("pk")[:1]) if column.certain else []
    for row, values in zip(first, column.values(first), strict=True):
        stored = bytes(getattr(row, column.name))
        if _renewed(stored, values, old) is None:
            raise CommandError(f"{column}: neither OLD_LOOKUP_KEY nor LOOKUP_KEY fits; nothing was changed")


def _rows(column: Column) -> Any:
    return column.model._base_manager.exclude(**{column.name: None})


def _rekey(column: Column, old: bytes, batch: int) -> tuple[int, int]:
    """Return how many hashes were made anew, and of how many nobody knows any more what they were made of."""
    last, done, unknown = None, 0, 0
    while True:
        last, changed, left = _batch(column, old, batch, last)
        done, unknown = done + changed, unknown + left
        if last is None:
            return done, unknown


@transaction.atomic
def _batch(column: Column, old: bytes, batch: int, last: Any) -> tuple[Any, int, int]:
    rows = _rows(column).filter(**({"pk__gt": last} if last is not None else {}))
    rows = list(rows.order_by("pk").select_for_update(of=("self",))[:batch])
    changed, unknown = [], 0
    for row, values in zip(rows, column.values(rows), strict=True):
        stored = bytes(getattr(row, column.name))
        new = _renewed(stored, values, old)
        unknown += new is None
        # A hash that nothing can equal any more is taken away where the column may be empty.
        if new != stored and (new is not None or (_may_be_empty(column) and not column.certain)):
            setattr(row, column.name, new)
            changed.append(row)
    column.model._base_manager.bulk_update(changed, [column.name])
    return (rows[-1].pk if len(rows) == batch else None), len(changed), unknown


def _may_be_empty(column: Column) -> bool:
    return bool(column.model._meta.get_field(column.name).null)


def _renewed(stored: bytes, values: Sequence[Value], old: bytes) -> bytes | None:
    """Return the new hash of whichever value `stored` was made of, by the old key or already by the new one."""
    for kind, value in values:
        if value:
            new = keyed_hash(value, kind=kind)
            if stored in (new, keyed_hash(value, kind=kind, key=old)):
                return new
    return None
