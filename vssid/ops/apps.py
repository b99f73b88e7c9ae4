from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Registers the deployment checks."""

    name = "vssid.ops"

    def ready(self) -> None:
        from vssid.ops import checks  # noqa: F401  (registers itself)
