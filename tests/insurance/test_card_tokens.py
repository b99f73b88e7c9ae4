"""The signed code on a card's QR."""

import base64
import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, KeySet

from insurance import card_tokens
from tests.insurance.factories import NOW

NUMBER, LAST_DAY = "DN4010099000107", date(2026, 12, 31)


@pytest.fixture
def token():
    return card_tokens.sign(NUMBER, LAST_DAY, NOW)[0]


def test_a_fresh_token_is_valid(token):
    assert card_tokens.verify(token, NOW) == card_tokens.Checked("valid", NUMBER, LAST_DAY)


def test_anybody_can_check_it_with_the_public_key(token):
    keys = KeySet.import_key_set(card_tokens.public_keys())

    claims = json.loads(jws.deserialize_compact(token, keys, ["ES256"]).payload)

    assert claims["n"] == NUMBER
    assert claims.keys() == {"v", "n", "e", "iat", "exp", "jti"}


def test_it_lives_five_minutes(token):
    assert card_tokens.verify(token, NOW + timedelta(minutes=4, seconds=59)).status == "valid"
    assert card_tokens.verify(token, NOW + timedelta(minutes=5)).status == "ended"


def test_it_ends_with_the_card():
    token, _ = card_tokens.sign(NUMBER, NOW.date() - timedelta(days=1), NOW)

    assert card_tokens.verify(token, NOW).status == "ended"


def test_two_tokens_of_a_moment_differ():
    assert card_tokens.sign(NUMBER, LAST_DAY, NOW) != card_tokens.sign(NUMBER, LAST_DAY, NOW)


def test_a_token_of_another_key_is_told_apart(settings, token):
    settings.CARD_SIGNING_KEY = ECKey.generate_key("P-256").as_pem(private=True).decode()

    assert card_tokens.verify(token, NOW).status == "unknown_key"


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_token_is_invalid(token, part):
    parts = token.split(".")
    decoded = bytearray(base64.urlsafe_b64decode(parts[part] + "=="))
    decoded[len(decoded) // 2] ^= 1
    parts[part] = base64.urlsafe_b64encode(decoded).rstrip(b"=").decode()

    assert card_tokens.verify(".".join(parts), NOW).status in {"invalid", "unknown_key"}


def test_an_unsigned_token_is_invalid(token):
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()

    assert card_tokens.verify(f"{head}.{token.split('.')[1]}.", NOW).status in {"invalid", "unknown_key"}


@given(st.text(max_size=200))
def test_whatever_somebody_sends_is_answered(text):
    assert card_tokens.verify(text, NOW).status in {"invalid", "unknown_key"}
