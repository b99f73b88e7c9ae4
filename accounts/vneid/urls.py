from django.urls import path

from accounts.vneid import views

urlpatterns = [
    path("", views.start, name="vneid-start"),
    path("callback/", views.callback, name="vneid-callback"),
    path("lien-ket/", views.link, name="vneid-link"),
]
