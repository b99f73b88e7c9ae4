"""Insurance records as they exist before and without any account: places, persons, cards, contribution periods."""

from insurance.models.cards import HealthCard
from insurance.models.contributions import ContributionPeriod, Employer, Occupation
from insurance.models.people import InsuredPerson
from insurance.models.places import Facility, FormerProvince, Holiday, Office, Province, Ward
from insurance.models.tariffs import BaseSalary, BenefitLevel, CardObject

__all__ = [
    "BaseSalary",
    "BenefitLevel",
    "CardObject",
    "ContributionPeriod",
    "Employer",
    "Facility",
    "FormerProvince",
    "HealthCard",
    "Holiday",
    "InsuredPerson",
    "Occupation",
    "Office",
    "Province",
    "Ward",
]
