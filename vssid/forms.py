"""How forms are drawn: label, hint, error, control, in this order (templates/components/field.html)."""

from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.template import TemplateDoesNotExist
from django.template.backends.base import BaseEngine


class PortalRenderer(TemplatesSetting):
    """Draws `{{ form }}` and `{{ field.as_field_group }}` with the portal's components.

    Widgets keep Django's own templates unless `templates/django/forms/` has one of the same name.
    """

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
    _own = DjangoTemplates()

    def get_template(self, template_name: str) -> BaseEngine:
        """Return a template of the project, else one of Django's forms."""
        try:
            return super().get_template(template_name)
        except TemplateDoesNotExist:
            return self._own.get_template(template_name)
