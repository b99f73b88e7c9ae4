"""What a text message may look like: plain ASCII inside GSM-7, one segment, so that it costs one and arrives whole."""

import unicodedata

SEGMENT = 160
# The signs that ASCII and the basic GSM 03.38 table share; `{`, `~`, `\` and such cost two there.
GSM_ASCII = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 \n@$_!\"#%&'()*+,-./:;<=>?")


def fold(text: str) -> str:
    """Return Vietnamese `text` without diacritics: "Đặng Hường" becomes "Dang Huong"."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def check(body: str) -> None:
    """Raise ValueError unless `body` is one GSM-7 segment; the message does not repeat the text."""
    if not GSM_ASCII.issuperset(body):
        raise ValueError("sms: a text has signs outside of ASCII's part of GSM-7; fold() it first")
    if len(body) > SEGMENT:
        raise ValueError(f"sms: a text has {len(body)} signs, one segment holds {SEGMENT}")
