"""An archive's file: a ZIP of data, a CSV a table, photos, papers, summary.pdf, README.txt and a signed manifest."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.actions.archive_contents import TABLES, Table
from accounts.models import User
from insurance.card_tokens import sign_files
from insurance.reads.contributions import FUND_NAMES, summary_of
from vssid.documents.pdf import render_pdf
from vssid.documents.tables import csv_lines

FORMAT = 1
"""Raised when the tables or the manifest change their form."""


def packed(
    *, user: User, tables: Mapping[str, Table], attached: Mapping[str, bytes], language: str, at: datetime
) -> bytes:
    """Return the ZIP. Raises `PdfUnavailable`."""
    files = {"data.json": _json({"format": FORMAT, "made_at": at, "tables": tables})}
    files |= {f"csv/{name}.csv": _csv(rows) for name, rows in tables.items()}
    files |= attached
    files["summary.pdf"] = _summary(user, tables, language, at)
    keys = f"{settings.PUBLIC_BASE_URL}{reverse('insurance:jwks')}"
    files["README.txt"] = render_to_string("documents/archive_readme.txt", {"keys": keys}).encode()
    manifest = _json(
        {"format": FORMAT, "made_at": at, "files": {name: sha256(data).hexdigest() for name, data in files.items()}}
    )
    files |= {"manifest.json": manifest, "manifest.jws": sign_files(manifest).encode()}
    return _zipped(files, at)


def _json(content: Any) -> bytes:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _csv(rows: Table) -> bytes:
    """Return the rows under their names; an empty table is an empty file but for its mark."""
    if not rows:
        return b"".join(csv_lines([]))
    return b"".join(csv_lines([list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]))


def _cell(value: Any) -> str | int:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | str):
        return value
    return str(value) if isinstance(value, Decimal) else str(value.isoformat())


def _summary(user: User, tables: Mapping[str, Table], language: str, at: datetime) -> bytes:
    totals = summary_of(user.person_id or 0)
    context = {
        "person": user.person,
        "profile": tables["profile"][0],
        "at": at,
        "counts": [(TABLES[name].title, len(rows)) for name, rows in tables.items()],
        "totals": [(FUND_NAMES[kind], total.months, total.owed_months) for kind, total in totals.items()],
        "cards": tables["cards"],
    }
    return render_pdf("documents/archive.html", context, language=language)


def _zipped(files: Mapping[str, bytes], at: datetime) -> bytes:
    """Pack in memory: clear data never lies on a disk."""
    packed_into = io.BytesIO()
    moment = timezone.localtime(at).timetuple()[:6]
    with zipfile.ZipFile(packed_into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, moment), data, zipfile.ZIP_DEFLATED)
    return packed_into.getvalue()
