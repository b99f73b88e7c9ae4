"""What staff see at /quan-tri/: importing registers it."""

from accounts.admin import dossiers, incidents, messages, people, records

__all__ = ["dossiers", "incidents", "messages", "people", "records"]
