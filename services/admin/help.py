"""Help and news in the back office: written in two languages, looked at before they are saved; visitors answered."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.records import ToAnswer
from accounts.models import User
from insurance.admin import History
from services.actions import help as actions
from services.models import Article, VisitorQuestion
from vssid.errors import DomainError

PREVIEW = "_preview"


@admin.register(Article)
class ArticleAdmin(History):
    """Guides, frequent questions and news. Each edit stays in the history; what is to go is made a draft again."""

    change_form_template = "admin/article_form.html"
    list_display = ("title_vi", "kind", "topic", "position", "published_at", "made_up")
    list_filter = ("kind", "topic")
    search_fields = ("title_vi__unaccent", "title_en", "body_vi__unaccent")
    formfield_overrides: ClassVar = {
        models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vLargeTextField"})},
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 20})},
    }
    prepopulated_fields = {"slug": ("title_en",)}
    fieldsets = (
        (None, {"fields": ("kind", "slug", "topic", "position", "published_at", "made_up")}),
        (gettext_lazy("Vietnamese"), {"fields": ("title_vi", "summary_vi", "body_vi")}),
        (gettext_lazy("English"), {"fields": ("title_en", "summary_en", "body_en")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Somebody may have its address."""
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show what was typed as it would look, and keep nothing, when that was asked for."""
        if request.method == "POST" and PREVIEW in request.POST:
            page = self._preview(request, object_id)
            if page is not None:
                return page
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _preview(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        """Both languages side by side; None when something typed is wrong, which the form itself tells."""
        article = self.get_object(request, unquote(object_id)) if object_id else None
        if not (self.has_change_permission(request, article) if article else self.has_add_permission(request)):
            raise PermissionDenied
        form: Any = self.get_form(request, article, change=article is not None)(request.POST, instance=article)
        if not form.is_valid():
            return None
        context = {**self.admin_site.each_context(request), "article": form.save(commit=False)}
        return TemplateResponse(request, "admin/article_preview.html", context)


class AnswerForm(forms.ModelForm):
    """The answer, once."""

    reply = forms.CharField(
        label=gettext_lazy("Answer"),
        help_text=gettext_lazy("Who holds the reference reads it. It cannot be changed afterwards."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 10, "cols": 80}),
    )

    class Meta:
        model = VisitorQuestion
        fields: tuple[str, ...] = ()


@admin.register(VisitorQuestion)
class VisitorQuestionAdmin(admin.ModelAdmin):
    """Questions of people without a login; nobody knows who they are. Those that wait come first."""

    form = AnswerForm
    list_display = ("created_at", "topic", "answered_at", "answered_by")
    list_filter = (ToAnswer, "topic")
    ordering = ("answered_at", "created_at")
    readonly_fields = ("topic", "created_at", "text", "answer", "answered_at", "answered_by")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is answered stays."""
        asked = ("topic", "created_at", "text")
        done = obj is None or obj.answered_at is not None or not self.has_change_permission(request, obj)
        return (*asked, "answer", "answered_at", "answered_by") if done else (*asked, "reply")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Erased by their age."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Answer through the action: the first of two officers wins."""
        assert isinstance(request.user, User)
        if "reply" not in form.cleaned_data:
            return
        try:
            actions.answer(question=obj, text=form.cleaned_data["reply"], by=request.user.actor, at=timezone.now())
            messages.success(request, _("The answer is on the site, for who holds the reference."))
        except DomainError as error:
            messages.error(request, str(error))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """What is to be said was said by `save_model`."""
        return self.response_post_save_change(request, obj)
