"""Public services for citizens: the list, filing, and following one's own requests."""

from services.views.filing import confirm, file, papers
from services.views.own import report, request_page, services, slip_picture

__all__ = ["confirm", "file", "papers", "report", "request_page", "services", "slip_picture"]
