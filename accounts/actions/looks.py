"""Who looked at a citizen's records, and what the citizen asks about it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessQuestion, RegistrationDossier, User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.audit.models import AuditEvent
from vssid.errors import TooMany
from vssid.notices import posting
from vssid.notices.kinds import Kind

READINGS = (Event.RECORD_VIEWED, Event.PHOTO_VIEWED, Event.CHILD_VIEWED)
MOST_DOSSIERS = 50
MOST_A_DAY = 10


class TooManyQuestions(TooMany):
    """Ten questions of one citizen within a day."""

    message = _("You asked ten times today. We answer those first; ask again tomorrow.")


def readings_of(user: User) -> QuerySet[AuditEvent]:
    """Each reading of this citizen's data by somebody else, the newest first."""
    dossiers = RegistrationDossier.objects.filter(person_id=user.person_id).order_by("-pk")
    subjects = [f"dossier:{pk}" for pk in dossiers.values_list("pk", flat=True)[:MOST_DOSSIERS]]
    subjects += [user.actor, f"person:{user.person_id}"]
    found = AuditEvent.objects.filter(subject__in=subjects, event__in=READINGS)
    return found.exclude(actor=user.actor).order_by("-at", "-pk")


def tell_answer(question: AccessQuestion, *, at: datetime) -> None:
    """Put a notice of the answer before who asked, once a question; call it in the transaction that keeps it."""
    if question.user.person_id is not None:
        posting.post(
            person_id=question.user.person_id,
            kind=Kind.ANSWER_GIVEN,
            dedupe_key=f"answer:{question.pk}",
            at=at,
            url="/tai-khoan/ai-da-xem/",
        )


@transaction.atomic
def ask_about(*, user: User, event: AuditEvent, text: str, at: datetime) -> AccessQuestion:
    """Put the question before staff, once an entry; a second one about it changes nothing.

    `event` is one of `readings_of(user)`. Raises `TooManyQuestions`.
    """
    known = AccessQuestion.objects.filter(user=user, event_id=event.pk).first()
    if known is not None:
        return known
    if AccessQuestion.objects.filter(user=user, asked_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooManyQuestions(retry_after=86_400)
    question = AccessQuestion.objects.create(user=user, event_id=event.pk, text=text, asked_at=at)
    record(Event.READING_QUESTIONED, actor=user.actor, subject=event.subject, at=at, entry=event.pk)
    return question
