"""What somebody typed to search with, as the database's function `insurance_words` keeps what is found."""

import re
import unicodedata

LONGEST = 100
"""Letters that a search takes; names and addresses are no longer."""


def words_of(text: str) -> list[str]:
    """Return the words of `text` in ASCII, small, without accents; signs that are no letters or digits part them."""
    plain = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.findall(r"[a-z0-9]+", bare.lower())


def has_words(text: str, words: list[str]) -> bool:
    """Tell whether among the words of `text` one begins with each of these."""
    found = words_of(text)
    return all(any(word.startswith(begin) for word in found) for begin in words)
