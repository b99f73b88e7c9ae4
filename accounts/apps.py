from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who may come in and act: people, staff, registration, codes, passwords, VNeID."""

    name = "accounts"
    verbose_name = _("Accounts and registration")
