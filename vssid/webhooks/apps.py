from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """What applications are told by calls to their own addresses."""

    name = "vssid.webhooks"
    verbose_name = _("Webhooks")
