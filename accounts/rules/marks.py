"""What an officer should look at before deciding: a declaration held against the insurance record and other dossiers.

Marks are for staff only; the citizen's answer is the same with and without them (security.md T15).
"""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.rules.declaration import contradictions


class Mark(models.TextChoices):
    """Kept in the dossier as a list of these words."""

    UNKNOWN_CODE = "unknown_code", _("No insurance record has this code")
    NAME_DIFFERS = "name_differs", _("The name differs from the insurance record")
    BIRTH_DIFFERS = "birth_differs", _("The date of birth differs from the insurance record")
    GENDER_DIFFERS = "gender_differs", _("The gender differs from the insurance record")
    ID_DIFFERS = "id_differs", _("The identity number differs from the insurance record")
    ID_CONTRADICTS = "id_contradicts", _("The identity number contradicts the declaration")
    HAS_ACCOUNT = "has_account", _("This code already has an account")
    DUPLICATE_CODE = "duplicate_code", _("Another open dossier has this code")
    PHONE_USED = "phone_used", _("Another account or dossier uses this phone")
    ID_USED = "id_used", _("Another dossier uses this identity number")
    OTHER_RECORD = "other_record", _("Another insurance record has one of the identity numbers")
    MERGE_PROPOSED = "merge_proposed", _("Proposed: two records are one person")
    QR_DIFFERS = "qr_differs", _("The QR code of the identity card differs from the declaration")
    PHOTO_ELSEWHERE = "photo_elsewhere", _("Another dossier has the same photo")
    NOT_A_CHILD = "not_a_child", _("By the insurance record, this person is 18 or older")
    OTHER_GUARDIAN = "other_guardian", _("This child is already under another account")


@dataclass(frozen=True)
class Identity:
    """The facts that are compared, declared or recorded. `citizen_id` has 12 digits or is None."""

    full_name: str
    date_of_birth: date
    birth_year_only: bool
    gender: str
    citizen_id: str | None


@dataclass(frozen=True)
class Elsewhere:
    """What other accounts and dossiers say."""

    has_account: bool = False
    duplicate_code: bool = False
    phone_used: bool = False
    id_used: bool = False
    other_record: bool = False


def marks_for(declared: Identity, record: Identity | None, elsewhere: Elsewhere) -> list[Mark]:
    """Return the marks in the order an officer reads them; `record` is None when no insured person has the code."""
    found = {
        Mark.UNKNOWN_CODE: record is None,
        Mark.NAME_DIFFERS: record is not None and record.full_name.upper() != declared.full_name,
        Mark.BIRTH_DIFFERS: record is not None and not _same_birth(declared, record),
        Mark.GENDER_DIFFERS: record is not None and record.gender != declared.gender,
        Mark.ID_DIFFERS: record is not None and _id_differs(declared, record),
        Mark.ID_CONTRADICTS: _contradicts_itself(declared),
        Mark.HAS_ACCOUNT: elsewhere.has_account,
        Mark.DUPLICATE_CODE: elsewhere.duplicate_code,
        Mark.PHONE_USED: elsewhere.phone_used,
        Mark.ID_USED: elsewhere.id_used,
        Mark.OTHER_RECORD: elsewhere.other_record,
    }
    return [mark for mark, applies in found.items() if applies]


def _same_birth(declared: Identity, record: Identity) -> bool:
    """A year alone, on either side, is compared with the year alone."""
    if declared.birth_year_only or record.birth_year_only:
        return declared.date_of_birth.year == record.date_of_birth.year
    return declared.date_of_birth == record.date_of_birth


def _id_differs(declared: Identity, record: Identity) -> bool:
    return bool(declared.citizen_id and record.citizen_id and declared.citizen_id != record.citizen_id)


def _contradicts_itself(declared: Identity) -> bool:
    return declared.citizen_id is not None and bool(
        contradictions(
            id_type="cccd",
            id_number=declared.citizen_id,
            gender=declared.gender,
            birth_year=declared.date_of_birth.year,
        )
    )
