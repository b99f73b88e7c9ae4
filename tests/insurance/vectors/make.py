"""Makes card_codes.json anew, with keys that nobody keeps."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import django
from django.conf import settings
from joserfc.jwk import ECKey

AT = datetime(2026, 12, 5, 2, 40, tzinfo=UTC)
FILE = Path(__file__).with_name("card_codes.json")


def main() -> None:
    """Writes the file."""
    from insurance.card_tokens import Statement, public_keys, sign, sign_for_paper, sign_list

    def new_key() -> ECKey:
        return ECKey.generate_key("P-256")

    retired, present, stranger = new_key(), new_key(), new_key()

    def use(key: ECKey) -> None:
        settings.CARD_SIGNING_KEY = key.as_pem(private=True).decode()

    def card(number: int, last: date) -> Statement:
        return Statement(number, f"DN4010099000{number}", "NGUYỄN THỊ ƯỚC LỆ", 1985, "01000", last)

    settings.CARD_RETIRED_KEYS = ""
    new_year = date(2026, 12, 31)
    cases = {}
    use(retired)
    cases["printed under a retired key"] = (sign_for_paper(card(101, new_year), AT - timedelta(days=300)), "valid")
    use(stranger)
    cases["signed by a stranger"] = (sign(card(101, new_year), AT)[0], "unknown_key")
    use(present)
    settings.CARD_RETIRED_KEYS = retired.as_pem(private=False).decode()
    keys = public_keys()
    screen = sign(card(101, new_year), AT)[0]
    head, body, signature = screen.split(".")
    cases |= {
        "on the screen": (screen, "valid"),
        "on the screen, five minutes later": (sign(card(101, new_year), AT - timedelta(minutes=5))[0], "ended"),
        "printed": (sign_for_paper(card(101, new_year), AT - timedelta(days=40)), "valid"),
        "printed, the card is over": (sign_for_paper(card(101, date(2026, 12, 4)), AT - timedelta(days=40)), "ended"),
        "printed, its last day": (sign_for_paper(card(101, date(2026, 12, 5)), AT - timedelta(days=40)), "valid"),
        "printed before the citizen withdrew it": (
            sign_for_paper(card(102, new_year), AT - timedelta(days=40)),
            "revoked",
        ),
        "printed after that": (sign_for_paper(card(102, new_year), AT - timedelta(days=10)), "valid"),
        "of a card that was reissued": (sign_for_paper(card(103, new_year), AT - timedelta(days=10)), "revoked"),
        "from tomorrow": (sign(card(101, new_year), AT + timedelta(days=1))[0], "invalid"),
        "another name": (f"{head}.{_renamed(body)}.{signature}", "invalid"),
        "spare bits set": (screen[:-1] + _next(screen[-1]), "invalid"),
        "no signature": (f"{head}.{body}.", "invalid"),
        "no code": ("DN4010099000101", "invalid"),
        "nothing": ("", "invalid"),
    }
    listed = sign_list({102: int((AT - timedelta(days=20)).timestamp()), 103: int(AT.timestamp()) + 27 * 86400}, AT)
    cases["the list as a card"] = (".".join(listed.values()), "invalid")
    vectors = {
        "at": int(AT.timestamp()),
        "keys": keys,
        "list": listed,
        "codes": [{"name": name, "token": token, "status": status} for name, (token, status) in cases.items()],
    }
    FILE.write_text(json.dumps(vectors, ensure_ascii=False, indent=1) + "\n")


def _renamed(body: str) -> str:
    from base64 import urlsafe_b64decode, urlsafe_b64encode

    said = urlsafe_b64decode(body + "=" * (-len(body) % 4)).replace("LỆ".encode(), b"XXXX")
    return urlsafe_b64encode(said).rstrip(b"=").decode()


def _next(sign: str) -> str:
    """The next sign of base64url: of the last one of a signature only four bits count for nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(sign) + 1]


if __name__ == "__main__":
    django.setup()
    main()
