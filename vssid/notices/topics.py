"""What notices are about, as people choose by it how they are told: one topic for each first part of a kind."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from vssid.notices.kinds import Kind


class Topic(TextChoices):
    """In the order of their weight."""

    SECURITY = "security", _("Security of your account")
    REQUESTS = "requests", _("Your requests and declarations")
    ANSWERS = "answers", _("Answers to your questions")
    REMINDERS = "reminders", _("What is about to end")
    RECORDS = "records", _("New records: card, contributions, benefits, visits")


_OF_THINGS = {
    "security": Topic.SECURITY,
    "request": Topic.REQUESTS,
    "dossier": Topic.REQUESTS,
    "authorisation": Topic.REQUESTS,
    "answer": Topic.ANSWERS,
    "reminder": Topic.REMINDERS,
    "card": Topic.RECORDS,
    "contribution": Topic.RECORDS,
    "benefit": Topic.RECORDS,
    "visit": Topic.RECORDS,
}


def topic_of(kind: str) -> Topic:
    """Return what a notice of this kind is about."""
    return _OF_THINGS[kind.partition(".")[0]]


def kinds_of(topic: Topic) -> list[Kind]:
    """Return the kinds of a topic."""
    return [kind for kind in Kind if topic_of(kind) == topic]
