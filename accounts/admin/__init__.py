"""What staff see at /quan-tri/: importing registers it."""

from accounts.admin import applications, dossiers, incidents, messages, people, records

__all__ = ["applications", "dossiers", "incidents", "messages", "people", "records"]
