"""Field masks: `fields=number,facility.code` asks for a part of an answer."""

import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)*")
_MOST = 50

Mask = dict[str, "Mask"]


def masked(data: Any, fields: str) -> Any:
    """Return the asked fields of an answer, or of each of its results. Raises ValidationError for an unknown one."""
    mask = _mask(fields)
    if isinstance(data, dict) and isinstance(data.get("results"), list):
        return {**data, "results": [_part(row, mask) for row in data["results"]]}
    return _part(data, mask)


def _mask(fields: str) -> Mask:
    names = fields.split(",")
    if len(names) > _MOST:
        raise _unknown("")
    mask: Mask = {}
    for name in names:
        if not _NAME.fullmatch(name):
            raise _unknown(name)
        inner = mask
        for part in name.split("."):
            inner = inner.setdefault(part, {})
    return mask


def _part(data: Any, mask: Mask) -> Any:
    if isinstance(data, list):
        return [_part(row, mask) for row in data]
    if data is None or not mask:
        return data
    if not isinstance(data, dict):
        raise _unknown(next(iter(mask)))
    if unknown := [name for name in mask if name not in data]:
        raise _unknown(unknown[0])
    return {name: _part(data[name], inner) for name, inner in mask.items()}


def _unknown(name: str) -> ValidationError:
    return ValidationError({"fields": [_("The answer has no field “%(name)s”.") % {"name": name[:40]}]})
