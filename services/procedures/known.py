"""What the portal knows of the person a request is about, for prefilled answers and for the rules of a procedure."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from insurance.rules.estimates.counting import Paid


@dataclass(frozen=True, slots=True)
class KnownCard:
    """The BHYT card now in force, or the last one."""

    number: str
    valid_to: date
    usable: bool
    facility_code: str
    facility_name: str


@dataclass(frozen=True, slots=True)
class Known:
    """Facts of the record on a day. Months are whole; `monthly_benefit` tells whether a pension or allowance is
    paid.
    """

    at: date
    person_id: int
    bhxh_code: str
    full_name: str
    date_of_birth: date
    gender: str
    birth_year_only: bool = False
    citizen_id: str = ""
    phone: str = ""
    address: str = ""
    province: str = ""
    ward: str = ""
    card: KnownCard | None = None
    monthly_benefit: bool = False
    acts_for_child: bool = False
    paid: tuple[Paid, ...] = ()
    # Some of these months were paid voluntarily with the state's help; how much it gave the record does not say.
    supported: bool = False
    base_salary: int | None = None
    reference: int | None = None
    coefficients: dict[int, Decimal] = field(default_factory=dict)
    minimum_wages: dict[str, int] = field(default_factory=dict)
    retirement_ages: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def born(self) -> str:
        """The date of birth as people write it, "" when nobody is known."""
        return f"{self.date_of_birth:%d/%m/%Y}" if self.person_id else ""

    @property
    def age(self) -> int:
        """Full years of age."""
        born, at = self.date_of_birth, self.at
        return at.year - born.year - ((at.month, at.day) < (born.month, born.day))
