"""Migrations may run while the portal is in use: the code of before works on the tables of after, locks are short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres import operations as concurrent
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

# Written before anything was published: no table of theirs held a row when they ran.
BEFORE_THE_FIRST_RELEASE = {
    ("accounts", "0004_registration_complete"), ("accounts", "0005_figures"), ("accounts", "0007_queue"),
    ("accounts", "0008_partial_child"), ("accounts", "0011_decided_index"), ("accounts", "0013_vneid"),
    ("accounts", "0015_codes"), ("audit", "0002_decisions"), ("insurance", "0007_withdrawn_prints"),
    ("insurance", "0010_reference"), ("insurance", "0013_looking_up_places"), ("insurance", "0015_standard_rates"),
    ("services", "0002_waiting"), ("services", "0004_scanned"),
}  # fmt: skip
LOCKING_SQL = re.compile(r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)|LOCK TABLE|SET NOT NULL", re.IGNORECASE)


def migrations() -> Iterator[tuple[tuple[str, str], Any]]:
    """Ours, with their keys."""
    own = {config.label for config in apps.get_app_configs() if str(settings.BASE_DIR) in config.path}
    own = {label for label in own if ".venv" not in apps.get_app_config(label).path}
    for key, migration in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()):
        if key[0] in own:
            yield key, migration


def complaints(migration: Any) -> list[str]:
    """What of a migration would stop the portal or the code of before."""
    new = {op.name.lower() for op in migration.operations if isinstance(op, ops.CreateModel)}
    found = []
    for op in migration.operations:
        model = getattr(op, "model_name", getattr(op, "name", ""))
        if str(model).lower() not in new:
            found += [f"{type(op).__name__} {model}: {why}" for why in _reasons(op)]
        if not op.reversible:
            found.append(f"{type(op).__name__}: cannot be taken back")
    locked = {op.model_name.lower() for op in migration.operations if isinstance(op, LOCKING)} - new
    if migration.atomic and len(locked) > 1:
        found.append(f"holds {', '.join(sorted(locked))} at once: who holds one and wants another is thrown out")
    if not migration.atomic and any(not isinstance(op, CONCURRENT) for op in migration.operations):
        found.append("what is not atomic makes indexes concurrently and nothing else")
    return found


LOCKING = (ops.AddField, ops.RemoveField, ops.AddConstraint, ops.RemoveConstraint)
CONCURRENT = (concurrent.AddIndexConcurrently, concurrent.RemoveIndexConcurrently, ops.RunPython, ops.RunSQL)


def _reasons(op: Any) -> Iterator[str]:
    if isinstance(op, ops.AddIndex) and not isinstance(op, CONCURRENT):
        yield "AddIndexConcurrently lets people write meanwhile"
    if isinstance(op, ops.AddField) and not op.field.many_to_many:
        if not op.field.null and op.field.db_default is NOT_PROVIDED:
            yield "the code of before leaves the column out: null or db_default"
        if op.field.unique or (op.field.db_index and op.field.get_internal_type() != "ForeignKey"):
            yield "the index of a column in use is made concurrently, by a migration of its own"
    if isinstance(op, ops.AddConstraint) and not isinstance(op, concurrent.AddConstraintNotValid):
        if isinstance(op.constraint, models.CheckConstraint):
            yield "AddConstraintNotValid, then ValidateConstraint in the next migration"
        else:
            yield "its index is made concurrently first"
    if isinstance(op, ops.RemoveField | ops.RenameField | ops.RenameModel | ops.DeleteModel):
        yield "the code of before still uses it"
    if isinstance(op, ops.RunSQL) and LOCKING_SQL.search(str(op.sql)):
        yield "a lock while the table is read through"


def test_migrations_keep_the_portal_in_use() -> None:
    found = {key: complaints(migration) for key, migration in migrations() if key not in BEFORE_THE_FIRST_RELEASE}
    assert {key: said for key, said in found.items() if said} == {}


def test_what_went_before_is_still_there() -> None:
    assert {key for key, _migration in migrations()} >= BEFORE_THE_FIRST_RELEASE


TEXT = models.CharField(max_length=40)
MORE = models.CheckConstraint(condition=models.Q(moves__gte=0), name="more")


@pytest.mark.parametrize(
    ("operation", "atomic"),
    [
        (ops.AddField("user", "called", TEXT), True),
        (ops.AddField("user", "called", models.CharField(max_length=40, null=True, unique=True)), True),
        (ops.AddIndex("user", models.Index(fields=["email"], name="x")), True),
        (ops.AddConstraint("user", MORE), True),
        (ops.AddConstraint("user", models.UniqueConstraint(fields=["email"], name="x")), True),
        (ops.RemoveField("user", "email"), True),
        (ops.RenameField("user", "email", "mail"), True),
        (ops.RunSQL("CREATE INDEX x ON accounts_user (email)", "DROP INDEX x"), True),
        (ops.RunPython(lambda apps, editor: None), True),
        (ops.AddField("user", "called", models.CharField(max_length=40, null=True)), False),
    ],
)
def test_what_would_stop_the_portal_is_found(operation: Any, atomic: bool) -> None:
    migration = ops_of(operation)
    migration.atomic = atomic
    assert complaints(migration)


def ops_of(operation: Any) -> Migration:
    migration = Migration("9999_sample", "accounts")
    migration.operations = [operation]
    return migration
