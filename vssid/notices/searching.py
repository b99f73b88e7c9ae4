"""Finding words in notices. Their words are made when they are read, in the reader's language, so no index holds them:
the newest ones of a person are drawn and looked through.
"""

import unicodedata
from uuid import UUID

from vssid.notices.models import NoticeQuerySet

MOST = 1000  # of one person's year; nobody was seen to have as many


def folded(text: str) -> str:
    """Return text without accents and in small letters: "Đã đóng" → "da dong"."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def with_words(notices: NoticeQuerySet, text: str) -> list[UUID]:
    """Return the keys of those among the newest 1,000 in which each word of `text` stands, without regard to accents.

    One query, of the columns that hold the words.
    """
    words = folded(text).split()
    newest = notices.order_by("-created_at").only("kind", "facts")[:MOST]
    return [notice.pk for notice in newest if all(word in folded(f"{notice.title} {notice.body}") for word in words)]
