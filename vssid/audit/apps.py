from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did and who read what."""

    name = "vssid.audit"
