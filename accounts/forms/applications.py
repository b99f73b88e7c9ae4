"""The form by which administrators register an application of the API."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.applications import CITIZENS, SYSTEMS, NotWellFormed, judge
from accounts.models import ApiClient, User
from accounts.rules.scopes import CITIZEN, SYSTEM


class ApiClientForm(forms.ModelForm):
    """What an application is, who answers for it, and what it may ask."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As citizens read it"))
    grant = forms.ChoiceField(
        label=_("Kind"),
        choices=[(CITIZENS, _("For citizens, who consent")), (SYSTEMS, _("A system that acts for itself"))],
        widget=forms.RadioSelect,
    )
    public = forms.BooleanField(
        label=_("Runs on people's own devices"), required=False, help_text=_("It can keep no secret and has none")
    )
    redirect_uris = forms.CharField(
        label=_("Addresses to return to"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on a line, complete"),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[],
        widget=forms.CheckboxSelectMultiple,
    )

    staff = forms.ModelChoiceField(
        label=_("Staff account of the system"),
        required=False,
        queryset=User.objects.filter(is_staff=True, is_active=True, is_superuser=False).order_by("username"),
        help_text=_("For dossiers: its posting says of which offices, its role what it may do"),
    )

    webhook_url = forms.CharField(
        label=_("Address that is told of events"),
        required=False,
        max_length=300,
        help_text=_("https; each call is signed"),
    )

    class Meta:
        model = ApiClient
        fields = ("owner", "contact", "purpose", "scopes", "jwks", "jwks_url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "scopes" not in self.fields:  # nothing is to be changed now
            return
        boxes: Any = self.fields["scopes"]
        boxes.choices = [(name, f"{name}: {text}") for name, text in {**CITIZEN, **SYSTEM}.items()]
        if self.instance.pk:
            application = self.instance.application
            self.initial.update(
                name=application.name,
                grant=application.authorization_grant_type,
                staff=application.user_id,
                webhook_url=getattr(getattr(application, "webhook", None), "url", ""),
                public=application.client_type == "public",
                redirect_uris="\n".join(application.redirect_uris.split()),
            )

    def clean(self) -> dict[str, Any]:
        """Judge the whole as the action does."""
        facts: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return facts
        facts["redirect_uris"] = facts["redirect_uris"].split()
        try:
            judge(
                grant=facts["grant"],
                scopes=facts["scopes"],
                redirect_uris=facts["redirect_uris"],
                jwks=facts["jwks"],
                jwks_url=facts["jwks_url"],
                staff=facts["staff"] is not None,
                webhook_url=facts["webhook_url"],
            )
        except NotWellFormed as error:
            self.add_error(error.field, str(error))
        return facts
