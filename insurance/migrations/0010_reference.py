import django.db.models.deletion
import simple_history.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insurance", "0009_import_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContributionRate",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("bhxh", "social insurance (BHXH)"),
                            ("tnld", "accident and disease insurance (TNLĐ-BNN)"),
                            ("bhyt", "health insurance (BHYT)"),
                            ("bhtn", "unemployment insurance (BHTN)"),
                            ("voluntary", "voluntary social insurance"),
                            ("voluntary_support", "support of voluntary social insurance"),
                            ("household", "health insurance of a household"),
                        ],
                        max_length=20,
                        verbose_name="scheme",
                    ),
                ),
                (
                    "payer",
                    models.CharField(
                        choices=[
                            ("employee", "employee"),
                            ("employer", "employer"),
                            ("self", "oneself"),
                            ("state", "state"),
                        ],
                        max_length=8,
                        verbose_name="payer",
                    ),
                ),
                ("part", models.CharField(max_length=60, verbose_name="part of the fund, or group")),
                ("applies_to", models.CharField(blank=True, max_length=120, verbose_name="applies to")),
                ("percent", models.DecimalField(decimal_places=3, max_digits=6, verbose_name="percent")),
            ],
            options={
                "verbose_name": "contribution rate",
                "verbose_name_plural": "contribution rates",
                "ordering": ["scheme", "payer", "part", "valid_from"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HistoricalBaseSalary",
            fields=[
                ("from_date", models.DateField(db_index=True, verbose_name="from")),
                ("amount", models.IntegerField(verbose_name="amount in đồng")),
                ("legal_basis", models.CharField(max_length=80, verbose_name="legal basis")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical base salary",
                "verbose_name_plural": "historical base salaries",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalBenefitLevel",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("level", models.SmallIntegerField(db_index=True, verbose_name="level")),
                ("pays_percent", models.SmallIntegerField(verbose_name="the fund pays, in percent")),
                (
                    "ratio_limits_apply",
                    models.BooleanField(verbose_name="payment ratios of medicines and services apply"),
                ),
                ("meaning", models.CharField(max_length=300, verbose_name="meaning")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical benefit level",
                "verbose_name_plural": "historical benefit levels",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCardObject",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("code", models.CharField(db_index=True, max_length=2, verbose_name="code")),
                ("level", models.SmallIntegerField(blank=True, null=True, verbose_name="usual benefit level")),
                ("payer_group", models.CharField(max_length=40, verbose_name="payer group")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical card object code",
                "verbose_name_plural": "historical card object codes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalContributionRate",
            fields=[
                ("id", models.IntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("bhxh", "social insurance (BHXH)"),
                            ("tnld", "accident and disease insurance (TNLĐ-BNN)"),
                            ("bhyt", "health insurance (BHYT)"),
                            ("bhtn", "unemployment insurance (BHTN)"),
                            ("voluntary", "voluntary social insurance"),
                            ("voluntary_support", "support of voluntary social insurance"),
                            ("household", "health insurance of a household"),
                        ],
                        max_length=20,
                        verbose_name="scheme",
                    ),
                ),
                (
                    "payer",
                    models.CharField(
                        choices=[
                            ("employee", "employee"),
                            ("employer", "employer"),
                            ("self", "oneself"),
                            ("state", "state"),
                        ],
                        max_length=8,
                        verbose_name="payer",
                    ),
                ),
                ("part", models.CharField(max_length=60, verbose_name="part of the fund, or group")),
                ("applies_to", models.CharField(blank=True, max_length=120, verbose_name="applies to")),
                ("percent", models.DecimalField(decimal_places=3, max_digits=6, verbose_name="percent")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical contribution rate",
                "verbose_name_plural": "historical contribution rates",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalEmployer",
            fields=[
                ("id", models.IntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("code", models.CharField(max_length=16, verbose_name="unit code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("made_up", models.BooleanField(default=False, verbose_name="made up for the demonstration")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical employer",
                "verbose_name_plural": "historical employers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalFacility",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("code", models.CharField(db_index=True, max_length=5, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("made_up", models.BooleanField(default=False, verbose_name="made up for the demonstration")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical health facility",
                "verbose_name_plural": "historical health facilities",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalFormerProvince",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("code2", models.CharField(db_index=True, max_length=2, verbose_name="code")),
                ("cccd_code3", models.CharField(blank=True, max_length=3, verbose_name="code on citizen cards")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical former province",
                "verbose_name_plural": "historical former provinces",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalHoliday",
            fields=[
                ("day", models.DateField(db_index=True, verbose_name="day")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical holiday",
                "verbose_name_plural": "historical holidays",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalMinimumWage",
            fields=[
                ("id", models.IntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "region",
                    models.CharField(
                        choices=[("I", "I"), ("II", "II"), ("III", "III"), ("IV", "IV")],
                        max_length=3,
                        verbose_name="region",
                    ),
                ),
                ("monthly", models.IntegerField(verbose_name="đồng a month")),
                ("hourly", models.IntegerField(blank=True, null=True, verbose_name="đồng an hour")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical regional minimum wage",
                "verbose_name_plural": "historical regional minimum wages",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalOffice",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("code", models.CharField(db_index=True, max_length=5, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("opening_hours", models.CharField(blank=True, max_length=120, verbose_name="opening hours")),
                ("former_name", models.CharField(blank=True, max_length=200, verbose_name="former name")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical office",
                "verbose_name_plural": "historical offices",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalProvince",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("code", models.CharField(db_index=True, max_length=2, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical province",
                "verbose_name_plural": "historical provinces",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRetirementAge",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("year", models.SmallIntegerField(db_index=True, verbose_name="year")),
                ("men_months", models.SmallIntegerField(verbose_name="men, in months")),
                ("women_months", models.SmallIntegerField(verbose_name="women, in months")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical retirement age",
                "verbose_name_plural": "historical retirement ages",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSalaryCoefficient",
            fields=[
                ("id", models.IntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "scheme",
                    models.CharField(
                        choices=[("compulsory", "compulsory"), ("voluntary", "voluntary")],
                        max_length=10,
                        verbose_name="scheme",
                    ),
                ),
                ("settled_in", models.SmallIntegerField(verbose_name="year of settlement")),
                ("year", models.SmallIntegerField(verbose_name="year of contribution")),
                ("coefficient", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="coefficient")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical adjustment coefficient of salaries",
                "verbose_name_plural": "historical adjustment coefficients of salaries",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalWard",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("code", models.CharField(db_index=True, max_length=5, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("ward", "ward"), ("commune", "commune"), ("special_zone", "special zone")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical ward",
                "verbose_name_plural": "historical wards",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="MinimumWage",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                (
                    "region",
                    models.CharField(
                        choices=[("I", "I"), ("II", "II"), ("III", "III"), ("IV", "IV")],
                        max_length=3,
                        verbose_name="region",
                    ),
                ),
                ("monthly", models.IntegerField(verbose_name="đồng a month")),
                ("hourly", models.IntegerField(blank=True, null=True, verbose_name="đồng an hour")),
            ],
            options={
                "verbose_name": "regional minimum wage",
                "verbose_name_plural": "regional minimum wages",
                "ordering": ["valid_from", "region"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RetirementAge",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("year", models.SmallIntegerField(primary_key=True, serialize=False, verbose_name="year")),
                ("men_months", models.SmallIntegerField(verbose_name="men, in months")),
                ("women_months", models.SmallIntegerField(verbose_name="women, in months")),
            ],
            options={
                "verbose_name": "retirement age",
                "verbose_name_plural": "retirement ages",
                "ordering": ["year"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SalaryCoefficient",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                (
                    "scheme",
                    models.CharField(
                        choices=[("compulsory", "compulsory"), ("voluntary", "voluntary")],
                        max_length=10,
                        verbose_name="scheme",
                    ),
                ),
                ("settled_in", models.SmallIntegerField(verbose_name="year of settlement")),
                ("year", models.SmallIntegerField(verbose_name="year of contribution")),
                ("coefficient", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="coefficient")),
            ],
            options={
                "verbose_name": "adjustment coefficient of salaries",
                "verbose_name_plural": "adjustment coefficients of salaries",
                "ordering": ["scheme", "settled_in", "year"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="basesalary",
            name="confidence",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure"),
        ),
        migrations.AddField(
            model_name="benefitlevel",
            name="confidence",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure"),
        ),
        migrations.AddField(
            model_name="benefitlevel",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="source"),
        ),
        migrations.AddField(
            model_name="benefitlevel",
            name="valid_from",
            field=models.DateField(blank=True, null=True, verbose_name="valid from"),
        ),
        migrations.AddField(
            model_name="benefitlevel",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid to"),
        ),
        migrations.AddField(
            model_name="cardobject",
            name="confidence",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure"),
        ),
        migrations.AddField(
            model_name="cardobject",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="source"),
        ),
        migrations.AddField(
            model_name="cardobject",
            name="valid_from",
            field=models.DateField(blank=True, null=True, verbose_name="valid from"),
        ),
        migrations.AddField(
            model_name="cardobject",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid to"),
        ),
        migrations.AddField(
            model_name="employer",
            name="confidence",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure"),
        ),
        migrations.AddField(
            model_name="employer",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="source"),
        ),
        migrations.AddField(
            model_name="employer",
            name="valid_from",
            field=models.DateField(blank=True, null=True, verbose_name="valid from"),
        ),
        migrations.AddField(
            model_name="employer",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid to"),
        ),
        migrations.AddField(
            model_name="facility",
            name="confidence",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure"),
        ),
        migrations.AddField(
            model_name="facility",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="source"),
        ),
        migrations.AddField(
            model_name="facility",
            name="valid_from",
            field=models.DateField(blank=True, null=True, verbose_name="valid from"),
        ),
        migrations.AddField(
            model_name="facility",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid to"),
        ),
        migrations.AddField(
            model_name="formerprovince",
            name="confidence",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure"),
        ),
        migrations.AddField(
            model_name="formerprovince",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="source"),
        ),
        migrations.AddField(
            model_name="formerprovince",
            name="valid_from",
            field=models.DateField(blank=True, null=True, verbose_name="valid from"),
        ),
        migrations.AddField(
            model_name="formerprovince",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid to"),
        ),
        migrations.AddField(
            model_name="office",
            name="confidence",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure"),
        ),
        migrations.AddField(
            model_name="office",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="source"),
        ),
        migrations.AddField(
            model_name="office",
            name="valid_from",
            field=models.DateField(blank=True, null=True, verbose_name="valid from"),
        ),
        migrations.AddField(
            model_name="office",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid to"),
        ),
        migrations.AddField(
            model_name="province",
            name="confidence",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure"),
        ),
        migrations.AddField(
            model_name="province",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="source"),
        ),
        migrations.AddField(
            model_name="province",
            name="valid_from",
            field=models.DateField(blank=True, null=True, verbose_name="valid from"),
        ),
        migrations.AddField(
            model_name="province",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid to"),
        ),
        migrations.AddField(
            model_name="ward",
            name="confidence",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure"),
        ),
        migrations.AddField(
            model_name="ward",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="source"),
        ),
        migrations.AddField(
            model_name="ward",
            name="valid_from",
            field=models.DateField(blank=True, null=True, verbose_name="valid from"),
        ),
        migrations.AddField(
            model_name="ward",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid to"),
        ),
        migrations.AddConstraint(
            model_name="benefitlevel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="benefitlevel_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="cardobject_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="employer_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="facility_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerprovince",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="formerprovince_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="office_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="province",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="province_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="ward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="ward_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionrate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="contributionrate_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionrate",
            constraint=models.UniqueConstraint(
                fields=("scheme", "payer", "part", "applies_to", "valid_from"), name="contribution_rate_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__range", (0, 100))), name="rate_percent_is_0_to_100"
            ),
        ),
        migrations.AddField(
            model_name="historicalfacility",
            name="province",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="insurance.province",
                verbose_name="province",
            ),
        ),
        migrations.AddField(
            model_name="historicalformerprovince",
            name="province",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="insurance.province",
                verbose_name="province",
            ),
        ),
        migrations.AddField(
            model_name="historicaloffice",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="insurance.office",
                verbose_name="provincial office",
            ),
        ),
        migrations.AddField(
            model_name="historicaloffice",
            name="province",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="insurance.province",
                verbose_name="province",
            ),
        ),
        migrations.AddField(
            model_name="historicalward",
            name="province",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="insurance.province",
                verbose_name="province",
            ),
        ),
        migrations.AddConstraint(
            model_name="minimumwage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="minimumwage_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="minimumwage",
            constraint=models.UniqueConstraint(fields=("region", "valid_from"), name="minimum_wage_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="minimumwage",
            constraint=models.CheckConstraint(condition=models.Q(("monthly__gt", 0)), name="minimum_wage_is_positive"),
        ),
        migrations.AddConstraint(
            model_name="retirementage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="retirementage_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="salarycoefficient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="salarycoefficient_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="salarycoefficient",
            constraint=models.UniqueConstraint(
                fields=("scheme", "settled_in", "year"), name="salary_coefficient_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="salarycoefficient",
            constraint=models.CheckConstraint(
                condition=models.Q(("coefficient__gt", 0)), name="salary_coefficient_is_positive"
            ),
        ),
    ]
