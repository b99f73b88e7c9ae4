"""Benefits by their decision, and the adjustments of monthly ones."""

from django.utils.translation import gettext_lazy as _

from insurance.actions.records import fields
from insurance.actions.records.fields import Row, RowRefused, Value
from insurance.actions.records.kind import UNKNOWN_PERSON, Check, Kind, repeated
from insurance.models import Benefit
from insurance.reads.benefits import BENEFIT_WORDS

_KINDS: dict[str, Value] = {word: number for number, word in BENEFIT_WORDS.items()}
_REGIMES = {
    Benefit.Kind.SHORT_TERM: {str(word): str(word) for word in Benefit.SHORT_TERM_REGIMES},
    Benefit.Kind.MONTHLY: {str(word): str(word) for word in Benefit.MONTHLY_REGIMES},
}
_STATUSES = {word: word for word in Benefit.Status.values}
_METHODS = {"": "", **{word: word for word in Benefit.Method.values}}
_ACCOUNT = Benefit._meta.get_field("account")


def read_benefit(row: Row) -> tuple[Value, ...]:
    kind = fields.choice(row, "kind", _KINDS)
    first, last = fields.optional_day(row, "from"), fields.optional_day(row, "to")
    if first is None and kind in (Benefit.Kind.SHORT_TERM, Benefit.Kind.MONTHLY, Benefit.Kind.UNEMPLOYMENT):
        raise RowRefused("from", _("This is missing."))
    if first and last:
        fields.in_order(first, last, "to")
    return (
        fields.bhxh_code(row),
        kind,
        fields.text(row, "number", 40, required=True),
        fields.day(row, "decided_on"),
        fields.choice(row, "regime", _REGIMES[Benefit.Kind(int(kind or 0))]) if kind in _REGIMES else "",
        first,
        last,
        fields.money(row, "amount"),
        kind in (Benefit.Kind.MONTHLY, Benefit.Kind.UNEMPLOYMENT)
        or (kind == Benefit.Kind.ACCIDENT and fields.choice(row, "monthly", fields.YES)),
        *_only_of(kind, row),
        fields.text(row, "payer", 160),
        fields.text(row, "place", 160),
        fields.choice(row, "method", _METHODS),
        fields.text(row, "bank", 120),
        _account(row),
        fields.choice(row, "status", _STATUSES),
    )


def _only_of(kind: Value, row: Row) -> tuple[Value, Value, Value]:
    """Months and months kept of unemployment; the loss of capacity of accidents."""
    if kind == Benefit.Kind.UNEMPLOYMENT:
        months = fields.whole(row, "months", 12)
        if months == "0":
            raise RowRefused("months", _("This is none of the possible values."))
        return months, fields.whole(row, "reserved_months", 1200, default="0"), None
    if kind == Benefit.Kind.ACCIDENT:
        return None, None, fields.whole(row, "capacity_loss", 100)
    return None, None, None


def _account(row: Row) -> str | None:
    account = fields.text(row, "account", 40)
    return "\\x" + _ACCOUNT.seal(account).hex() if account else None


