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
    "documents": _("Documents that the portal handed out"),
    "procedures": _("Public services and the schemas of their answers"),
    "estimates": _("Estimates of benefits and contributions"),
    "requests": _("Requests of the citizen for public services"),
    "registrations": _("Registering for an account"),
    "dossiers": _("Dossiers, for systems of the offices"),
    "records": _("Insurance records, for systems of the agency"),
    "events": _("What happened, for applications that are told of it"),
}
SUMMARIES = {
    "me": _("Who the token speaks for"),
    "me_card": _("The health insurance card"),
    "me_card_qr": _("A code of the card for a screen"),
    "me_contributions": _("The contribution history"),
    "me_contributions_summary": _("Months paid and owed, per fund"),
    "me_notices": _("Notices of the portal"),
    "me_benefits": _("Benefits received"),
    "me_visits": _("Medical visits"),
    "cards_verify": _("Is this card's code good?"),
    "offices": _("Social insurance offices"),
    "events": _("The application's own events, from any point of the last month"),
    "provinces": _("Provinces and cities"),
    "wards": _("Wards, communes and special zones of a province"),
    "facilities": _("Health facilities"),
    "documents_verify": _("Is this document one of ours?"),
    "procedures": _("Public services that can be asked for"),
    "procedure": _("One public service: papers, and the schema of its answers"),
    "estimates": _("What can be estimated, with the schema of the questions"),
    "estimate": _("An estimate, line by line with its law"),
    "me_requests": _("Requests for public services"),
    "me_requests_begin": _("Begin a request with its answers"),
    "me_request": _("One request and where it stands"),
    "me_request_answers": _("Correct the answers of a request"),
    "me_request_papers": _("Add papers to a request"),
    "me_request_otp": _("Send the code that signs a request"),
    "me_request_submit": _("Sign and send a request"),
    "me_request_withdraw": _("Withdraw a request"),
    "registrations_begin": _("Begin a registration with the declaration"),
    "registration": _("Where a registration stands"),
    "registration_photos": _("Add photos to a registration"),
    "registration_otp": _("Send the code that proves the phone"),
    "registration_submit": _("Send a registration"),
    "records_import": _("Bring in records: a batch of one kind"),
    "dossiers": _("Dossiers of the system's offices"),
    "dossiers_reasons": _("Reasons with which a dossier can be refused"),
    "dossier": _("One dossier: the declaration beside the insurance record"),
    "dossier_approve": _("Approve a dossier"),
    "dossier_return": _("Return a dossier to its applicant"),
    "dossier_reject": _("Refuse a dossier"),
}
REGISTRATION_TOKEN = _(
    "`Registration <token>`, with the token that beginning a registration answered; good for that one only"
)
DONE = pgettext_lazy("API", "OK")
FIELDS = _("Only these fields of the answer, or of each result: `number,facility.code`")
PER = {
    "address": _("per address"),
    "token": _("per citizen and application"),
    "application": _("per application"),
}
PROBLEMS = {
    "400": _("A parameter or field is not valid, or the body cannot be read"),
    "401": _("No valid access token"),
    "403": _("The token lacks the scope"),
    "404": pgettext_lazy("API", "Nothing here for this reader"),
    "405": _("Another method is needed"),
    "406": _("No other format than JSON is offered"),
    "409": _("What is asked does not fit the state things are in"),
    "411": _("The body has no length (Content-Length)"),
    "412": _("What was read under this ETag has changed since"),
    "413": _("The body is too large"),
    "415": _("The body has another media type than the operation takes"),
    "422": _("This Idempotency-Key was used with another request"),
    "429": _("Too many requests; Retry-After says when to come again"),
    "500": _("Something failed on our side; the reference helps to find it"),
    "503": _("A part of the portal is away; come again"),
}
