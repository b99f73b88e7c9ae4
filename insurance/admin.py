"""Reference data in the back office: what the files say is shown, what only people know can be filled in."""

from django.contrib import admin
from django.http import HttpRequest

from insurance.models import Employer, Facility, Holiday, Office, Province, Ward


class LookUp(admin.ModelAdmin):
    """To be searched and read. Rows come and go with the files and the importer, never by hand."""

    editable: tuple[str, ...] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        names = [field.name for field in self.opts.fields + self.opts.many_to_many]
        return [name for name in names if name not in self.editable]


@admin.register(Province)
class ProvinceAdmin(LookUp):
    list_display = ("code", "name")
    search_fields = ("code", "name__unaccent")


@admin.register(Ward)
class WardAdmin(LookUp):
    list_display = ("code", "name", "province")
    list_filter = ("kind", "province")
    list_select_related = ("province",)
    search_fields = ("code", "name__unaccent")


@admin.register(Office)
class OfficeAdmin(LookUp):
    editable = ("opening_hours",)
    list_display = ("code", "name", "province", "phone")
    list_filter = ("province",)
    list_select_related = ("province",)
    search_fields = ("code", "name__unaccent", "address__unaccent")


@admin.register(Facility)
class FacilityAdmin(LookUp):
    list_display = ("code", "name", "province", "made_up")
    list_filter = ("province", "made_up")
    list_select_related = ("province",)
    search_fields = ("code", "name__unaccent")


@admin.register(Employer)
class EmployerAdmin(LookUp):
    list_display = ("code", "name", "address", "made_up")
    list_filter = ("made_up",)
    search_fields = ("code", "name__unaccent")
    show_full_result_count = False


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    """Kept by administrators: terms that begin from now on pass over these days."""

    list_display = ("day", "name")
    date_hierarchy = "day"
    ordering = ("-day",)
