from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class VssidConfig(AppConfig):
    """The project package itself: commands and shared translations."""

    default = True
    name = "vssid"


class PortalStaticFilesConfig(StaticFilesConfig):
    """Static files without the parts of libraries that no page uses."""

    default = False
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework", "oauth2_provider", "*es-bundle*"]
