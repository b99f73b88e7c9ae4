from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    """Public services (dịch vụ công): what a citizen looks up and asks for."""

    name = "services"
    verbose_name = _("Public services")

    def ready(self) -> None:
        from services import procedures

        # A definition that contradicts itself ends the start.
        procedures.every()

        from accounts.actions.archive_contents import FILES, TABLES, Part
        from accounts.actions.events import request_changed
        from accounts.dossiers.signals import dossier_moved
        from services.actions import own_data
        from services.models import ServiceRequest

        dossier_moved.connect(request_changed, sender=ServiceRequest, dispatch_uid="services.events")

        TABLES["requests"] = Part(_("Requests for public services"), own_data.requests_of)
        TABLES["request_messages"] = Part(_("Messages about requests"), own_data.messages_of)
        FILES.append(own_data.papers_of)
