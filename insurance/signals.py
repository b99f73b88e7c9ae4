"""What happens here and may matter to those above, who are not known here."""

from django.dispatch import Signal

records_arrived = Signal()
"""New records of persons came in: `kind` (a key of IMPORT_KINDS), `person_ids`, `at` the time of the import.

Sent once for each batch, inside the transaction that wrote the rows: what a receiver writes is kept or lost with them.
"""
