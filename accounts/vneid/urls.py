from django.urls import path

from accounts.vneid import linking, views

urlpatterns = [
    path("", views.start, name="vneid-start"),
    path("callback/", views.callback, name="vneid-callback"),
    path("lien-ket/", linking.link, name="vneid-link"),
    path("backchannel/", views.backchannel, name="vneid-backchannel"),
]
