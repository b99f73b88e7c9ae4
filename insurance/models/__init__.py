"""Insurance records as they exist before and without any account: places, persons and what is known of them."""

from insurance.models.authorisations import Authorisation
from insurance.models.benefits import Benefit, BenefitAdjustment
from insurance.models.cards import HealthCard, WithdrawnPrints
from insurance.models.contributions import ContributionPeriod, Employer, Occupation
from insurance.models.imports import ImportRun
from insurance.models.people import InsuredPerson
from insurance.models.places import CollectingPoint, Facility, FormerProvince, Holiday, Office, Province, Ward
from insurance.models.statements import Statement
from insurance.models.tariffs import (
    BaseSalary,
    BenefitLevel,
    CardObject,
    ContributionRate,
    MinimumWage,
    RetirementAge,
    SalaryCoefficient,
)
from insurance.models.visits import MedicalPaper, Visit, VisitLine

__all__ = [
    "Authorisation",
    "BaseSalary",
    "Benefit",
    "BenefitAdjustment",
    "BenefitLevel",
    "CardObject",
    "CollectingPoint",
    "ContributionPeriod",
    "ContributionRate",
    "Employer",
    "Facility",
    "FormerProvince",
    "HealthCard",
    "Holiday",
    "ImportRun",
    "InsuredPerson",
    "MedicalPaper",
    "MinimumWage",
    "Occupation",
    "Office",
    "Province",
    "RetirementAge",
    "SalaryCoefficient",
    "Statement",
    "Visit",
    "VisitLine",
    "Ward",
    "WithdrawnPrints",
]
