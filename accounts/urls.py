from django.urls import include, path

from accounts.views import (
    account,
    child_declaration,
    children,
    declaration,
    login,
    notices,
    passwords,
    registration,
    registration_vneid,
    resuming,
    sessions,
    stepup,
    tracking,
)
from accounts.vneid.own import own_link

app_name = "accounts"

urlpatterns = [
    path("dang-ky/", registration.choose, name="register"),
    path("dang-ky/vneid/", registration_vneid.register, name="register-vneid"),
    path("dang-ky/to-khai/", declaration.declaration, name="declaration"),
    path("dang-ky/to-khai/luu/", declaration.save_declaration, name="declaration-save"),
    path("dang-ky/tiep-tuc/", resuming.resume, name="resume"),
    path("dang-ky/to-khai/phuong-xa/", declaration.wards, name="wards"),
    path("dang-ky/anh/", registration.photos, name="photos"),
    path("dang-ky/anh/<slug:slot>/", registration.photo, name="photo"),
    path("dang-ky/xac-nhan/", registration.confirm, name="confirm"),
    path("dang-ky/hoan-tat/", registration.done, name="done"),
    path("dang-ky/hoan-tat/to-khai.pdf", registration.declaration_pdf, name="declaration-pdf"),
    path("dang-ky/tra-cuu/", tracking.track, name="track"),
    path("dang-nhap/", login.log_in, name="login"),
    path("dang-nhap/xac-nhan/", login.confirm_browser, name="login-code"),
    path("dang-xuat/", login.log_out, name="logout"),
    path("mat-khau/quen/", passwords.forgotten, name="password-forgotten"),
    path("mat-khau/doi/", passwords.change, name="password-change"),
    path("tai-khoan/", account.account, name="account"),
    path("tai-khoan/phien/", sessions.sessions, name="sessions"),
    path("tai-khoan/phien/gia-han/", sessions.extend, name="session-extend"),
    path("tai-khoan/xac-nhan/", stepup.step_up, name="step-up"),
    path("thong-bao/", notices.notices, name="notices"),
    path("tai-khoan/vneid/", own_link, name="vneid-own"),
    path("tai-khoan/con/", children.children, name="children"),
    path("tai-khoan/con/dang-ky/", child_declaration.register, name="child-register"),
    path("tai-khoan/con/dang-ky/the/", child_declaration.read_card, name="child-card"),
    path("tai-khoan/con/dang-ky/anh/", children.photos, name="child-photos"),
    path("tai-khoan/con/dang-ky/anh/<slug:slot>/", children.photo, name="child-photo"),
    path("tai-khoan/con/dang-ky/xac-nhan/", children.confirm, name="child-confirm"),
    path("tai-khoan/thanh-vien/<int:person_id>/", children.act_for, name="act-for"),
    path("dang-nhap/vneid/", include("accounts.vneid.urls")),
]
