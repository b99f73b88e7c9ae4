"""What happens to dossiers and may matter to those above, who are not known here."""

from django.dispatch import Signal

dossier_moved = Signal()
"""A dossier was saved in another state: `dossier`, `at`. Sent in the transaction of the change."""
