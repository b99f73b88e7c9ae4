"""Dated amounts and the code lists of the BHYT card."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BenefitLevel(models.Model):
    """The digit on a BHYT card that says what the fund pays (QĐ 1351/QĐ-BHXH; Luật BHYT Đ22)."""

    level = models.SmallIntegerField(_("level"), primary_key=True)
    pays_percent = models.SmallIntegerField(_("the fund pays, in percent"))
    ratio_limits_apply = models.BooleanField(_("payment ratios of medicines and services apply"))
    meaning = models.CharField(_("meaning"), max_length=300)

    class Meta:
        verbose_name = _("benefit level")
        verbose_name_plural = _("benefit levels")
        ordering = ["level"]
        constraints = [
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="benefit_level_is_1_to_5"),
            models.CheckConstraint(
                condition=models.Q(pays_percent__range=(0, 100)), name="benefit_percent_is_0_to_100"
            ),
        ]

    def __str__(self) -> str:
        return str(self.level)


class CardObject(models.Model):
    """The two letters on a BHYT card that say why a person is insured (QĐ 1351/QĐ-BHXH)."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    level = models.SmallIntegerField(_("usual benefit level"), null=True, blank=True)
    payer_group = models.CharField(_("payer group"), max_length=40)
    name = models.CharField(_("name"), max_length=160)

    class Meta:
        verbose_name = _("card object code")
        verbose_name_plural = _("card object codes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=r"^[A-Z]{2}$"), name="card_object_is_2_letters"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="card_object_level_is_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.name}"


class BaseSalary(models.Model):
    """Lương cơ sở (since 2025-07-01 also the mức tham chiếu, Luật BHXH 2024 Đ141.13), đồng a month, from a day on."""

    from_date = models.DateField(_("from"), primary_key=True)
    amount = models.IntegerField(_("amount in đồng"))
    legal_basis = models.CharField(_("legal basis"), max_length=80)

    class Meta:
        verbose_name = _("base salary")
        verbose_name_plural = _("base salaries")
        ordering = ["from_date"]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="base_salary_is_positive")]

    def __str__(self) -> str:
        return f"{self.from_date:%d/%m/%Y}: {self.amount}"
