from django.urls import URLPattern, path

from services.views.card_check import card_check
from services.views.messages import message_check, message_report

app_name = "services"

urlpatterns: list[URLPattern] = [
    path("the-bhyt/kiem-tra/", card_check, name="card-check"),
    path("tro-giup/tin-nhan/", message_check, name="message-check"),
    path("tro-giup/tin-nhan/bao/", message_report, name="message-report"),
]
