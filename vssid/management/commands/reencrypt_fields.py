"""Seal every encrypted column anew with the first key, so that an old key can be taken away.

Stored files are sealed with the same keys; `vssid.documents` re-encrypts those.
"""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, models, transaction

from vssid.crypto import EncryptedTextField, current_header


class Command(BaseCommand):
    """Works through each table by primary key in small transactions; started again it goes on where it was."""

    help = "Re-encrypts all encrypted columns with the first key of FIELD_ENCRYPTION_KEYS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows a transaction (default 500)")

    def handle(self, *args: Any, **options: Any) -> None:
        for field in encrypted_fields():
            count = reencrypt(field, batch=options["batch"])
            self.stdout.write(f"{field.context}: {count} sealed anew")


def encrypted_fields() -> list[EncryptedTextField]:
    """Return every encrypted column of every table once."""
    models_with_table = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    return [
        field
        for model in models_with_table
        if model._meta.managed
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def reencrypt(field: EncryptedTextField, *, batch: int) -> int:
    """Seal the column's values that another key sealed; return how many there were."""
    done, last = 0, None
    while rows := _next_rows(field, last, batch):
        done += len(rows)
        last = rows[-1]
    return done


@transaction.atomic
def _next_rows(field: EncryptedTextField, last: Any, batch: int) -> list[Any]:
    """Re-encrypt up to `batch` rows behind primary key `last`; return their keys in order."""
    table, key, column = _names(field.model, field)
    header = current_header()
    after = f"AND {key} > %s" if last is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608  # quoted names of our models
            f" AND substring({column} FOR {len(header)}) <> %s {after} ORDER BY {key} LIMIT {batch:d} FOR UPDATE",
            [header] if last is None else [header, last],
        )
        rows = [(field.seal(field.open(blob)), pk) for pk, blob in cursor.fetchall()]
        cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", rows)  # noqa: S608
    return [pk for _, pk in rows]


def _names(model: type[models.Model], field: EncryptedTextField) -> tuple[str, str, str]:
    names = model._meta.db_table, model._meta.pk.column, field.column
    table, key, column = (connection.ops.quote_name(str(name)) for name in names)
    return table, key, column
