"""What staff see at /quan-tri/: importing registers it."""

from accounts.admin import dossiers, people, records

__all__ = ["dossiers", "people", "records"]
