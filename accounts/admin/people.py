"""Staff and their postings; citizens' accounts are looked at, never edited by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import second_factor
from accounts.actions.staff import save_staff
from accounts.forms.staff import StaffForm
from accounts.models import StaffPosting, User
from accounts.models.staff import Role
from accounts.permissions import may_change, may_keep_staff

OWN = {"accounts", "insurance", "services", "vssid"}
# What packages show at the admin (groups, applications' tokens, the secrets of authenticators) is for nobody here.
for _model in [model for model in admin.site._registry if model.__module__.split(".")[0] not in OWN]:
    admin.site.unregister(_model)


class RoleFilter(admin.SimpleListFilter):
    """By role, in words."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the roles."""
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Return those who have the chosen role."""
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class PostingInline(admin.TabularInline):
    """Where this member of staff works."""

    model = StaffPosting
    extra = 1

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choose an office by its name, nothing else."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "office":
            field.label = _("office")
            field.widget.attrs["aria-label"] = _("office")
        return field


@admin.register(User)
class StaffAdmin(admin.ModelAdmin):
    """Members of staff: administrators keep them, supervisors and auditors see those of their own offices."""

    form = StaffForm
    inlines = (PostingInline,)
    list_display = ("username", "full_name", "roles", "offices", "is_active", "last_login")
    search_fields = ("username", "full_name__unaccent")
    list_filter = (RoleFilter, "is_active")
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return staff only; citizens' accounts are no list to page through."""
        staff = super().get_queryset(request).filter(is_staff=True)
        assert isinstance(request.user, User)
        if not may_keep_staff(request.user):
            staff = staff.filter(Q(postings__office__in=request.user.office_codes()) | Q(pk=request.user.pk)).distinct()
        return staff.prefetch_related("groups", "postings__office")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the filters that are shown: a password's hash cannot be guessed sign by sign by an address."""
        return lookup.split("__")[0] in self.list_filter

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Return the fields; who only looks has no use for those of a password."""
        fields = ["username", "full_name", "is_active", "groups"]
        if not self.has_change_permission(request, obj) and obj is not None:
            return [*fields[:-1], "roles"]
        return [*fields, "new_password", *(["forget_authenticator"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Return what is shown and not changed: a user name stays, decisions name it."""
        return ("username",) if obj is not None else ()

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Administrators change staff, but not those who stand above them."""
        assert isinstance(request.user, User)
        return may_keep_staff(request.user) if obj is None else may_change(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted: their decisions stay theirs."""
        return False

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        """Return the words of the user's roles."""
        return ", ".join(str(Role(group.name).label) for group in user.groups.all() if group.name in Role.values)

    @admin.display(description=_("offices"))
    def offices(self, user: User) -> str:
        """Return where the user works."""
        return ", ".join(str(posting.office) for posting in user.postings.all())

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save through the action, and forget the authenticator when it was ticked."""
        assert isinstance(request.user, User)
        now = timezone.now()
        save_staff(user=obj, password=form.cleaned_data["new_password"], by=request.user, at=now)
        if form.cleaned_data.get("forget_authenticator"):
            second_factor.forget(user=obj, by=request.user, at=now)
