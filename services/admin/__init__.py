"""What staff see of public services at /quan-tri/: importing registers it."""

from services.admin import help, payments, requests

__all__ = ["help", "payments", "requests"]
