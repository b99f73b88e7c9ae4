from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """What the API keeps between two requests."""

    name = "vssid.api"
    verbose_name = _("API")
