"""Who is logged in: user with the insured person in one query; permissions as Django's own backend gives them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef
from django.http import HttpRequest

from accounts.actions.login import check_credentials
from accounts.models import Guardianship, User
from vssid.notices.models import Notice, NoticeQuerySet
from vssid.queries import OneBy

_children = Guardianship.objects.filter(parent=OuterRef("pk"), ended_at=None)
_childrens = Guardianship.objects.filter(parent=OuterRef(OuterRef("pk")), ended_at=None).values("child_id")
_unread = Notice.objects.unread().filter(person_id=OuterRef("person_id"))
_unread_of_children = Notice.objects.unread().filter(person_id__in=_childrens, private=False)


def _number_of(notices: NoticeQuerySet) -> Func:
    """Count by a list: unlike an aggregate it needs no value of its own in the query."""
    return Func(ArraySubquery(notices.values("pk")), function="cardinality", output_field=IntegerField())


_user_with_person = OneBy(
    lambda pk: (
        User.objects.select_related("person")
        .annotate(  # type: ignore[no-redef]
            children_ids=ArraySubquery(_children.values("child_id")),
            unread=_number_of(_unread) + _number_of(_unread_of_children),
        )
        .filter(pk=pk)
    )
)


class PortalBackend(ModelBackend):
    """The portal's only backend."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return who has this user name and password; limits and audit are `actions.login.authenticate_password`."""
        if username is None or password is None:
            return None
        return check_credentials(username, password)

    def get_user(self, user_id: int) -> User | None:
        """Return the session's user, nobody when the account was closed or frozen."""
        user = _user_with_person(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: User) -> bool:  # type: ignore[override]
        """Closed and frozen accounts cannot be used."""
        return user.is_active and user.frozen_at is None
