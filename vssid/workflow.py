"""Which moves between states are allowed: one table per model, asked by actions, buttons, API and tests."""

from django.utils.translation import gettext_lazy as _

from vssid.errors import Conflict


class InvalidTransition(Conflict):
    """The state does not allow this move."""

    code = "invalid_transition"
    message = _("This step is no longer possible. Reload the page to see where the dossier stands.")


class Workflow(dict[str, frozenset[str]]):
    """Maps each state to the states that may follow it."""

    def allows(self, source: str, target: str) -> bool:
        """Tell whether `source` may become `target`."""
        return target in self.get(source, frozenset())

    def check(self, source: str, target: str) -> None:
        """Raise InvalidTransition unless `source` may become `target`."""
        if not self.allows(source, target):
            raise InvalidTransition
