from django.urls import path

from vssid.demo import views, views_gallery

app_name = "demo"

urlpatterns = [
    path("", views.index, name="index"),
    path("sms/", views.sms_inbox, name="sms"),
    path("gallery/", views_gallery.gallery, name="gallery"),
]
