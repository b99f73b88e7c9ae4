"""How many codes may go out beyond one phone's share: by address, BHXH code and block of neighbouring numbers; and
whether those sent lately were wanted at all (security.md T08, §3.1).

Codes that were used prove that somebody wanted them: they count for the hard limit of an address only.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import OneTimeCode, User
from vssid.crypto import keyed_hash
from vssid.errors import DomainError, TooMany
from vssid.ops.challenge import ChallengeRequired
from vssid.ops.gates import Visitor

log = logging.getLogger("vssid.otp")

ADDRESS_SOFT, ADDRESS_SOFT_SPAN = 10, timedelta(minutes=10)
ADDRESS_HARD, ADDRESS_HARD_SPAN = 200, timedelta(hours=1)
OWNER, OWNER_SPAN = 10, timedelta(hours=24)
BLOCK, BLOCK_SPAN = 20, timedelta(hours=1)
# Of the last so many codes whose life is over, in percent: below the first everybody is asked for a task, below the
# second only phones that are known here get codes.
LOOKED_AT, WANTED_LITTLE, WANTED_HARDLY = 200, 30, 10
ALARM_SECONDS = 600


class BudgetSpent(TooMany):
    """This address, or the BHXH code that was typed, has had its share."""

    code = "otp_throttled"
    message = _("Too many codes were asked for. Try again in an hour, or call the hotline.")


class CodesPaused(DomainError):
    """Nearly no code that was sent lately was used: somebody makes us send. New numbers wait."""

    code = "otp_paused"
    status = 503
    message = _("Codes cannot be sent to new numbers at the moment. Try again in some minutes.")


@dataclass(frozen=True)
class Use:
    """What was sent lately."""

    address_soft: int
    address_hard: int
    owner: int
    block: int
    wanted: int
    looked_at: int

    @property
    def wanted_percent(self) -> int:
        """Share of the last codes that were used; 100 until there are enough to tell."""
        return self.wanted * 100 // self.looked_at if self.looked_at >= LOOKED_AT else 100


def block_of(phone: str) -> bytes:
    """Return the keyed hash of the hundred numbers that differ from `phone` in the last two digits."""
    return keyed_hash(phone[:-2], kind="phone_block")


def refuse_too_many(
    *, phone: str, phone_hash: bytes, owner_hash: bytes | None, visitor: Visitor | None, at: datetime
) -> None:
    """Raise BudgetSpent, CodesPaused, or ChallengeRequired when a task is needed and the form brought no solution.

    `phone` is "" for an e-mail and for a decoy, whose number is made up: what concerns numbers is not asked of them.
    """
    use = _use(owner_hash, visitor.address if visitor else None, block_of(phone) if phone else None, at)
    if use.address_hard >= ADDRESS_HARD or use.owner >= OWNER:
        raise BudgetSpent(retry_after=int(ADDRESS_HARD_SPAN.total_seconds()))
    percent = use.wanted_percent
    if percent < WANTED_HARDLY and phone and not _is_known(phone_hash):
        _alarm("codes_hardly_used")
        raise CodesPaused
    if percent < WANTED_LITTLE:
        _alarm("codes_little_used")
    if use.block >= BLOCK:
        _alarm("neighbouring_numbers")
    suspicious = use.address_soft >= ADDRESS_SOFT or use.block >= BLOCK or percent < WANTED_LITTLE
    if suspicious and visitor is not None and not visitor.solved():
        raise ChallengeRequired


def _use(owner: bytes | None, address: bytes | None, block: bytes | None, at: datetime) -> Use:
    """Count in one round trip; each part has its index."""
    facts = {
        "address": address,
        "owner": owner,
        "block": block,
        "at": at,
        "soft_since": at - ADDRESS_SOFT_SPAN,
        "hard_since": at - ADDRESS_HARD_SPAN,
        "owner_since": at - OWNER_SPAN,
        "block_since": at - BLOCK_SPAN,
        "looked_at": LOOKED_AT,
    }
    with connection.cursor() as cursor:
        cursor.execute(USE, facts)
        return Use(*cursor.fetchone())


USE = """
SELECT
  (SELECT count(*) FROM accounts_onetimecode
    WHERE address_hash = %(address)s AND created_at > %(soft_since)s AND consumed_at IS NULL),
  (SELECT count(*) FROM accounts_onetimecode WHERE address_hash = %(address)s AND created_at > %(hard_since)s),
  (SELECT count(*) FROM accounts_onetimecode
    WHERE owner_hash = %(owner)s AND created_at > %(owner_since)s AND consumed_at IS NULL),
  (SELECT count(*) FROM accounts_onetimecode
    WHERE block_hash = %(block)s AND created_at > %(block_since)s AND consumed_at IS NULL),
  lately.wanted, lately.looked_at
FROM (
  SELECT count(consumed_at) AS wanted, count(*) AS looked_at FROM (
    SELECT consumed_at FROM accounts_onetimecode
    WHERE NOT decoy AND (consumed_at IS NOT NULL OR expires_at <= %(at)s)
    ORDER BY created_at DESC LIMIT %(looked_at)s
  ) AS last
) AS lately
"""


def _is_known(phone_hash: bytes) -> bool:
    """Tell whether the phone belongs to an account or has used a code before."""
    used = OneTimeCode.objects.filter(phone_hash=phone_hash, consumed_at__isnull=False)
    return used.exists() or User.objects.filter(phone_hash=phone_hash).exists()


def _alarm(cause: str) -> None:
    """Tell the operator, once in ten minutes a cause."""
    if cache.add(f"otp:alarm:{cause}", 1, ALARM_SECONDS):
        log.critical("otp.alarm", extra={"cause": cause})
