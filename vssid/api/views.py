"""The API's own description, for programs and for people."""

import hashlib
import json
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_safe

from vssid.api import problem_types, reference
from vssid.api.schema import document


def _etag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(_bytes()).hexdigest()[:32]}"'


def _bytes() -> bytes:
    return json.dumps(document(get_language() or "en"), ensure_ascii=False).encode()


@login_not_required
@require_safe
@condition(etag_func=_etag)
def schema(request: HttpRequest) -> HttpResponse:
    """Answer the OpenAPI document in the reader's language."""
    return HttpResponse(_bytes(), content_type="application/json", headers={"Cache-Control": "public, max-age=300"})


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the same document to people."""
    return render(request, "api/docs.html", _shown(get_language() or "en"))


@login_not_required
@require_safe
def problems(request: HttpRequest, code: str = "") -> HttpResponse:
    """Tell people what the types of errors mean, all or one, and what a program does then."""
    kinds = [kind for kind in problem_types.kinds() if code in {"", kind.code}]
    if not kinds:
        raise Http404
    return render(request, "api/problems.html", {"kinds": kinds, "code": code})


@cache
def _shown(language: str) -> dict[str, Any]:
    described = document(language)
    return {
        "info": described["info"],
        "scopes": reference.scopes(described),
        "problems": problem_types.kinds(),
        "subjects": reference.subjects(described),
    }
