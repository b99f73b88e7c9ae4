"""What a kind of records is to the importer: how a row is read, when the database refuses it, how it is merged.

Rows go by COPY into a temporary table `incoming` (line number first), are checked and merged there as sets. Every merge
is an upsert by the source's own key and leaves rows alone that are already so: importing twice changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insurance.actions.records.fields import Row, Value


@dataclass(frozen=True, slots=True)
class Check:
    """A question to the database: the lines that `sql` selects are refused."""

    field: str
    message: str | Promise
    sql: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of records. Rows with the same `together` column in a row stay in one batch.

    `columns` are those of `table`, in the order in which `read` answers; `required` and `optional` are those of a
    file. The last statement of `merge` writes the records as `target`; where a person is told of what came in, `news`
    is the condition on a written row for it. `clash` is asked only when a constraint of the database has refused the
    batch: it names the rows that must stay out so that the others can come in.
    """

    columns: tuple[str, ...]
    required: frozenset[str]
    together: str
    table: str
    read: Callable[[Row], tuple[Value, ...]]
    checks: tuple[Check, ...]
    merge: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    clash: Check | None = None
    news: str = ""


def repeated(*key: str, field: str = "") -> Check:
    """A batch is merged by one statement, which may touch a row of the table once."""
    return Check(
        field or key[-1],
        _("This key appears more than once."),
        f"SELECT line FROM (SELECT line, count(*) OVER (PARTITION BY {', '.join(key)}) AS times FROM incoming) t"  # noqa: S608
        " WHERE times > 1",
    )


def unknown(field: str, table: str, key: str, message: str | Promise) -> Check:
    return Check(
        field,
        message,
        f"SELECT line FROM incoming WHERE {field} IS NOT NULL"  # noqa: S608 - our own names
        f" AND NOT EXISTS (SELECT FROM {table} WHERE {table}.{key} = incoming.{field})",
    )


UNKNOWN_PERSON = unknown(
    "bhxh_code", "insurance_insuredperson", "bhxh_code", _("Nobody has this social insurance code.")
)
UNKNOWN_FACILITY = unknown("facility", "insurance_facility", "code", _("There is no facility with this code."))
