"""The browsers' sessions, each with whose it is, so that people see theirs and end one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from vssid.crypto import keyed_hash


class SessionQuerySet(models.QuerySet["Session"]):
    """Whose sessions."""

    def alive(self, user: Any, *, at: datetime) -> Self:
        """Those in which somebody is logged in, newest use first; `user` is a User."""
        idle = at - timedelta(seconds=settings.IDLE_SECONDS)
        return self.filter(user=user, expire_date__gt=at, seen_at__gte=idle).order_by("-seen_at")


class Session(AbstractBaseSession):
    """Django's session with the account it is logged in to, since when, how and on what device (rules/devices.py).

    `vneid_sid` is VNeID's own name of the session that it opened, if it told one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=10, blank=True)
    device = models.CharField(max_length=40, blank=True)
    vneid_sid = models.CharField(max_length=255, blank=True, default="", db_default="")

    objects: ClassVar = BaseSessionManager.from_queryset(SessionQuerySet)()

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("session")  # type: ignore[assignment]
        verbose_name_plural = _("sessions")  # type: ignore[assignment]
        indexes: ClassVar = [
            models.Index(fields=["vneid_sid"], condition=~models.Q(vneid_sid=""), name="accounts_session_vneid_sid")
        ]

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the store that writes these rows (Django asks for it)."""
        from accounts.session_store import SessionStore  # the store needs this model

        return SessionStore

    @property
    def handle(self) -> str:
        """How a page names this session: the key itself would open it."""
        return keyed_hash(self.session_key, kind="session").hex()[:32]
