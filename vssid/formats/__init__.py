"""Dates as the contract shows them, in both languages; Django's own pages ask here."""
