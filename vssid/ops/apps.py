import sys

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Registers the deployment checks, and ends the start of a process that must not run."""

    name = "vssid.ops"

    def ready(self) -> None:
        from vssid.ops import checks

        # Here and not only in `manage.py check`: web servers and workers run no checks.
        for problem in [*checks.outside_world(), *checks.proxies()]:
            sys.exit(f"vssid: {problem.msg}")
