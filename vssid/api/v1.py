"""The addresses under /api/v1/."""

from django.urls import path

from accounts.api import dossiers, events, me, registrations
from insurance.api import benefits, checks, imports, places, records
from services.api import procedures, requests

app_name = "api"
urlpatterns = [
    path("me", me.MeView.as_view(), name="me"),
    path("me/notices", me.NoticesView.as_view(), name="me-notices"),
    path("me/card", records.CardView.as_view(), name="me-card"),
    path("me/card/qr", records.CardCodeView.as_view(), name="me-card-qr"),
    path("me/contributions", records.ContributionsView.as_view(), name="me-contributions"),
    path("me/contributions/summary", records.ContributionSummaryView.as_view(), name="me-contributions-summary"),
    path("me/benefits", benefits.BenefitsView.as_view(), name="me-benefits"),
    path("me/visits", benefits.VisitsView.as_view(), name="me-visits"),
    path("me/requests", requests.RequestsView.as_view(), name="me-requests"),
    path("me/requests/<slug:number>", requests.OneRequestView.as_view(), name="me-request"),
    path("me/requests/<slug:number>/answers", requests.AnswersView.as_view(), name="me-request-answers"),
    path("me/requests/<slug:number>/papers", requests.PapersView.as_view(), name="me-request-papers"),
    path("me/requests/<slug:number>/otp", requests.CodeView.as_view(), name="me-request-otp"),
    path("me/requests/<slug:number>/submit", requests.SubmitView.as_view(), name="me-request-submit"),
    path("me/requests/<slug:number>/withdraw", requests.WithdrawView.as_view(), name="me-request-withdraw"),
    path("cards/verify", checks.CardVerifyView.as_view(), name="cards-verify"),
    path("documents/verify", checks.DocumentVerifyView.as_view(), name="documents-verify"),
    path("provinces", places.ProvincesView.as_view(), name="provinces"),
    path("wards", places.WardsView.as_view(), name="wards"),
    path("events", events.EventsView.as_view(), name="events"),
    path("offices", places.OfficesView.as_view(), name="offices"),
    path("facilities", places.FacilitiesView.as_view(), name="facilities"),
    path("records/import", imports.RecordsImportView.as_view(), name="records-import"),
    path("procedures", procedures.ProceduresView.as_view(), name="procedures"),
    path("procedures/<slug:code>", procedures.ProcedureView.as_view(), name="procedure"),
    path("estimates", procedures.EstimatesView.as_view(), name="estimates"),
    path("estimates/<slug:topic>", procedures.EstimateView.as_view(), name="estimate"),
    path("registrations", registrations.RegistrationsView.as_view(), name="registrations"),
    path("registrations/<uuid:id>", registrations.RegistrationView.as_view(), name="registration"),
    path("registrations/<uuid:id>/photos", registrations.RegistrationPhotosView.as_view(), name="registration-photos"),
    path("registrations/<uuid:id>/otp", registrations.RegistrationCodeView.as_view(), name="registration-otp"),
    path("registrations/<uuid:id>/submit", registrations.RegistrationSubmitView.as_view(), name="registration-submit"),
    path("dossiers", dossiers.DossiersView.as_view(), name="dossiers"),
    path("dossiers/reasons", dossiers.ReasonsView.as_view(), name="dossiers-reasons"),
    path("dossiers/<slug:number>", dossiers.DossierView.as_view(), name="dossier"),
    path("dossiers/<slug:number>/approve", dossiers.ApproveView.as_view(), name="dossier-approve"),
    path("dossiers/<slug:number>/return", dossiers.ReturnView.as_view(), name="dossier-return"),
    path("dossiers/<slug:number>/reject", dossiers.RejectView.as_view(), name="dossier-reject"),
]
