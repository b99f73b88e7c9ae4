"""Medical visits paid by health insurance, what they cost, and the papers that facilities issued."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from insurance.models.people import InsuredPerson
from insurance.models.places import Facility


def _whole_is_its_parts(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(total=F("fund") + F("other") + F("copayment") + F("self_paid")), name=name
    )


def _no_part_is_negative(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(fund__gte=0, other__gte=0, copayment__gte=0, self_paid__gte=0), name=name)


class Visit(models.Model):
    """An examination or a stay, by the source's key of it. Amounts are in đồng.

    The total is what the health insurance fund, other sources, the patient's share (cùng chi trả) and the patient
    outside the scope of insurance (tự trả) paid.
    """

    class Outcome(models.TextChoices):
        RECOVERED = "recovered", _("recovered")
        BETTER = "better", _("better")
        UNCHANGED = "unchanged", _("unchanged")
        WORSE = "worse", _("worse")
        REFERRED = "referred", _("sent to another facility")
        OTHER = "other", _("other")

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(
        InsuredPerson, models.CASCADE, related_name="visits", db_index=False, verbose_name=_("insured person")
    )
    source_key = models.CharField(_("key in the source"), max_length=40)
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="+", db_index=False, verbose_name=_("health facility")
    )
    admitted_on = models.DateField(_("came on"))
    discharged_on = models.DateField(_("left on"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    disease_code = models.CharField(_("disease code (ICD-10)"), max_length=8)
    disease = models.CharField(_("disease"), max_length=200)
    department = models.CharField(_("department"), max_length=120, blank=True)
    outcome = models.CharField(_("condition on leaving"), max_length=10, choices=Outcome, blank=True)
    right_level = models.BooleanField(_("at the right level of care (đúng tuyến)"), default=True)
    total = models.BigIntegerField(_("total"))
    fund = models.BigIntegerField(_("paid by health insurance"))
    other = models.BigIntegerField(_("paid by other sources"), default=0)
    copayment = models.BigIntegerField(_("patient's share"))
    self_paid = models.BigIntegerField(_("paid by the patient outside the scope"), default=0)

    class Meta:
        verbose_name = _("medical visit")
        verbose_name_plural = _("medical visits")
        constraints = [
            models.UniqueConstraint(fields=["person", "source_key"], name="visit_source_key_is_unique"),
            models.CheckConstraint(
                condition=Q(discharged_on__isnull=True) | Q(admitted_on__lte=F("discharged_on")),
                name="visit_dates_are_in_order",
            ),
            models.CheckConstraint(
                condition=Q(disease_code__regex=r"^[A-Z]\d\d(\.\d{1,2})?$"), name="visit_disease_code_is_well_formed"
            ),
            _no_part_is_negative("visit_amounts_are_not_negative"),
            _whole_is_its_parts("visit_total_is_its_parts"),
        ]

    def __str__(self) -> str:
        return self.source_key


class VisitLine(models.Model):
    """One line of a visit's bill. Amounts are in đồng; the unit price may have a fraction."""

    pk = models.CompositePrimaryKey("visit", "line")
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="lines", db_index=False, verbose_name=_("visit"))
    line = models.SmallIntegerField(_("line"))
    code = models.CharField(_("cost code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(_("unit price"), max_digits=15, decimal_places=2)
    percent = models.SmallIntegerField(_("benefit level in percent"))
    total = models.BigIntegerField(_("total"))
    fund = models.BigIntegerField(_("paid by health insurance"))
    other = models.BigIntegerField(_("paid by other sources"), default=0)
    copayment = models.BigIntegerField(_("patient's share"))
    self_paid = models.BigIntegerField(_("paid by the patient outside the scope"), default=0)

    class Meta:
        verbose_name = _("line of a bill")
        verbose_name_plural = _("lines of bills")
        constraints = [
            models.CheckConstraint(condition=Q(line__gte=1), name="visit_line_counts_from_1"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, unit_price__gte=0), name="visit_line_price_is_not_negative"
            ),
            models.CheckConstraint(condition=Q(percent__range=(0, 100)), name="visit_line_percent_is_0_to_100"),
            _no_part_is_negative("visit_line_amounts_are_not_negative"),
            _whole_is_its_parts("visit_line_total_is_its_parts"),
        ]

    def __str__(self) -> str:
        return self.code


class MedicalPaper(models.Model):
    """A paper that a facility issued (TT 56/2017/TT-BYT), by its kind and serial number."""

    class Kind(models.TextChoices):
        DISCHARGE = "discharge", _("discharge paper")
        SICK_LEAVE = "sick_leave", _("certificate of leave with social insurance")
        SUMMARY = "summary", _("summary of the medical record")
        BIRTH = "birth", _("birth certificate of the facility")
        PREGNANCY_REST = "pregnancy_rest", _("certificate of rest during pregnancy")

    class Status(models.TextChoices):
        VALID = "valid", _("valid")
        REPLACED = "replaced", _("replaced by another")
        CANCELLED = "cancelled", _("cancelled")

    pk = models.CompositePrimaryKey("person", "kind", "serial")
    person = models.ForeignKey(
        InsuredPerson, models.CASCADE, related_name="papers", db_index=False, verbose_name=_("insured person")
    )
    kind = models.CharField(_("kind of paper"), max_length=14, choices=Kind)
    serial = models.CharField(_("serial number"), max_length=40)
    issued_on = models.DateField(_("issued on"))
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="+", db_index=False, verbose_name=_("health facility")
    )
    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.VALID)

    class Meta:
        verbose_name = _("medical paper")
        verbose_name_plural = _("medical papers")

    def __str__(self) -> str:
        return self.serial
