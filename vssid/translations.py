"""The catalogues of the user interface: extraction, completeness and compilation, without a system gettext.

English message ids, Vietnamese catalogues complete. One catalogue a package; templates belong to the catalogue of their
folder (see CATALOGUES). Extraction is Babel's, templates go through Django's own `templatize`.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import gettext_noop, ngettext_lazy, templatize

LOCALE = "vi"
TEMPLATES = "templates"
# Package → folders of templates/ whose text it holds; the first package takes the rest.
CATALOGUES = {
    "vssid": (),
    "accounts": ("accounts", "admin"),
    "insurance": ("insurance",),
    "services": ("services",),
}
# Words that Django's Vietnamese lacks or says oddly, ours among them: this catalogue is asked before Django's.
DJANGOS = (
    gettext_noop("History"),
    gettext_noop("Add %(name)s"),
    gettext_noop("Remove"),
    gettext_noop("Search"),
    gettext_noop("Show all"),
    gettext_noop("active"),
    gettext_noop("name"),
    gettext_noop("users"),
    gettext_noop("Action:"),
    gettext_noop("Go"),
    gettext_noop("Breadcrumbs"),
    gettext_noop("Show counts"),
    gettext_noop("Hide counts"),
    gettext_noop("Added:"),
    gettext_noop("Changed:"),
    gettext_noop("Deleted:"),
    ngettext_lazy("Please correct the error below.", "Please correct the errors below."),
)
API = settings.BASE_DIR / "docs" / "api" / "openapi.json"
KEYWORDS = {
    "_": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def catalogue_path(package: str) -> Path:
    """Return the path of a package's Vietnamese catalogue."""
    return settings.BASE_DIR / package / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def extracted(package: str) -> Catalog:
    """Return every message of the package: what its code and templates use, for vssid the API's description, too."""
    catalogue = _in_sources(package)
    if package == "vssid":
        every = [catalogue, *(_in_sources(other) for other in CATALOGUES if other != package)]
        known = {message.id for one in every for message in one}
        for text in _descriptions(json.loads(API.read_text("utf-8"))):
            # What the code translates itself is known, or begins with a sentence that is.
            if not {text, text.partition(". ")[0] + "."} & known:
                catalogue.add(text, locations=[(API.relative_to(settings.BASE_DIR).as_posix(), 0)])
    return catalogue


def _in_sources(package: str) -> Catalog:
    catalogue = Catalog(locale=LOCALE, project="VssID Portal", charset="utf-8")
    for path in _sources(package):
        text = path.read_text("utf-8")
        if path.suffix != ".py":
            text = templatize(text, origin=str(path))
        place = path.relative_to(settings.BASE_DIR).as_posix()
        for _line, message, comments, context in extract(
            "python", io.BytesIO(text.encode()), KEYWORDS, comment_tags=("Translators:",)
        ):
            catalogue.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalogue


def _descriptions(part: Any) -> Iterator[str]:
    """Yield what an OpenAPI document says in words; most of it stands as docstrings in the code."""
    if isinstance(part, dict):
        if isinstance(part.get("description"), str) and part["description"]:
            yield part["description"]
        part = [inner for name, inner in part.items() if name not in {"example", "examples"}]
    if isinstance(part, list):
        for inner in part:
            yield from _descriptions(inner)


def stored(package: str) -> Catalog:
    """Return the package's catalogue as it lies in the repository, empty when there is none."""
    path = catalogue_path(package)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def updated(package: str) -> Catalog:
    """Return the stored catalogue brought to today's messages; what is no longer used is gone."""
    catalogue = stored(package)
    catalogue.update(extracted(package), no_fuzzy_matching=True, keep_user_comments=False)
    catalogue.obsolete.clear()
    return catalogue


def problems(package: str) -> Iterator[str]:
    """Name what keeps the stored catalogue from being complete: missing, empty or unused messages."""
    old, new = stored(package), extracted(package)
    old_ids = {(message.id, message.context) for message in old if message.id}
    new_ids = {(message.id, message.context) for message in new if message.id}
    yield from (f"{package}: not in the catalogue: {key[0]!r}" for key in new_ids - old_ids)
    yield from (f"{package}: no longer used: {key[0]!r}" for key in old_ids - new_ids)
    for message in old:
        if message.id and (message.fuzzy or not all(_strings(message.string))):
            yield f"{package}: not translated: {message.id!r}"


def save(package: str, catalogue: Catalog) -> None:
    """Write the catalogue; packages without messages get none."""
    if not any(message.id for message in catalogue):
        return
    path = catalogue_path(package)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, sort_output=True, omit_header=False, include_lineno=False, width=120)


def compile_all() -> None:
    """Write the `.mo` beside each `.po`, unless it is younger already."""
    for package in CATALOGUES:
        source = catalogue_path(package)
        target = source.with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
            with target.open("wb") as file:
                write_mo(file, stored(package))


def _strings(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string or "",) if isinstance(string, str | None) else tuple(string)


def _sources(package: str) -> Iterator[Path]:
    for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path
    root = settings.BASE_DIR / TEMPLATES
    owner = {folder: name for name, folders in CATALOGUES.items() for folder in folders}
    for path in sorted([*root.rglob("*.html"), *root.rglob("*.txt"), *root.rglob("*.svg")]):
        if owner.get(path.relative_to(root).parts[0], "vssid") == package:
            yield path
