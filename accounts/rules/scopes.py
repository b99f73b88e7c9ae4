"""What a token can open: scopes of a citizen's consent, and scopes of systems that act for no citizen."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In the words of the consent page: what the application will see or do.
CITIZEN: dict[str, str | Promise] = {
    "profile": _("Your name, birth date and masked numbers"),
    "card": _("Your health insurance card"),
    "contributions": _("Your contribution history"),
    "benefits": _("Benefits you received"),
    "visits": _("Your medical visits"),
    "notices": _("Your notices"),
    "requests": _("Your requests for public services and where they stand"),
    "requests:write": _(
        "Ask for public services in your name and withdraw what you asked for; you sign each by a code"
    ),
}
SYSTEM: dict[str, str | Promise] = {
    "records:write": _("Import insurance records"),
    "dossiers": _("Read the dossiers of its office"),
    "dossiers:decide": _("Decide the dossiers of its office"),
    "events": _("Read the log of its own events"),
}
ALL = {**CITIZEN, **SYSTEM}
# What changes something, for the consent page's warning.
WRITES = frozenset({"requests:write"})
