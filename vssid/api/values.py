"""Fields for what clients send in JSON: a value of another type than the description says is refused, not converted."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator, RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class Matching(RegexValidator):
    """The whole text matches the pattern, as JSON Schema's ^…$ means it: no line break at its end."""

    message = _("This value does not have the right form.")

    def __call__(self, value: Any) -> None:
        """Raise ValidationError for what does not match."""
        if not re.fullmatch(self.regex, str(value)):
            raise ValidationError(self.message, code=self.code, params={"value": value})


class Text(serializers.CharField):
    """A JSON string, kept as it is; `pattern` (with ^ and $) is what it must match."""

    def __init__(self, *, pattern: str = "", **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)
        if not self.allow_blank:
            self.validators.append(MinLengthValidator(1))
        if pattern:
            self.validators.append(Matching(pattern))

    def to_internal_value(self, data: Any) -> str:
        """Return the text; a number is none."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    """A JSON integer."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number; a text of digits is none."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Truth(serializers.BooleanField):
    """A JSON true or false."""

    def to_internal_value(self, data: Any) -> bool:
        """Return which; a word for it is none."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
