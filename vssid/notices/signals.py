"""What happens here and may matter to those above, who are not known here."""

from django.dispatch import Signal

notices_posted = Signal()
"""Notices were posted: `notices` (rows whose `dedupe_key` was there before are among them, under keys that no row
has), `at`. Sent once for each batch, in the transaction that wrote them.
"""