BENEFITS = Kind(
    columns=(
        "bhxh_code",
        "kind",
        "number",
        "decided_on",
        "regime",
        "from_date",
        "to_date",
        "amount",
        "monthly",
        "months",
        "reserved_months",
        "capacity_loss",
        "payer",
        "place",
        "method",
        "bank",
        "account",
        "status",
    ),
    required=frozenset({"bhxh_code", "kind", "number", "decided_on", "amount", "status"}),
    optional=frozenset(
        {
            "from",
            "to",
            "regime",
            "monthly",
            "payer",
            "place",
            "method",
            "bank",
            "account",
            "months",
            "reserved_months",
            "capacity_loss",
        }
    ),
    together="bhxh_code",
    table="bhxh_code text, kind smallint, number text, decided_on date, regime text, from_date date, to_date date,"
    " amount bigint, monthly boolean, months smallint, reserved_months smallint, capacity_loss smallint, payer text,"
    " place text, method text, bank text, account bytea, status text",
    read=read_benefit,
    checks=(repeated("bhxh_code", "kind", "number"), UNKNOWN_PERSON),
    # The account is sealed anew each time, so that one with an account is written again when it comes again.
    merge=(
        """
        INSERT INTO insurance_benefit AS target (
            person_id, kind, number, decided_on, regime, from_date, to_date, amount, monthly, months, reserved_months,
            capacity_loss, payer, place, method, bank, account, status)
        SELECT person.id, kind, number, decided_on, coalesce(regime, ''), from_date, to_date, amount, monthly, months,
               reserved_months, capacity_loss, coalesce(payer, ''), coalesce(place, ''), coalesce(method, ''),
               coalesce(bank, ''), account, status
        FROM incoming JOIN insurance_insuredperson person USING (bhxh_code)
        ORDER BY person.id, kind, decided_on
        ON CONFLICT (person_id, kind, number) DO UPDATE
        SET decided_on = excluded.decided_on, regime = excluded.regime, from_date = excluded.from_date,
            to_date = excluded.to_date, amount = excluded.amount, monthly = excluded.monthly,
            months = excluded.months, reserved_months = excluded.reserved_months,
            capacity_loss = excluded.capacity_loss, payer = excluded.payer, place = excluded.place,
            method = excluded.method, bank = excluded.bank, account = excluded.account, status = excluded.status
        WHERE (target.decided_on, target.regime, target.from_date, target.to_date, target.amount, target.monthly,
               target.months, target.reserved_months, target.capacity_loss, target.payer, target.place, target.method,
               target.bank, target.account, target.status)
           IS DISTINCT FROM (excluded.decided_on, excluded.regime, excluded.from_date, excluded.to_date,
               excluded.amount, excluded.monthly, excluded.months, excluded.reserved_months, excluded.capacity_loss,
               excluded.payer, excluded.place, excluded.method, excluded.bank, excluded.account, excluded.status)
        """,
    ),
    news="target.xmax = 0",
)


def read_adjustment(row: Row) -> tuple[Value, ...]:
    return (
        fields.bhxh_code(row),
        fields.text(row, "number", 40, required=True),
        fields.day(row, "from"),
        fields.money(row, "amount"),
        fields.text(row, "legal_basis", 80, required=True),
    )


ADJUSTMENTS = Kind(
    columns=("bhxh_code", "number", "from_date", "amount", "legal_basis"),
    required=frozenset({"bhxh_code", "number", "from", "amount", "legal_basis"}),
    together="bhxh_code",
    table="bhxh_code text, number text, from_date date, amount bigint, legal_basis text",
    read=read_adjustment,
    checks=(
        repeated("bhxh_code", "number", "from_date", field="from"),
        UNKNOWN_PERSON,
        Check(
            "number",
            _("This person has no monthly benefit with this number."),
            """
            SELECT line FROM incoming WHERE NOT EXISTS (
                SELECT FROM insurance_benefit benefit
                JOIN insurance_insuredperson person ON person.id = benefit.person_id
                WHERE person.bhxh_code = incoming.bhxh_code AND benefit.kind = 4 AND benefit.number = incoming.number
            )
            """,
        ),
    ),
    merge=(
        """
        INSERT INTO insurance_benefitadjustment AS target (benefit_id, from_date, amount, legal_basis)
        SELECT benefit.id, incoming.from_date, incoming.amount, incoming.legal_basis
        FROM incoming
        JOIN insurance_insuredperson person USING (bhxh_code)
        JOIN insurance_benefit benefit
          ON benefit.person_id = person.id AND benefit.kind = 4 AND benefit.number = incoming.number
        ORDER BY benefit.id, incoming.from_date
        ON CONFLICT (benefit_id, from_date) DO UPDATE SET amount = excluded.amount, legal_basis = excluded.legal_basis
        WHERE (target.amount, target.legal_basis) IS DISTINCT FROM (excluded.amount, excluded.legal_basis)
        """,
    ),
)
