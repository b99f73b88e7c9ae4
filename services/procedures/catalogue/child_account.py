"""Đăng ký tài khoản giao dịch điện tử cho con: has pages of its own in registration."""

from django.utils.translation import gettext_lazy as _

from services.procedures.definition import Elsewhere

ELSEWHERE = Elsewhere(
    code="child-account",
    name=_("Registering an account for a child"),
    summary=_("With the child's portrait and birth certificate, without a visit."),
    url="accounts:child-register",
)
