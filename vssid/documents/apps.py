from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The document store's command."""

    name = "vssid.documents"
