"""Reading the environment: a missing or malformed variable ends the start with one line that names it."""

import base64
import os
import re
import sys
from collections.abc import Callable
from typing import NoReturn, TypeVar

T = TypeVar("T")


def refuse(name: str, why: str) -> NoReturn:
    """End the process with one line about the variable `name`."""
    sys.exit(f"vssid: environment variable {name} {why}")


def text(name: str, default: str | None = None) -> str:
    """Return the variable's text; without a default it is mandatory."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        refuse(name, "is missing; see the table of settings in docs/settings.md")
    return default


def flag(name: str, *, default: bool = False) -> bool:
    """Return a yes/no variable: 1, true, yes or 0, false, no."""
    value = text(name, "1" if default else "0").lower()
    if value not in {"1", "true", "yes", "0", "false", "no"}:
        refuse(name, "must be 1 or 0")
    return value in {"1", "true", "yes"}


def words(name: str, default: str = "", *, separator: str | None = ",") -> list[str]:
    """Return a list variable, without empty members."""
    return [word.strip() for word in text(name, default).split(separator) if word.strip()]


def matching(name: str, pattern: str, why: str) -> str:
    """Return an optional variable that has the form of `pattern` where it is set, else ""."""
    value = text(name, "")
    if value and not re.fullmatch(pattern, value):
        refuse(name, why)
    return value


def number(name: str, default: int) -> int:
    """Return a whole-number variable."""
    return parsed(name, str(default), int, "must be a whole number")


def parsed(name: str, default: str, parse: Callable[[str], T], why: str) -> T:
    """Return the variable read by `parse`; what it refuses ends the start."""
    try:
        return parse(text(name, default))
    except ValueError:
        refuse(name, why)


def secret_key(name: str) -> bytes:
    """Return a mandatory 32-byte key written in base64."""
    return _decode(name, text(name))


def named_keys(name: str) -> list[tuple[str, bytes]]:
    """Return a mandatory list `id:key,id:key` of 32-byte base64 keys; the first is the one in use."""
    keys = []
    for pair in words(name, text(name)):
        key_id, colon, key = pair.partition(":")
        if not (colon and key_id.isalnum() and len(key_id) <= 16):
            refuse(name, "must look like id:key,id:key with short alphanumeric ids")
        keys.append((key_id, _decode(name, key)))
    if len({key_id for key_id, _ in keys}) != len(keys):
        refuse(name, "names one key id twice")
    return keys


def _decode(name: str, key: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    except ValueError:
        refuse(name, "is not base64")
    if len(raw) != 32:
        refuse(name, "must hold 32 bytes in base64 (python -c 'import secrets; print(secrets.token_urlsafe(32))')")
    return raw
