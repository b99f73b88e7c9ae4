"""Migrations as a next release might bring them, on top of those that are there; the running server knows none."""

import pkgutil
from importlib import import_module


def latest(app: str) -> tuple[str, str]:
    """The last migration that the application has now."""
    names = [module.name for module in pkgutil.iter_modules(import_module(f"{app}.migrations").__path__)]
    return app, max(names)
