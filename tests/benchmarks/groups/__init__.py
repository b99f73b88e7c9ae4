"""The groups; a new one is a new file here."""
