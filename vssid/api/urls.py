from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path

import accounts.api
import accounts.api_dossiers
import accounts.api_events
import accounts.api_registrations
import insurance.api
import insurance.api_benefits
import insurance.api_checks
import insurance.api_places
import insurance.api_records
import services.api
import services.api_procedures
from vssid.api import oauth_views, problems, views

v1 = [
    path("me", accounts.api.MeView.as_view(), name="me"),
    path("me/notices", accounts.api.NoticesView.as_view(), name="me-notices"),
    path("me/card", insurance.api.CardView.as_view(), name="me-card"),
    path("me/card/qr", insurance.api.CardCodeView.as_view(), name="me-card-qr"),
    path("me/contributions", insurance.api.ContributionsView.as_view(), name="me-contributions"),
    path("me/contributions/summary", insurance.api.ContributionSummaryView.as_view(), name="me-contributions-summary"),
    path("me/benefits", insurance.api_benefits.BenefitsView.as_view(), name="me-benefits"),
    path("me/visits", insurance.api_benefits.VisitsView.as_view(), name="me-visits"),
    path("me/requests", services.api.RequestsView.as_view(), name="me-requests"),
    path("me/requests/<slug:number>", services.api.OneRequestView.as_view(), name="me-request"),
    path("me/requests/<slug:number>/answers", services.api.AnswersView.as_view(), name="me-request-answers"),
    path("me/requests/<slug:number>/papers", services.api.PapersView.as_view(), name="me-request-papers"),
    path("me/requests/<slug:number>/otp", services.api.CodeView.as_view(), name="me-request-otp"),
    path("me/requests/<slug:number>/submit", services.api.SubmitView.as_view(), name="me-request-submit"),
    path("me/requests/<slug:number>/withdraw", services.api.WithdrawView.as_view(), name="me-request-withdraw"),
    path("cards/verify", insurance.api_checks.CardVerifyView.as_view(), name="cards-verify"),
    path("documents/verify", insurance.api_checks.DocumentVerifyView.as_view(), name="documents-verify"),
    path("provinces", insurance.api_places.ProvincesView.as_view(), name="provinces"),
    path("wards", insurance.api_places.WardsView.as_view(), name="wards"),
    path("events", accounts.api_events.EventsView.as_view(), name="events"),
    path("offices", insurance.api_places.OfficesView.as_view(), name="offices"),
    path("facilities", insurance.api_places.FacilitiesView.as_view(), name="facilities"),
    path("records/import", insurance.api_records.RecordsImportView.as_view(), name="records-import"),
    path("procedures", services.api_procedures.ProceduresView.as_view(), name="procedures"),
    path("procedures/<slug:code>", services.api_procedures.ProcedureView.as_view(), name="procedure"),
    path("estimates", services.api_procedures.EstimatesView.as_view(), name="estimates"),
    path("estimates/<slug:topic>", services.api_procedures.EstimateView.as_view(), name="estimate"),
    path("registrations", accounts.api_registrations.RegistrationsView.as_view(), name="registrations"),
    path("registrations/<uuid:id>", accounts.api_registrations.RegistrationView.as_view(), name="registration"),
    path(
        "registrations/<uuid:id>/photos",
        accounts.api_registrations.RegistrationPhotosView.as_view(),
        name="registration-photos",
    ),
    path(
        "registrations/<uuid:id>/otp",
        accounts.api_registrations.RegistrationCodeView.as_view(),
        name="registration-otp",
    ),
    path(
        "registrations/<uuid:id>/submit",
        accounts.api_registrations.RegistrationSubmitView.as_view(),
        name="registration-submit",
    ),
    path("dossiers", accounts.api_dossiers.DossiersView.as_view(), name="dossiers"),
    path("dossiers/reasons", accounts.api_dossiers.ReasonsView.as_view(), name="dossiers-reasons"),
    path("dossiers/<slug:number>", accounts.api_dossiers.DossierView.as_view(), name="dossier"),
    path("dossiers/<slug:number>/approve", accounts.api_dossiers.ApproveView.as_view(), name="dossier-approve"),
    path("dossiers/<slug:number>/return", accounts.api_dossiers.ReturnView.as_view(), name="dossier-return"),
    path("dossiers/<slug:number>/reject", accounts.api_dossiers.RejectView.as_view(), name="dossier-reject"),
]
server: tuple[list[URLPattern | URLResolver], str] = (
    [
        re_path(r"^authorize/?$", oauth_views.ConsentView.as_view(), name="authorize"),
        re_path(r"^token/?$", oauth_views.Tokens.as_view(), name="token"),
        re_path(r"^revoke/?$", oauth_views.Revocation.as_view(), name="revoke-token"),
        re_path(r"^introspect/?$", oauth_views.Introspection.as_view(), name="introspect"),
    ],
    "oauth2_provider",
)

urlpatterns = [
    path("api/v1/", include((v1, "api"))),
    path("api/schema/", views.schema, name="api-schema"),
    path("api/docs/", views.docs, name="api-docs"),
    path("api/<path:rest>", login_not_required(problems.not_found)),
    path("oauth/", include(server)),
    path(".well-known/oauth-authorization-server", oauth_views.Metadata.as_view(), name="oauth-metadata"),
]
