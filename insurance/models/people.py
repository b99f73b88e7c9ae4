"""Insured persons: who somebody is to the agency, with or without an account."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from insurance.models.places import Ward
from vssid.crypto import EncryptedTextField, keyed_hash
from vssid.identifiers import VIETNAM


class InsuredPersonQuerySet(models.QuerySet["InsuredPerson"]):
    def with_code(self, bhxh_code: str) -> "InsuredPersonQuerySet":
        """Who has this 10-digit BHXH code: nobody or one."""
        return self.filter(bhxh_code=bhxh_code)

    def with_citizen_id(self, citizen_id: str) -> "InsuredPersonQuerySet":
        """Who has this 12-digit personal identification number: nobody or one."""
        return self.filter(citizen_id_hash=keyed_hash(citizen_id, kind="citizen_id"))


class InsuredPerson(models.Model):
    """A participant, by the lifelong BHXH code. Other numbers are encrypted and found by a keyed hash."""

    class Gender(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")

    bhxh_code = models.CharField(_("social insurance code"), max_length=10)
    full_name = models.CharField(_("full name"), max_length=120)
    date_of_birth = models.DateField(_("date of birth"))
    birth_year_only = models.BooleanField(_("only the year of birth is known"), default=False)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender)
    citizen_id = EncryptedTextField(_("personal identification number"), null=True, blank=True)
    citizen_id_hash = models.BinaryField(max_length=32, null=True, editable=False)
    nationality = models.CharField(
        _("nationality"), max_length=2, default=VIETNAM, db_default=VIETNAM, help_text=_("Two letters of ISO 3166.")
    )
    phone = EncryptedTextField(_("phone"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    ward = models.ForeignKey(
        Ward, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("ward")
    )
    made_up = models.BooleanField(_("made up for the demonstration"), default=False)
    updated_at = models.DateTimeField(_("updated at"), null=True, blank=True)

    objects = InsuredPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("insured person")
        verbose_name_plural = _("insured persons")
        constraints = [
            # Not unique=True on the fields: that would add a second index for LIKE to the largest tables.
            models.UniqueConstraint(fields=["bhxh_code"], name="person_bhxh_code_is_unique"),
            models.UniqueConstraint(fields=["citizen_id_hash"], name="person_citizen_id_is_unique"),
            models.CheckConstraint(
                condition=models.Q(bhxh_code__regex=r"^\d{10}$"), name="person_bhxh_code_is_10_digits"
            ),
            models.CheckConstraint(
                condition=models.Q(citizen_id__isnull=True, citizen_id_hash__isnull=True)
                | models.Q(citizen_id__isnull=False, citizen_id_hash__isnull=False),
                name="person_citizen_id_and_hash_together",
            ),
            models.CheckConstraint(
                condition=models.Q(nationality__regex=r"^[A-Z]{2}$"), name="person_nationality_is_two_letters"
            ),
            models.CheckConstraint(
                condition=models.Q(birth_year_only=False) | models.Q(date_of_birth__month=1, date_of_birth__day=1),
                name="person_year_of_birth_is_1_january",
            ),
        ]

    def __str__(self) -> str:
        return self.bhxh_code

    @property
    def foreign(self) -> bool:
        """Whether this is no citizen of Viet Nam; unemployment insurance (BHTN) and some rates are for citizens."""
        return self.nationality != VIETNAM

    def set_citizen_id(self, citizen_id: str | None) -> None:
        """Keep the number and its look-up hash together; None forgets both."""
        self.citizen_id = citizen_id
        self.citizen_id_hash = keyed_hash(citizen_id, kind="citizen_id") if citizen_id else None
