from django.urls import path

from services import views
from services.views import help as help_views
from services.views import lookups, places
from services.views.authorisations import authorisation, authorisations
from services.views.card_check import card_check
from services.views.estimators import estimator, estimator_list
from services.views.messages import message_check, message_report
from services.views.rights import rights
from services.views.stopping import stop

app_name = "services"

urlpatterns = [
    path("the-bhyt/kiem-tra/", card_check, name="card-check"),
    path("tra-cuu/", lookups.index, name="lookup"),
    path("tra-cuu/ma-so/", lookups.code, name="lookup-code"),
    path("tra-cuu/the-bhyt/", lookups.card, name="lookup-card"),
    path("tra-cuu/ho-so/", lookups.dossier, name="lookup-dossier"),
    path("tra-cuu/co-quan-bhxh/", places.offices, name="offices"),
    path("tra-cuu/co-so-kham-chua-benh/", places.facilities, name="facilities"),
    path("tra-cuu/diem-thu/", places.collecting_points, name="collecting-points"),
    path("tra-cuu/don-vi/", places.employers, name="employers"),
    path("tro-giup/", help_views.home, name="help"),
    path("tro-giup/huong-dan/<slug:slug>/", help_views.guide, name="guide"),
    path("tro-giup/cau-hoi/", help_views.questions, name="questions"),
    path("tro-giup/lien-he/", help_views.contact, name="contact"),
    path("tro-giup/lien-he/tra-loi/", help_views.contact_answer, name="contact-answer"),
    path("tin-tuc/", help_views.news, name="news"),
    path("tin-tuc/<slug:slug>/", help_views.news_article, name="news-article"),
    path("tro-giup/tin-nhan/", message_check, name="message-check"),
    path("tro-giup/tin-nhan/bao/", message_report, name="message-report"),
    path("tro-giup/uoc-tinh/", estimator_list, name="estimators"),
    path("tro-giup/uoc-tinh/<slug:topic>/", estimator, name="estimator"),
    path("tai-khoan/quyen-du-lieu/", rights, name="rights"),
    path("dich-vu-cong/", views.services, name="home"),
    path("dich-vu-cong/bao-sai/", views.report, name="report"),
    path("dich-vu-cong/huy-thay-doi/", stop, name="stop"),
    path("dich-vu-cong/uy-quyen/", authorisations, name="authorisations"),
    path("dich-vu-cong/uy-quyen/<int:key>/", authorisation, name="authorisation"),
    path("dich-vu-cong/<slug:code>/", views.file, name="file"),
    path("dich-vu-cong/<slug:code>/giay-to/", views.papers, name="papers"),
    path("dich-vu-cong/<slug:code>/xac-nhan/", views.confirm, name="confirm"),
    path("dich-vu-cong/ho-so/<str:number>/", views.request_page, name="request"),
    path("dich-vu-cong/ho-so/<str:number>/vietqr.png", views.slip_picture, name="slip-picture"),
]
