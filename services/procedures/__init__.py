"""The register of public services: every module in `catalogue/` is one, found by itself.

A module exports `PROCEDURE` (and `EARLIER`, a tuple of its former versions while requests of them are open) or
`ELSEWHERE`.
Adding a service is adding a file; docs/procedures.md shows how.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from services.procedures import catalogue
from services.procedures.definition import SECTIONS, DefinitionInvalid, Elsewhere, Procedure, Words, validate


class UnknownProcedure(LookupError):
    """No service has this code, or this version of it is gone."""


@cache
def every() -> Mapping[str, Procedure]:
    """All definitions by key (`code@version`), checked. Raises DefinitionInvalid."""
    found: dict[str, Procedure] = {}
    for procedure in _exported():
        validate(procedure)
        if procedure.key in found:
            raise DefinitionInvalid(f"{procedure.key}: there are two of it")
        found[procedure.key] = procedure
    return MappingProxyType(found)


@cache
def offered() -> tuple[Procedure, ...]:
    """What can be filed today: the newest version of each, by code."""
    newest: dict[str, Procedure] = {}
    for procedure in every().values():
        if procedure.code not in newest or newest[procedure.code].version < procedure.version:
            newest[procedure.code] = procedure
    return tuple(newest[code] for code in sorted(newest))


@cache
def elsewhere() -> tuple[Elsewhere, ...]:
    """Services with pages of their own."""
    return tuple(module.ELSEWHERE for module in _modules() if hasattr(module, "ELSEWHERE"))


def sections(listed: Sequence[Procedure | Elsewhere]) -> list[tuple[Words, list[Procedure | Elsewhere]]]:
    """The services under their headings, in the order of `SECTIONS`; headings without any are left out."""
    found = [(name, [one for one in listed if one.section == key]) for key, name in SECTIONS.items()]
    return [(name, under) for name, under in found if under]


def get(code: str, version: int | None = None) -> Procedure:
    """The service with a code, the newest version unless one is named. Raises UnknownProcedure."""
    for procedure in offered() if version is None else every().values():
        if procedure.code == code and version in {None, procedure.version}:
            return procedure
    raise UnknownProcedure(code)


def _modules() -> Iterator:
    for module in sorted(iter_modules(catalogue.__path__), key=lambda module: module.name):
        yield import_module(f"{catalogue.__name__}.{module.name}")


def _exported() -> Iterator[Procedure]:
    for module in _modules():
        if hasattr(module, "PROCEDURE"):
            yield module.PROCEDURE
            yield from getattr(module, "EARLIER", ())
