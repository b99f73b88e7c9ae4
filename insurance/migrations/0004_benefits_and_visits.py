import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import vssid.crypto.fields


class Migration(migrations.Migration):
    dependencies = [
        ("insurance", "0003_holidays"),
    ]

    operations = [
        migrations.CreateModel(
            name="Benefit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.SmallIntegerField(
                        choices=[
                            (1, "one-time social insurance"),
                            (2, "sickness, maternity"),
                            (3, "occupational accident or disease"),
                            (4, "monthly benefit"),
                            (5, "unemployment benefit"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="number of the decision or settlement")),
                ("decided_on", models.DateField(verbose_name="decided on")),
                (
                    "regime",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sickness", "sickness"),
                            ("child_sickness", "sickness of a child"),
                            ("maternity", "maternity"),
                            ("recovery", "recovery after illness or birth"),
                            ("pension", "pension"),
                            ("capacity_loss", "allowance for loss of capacity to work"),
                            ("survivor", "survivors' allowance"),
                            ("allowance", "other monthly allowance"),
                        ],
                        max_length=14,
                        verbose_name="regime",
                    ),
                ),
                ("from_date", models.DateField(blank=True, null=True, verbose_name="from")),
                ("to_date", models.DateField(blank=True, null=True, verbose_name="to")),
                ("amount", models.BigIntegerField(verbose_name="amount in đồng, of a month where it is paid monthly")),
                ("monthly", models.BooleanField(default=False, verbose_name="paid every month")),
                (
                    "months",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="months of unemployment benefit"),
                ),
                (
                    "reserved_months",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="months kept for later"),
                ),
                (
                    "capacity_loss",
                    models.SmallIntegerField(
                        blank=True, null=True, verbose_name="loss of capacity to work, in percent"
                    ),
                ),
                ("payer", models.CharField(blank=True, max_length=160, verbose_name="employer or office")),
                ("place", models.CharField(blank=True, max_length=160, verbose_name="place of payment")),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[("cash", "in cash"), ("account", "to a bank account")],
                        max_length=7,
                        verbose_name="way of payment",
                    ),
                ),
                ("bank", models.CharField(blank=True, max_length=120, verbose_name="bank")),
                ("account", vssid.crypto.fields.EncryptedTextField(blank=True, null=True, verbose_name="bank account")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting to be paid"),
                            ("paid", "paid out"),
                            ("paying", "being paid"),
                            ("paused", "paused"),
                            ("returned", "came back from the bank"),
                            ("ended", "ended"),
                        ],
                        max_length=8,
                        verbose_name="state of payment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="benefits",
                        to="insurance.insuredperson",
                        verbose_name="insured person",
                    ),
                ),
            ],
            options={
                "verbose_name": "benefit",
                "verbose_name_plural": "benefits",
            },
        ),
        migrations.CreateModel(
            name="BenefitAdjustment",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "benefit", "from_date", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("from_date", models.DateField(verbose_name="from")),
                ("amount", models.BigIntegerField(verbose_name="amount of a month in đồng")),
                ("legal_basis", models.CharField(max_length=80, verbose_name="legal basis")),
                (
                    "benefit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="adjustments",
                        to="insurance.benefit",
                        verbose_name="benefit",
                    ),
                ),
            ],
            options={
                "verbose_name": "adjustment of a benefit",
                "verbose_name_plural": "adjustments of benefits",
            },
        ),
        migrations.CreateModel(
            name="MedicalPaper",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person", "kind", "serial", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("discharge", "discharge paper"),
                            ("sick_leave", "certificate of leave with social insurance"),
                            ("summary", "summary of the medical record"),
                            ("birth", "birth certificate of the facility"),
                            ("pregnancy_rest", "certificate of rest during pregnancy"),
                        ],
                        max_length=14,
                        verbose_name="kind of paper",
                    ),
                ),
                ("serial", models.CharField(max_length=40, verbose_name="serial number")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                (
                    "status",
                    models.CharField(
                        choices=[("valid", "valid"), ("replaced", "replaced by another"), ("cancelled", "cancelled")],
                        default="valid",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="insurance.facility",
                        verbose_name="health facility",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="papers",
                        to="insurance.insuredperson",
                        verbose_name="insured person",
                    ),
                ),
            ],
            options={
                "verbose_name": "medical paper",
                "verbose_name_plural": "medical papers",
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("source_key", models.CharField(max_length=40, verbose_name="key in the source")),
                ("admitted_on", models.DateField(verbose_name="came on")),
                ("discharged_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="paid on")),
                ("disease_code", models.CharField(max_length=8, verbose_name="disease code (ICD-10)")),
                ("disease", models.CharField(max_length=200, verbose_name="disease")),
                ("department", models.CharField(blank=True, max_length=120, verbose_name="department")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("recovered", "recovered"),
                            ("better", "better"),
                            ("unchanged", "unchanged"),
                            ("worse", "worse"),
                            ("referred", "sent to another facility"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="condition on leaving",
                    ),
                ),
                (
                    "right_level",
                    models.BooleanField(default=True, verbose_name="at the right level of care (đúng tuyến)"),
                ),
                ("total", models.BigIntegerField(verbose_name="total")),
                ("fund", models.BigIntegerField(verbose_name="paid by health insurance")),
                ("other", models.BigIntegerField(default=0, verbose_name="paid by other sources")),
                ("copayment", models.BigIntegerField(verbose_name="patient's share")),
                ("self_paid", models.BigIntegerField(default=0, verbose_name="paid by the patient outside the scope")),
                (
                    "facility",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="insurance.facility",
                        verbose_name="health facility",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to="insurance.insuredperson",
                        verbose_name="insured person",
                    ),
                ),
            ],
            options={
                "verbose_name": "medical visit",
                "verbose_name_plural": "medical visits",
            },
        ),
        migrations.CreateModel(
            name="VisitLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "visit", "line", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line", models.SmallIntegerField(verbose_name="line")),
                ("code", models.CharField(max_length=40, verbose_name="cost code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("unit", models.CharField(blank=True, max_length=30, verbose_name="unit")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12, verbose_name="quantity")),
                ("unit_price", models.DecimalField(decimal_places=2, max_digits=15, verbose_name="unit price")),
                ("percent", models.SmallIntegerField(verbose_name="benefit level in percent")),
                ("total", models.BigIntegerField(verbose_name="total")),
                ("fund", models.BigIntegerField(verbose_name="paid by health insurance")),
                ("other", models.BigIntegerField(default=0, verbose_name="paid by other sources")),
                ("copayment", models.BigIntegerField(verbose_name="patient's share")),
                ("self_paid", models.BigIntegerField(default=0, verbose_name="paid by the patient outside the scope")),
                (
                    "visit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="insurance.visit",
                        verbose_name="visit",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a bill",
                "verbose_name_plural": "lines of bills",
            },
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.UniqueConstraint(fields=("person", "kind", "number"), name="benefit_number_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__range", (1, 5))), name="benefit_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="benefit_amount_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_date__isnull", True),
                    ("to_date__isnull", True),
                    ("from_date__lte", models.F("to_date")),
                    _connector="OR",
                ),
                name="benefit_dates_are_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", 2), ("regime__in", ["sickness", "child_sickness", "maternity", "recovery"])),
                    models.Q(("kind", 4), ("regime__in", ["pension", "capacity_loss", "survivor", "allowance"])),
                    models.Q(("kind__in", [1, 3, 5]), ("regime", "")),
                    _connector="OR",
                ),
                name="benefit_regime_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [1, 3]), ("from_date__isnull", False), _connector="OR"),
                name="benefit_stretch_has_a_beginning",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", [1, 2]), ("monthly", False)),
                    ("kind", 3),
                    models.Q(("kind__in", [4, 5]), ("monthly", True)),
                    _connector="OR",
                ),
                name="benefit_monthly_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", 5), ("months__isnull", False), ("months__range", (1, 12)), ("reserved_months__gte", 0)
                    ),
                    models.Q(
                        models.Q(("kind", 5), _negated=True),
                        ("months__isnull", True),
                        ("reserved_months__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="benefit_months_are_of_unemployment",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("capacity_loss__isnull", False), ("capacity_loss__range", (0, 100)), ("kind", 3)),
                    models.Q(models.Q(("kind", 3), _negated=True), ("capacity_loss__isnull", True)),
                    _connector="OR",
                ),
                name="benefit_loss_is_of_accidents",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefitadjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="adjustment_amount_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(fields=("person", "source_key"), name="visit_source_key_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discharged_on__isnull", True), ("admitted_on__lte", models.F("discharged_on")), _connector="OR"
                ),
                name="visit_dates_are_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("disease_code__regex", "^[A-Z]\\d\\d(\\.\\d{1,2})?$")),
                name="visit_disease_code_is_well_formed",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("copayment__gte", 0), ("fund__gte", 0), ("other__gte", 0), ("self_paid__gte", 0)),
                name="visit_amounts_are_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "total",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("fund"), "+", models.F("other")
                                ),
                                "+",
                                models.F("copayment"),
                            ),
                            "+",
                            models.F("self_paid"),
                        ),
                    )
                ),
                name="visit_total_is_its_parts",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitline",
            constraint=models.CheckConstraint(condition=models.Q(("line__gte", 1)), name="visit_line_counts_from_1"),
        ),
        migrations.AddConstraint(
            model_name="visitline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 0), ("unit_price__gte", 0)),
                name="visit_line_price_is_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitline",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__range", (0, 100))), name="visit_line_percent_is_0_to_100"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitline",
            constraint=models.CheckConstraint(
                condition=models.Q(("copayment__gte", 0), ("fund__gte", 0), ("other__gte", 0), ("self_paid__gte", 0)),
                name="visit_line_amounts_are_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "total",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("fund"), "+", models.F("other")
                                ),
                                "+",
                                models.F("copayment"),
                            ),
                            "+",
                            models.F("self_paid"),
                        ),
                    )
                ),
                name="visit_line_total_is_its_parts",
            ),
        ),
    ]
