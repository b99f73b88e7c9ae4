from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    """Public services (dịch vụ công): what a citizen looks up and asks for."""

    name = "services"
    verbose_name = _("Public services")

    def ready(self) -> None:
        from accounts.actions.archive_contents import FILES, TABLES, Part
        from services.actions import own_data

        TABLES["requests"] = Part(_("Requests for public services"), own_data.requests_of)
        TABLES["request_messages"] = Part(_("Messages about requests"), own_data.messages_of)
        FILES.append(own_data.papers_of)
