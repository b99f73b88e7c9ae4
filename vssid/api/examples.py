"""Examples for the API's description; nobody in them is real."""

from typing import Any

from drf_spectacular.utils import OpenApiExample


def answered(value: Any, name: str = "Answer") -> OpenApiExample:
    """Return an answer."""
    return OpenApiExample(name, value, response_only=True)


def page(row: Any) -> OpenApiExample:
    """Return an answer: a page of a list with this one result."""
    return answered({"next": None, "previous": None, "results": [row]})


def asked(value: Any, name: str = "Request") -> OpenApiExample:
    """Return what is sent."""
    return OpenApiExample(name, value, request_only=True)
