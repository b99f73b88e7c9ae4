"""What staff see at /quan-tri/: importing registers it."""

from accounts.admin import dossiers, messages, people, records

__all__ = ["dossiers", "messages", "people", "records"]
