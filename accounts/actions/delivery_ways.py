"""The channels of a notice: how a batch of letters is handed over by SMS, e-mail and web push."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from smtplib import SMTPException

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import emails, messages, push
from accounts.models import NoticeDelivery, PushSubscription, User
from accounts.models.channels import NoticeChoices
from vssid.notices.models import Notice
from vssid.notices.topics import Topic, topic_of
from vssid.sms.models import Purpose
from vssid.sms.outbox import NewMessage, enqueue_many

SECONDS = 12.0  # of sending e-mails in one batch
SIDE_BY_SIDE = 8  # calls to push services
LEADS_TO = "/thong-bao/"


class Fate(Enum):
    """What became of a delivery; UNTOUCHED was not tried and goes in the next batch."""

    HANDED, LATER, REFUSED, NEEDLESS, UNTOUCHED = range(5)


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to one account by one channel: the keys of its deliveries and their notices, in the same order."""

    to: User
    deliveries: tuple[int, ...]
    notices: list[Notice]

    @property
    def language(self) -> str:
        """The language the reader chose, else Vietnamese."""
        chosen: NoticeChoices | None = getattr(self.to, "notice_choices", None)
        return chosen.language if chosen else "vi"

    def all(self, fate: Fate) -> dict[int, Fate]:
        """Return this fate for each delivery."""
        return dict.fromkeys(self.deliveries, fate)


def by_sms(letters: Sequence[Letter], at: datetime) -> dict[int, Fate]:
    """Put a message for each letter into the outbox, which has its own tries, budget and gateways."""
    reachable = [letter for letter in letters if letter.to.phone]
    keys = {f"notice:{letter.deliveries[0]}": letter for letter in reachable}
    fates: dict[int, Fate] = {}
    with transaction.atomic():
        rows = [NewMessage(letter.to.phone or "", _text(letter), key) for key, letter in keys.items()]
        kept = enqueue_many(rows, purpose=Purpose.NOTICE, at=at) if rows else set()
        handed = [pk for key in kept for pk in keys[key].deliveries]
        # With the messages: a worker that dies here has done neither.
        NoticeDelivery.objects.filter(pk__in=handed).update(outcome=NoticeDelivery.Outcome.HANDED, due_at=None)
    for key, letter in keys.items():
        fates |= letter.all(Fate.HANDED if key in kept else Fate.LATER)
    return fates


def _text(letter: Letter) -> str:
    notice = letter.notices[0]
    topic, _dot, what = notice.kind.partition(".")
    if len(letter.notices) == 1 and topic == "reminder" and notice.person_id == letter.to.person_id:
        (day,) = (str(fact) for name, fact in notice.facts.items() if name.endswith(("_on", "_month")))
        return messages.reminder(what, date.fromisoformat(day if len(day) == 10 else f"{day}-01"))
    return messages.notices_waiting(len(letter.notices))


def by_email(letters: Sequence[Letter], at: datetime) -> dict[int, Fate]:
    """Send an e-mail for each letter over one connection; what does not go within some seconds waits its turn."""
    begun, fates = time.monotonic(), {pk: Fate.UNTOUCHED for letter in letters for pk in letter.deliveries}
    server = get_connection()
    for letter in letters:
        if time.monotonic() - begun > SECONDS:
            break
        fates |= letter.all(_sent(server, letter) if letter.to.email else Fate.NEEDLESS)
    with suppress(OSError, SMTPException):
        server.close()
    return fates


def _sent(server: BaseEmailBackend, letter: Letter) -> Fate:
    with translation.override(letter.language):
        titles = list(dict.fromkeys(_title(notice) for notice in letter.notices))
        mail = emails.told(to=letter.to.email or "", titles=titles, reference=f"notice-{letter.deliveries[0]}")
    mail.connection = server
    return Fate.HANDED if emails.sent(mail) else Fate.LATER


def _title(notice: Notice) -> str:
    """What an e-mail says of a notice. Of records only what they are about: a visit to a doctor is nobody's to read."""
    topic = topic_of(notice.kind)
    return str(topic.label) if topic == Topic.RECORDS else str(notice.title)


def by_push(letters: Sequence[Letter], at: datetime) -> dict[int, Fate]:
    """Tell each browser of these accounts that there is something new, and forget the browsers that are gone."""
    readers = {letter.to.pk for letter in letters}
    browsers = list(PushSubscription.objects.filter(user__in=readers).order_by("pk"))
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        answers = list(pool.map(push.send, [_note(browser) for browser in browsers]))
    gone = [one.pk for one, answer in zip(browsers, answers, strict=True) if answer == push.Answer.GONE]
    if gone:
        PushSubscription.objects.filter(pk__in=gone).delete()
    heard: dict[int, list[push.Answer]] = {}
    for browser, answer in zip(browsers, answers, strict=True):
        heard.setdefault(browser.user_id, []).append(answer)
    return {pk: _heard(heard.get(letter.to.pk, [])) for letter in letters for pk in letter.deliveries}


def _note(browser: PushSubscription) -> push.Note:
    with translation.override(browser.language):
        title = _("You have a new notice")
    return push.Note(browser.endpoint, browser.key, browser.secret, {"title": title, "url": LEADS_TO})


def _heard(answers: Sequence[push.Answer]) -> Fate:
    """One browser that was told is enough; a busy push service is asked again."""
    if push.Answer.TAKEN in answers:
        return Fate.HANDED
    if push.Answer.LATER in answers:
        return Fate.LATER
    return Fate.REFUSED if push.Answer.REFUSED in answers else Fate.NEEDLESS
