"""The admin at /quan-tri/: Django's own, behind a second factor."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(AdminSite):
    """The back office."""

    site_title = _("Administration")
    site_header = _("Administration")
    index_title = _("Administration")
    enable_nav_sidebar = False


class PortalAdminConfig(AdminConfig):
    """Makes the portal's site the default one."""

    default_site = "accounts.admin_site.PortalAdminSite"
