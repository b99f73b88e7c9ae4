"""How forms are drawn: label, hint, error, control, in this order (templates/components/field.html)."""

from typing import Any

from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.template import TemplateDoesNotExist
from django.utils.translation import gettext_noop

# Django's own sentences, named here so that the portal's catalogue may say them in its own voice.
DJANGO_SENTENCES = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
)


class PortalRenderer(TemplatesSetting):
    """Draws `{{ form }}` and `{{ field.as_field_group }}` with the portal's components.

    Widgets keep Django's own templates unless `templates/django/forms/` has one of the same name.
    """

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
    _own = DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        """Return a template of the project, else one of Django's forms."""
        try:
            return super().get_template(template_name)
        except TemplateDoesNotExist:
            return self._own.get_template(template_name)
