from accounts.dossiers.models import DossierCounter
from accounts.models.applications import ApiClient, Consent, UsedAssertion
from accounts.models.archive import DataArchive
from accounts.models.channels import NoticeChoices, NoticeDelivery, PushSubscription
from accounts.models.contact import ContactChange, OfficeRecovery
from accounts.models.family import Guardianship
from accounts.models.identity import IdentityMerge, IdentityNumber
from accounts.models.incident import Incident
from accounts.models.login import LoginThrottle, TrustedBrowser
from accounts.models.otp import OneTimeCode
from accounts.models.passkey import Passkey
from accounts.models.question import AccessQuestion
from accounts.models.registration import DossierNote, IdPhoto, PartialDeclaration, RegistrationDossier
from accounts.models.session import Session
from accounts.models.staff import Role, StaffPosting
from accounts.models.user import User
from accounts.models.vneid import VNeIDCase, VNeIDLink

__all__ = [
    "AccessQuestion",
    "ApiClient",
    "Consent",
    "ContactChange",
    "DataArchive",
    "DossierCounter",
    "DossierNote",
    "Guardianship",
    "IdPhoto",
    "IdentityMerge",
    "IdentityNumber",
    "Incident",
    "LoginThrottle",
    "NoticeChoices",
    "NoticeDelivery",
    "OfficeRecovery",
    "OneTimeCode",
    "PartialDeclaration",
    "Passkey",
    "PushSubscription",
    "RegistrationDossier",
    "Role",
    "Session",
    "StaffPosting",
    "TrustedBrowser",
    "UsedAssertion",
    "User",
    "VNeIDCase",
    "VNeIDLink",
]
