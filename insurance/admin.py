"""Reference data in the back office: dated rows with their source; each edit stays in the row's history."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from simple_history.admin import SimpleHistoryAdmin

from insurance.models import (
    BaseSalary,
    BenefitLevel,
    CardObject,
    CollectingPoint,
    ContributionRate,
    Employer,
    Facility,
    FormerProvince,
    Holiday,
    ImportRun,
    MinimumWage,
    Office,
    Province,
    RetirementAge,
    SalaryCoefficient,
    Ward,
)


class History(SimpleHistoryAdmin):
    """History of a row; an address whose key cannot be one is a page that is not there."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        try:
            self.model._meta.pk.to_python(unquote(object_id))
        except ValidationError as nonsense:
            raise Http404 from nonsense
        return super().history_view(request, object_id, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep a row as it came from its file first: the first change has something to be held against."""
        key = self.model._meta.pk.attname
        if change and not self.model.history.filter(**{key: obj.pk}).exists():
            loaded = self.model._default_manager.get(pk=obj.pk)
            self.model.history.bulk_history_create([loaded], default_change_reason=gettext("As it came from the file"))
        super().save_model(request, obj, form, change)


class Reference(History):
    """A row that staff edit keeps what they wrote when the files are loaded again. Its key never changes."""

    key: tuple[str, ...] = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        return self.key if obj else ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Places and codes come with the files and the importer."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Records may point at it: a row ends by its last day."""
        return False


class Tariff(Reference):
    """What staff add by themselves, such as the next amount when it is decreed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super(Reference, self).has_add_permission(request)


@admin.register(Province)
class ProvinceAdmin(Reference):
    list_display = ("code", "name", "valid_from", "valid_to")
    search_fields = ("code", "name__unaccent")


@admin.register(FormerProvince)
class FormerProvinceAdmin(Reference):
    key = ("code2",)
    list_display = ("code2", "name", "province", "valid_to")
    list_select_related = ("province",)
    search_fields = ("code2", "name__unaccent")


@admin.register(Ward)
class WardAdmin(Reference):
    list_display = ("code", "name", "province", "valid_from", "valid_to")
    list_filter = ("kind", "province")
    list_select_related = ("province",)
    search_fields = ("code", "name__unaccent")


@admin.register(Office)
class OfficeAdmin(Reference):
    # Which wards it serves is the file's to say: the loader links exactly those.
    exclude = ("serves",)
    list_display = ("code", "name", "province", "phone")
    list_filter = ("province",)
    list_select_related = ("province",)
    search_fields = ("code", "name__unaccent", "address__unaccent")


@admin.register(Facility)
class FacilityAdmin(Reference):
    list_display = ("code", "name", "province", "valid_to", "made_up")
    list_filter = ("province", "contracted", "certifies_leave", "made_up")
    list_select_related = ("province",)
    search_fields = ("code", "name__unaccent")


@admin.register(CollectingPoint)
class CollectingPointAdmin(Tariff):
    """Nobody publishes these as a list: staff add what collecting organisations report, the importer takes files."""

    key = ("code",)
    list_display = ("code", "name", "organisation", "province", "valid_to", "made_up")
    list_filter = ("province", "made_up")
    list_select_related = ("province",)
    raw_id_fields = ("ward",)
    search_fields = ("code", "name__unaccent")


@admin.register(Employer)
class EmployerAdmin(Reference):
    list_display = ("code", "name", "tax_code", "address", "valid_to", "made_up")
    raw_id_fields = ("office",)
    list_filter = ("made_up",)
    search_fields = ("code", "name__unaccent")
    show_full_result_count = False


@admin.register(BenefitLevel)
class BenefitLevelAdmin(Reference):
    key = ("level",)
    list_display = ("level", "pays_percent", "ratio_limits_apply", "meaning")


@admin.register(CardObject)
class CardObjectAdmin(Reference):
    list_display = ("code", "level", "name", "confidence")
    search_fields = ("code", "name__unaccent")


@admin.register(BaseSalary)
class BaseSalaryAdmin(Tariff):
    key = ("from_date",)
    list_display = ("from_date", "amount", "legal_basis", "confidence")
    ordering = ("-from_date",)


@admin.register(ContributionRate)
class ContributionRateAdmin(Tariff):
    key = ("scheme", "payer", "part", "applies_to", "valid_from")
    list_display = (
        *("scheme", "payer", "part", "applies_to", "standard"),
        *("percent", "valid_from", "valid_to", "confidence"),
    )
    list_filter = ("scheme", "payer")


@admin.register(MinimumWage)
class MinimumWageAdmin(Tariff):
    key = ("region", "valid_from")
    list_display = ("valid_from", "valid_to", "region", "monthly", "hourly", "confidence")
    list_filter = ("region",)
    ordering = ("-valid_from", "region")


@admin.register(SalaryCoefficient)
class SalaryCoefficientAdmin(Tariff):
    key = ("scheme", "settled_in", "year")
    list_display = ("settled_in", "year", "scheme", "coefficient", "confidence")
    list_filter = ("settled_in", "scheme")


@admin.register(RetirementAge)
class RetirementAgeAdmin(Tariff):
    key = ("year",)
    list_display = ("year", "men_months", "women_months", "confidence")


@admin.register(Holiday)
class HolidayAdmin(History):
    """Kept by administrators: terms that begin from now on pass over these days."""

    list_display = ("day", "name")
    date_hierarchy = "day"
    ordering = ("-day",)


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin):
    """How files came in, and how far one is that is on its way."""

    list_display = ("started_at", "kind", "file", "rows", "accepted", "refused", "finished_at")
    list_filter = ("kind",)
    ordering = ("-started_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
