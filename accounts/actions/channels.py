"""What people choose about their notices: topics by channel, hours of rest, the browsers that are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from accounts import push
from accounts.models import NoticeChoices, PushSubscription, User
from accounts.models.channels import Channel
from accounts.rules.devices import device_of
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.notices.topics import Topic

MOST_BROWSERS = 10


@transaction.atomic
def choose(
    *, user: User, chosen: Mapping[Channel, Collection[Topic]], quiet: tuple[int, int], language: str, at: datetime
) -> NoticeChoices:
    """Keep what an account chose. A channel that is not in `chosen` stays as it was; `quiet` are hours from and to."""
    choices = NoticeChoices.of(user)
    for channel, topics in chosen.items():
        setattr(choices, channel.value, [topic.value for topic in Topic if topic in topics])
    choices.quiet_from, choices.quiet_to = quiet
    choices.language = language
    choices.save()
    record(Event.ACCOUNT_CHANGED, actor=user.actor, subject=user.actor, at=at, what="notices")
    return choices


@transaction.atomic
def add_browser(
    *, user: User, endpoint: str, key: str, secret: str, user_agent: str, language: str, at: datetime
) -> PushSubscription:
    """Let a browser be told of notices to this account, and no longer of another's. Raises NotAPushService."""
    push.check(endpoint=endpoint, key=key, secret=secret)
    row, _made = PushSubscription.objects.update_or_create(
        fingerprint=sha256(endpoint.encode()).digest(),
        defaults={
            "user": user,
            "endpoint": endpoint,
            "key": key,
            "secret": secret,
            "device": device_of(user_agent),
            "language": language,
            "created_at": at,
        },
    )
    oldest = PushSubscription.objects.filter(user=user).order_by("-created_at", "-pk").values("pk")[MOST_BROWSERS:]
    PushSubscription.objects.filter(pk__in=list(oldest.values_list("pk", flat=True))).delete()
    record(Event.ACCOUNT_CHANGED, actor=user.actor, subject=user.actor, at=at, what="push")
    return row


def remove_browser(*, user: User, key: int) -> bool:
    """Tell a browser of one's own no more; say whether there was one."""
    return bool(PushSubscription.objects.filter(user=user, pk=key).delete()[0])
