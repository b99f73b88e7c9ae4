"""The sample applications of the API: one for citizens, two systems."""

from django.utils import timezone
from django.utils.crypto import salted_hmac
from oauth2_provider.models import get_application_model

from accounts.models import ApiClient, User
from accounts.rules.scopes import CITIZEN
from vssid.webhooks.models import Endpoint

APPLICATION = "demo-app"
# Client id → name, scopes, and the staff account of a system that sees dossiers.
APPLICATIONS: dict[str, tuple[str, list[str], str | None]] = {
    APPLICATION: ("Ứng dụng mẫu (trình diễn)", list(CITIZEN), None),
    "demo-records": ("Hệ thống dữ liệu mẫu (trình diễn)", ["records:write", "events"], None),
    "demo-office": ("Hệ thống một cửa mẫu (trình diễn)", ["dossiers", "dossiers:decide", "events"], "hm.canbo"),
}
REDIRECTS = ("http://127.0.0.1:9000/callback", "http://localhost:9000/callback")


def seed_applications() -> None:
    """Register the sample applications of the API: one for citizens, two systems."""
    now = timezone.now()
    for client_id, (name, scopes, staff) in APPLICATIONS.items():
        grant = "authorization-code" if client_id == APPLICATION else "client-credentials"
        application, _new = get_application_model().objects.get_or_create(
            client_id=client_id,
            defaults={
                "name": name,
                "client_type": "confidential",
                "authorization_grant_type": grant,
                "client_secret": application_secret(client_id),
                "redirect_uris": " ".join(REDIRECTS) if client_id == APPLICATION else "",
                "user": User.objects.filter(username=staff).first() if staff else None,
            },
        )
        facts = {
            "state": ApiClient.State.APPROVED,
            "owner": "Công ty Ví Dụ (trình diễn)",
            "contact": "Người Ví Dụ, api@vidu.example",
            "purpose": "Ứng dụng mẫu cho người lập trình: đọc những gì bạn cho phép và hiển thị lại cho chính bạn.",
            "scopes": scopes,
            "proposed_at": now,
            "approved_at": now,
        }
        ApiClient.objects.get_or_create(application=application, defaults=facts)
        if "events" in scopes:
            Endpoint.objects.get_or_create(application=application, defaults={"secret": application_secret(client_id)})


def application_secret(client_id: str = APPLICATION) -> str:
    """Return a sample application's secret: it differs from one installation to the next."""
    return salted_hmac("vssid.demo.application", client_id, algorithm="sha256").hexdigest()[:40]
