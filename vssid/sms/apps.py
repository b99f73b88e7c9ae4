from django.apps import AppConfig


class SmsConfig(AppConfig):
    """The outbox of text messages."""

    name = "vssid.sms"
