"""What the API's description says in words, in the reader's language: what operations are for, what went wrong."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DESCRIPTION = _(
    "What the portal shows a citizen, for applications the citizen allows. OAuth 2.0 authorization code with PKCE at "
    "/oauth/authorize and /oauth/token; errors are problem documents (RFC 9457); months are YYYY-MM, money is whole "
    "đồng, times are UTC."
)
TAGS = {
    "me": _("The citizen who allowed it"),
    "cards": _("Health insurance cards"),
    "places": _("Offices, facilities, provinces"),
}
SUMMARIES = {
    "me": _("Who the token speaks for"),
    "me_card": _("The BHYT card"),
    "me_card_qr": _("A code of the card for a screen"),
    "me_contributions": _("The contribution history"),
    "me_contributions_summary": _("Months paid and owed, per fund"),
    "me_notices": _("Notices of the portal"),
    "me_benefits": _("Benefits received"),
    "me_visits": _("Medical visits"),
    "cards_verify": _("Is this card's code good?"),
    "offices": _("BHXH offices"),
}
FIELDS = _("Only these fields of the answer, or of each result: `number,facility.code`")
PROBLEMS = {
    "400": _("A parameter or field is not valid, or the body cannot be read"),
    "401": _("No valid access token"),
    "403": _("The token lacks the scope"),
    "404": pgettext_lazy("API", "Nothing here for this reader"),
    "405": _("Another method is needed"),
    "406": _("No other format than JSON is offered"),
    "409": _("What is asked does not fit the state things are in"),
    "413": _("The body is too large"),
    "415": _("The body has another media type than the operation takes"),
    "422": _("This Idempotency-Key was used with another request"),
    "429": _("Too many requests; Retry-After says when to come again"),
    "500": _("Something failed on our side; the reference helps to find it"),
    "503": _("A part of the portal is away; come again"),
}
