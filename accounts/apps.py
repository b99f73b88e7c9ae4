from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who may come in and act: people, staff, registration, codes, passwords, VNeID."""

    default = True
    name = "accounts"
    verbose_name = _("Accounts and registration")

    def ready(self) -> None:
        from accounts.actions.arrivals import tell_of_records
        from accounts.actions.deliveries import spread
        from accounts.actions.events import dossier_changed
        from accounts.dossiers.signals import dossier_moved
        from accounts.models import RegistrationDossier
        from insurance.signals import records_arrived
        from vssid.notices.signals import notices_posted

        records_arrived.connect(tell_of_records, dispatch_uid="accounts.arrivals")
        dossier_moved.connect(dossier_changed, sender=RegistrationDossier, dispatch_uid="accounts.events")
        notices_posted.connect(spread, dispatch_uid="accounts.deliveries")


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django's admin with the portal's own site as the default one."""

    default = False
    default_site = "accounts.admin_site.PortalAdminSite"
