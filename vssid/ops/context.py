"""What every template may use about this deployment."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return the deployment's own facts for templates; asks no database.

    * ``operator_name``: who runs this deployment, "" for a demonstration;
    * ``operator_hotline``: the telephone number printed on pages;
    * ``demo_notice``: True while no operator is named (the page then says it is no official site);
    * ``demo``: True when ``/demo/`` is mounted;
    * ``languages``: pairs of (code, own name of the language); ``language``: the code of this page.
    """
    return {
        "operator_name": settings.OPERATOR_NAME,
        "operator_hotline": settings.OPERATOR_HOTLINE,
        "demo_notice": not settings.OPERATOR_NAME,
        "demo": settings.DEMO,
        "languages": settings.LANGUAGES,
        "language": get_language(),
    }
