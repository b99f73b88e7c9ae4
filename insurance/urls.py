from django.urls import path, re_path

from insurance import views

app_name = "insurance"
urlpatterns = [
    path("ca-nhan/", views.home, name="home"),
    path("the-bhyt/", views.card, name="card"),
    path("the-bhyt/ma/", views.card_code, name="card-code"),
    path("the-bhyt/ma.svg", views.card_picture, name="card-picture"),
    path("the-bhyt/giu/", views.card_to_keep, name="card-keep"),
    path("the-bhyt/hinh-anh/", views.images, name="card-images"),
    re_path(r"^the-bhyt/hinh-anh/(?P<side>mat-truoc|mat-sau)\.png$", views.image, name="card-image"),
    path("the-bhyt/hinh-anh/the.pdf", views.pdf, name="card-pdf"),
    path("the-bhyt/hinh-anh/thu-hoi/", views.withdraw, name="card-withdraw"),
    path("qua-trinh-tham-gia/", views.history, name="history"),
    path("qua-trinh-tham-gia/tai-ve.<slug:ending>", views.history_file, name="history-file"),
    path("qua-trinh-tham-gia/c14-ts/", views.statement, name="statement"),
    path("thong-tin-huong/", views.benefits, name="benefits"),
    path("so-kham-chua-benh/", views.visits, name="visits"),
    path("so-kham-chua-benh/<int:pk>/", views.visit, name="visit"),
    path("tra-cuu/chung-tu/<slug:code>/", views.statement_check, name="statement-check"),
    path(".well-known/jwks.json", views.jwks, name="jwks"),
    path(".well-known/bhyt-revoked.json", views.revoked, name="revoked"),
]
