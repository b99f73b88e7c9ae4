from django.apps import AppConfig


class VssidConfig(AppConfig):
    """The project package itself: commands and shared translations."""

    name = "vssid"
