"""Provinces, wards, offices and facilities: the map on which everything else lies."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from insurance.models.dated import Dated, edits


class Words(models.Func):
    """The words of some columns as people search them: no accents, no capitals, a blank before each word.

    The database's own function (migration 0013); `insurance.rules.words` does the same to what somebody typed.
    """

    function = "insurance_words"
    output_field = models.TextField()


def words_index(name: str, *columns: str) -> GinIndex:
    """The index that finds words by their beginnings and by near spelling."""
    return GinIndex(OpClass(Words(*(columns or ("code", "name", "address"))), name="gin_trgm_ops"), name=name)


class Province(Dated):
    """One of the 34 provinces and cities since 2025-07-01 (NQ 202/2025/QH15), by its two-digit code."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=60)

    class Meta(Dated.Meta):
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        ordering = ["code"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=models.Q(code__regex=r"^\d{2}$"), name="province_code_is_2_digits"),
        ]

    def __str__(self) -> str:
        return self.name


class FormerProvince(Dated):
    """One of the 63 provinces before 2025-07-01. Issued numbers keep these codes, so they stay valid for ever.

    Two more codes have no province behind them: 97 (army) and 98 (police) on BHYT cards.
    """

    code2 = models.CharField(_("code"), max_length=2, primary_key=True)
    cccd_code3 = models.CharField(_("code on citizen cards"), max_length=3, blank=True)
    name = models.CharField(_("name"), max_length=60)
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="former", verbose_name=_("province")
    )

    class Meta(Dated.Meta):
        verbose_name = _("former province")
        verbose_name_plural = _("former provinces")
        ordering = ["code2"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(code2__regex=r"^\d{2}$"), name="former_province_code_is_2_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Ward(Dated):
    """One of the 3,321 wards, communes and special zones since 2025-07-01."""

    class Kind(models.TextChoices):
        WARD = "ward", _("ward")
        COMMUNE = "commune", _("commune")
        SPECIAL_ZONE = "special_zone", _("special zone")

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    province = models.ForeignKey(Province, models.PROTECT, related_name="wards", verbose_name=_("province"))

    class Meta(Dated.Meta):
        verbose_name = _("ward")
        verbose_name_plural = _("wards")
        ordering = ["code"]
        indexes = [words_index("ward_words", "code", "name")]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=models.Q(code__regex=r"^\d{5}$"), name="ward_code_is_5_digits"),
        ]

    def __str__(self) -> str:
        return self.name


class Office(Dated):
    """A BHXH office: provincial (no parent) or local. The codes are this project's own, none are published."""

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="local_offices", verbose_name=_("provincial office")
    )
    province = models.ForeignKey(Province, models.PROTECT, related_name="offices", verbose_name=_("province"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    former_name = models.CharField(_("former name"), max_length=200, blank=True)
    serves = models.ManyToManyField(Ward, related_name="offices", blank=True, verbose_name=_("wards served"))

    class Meta(Dated.Meta):
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["code"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=models.Q(code__regex=r"^\d{5}$"), name="office_code_is_5_digits"),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("code")),
                name="office_is_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Facility(Dated):
    """A health facility: what it is contracted for, and which level of care it is (NĐ 02/2025/NĐ-CP)."""

    class Level(models.TextChoices):
        INITIAL = "initial", _("initial level")
        BASIC = "basic", _("basic level")
        SPECIALISED = "specialised", _("specialised level")

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    name = models.CharField(_("name"), max_length=160)
    province = models.ForeignKey(Province, models.PROTECT, related_name="facilities", verbose_name=_("province"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True, db_default="")
    opening_hours = models.CharField(_("opening hours"), max_length=120, blank=True, db_default="")
    level = models.CharField(_("level of care"), max_length=11, choices=Level, blank=True, db_default="")
    contracted = models.BooleanField(_("treats people with health insurance"), default=True, db_default=True)
    registers = models.BooleanField(_("takes people as facility of first care"), default=True, db_default=True)
    certifies_leave = models.BooleanField(_("issues leave papers"), default=False, db_default=False)
    made_up = models.BooleanField(_("made up for the demonstration"), default=False)

    class Meta(Dated.Meta):
        verbose_name = _("health facility")
        verbose_name_plural = _("health facilities")
        ordering = ["code"]
        indexes = [words_index("facility_words")]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=models.Q(code__regex=r"^\d{5}$"), name="facility_code_is_5_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class CollectingPoint(Dated):
    """Where people pay household BHYT and voluntary BHXH (điểm thu of an organisation that collects for the agency)."""

    code = models.CharField(_("code"), max_length=16, primary_key=True)
    name = models.CharField(_("name"), max_length=160)
    organisation = models.CharField(_("collecting organisation"), max_length=160, blank=True)
    province = models.ForeignKey(Province, models.PROTECT, related_name="+", verbose_name=_("province"))
    ward = models.ForeignKey(Ward, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ward"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    made_up = models.BooleanField(_("made up for the demonstration"), default=False)

    class Meta(Dated.Meta):
        verbose_name = _("collecting point")
        verbose_name_plural = _("collecting points")
        ordering = ["code"]
        indexes = [words_index("collecting_point_words")]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day off for the offices beside Saturday and Sunday; kept by administrators, year by year."""

    day = models.DateField(_("day"), primary_key=True)
    name = models.CharField(_("name"), max_length=80)

    history = edits()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"
