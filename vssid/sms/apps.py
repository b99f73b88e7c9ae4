from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SmsConfig(AppConfig):
    """The outbox of text messages."""

    name = "vssid.sms"
    verbose_name = _("Messages")
