"""A model field whose text lies encrypted in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup, Transform
from django.db.models.expressions import Expression

from vssid.crypto.sealing import decrypt, encrypt

if TYPE_CHECKING:
    _Binary = models.BinaryField[Any, Any]
else:
    _Binary = models.BinaryField


class EncryptedTextField(_Binary):
    """Text sealed under "app.model.field"; read and written as str, never to be filtered by (except isnull).

    Equal texts look different in the database. To find one, keep `keyed_hash` of it in a column beside this one.
    """

    description = "Encrypted text"
    empty_strings_allowed = True
    empty_values: list[Any] = [None, ""]
    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    @property
    def context(self) -> str:
        """What the value is sealed under; bulk loaders that write rows themselves use it too."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def seal(self, text: str) -> bytes:
        """Return `text` as this column stores it."""
        return encrypt(text.encode(), context=self.context)

    def open(self, blob: bytes | memoryview) -> str:
        """Return the text of a stored value."""
        return decrypt(bytes(blob), context=self.context).decode()

    def from_db_value(
        self, value: memoryview | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> str | None:
        return None if value is None else self.open(value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = self.seal(value)
        return super().get_db_prep_value(value, connection, prepared)

    def to_python(self, value: Any) -> Any:
        return value

    def get_default(self) -> Any:
        return models.Field.get_default(self)

    def _check_str_default_value(self) -> list[CheckMessage]:
        return []

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.context} is not written in clear by dumpdata; use the encrypted backup")

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, lookup_name: str) -> type[Transform] | None:
        return None
