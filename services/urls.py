from django.urls import URLPattern, path

from services.views.card_check import card_check

app_name = "services"

urlpatterns: list[URLPattern] = [
    path("the-bhyt/kiem-tra/", card_check, name="card-check"),
]
