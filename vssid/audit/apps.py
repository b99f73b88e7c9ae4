from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Who did and who read what."""

    name = "vssid.audit"
    verbose_name = _("Audit log")
