"""Questions that several procedures share."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from insurance.rules.contributions import month_number
from insurance.rules.estimates import Estimate, lump_sum, pension
from insurance.rules.estimates.counting import Paid, by_month
from services.procedures.definition import Answers, Field, Kind, When, Words, when
from services.procedures.known import Known
from vssid.identifiers import parse_full_name

BY_POST = "post"
DELIVERY = (
    ("digital", _("Digital, here and in VNeID")),
    ("counter", _("On paper, at the counter")),
    (BY_POST, _("On paper, by post")),
)
CHANGED = (("name", _("Full name")), ("birth", _("Date of birth")), ("gender", _("Sex")))
"""Changes after which the book is wrong."""
OTHER_CHANGES = (
    ("citizen_id", _("Personal ID number")),
    ("address", _("Address")),
    ("other", _("Something else")),
)


def post_fields() -> tuple[Field, ...]:
    """Where the post goes."""
    by_post = when("delivery", BY_POST)
    return (
        Field("post_address", _("Address for the post"), only=by_post, prefill=lambda known: known.address),
        Field("post_phone", _("Phone for the post"), Kind.PHONE, only=by_post, prefill=lambda known: known.phone),
    )


def account_fields(only: When | None = None) -> tuple[Field, ...]:
    """Where money goes. The holder must be the person herself."""
    return (
        Field(
            "bank", _("Bank"), only=only, longest=80, help=_("Name and branch, for example: Ngân hàng A, chi nhánh B.")
        ),
        Field("account", _("Account number"), Kind.ACCOUNT, only=only, longest=24, sensitive=True),
        Field("holder", _("Account holder"), Kind.NAME, only=only, prefill=lambda known: known.full_name),
    )


def new_value_fields() -> tuple[Field, ...]:
    """The new name, birth date or sex."""
    return (
        Field("new_name", _("New full name"), Kind.NAME, only=when("change", "name")),
        Field("new_birth", _("Correct date of birth"), Kind.DATE, only=when("change", "birth")),
        Field(
            "new_gender",
            _("Correct sex"),
            Kind.CHOICE,
            choices=(("female", _("Female")), ("male", _("Male"))),
            only=when("change", "gender"),
        ),
    )


def contact_fields() -> tuple[Field, ...]:
    """The new number or address."""
    address = when("change", "address")
    return (
        Field(
            "new_citizen_id",
            _("Correct personal ID number"),
            Kind.PERSONAL_ID,
            only=when("change", "citizen_id"),
            sensitive=True,
        ),
        Field("province", _("Province or city"), Kind.PROVINCE, only=address),
        Field("ward", _("Ward or commune"), Kind.WARD, only=address),
        Field("new_address", _("House number, street or hamlet"), only=address),
        Field("other_change", _("What is to be corrected?"), Kind.PARAGRAPH, longest=600, only=when("change", "other")),
    )


def check_change(answers: Answers, known: Known) -> Mapping[str, Words]:
    """A change must change something, and a birth date lies in the past."""
    same = _("This is what your record says already.")
    if answers.get("new_name") == known.full_name:
        return {"new_name": same}
    if answers.get("new_gender") == known.gender:
        return {"new_gender": same}
    if answers.get("new_citizen_id") is not None and answers["new_citizen_id"] == known.citizen_id:
        return {"new_citizen_id": same}
    if answers.get("new_birth") == known.date_of_birth.isoformat() and not known.birth_year_only:
        return {"new_birth": same}
    return check_birth(answers, known)


def check_birth(answers: Answers, known: Known) -> Mapping[str, Words]:
    """A birth date lies in the past. That the record says so already is no mistake where only the book is wrong."""
    born = answers.get("new_birth")
    return {"new_birth": _("This day has not come yet.")} if born is not None and born > known.at.isoformat() else {}


def needs_monthly_benefit(known: Known) -> Words:
    """Only who is paid a pension or an allowance every month can change how."""
    return "" if known.monthly_benefit else _("Your record shows no pension or monthly allowance.")


def lump_sum_of(paid: Sequence[Paid], reason: lump_sum.Reason, known: Known) -> Estimate:
    """The lump sum for these months, with what speaks against the claim as notes."""
    found, months = lump_sum.estimate(paid, known.coefficients, reason=reason), by_month(paid)
    if not months:
        return found
    against = lump_sum.refusals(
        reason=reason,
        paid_months=len(months),
        first_month=min(months),
        last_month=max(months),
        retirement_age_reached=_is_of_age(known),
        at=known.at,
    )
    if known.supported and reason not in lump_sum.KEEPS_SUPPORT:
        against.append(
            _("What the state paid towards voluntary months is taken off; the record does not say how much.")
        )
    return replace(found, notes=(*found.notes, *against))


def _is_of_age(known: Known) -> bool:
    """Nothing is said against an age that is not known, or when no table says which it is."""
    if not (known.person_id and known.retirement_ages):
        return True
    reached = pension.retirement_month(known.date_of_birth, known.gender, known.retirement_ages)
    return month_number(known.at) > reached


def own_account(answers: Answers, known: Known) -> Mapping[str, Words]:
    """Money goes to an account of the person herself."""
    if "holder" in answers and answers["holder"] != parse_full_name(known.full_name):
        return {"holder": _("The account must be in your own name, as in your record.")}
    return {}
