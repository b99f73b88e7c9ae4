"""Answers that a program sends: first they must have the form that the procedure's JSON Schema says."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from jsonschema import Draft202012Validator, ValidationError

from services.procedures.definition import Procedure
from services.procedures.known import Known
from services.procedures.schemas import schema_of
from services.rules.answers import AnswersInvalid, Register, Wrong, read
from vssid.errors import DomainError


def read_json(procedure: Procedure, given: Any, *, known: Known, register: Register) -> dict[str, Any]:
    """Return the answers in their final form, as `read` does. Raises AnswersInvalid.

    Unknown names, other types and other forms than the schema's are refused here; what is missing, too large or not to
    be chosen is judged by `read`, as on the pages.
    """
    errors: dict[str, DomainError] = {}
    for found in Draft202012Validator(schema_of(procedure, words=False)).iter_errors(given):
        errors.update(_wrong(found))
    if errors:
        raise AnswersInvalid(errors)
    assert isinstance(given, Mapping)
    return read(procedure, given, known=known, register=register)


def _wrong(found: ValidationError) -> Iterator[tuple[str, DomainError]]:
    path = ".".join(str(part) for part in found.absolute_path)
    if found.validator == "additionalProperties":
        for name in sorted(found.instance.keys() - found.schema["properties"].keys()):
            yield ".".join(filter(None, (path, name[:40]))), Wrong(_("There is no such field."))
    elif found.validator == "type":
        yield path or "answers", Wrong(_("This must be of the type %(type)s."), type=found.validator_value)
    elif found.validator == "pattern":
        yield path, Wrong(_("This must have the form %(pattern)s."), pattern=found.validator_value)
