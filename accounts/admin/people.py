"""Staff and their postings; citizens' accounts are looked at, never edited by hand."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import StaffPosting, User
from vssid.audit.events import Event
from vssid.audit.log import record

admin.site.unregister(Group) if admin.site.is_registered(Group) else None


class StaffForm(forms.ModelForm):
    """A member of staff; a password typed here is replaced by themselves at the first login."""

    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        min_length=12,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "groups", "is_active")

    def clean_username(self) -> str:
        """Refuse names that look like a citizen's code."""
        name: str = self.cleaned_data["username"]
        if name.isdigit():
            raise forms.ValidationError(_("A staff user name has letters: digits alone are citizens' codes."))
        return name


class PostingInline(admin.TabularInline):
    """Where this member of staff works."""

    model = StaffPosting
    extra = 0


@admin.register(User)
class StaffAdmin(admin.ModelAdmin):
    """Members of staff."""

    form = StaffForm
    inlines = (PostingInline,)
    list_display = ("username", "full_name", "roles", "is_active", "last_login")
    search_fields = ("username", "full_name")
    list_filter = ("groups", "is_active")
    filter_horizontal = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return staff only; citizens' accounts are no list to page through."""
        return super().get_queryset(request).filter(is_staff=True).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        """Return the names of the user's groups."""
        return ", ".join(group.name for group in user.groups.all())

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted: their decisions stay theirs."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save, set the typed password, end the person's sessions, and write it down."""
        obj.is_staff = True
        if password := form.cleaned_data.get("new_password"):
            obj.set_password(password)
            obj.session_version += 1
        elif not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        record(Event.STAFF_POSTED, actor=f"staff:{request.user.pk}", subject=f"staff:{obj.pk}", at=timezone.now())
