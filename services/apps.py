from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    """Public services (dịch vụ công): what a citizen looks up and asks for."""

    name = "services"
    verbose_name = _("Public services")
