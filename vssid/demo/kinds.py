"""What the cast is made of: people, their jobs and cards, staff. Plain data without Django."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Job:
    """A stretch at one employer: from and to in months back, the first salary in đồng, raised every January."""

    employer: str
    title: str
    start: int
    end: int
    salary: int
    owed: int = 0
    settled: bool = False
    funds: tuple[str, ...] = ("bhxh", "bhtn", "tnld", "bhyt")
    voluntary: bool = False


@dataclass(frozen=True)
class Card:
    """A BHYT card: object code with level, facility, first and last day counted from today."""

    kind: str
    facility: str
    start: int
    end: int
    five_years: int | None = None
    province: str = "01"


@dataclass(frozen=True)
class Person:
    """Somebody made up; a child has no `phone`.

    `account` is "", open, temporary or frozen; `vneid` the level of a VNeID account, or 0.
    """

    code: str
    name: str
    born: str
    gender: str
    citizen_id: str
    phone: str
    address: str
    ward: str
    note: str
    account: str = ""
    vneid: int = 0
    card: Card | None = None
    jobs: tuple[Job, ...] = field(default=())
    # Of the sandbox: the account is there without the papers of a registration, and what else is known of it.
    sandbox: bool = False
    parent: str = ""
    former_number: str = ""
    new_phone: bool = False
    nationality: str = "VN"

    @property
    def vneid_name(self) -> str:
        """The user name at the stand-in."""
        return self.citizen_id


@dataclass(frozen=True)
class Staff:
    """Somebody made up who works for an office."""

    username: str
    name: str
    office: str
    role: str
    note: str
