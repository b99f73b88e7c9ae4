"""Benefits as people received them: lump sums, short-term, accident and disease, monthly, unemployment."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from insurance.models.people import InsuredPerson
from vssid.crypto import EncryptedTextField


class Benefit(models.Model):
    """One benefit by its decision; a short-term one by the settlement list that paid it.

    One table for the five kinds: they are read, imported and listed together and share most columns. What a kind does
    not have is empty, and constraints say what it must have.
    """

    class Kind(models.IntegerChoices):
        LUMP_SUM = 1, _("one-time social insurance")
        SHORT_TERM = 2, _("sickness, maternity")
        ACCIDENT = 3, _("occupational accident or disease")
        MONTHLY = 4, _("monthly benefit")
        UNEMPLOYMENT = 5, _("unemployment benefit")

    class Regime(models.TextChoices):
        """What exactly: the first four are short-term, the others monthly."""

        SICKNESS = "sickness", _("sickness")
        CHILD_SICKNESS = "child_sickness", _("sickness of a child")
        MATERNITY = "maternity", _("maternity")
        RECOVERY = "recovery", _("recovery after illness or birth")
        PENSION = "pension", _("pension")
        CAPACITY_LOSS = "capacity_loss", _("allowance for loss of capacity to work")
        SURVIVOR = "survivor", _("survivors' allowance")
        ALLOWANCE = "allowance", _("other monthly allowance")

    class Method(models.TextChoices):
        CASH = "cash", _("in cash")
        ACCOUNT = "account", _("to a bank account")

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("payment", "waiting to be paid")
        PAID = "paid", pgettext_lazy("payment", "paid out")
        PAYING = "paying", pgettext_lazy("payment", "being paid")
        PAUSED = "paused", pgettext_lazy("payment", "paused")
        RETURNED = "returned", pgettext_lazy("payment", "came back from the bank")
        ENDED = "ended", pgettext_lazy("payment", "ended")

    SHORT_TERM_REGIMES = (Regime.SICKNESS, Regime.CHILD_SICKNESS, Regime.MATERNITY, Regime.RECOVERY)
    MONTHLY_REGIMES = (Regime.PENSION, Regime.CAPACITY_LOSS, Regime.SURVIVOR, Regime.ALLOWANCE)

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(
        InsuredPerson, models.CASCADE, related_name="benefits", db_index=False, verbose_name=_("insured person")
    )
    kind = models.SmallIntegerField(_("kind"), choices=Kind)
    number = models.CharField(_("number of the decision or settlement"), max_length=40)
    decided_on = models.DateField(_("decided on"))
    regime = models.CharField(_("regime"), max_length=14, choices=Regime, blank=True)
    from_date = models.DateField(_("from"), null=True, blank=True)
    to_date = models.DateField(_("to"), null=True, blank=True)
    amount = models.BigIntegerField(_("amount in đồng, of a month where it is paid monthly"))
    monthly = models.BooleanField(_("paid every month"), default=False)
    months = models.SmallIntegerField(_("months of unemployment benefit"), null=True, blank=True)
    reserved_months = models.SmallIntegerField(_("months kept for later"), null=True, blank=True)
    capacity_loss = models.SmallIntegerField(_("loss of capacity to work, in percent"), null=True, blank=True)
    payer = models.CharField(_("employer or office"), max_length=160, blank=True)
    place = models.CharField(_("place of payment"), max_length=160, blank=True)
    method = models.CharField(_("way of payment"), max_length=7, choices=Method, blank=True)
    bank = models.CharField(_("bank"), max_length=120, blank=True)
    account = EncryptedTextField(_("bank account"), null=True, blank=True)
    status = models.CharField(_("state of payment"), max_length=8, choices=Status)

    class Meta:
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "number"], name="benefit_number_is_unique"),
            models.CheckConstraint(condition=Q(kind__range=(1, 5)), name="benefit_kind_is_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="benefit_amount_is_not_negative"),
            models.CheckConstraint(
                condition=Q(from_date__isnull=True) | Q(to_date__isnull=True) | Q(from_date__lte=F("to_date")),
                name="benefit_dates_are_in_order",
            ),
            models.CheckConstraint(
                condition=Q(kind=2, regime__in=["sickness", "child_sickness", "maternity", "recovery"])
                | Q(kind=4, regime__in=["pension", "capacity_loss", "survivor", "allowance"])
                | Q(kind__in=[1, 3, 5], regime=""),
                name="benefit_regime_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[1, 3]) | Q(from_date__isnull=False), name="benefit_stretch_has_a_beginning"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[1, 2], monthly=False) | Q(kind=3) | Q(kind__in=[4, 5], monthly=True),
                name="benefit_monthly_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind=5, months__range=(1, 12), months__isnull=False, reserved_months__gte=0)
                | Q(~Q(kind=5), months__isnull=True, reserved_months__isnull=True),
                name="benefit_months_are_of_unemployment",
            ),
            models.CheckConstraint(
                condition=Q(kind=3, capacity_loss__range=(0, 100), capacity_loss__isnull=False)
                | Q(~Q(kind=3), capacity_loss__isnull=True),
                name="benefit_loss_is_of_accidents",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BenefitAdjustment(models.Model):
    """A monthly benefit is another amount from a day on (phiếu điều chỉnh)."""

    pk = models.CompositePrimaryKey("benefit", "from_date")
    benefit = models.ForeignKey(
        Benefit, models.CASCADE, related_name="adjustments", db_index=False, verbose_name=_("benefit")
    )
    from_date = models.DateField(_("from"))
    amount = models.BigIntegerField(_("amount of a month in đồng"))
    legal_basis = models.CharField(_("legal basis"), max_length=80)

    class Meta:
        verbose_name = _("adjustment of a benefit")
        verbose_name_plural = _("adjustments of benefits")
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="adjustment_amount_is_not_negative")]

    def __str__(self) -> str:
        return f"{self.from_date:%d/%m/%Y}: {self.amount}"
