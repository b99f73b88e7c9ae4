"""Users: citizens (user name = BHXH code, linked to an insured person) and staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from insurance.models import InsuredPerson, Office
from vssid.crypto import EncryptedTextField, keyed_hash


class UserManager(BaseUserManager["User"]):
    """Makes users; whoever needs rules (credentials, notices) goes through the actions."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Create and return a user; without a password nobody can log in by one."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Create and return an administrator of the whole installation."""
        return self.create_user(username, password, **{**fields, "is_staff": True, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in.

    A citizen has `person` and a BHXH code as user name; staff have neither and see only the offices they are posted to.
    `session_version` is part of the session's hash: raising it ends every session at once.
    """

    username = models.CharField(_("user name"), max_length=40, unique=True)
    person = models.OneToOneField(
        InsuredPerson, on_delete=models.PROTECT, null=True, blank=True, related_name="user", verbose_name=_("person")
    )
    full_name = models.CharField(_("full name"), max_length=120)
    phone = EncryptedTextField(_("phone"), null=True, blank=True)
    phone_hash = models.BinaryField(max_length=32, null=True, blank=True, editable=False)
    email = EncryptedTextField(_("e-mail"), null=True, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)
    frozen_reason = models.CharField(_("why frozen"), max_length=200, blank=True)
    must_change_password = models.BooleanField(default=False)
    temp_password_expires_at = models.DateTimeField(null=True, blank=True)
    # The password is a code that is good once, to set a password (CREDENTIALS=activation); once used it is unusable.
    activating = models.BooleanField(default=False, db_default=False)
    # A phone that came in place of another one cannot reset the password for a day.
    phone_changed_at = models.DateTimeField(null=True, blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    session_version = models.PositiveIntegerField(default=1)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    # Who stands under this account, by key; read with the session's user only, those who came of age today included.
    children_ids: Sequence[int] = ()
    # Whether the browser that just gave the password has answered a code before; set by authenticate_password only.
    browser_known = False
    # Notices that were not marked as read, counted with the session's user only.
    unread: int = 0

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        indexes: ClassVar = [models.Index(fields=["phone_hash"], name="accounts_user_phone")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accounts_user_citizen_or_staff",
                condition=Q(person__isnull=True) | Q(is_staff=False, is_superuser=False),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def actor(self) -> str:
        """How the audit log names this user: nothing personal."""
        return f"{'staff' if self.is_staff else 'user'}:{self.pk}"

    @property
    def credential_keys(self) -> list[str]:
        """The keys of messages with login data that were sent anew, the newest last; each issue ends the sessions."""
        return [f"credentials:{self.actor}:{version}" for version in range(1, self.session_version + 1)]

    def set_phone(self, phone: str | None) -> None:
        """Keep the mobile number (E.164) encrypted and findable by its keyed hash; the caller saves."""
        self.phone = phone
        self.phone_hash = keyed_hash(phone, kind="phone") if phone else None

    def office_codes(self) -> models.QuerySet[Office, str]:
        """Codes of the offices this member of staff is posted to and of those under them."""
        posted = Q(postings__user=self) | Q(parent__postings__user=self)
        return Office.objects.filter(posted).values_list("code", flat=True)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        return salted_hmac(
            "accounts.User.session", f"{self.password}:{self.session_version}", secret=secret, algorithm="sha256"
        ).hexdigest()
