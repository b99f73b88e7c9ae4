"""The root of all addresses; which path shows what is in docs/architecture.md."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from vssid import install, views
from vssid.ops import views as ops
from vssid.sms.webhooks import twilio_status

urlpatterns = [
    path("", views.home, name="home"),
    # Django tries them in turn: those that are asked for most come first.
    path("api/v1/", include("vssid.api.v1")),
    path("", include("insurance.urls")),
    path("", include("vssid.api.urls")),
    path("", include("accounts.urls")),
    path("", include("services.urls")),
    path("quan-tri/", admin.site.urls),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("webhooks/twilio/status/", twilio_status, name="twilio-status"),
    path("manifest.webmanifest", install.manifest, name="manifest"),
    path("sw.js", install.worker, name="worker"),
    path("ngoai-tuyen/", install.offline, name="offline"),
    path("healthz", ops.healthz, name="healthz"),
    path("readyz", ops.readyz, name="readyz"),
    path("metrics", ops.metrics, name="metrics"),
]
if settings.DEMO:
    urlpatterns += [path("demo/", include("vssid.demo.urls"))]

handler400 = "vssid.views.bad_request"
handler403 = "vssid.views.forbidden"
handler404 = "vssid.views.not_found"
handler405 = "vssid.views.method_not_allowed"  # asked for by AccountMiddleware
handler500 = "vssid.views.server_error"
