"""What every view of one person's records shares."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from insurance.actions.reading import note_reading
from insurance.models import InsuredPerson
from vssid.api.base import ApiView
from vssid.errors import NotFound

PAGE = 500
"""How many rows a page of records holds."""


class PersonView(ApiView):
    """A view of one person's records; which person is the token's affair. Each reading is written down."""

    required_scopes: tuple[str, ...]

    def person(self, request: Request) -> InsuredPerson:
        """Return the person the token speaks for; a token of a system speaks for nobody."""
        person: InsuredPerson | None = getattr(request._request, "insured_person", None)
        if person is None:
            raise NotFound
        token: Any = request.auth
        client = token.application.client_id
        note_reading(application=client, person_id=person.pk, data=self.required_scopes[0], at=timezone.now())
        return person
