"""The texts of SMS: plain ASCII, brand first, no links, one GSM-7 segment; `{ref}` is for the outbox's six signs."""

from datetime import date, datetime

from django.conf import settings
from django.utils.timezone import localtime

VISIT = "Vui long den BHXH gan nhat de hoan tat thu tuc."
NO_VISIT = "Ban chua can den co quan BHXH."


def one_time_code(code: str, minutes: int) -> str:
    """Return the message that carries a one-time code of 6 or 8 digits; the code is its first number."""
    return (
        f"BHXHVN (OTP): ma xac nhan cua ban la {code}, dung trong {minutes} phut. "
        f"Khong cung cap ma cho bat ky ai. LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def receipt(code: str, number: str, *, visit: bool = True) -> str:
    """Return the receipt of a declaration for `code` (BHXH code or personal number) with its dossier number.

    `visit`: the applicant goes to an office once.
    """
    return (
        f"BHXHVN da nhan duoc to khai cua ma so {code} voi so ho so la {number}. "
        f"{VISIT if visit else NO_VISIT} LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def registered_again(code: str) -> str:
    """Return the notice to the holder of the account of `code` that somebody sent a declaration with it."""
    return (
        f"BHXHVN: co nguoi vua gui to khai dang ky voi ma so ...{code[-4:]} cua ban. "
        f"Neu khong phai ban, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def registrations_full() -> str:
    """Return the message in place of a code: enough declarations of today wait with this code or phone."""
    return (
        "BHXHVN: trong 24 gio da co 3 to khai dang cho voi ma so hoac so dien thoai nay, chua nhan them. "
        f"Vui long den BHXH gan nhat hoac goi {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def phone_changed(username: str, at: datetime, *, undo: str = "") -> str:
    """Return the notice that an account has another phone; with `undo`, to the old one, how to take that back."""
    told = f"BHXHVN: tai khoan ...{username[-4:]} da doi so dien thoai luc {localtime(at):%H:%M %d/%m}."
    if not undo:
        return f"{told} Neu khong phai ban, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    return f"{told} Khong phai ban? Nhap ma huy {undo} tren cong BHXH hoac goi {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"


def email_changed(username: str, at: datetime) -> str:
    """Return the notice that an account has another e-mail address."""
    return (
        f"BHXHVN: tai khoan ...{username[-4:]} da doi thu dien tu luc {localtime(at):%H:%M %d/%m/%Y}. "
        f"Neu khong phai ban, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def recovery_code(username: str, code: str) -> str:
    """Return the message to the new phone with the code that an office had sent."""
    return (
        f"BHXHVN: ma khoi phuc tai khoan ...{username[-4:]} la {code}, dung mot lan trong 24 gio tren cong BHXH. "
        "Khong cung cap ma cho bat ky ai. Ma: {ref}"
    )


def recovery_begun(username: str, at: datetime) -> str:
    """Return the notice to the old phone that an office gives the account another one."""
    moment = f"{localtime(at):%H:%M %d/%m}"
    return (
        f"BHXHVN: co quan BHXH dang khoi phuc tai khoan ...{username[-4:]} sang so moi luc {moment}. "
        f"Neu khong phai ban, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def credentials(username: str, password: str, *, again: bool = False) -> str:
    """Return the message with the user name and its temporary password; `again` when it replaces an earlier one."""
    occasion = (
        f"mat khau tam moi cua tai khoan {username}:"
        if again
        else (f"tai khoan {username} da duoc duyet. Mat khau tam:")
    )
    return (
        f"BHXHVN: {occasion} {password}, dung trong 24 gio, doi khi dang nhap. "
        "Khong cung cap cho bat ky ai. Ma: {ref}"
    )


def activation(username: str, code: str, *, again: bool = False) -> str:
    """Return the message with the user name and the code that activates its account; `again` as in `credentials`."""
    occasion = f"ma kich hoat moi cua {username}:" if again else f"tai khoan {username} da duoc duyet. Ma kich hoat:"
    return (
        f"BHXHVN: {occasion} {code}, dung mot lan trong 24 gio o trang dang nhap. "
        "Khong cung cap cho bat ky ai. Ma: {ref}"
    )


def password_changed(username: str, at: datetime) -> str:
    """Return the notice that a password was changed or set anew at `at`."""
    return (
        f"BHXHVN: mat khau tai khoan ...{username[-4:]} da doi luc {localtime(at):%H:%M %d/%m/%Y}. "
        f"Neu khong phai ban, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def passkey_added(username: str, at: datetime) -> str:
    """Return the notice that a passkey opens the account since `at`."""
    return (
        f"BHXHVN: tai khoan ...{username[-4:]} da them khoa dang nhap luc {localtime(at):%H:%M %d/%m/%Y}. "
        f"Neu khong phai ban, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def passkey_removed(username: str, at: datetime) -> str:
    """Return the notice that a passkey no longer opens the account since `at`."""
    return (
        f"BHXHVN: tai khoan ...{username[-4:]} da xoa khoa dang nhap luc {localtime(at):%H:%M %d/%m/%Y}. "
        f"Neu khong phai ban, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def dossier_returned(number: str) -> str:
    """Return the notice that a dossier waits for its citizen."""
    return (
        f"BHXHVN: ho so {number} can bo sung. Xem o muc Theo doi ho so tren cong BHXH. "
        f"LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def dossier_resubmitted(number: str, *, visit: bool = True) -> str:
    """Return the notice that a corrected dossier has arrived; `visit` as in `receipt`."""
    return (
        f"BHXHVN da nhan lai ho so {number} sau khi bo sung. "
        f"{VISIT if visit else NO_VISIT} LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def dossier_refused(number: str) -> str:
    """Return the notice that a dossier was refused; why is read on the page that follows it."""
    return (
        f"BHXHVN: ho so {number} khong duoc duyet. Xem ly do o muc Theo doi ho so tren cong BHXH. "
        f"LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def vneid_linked(code: str, at: datetime) -> str:
    """Return the notice that a VNeID identity now opens the account of the BHXH code `code`, shown masked."""
    return (
        f"BHXHVN: tai khoan {code[:2]}****{code[-4:]} da lien ket VNeID luc {localtime(at):%H:%M %d/%m/%Y}. "
        f"Neu khong phai ban, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def vneid_unlinked(code: str, at: datetime) -> str:
    """Return the notice that no VNeID identity opens the account of the BHXH code `code` any more."""
    return (
        f"BHXHVN: tai khoan {code[:2]}****{code[-4:]} da huy lien ket VNeID luc {localtime(at):%H:%M %d/%m/%Y}. "
        f"Neu khong phai ban, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def child_added(code: str) -> str:
    """Return the notice to a parent that a child who has an account already now stands under theirs as well."""
    return (
        f"BHXHVN: ma so ...{code[-4:]} da duoc them vao muc Thanh vien cua ban. "
        f"LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def child_added_elsewhere(code: str) -> str:
    """Return the notice to a child's other parents that one more account sees the child's records."""
    return (
        f"BHXHVN: mot tai khoan nua duoc duyet xem du lieu cua ma so ...{code[-4:]}. "
        f"Neu khong dung, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def child_of_age(code: str) -> str:
    """Return the notice to a parent that a child came of age and no longer stands under the account."""
    return (
        f"BHXHVN: ma so ...{code[-4:]} da du 18 tuoi, tu quan ly tai khoan, khong con o muc Thanh vien cua ban. "
        f"LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def of_age(code: str) -> str:
    """Return the notice to somebody who came of age that the account is theirs alone."""
    return (
        f"BHXHVN: ban da du 18 tuoi. Tai khoan ...{code[-4:]} tu nay chi do ban quan ly. "
        f"LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def account_frozen(username: str, at: datetime) -> str:
    """Return the notice that an account was frozen by staff at `at`."""
    return (
        f"BHXHVN: tai khoan ...{username[-4:]} tam khoa luc {localtime(at):%H:%M %d/%m/%Y}. "
        f"De biet ly do, goi {settings.OPERATOR_HOTLINE} hoac den BHXH gan nhat. Ma: {{ref}}"
    )


def account_closed(username: str, at: datetime) -> str:
    """Return the notice that an account was closed as its owner asked."""
    return (
        f"BHXHVN: tai khoan ...{username[-4:]} da dong theo yeu cau cua ban luc {localtime(at):%H:%M %d/%m/%Y}. "
        f"Khong phai ban? Goi {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def account_frozen_by_owner(username: str, at: datetime) -> str:
    """Return the notice that the owner froze the account at `at`."""
    return (
        f"BHXHVN: ban da tam khoa tai khoan ...{username[-4:]} luc {localtime(at):%H:%M %d/%m/%Y}. "
        f"Mo lai bang VNeID hoac tai BHXH. LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def account_secured(username: str, at: datetime) -> str:
    """Return the notice that the owner's word ended every session and disabled the password."""
    return (
        f"BHXHVN: tai khoan ...{username[-4:]} da dang xuat moi noi, huy mat khau luc {localtime(at):%H:%M %d/%m}. "
        f"Hay dat mat khau moi. LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def account_unfrozen(username: str, at: datetime) -> str:
    """Return the notice that a frozen account can be used again since `at`."""
    return (
        f"BHXHVN: tai khoan ...{username[-4:]} duoc mo lai luc {localtime(at):%H:%M %d/%m/%Y}. "
        f"Neu khong phai ban yeu cau, goi ngay {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def request_received(number: str, *, stop: str = "") -> str:
    """Return the receipt of a request for a public service; `stop` is the code that stops a change of payments."""
    if stop:
        return (
            f"BHXHVN: yeu cau {number} doi noi nhan tien, hieu luc sau 72 gio. Khong phai ban? "
            f"Nhap ma huy {stop} tren cong BHXH hoac goi {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
        )
    return (
        f"BHXHVN da nhan ho so dich vu cong so {number}. Xem tien do o muc Dich vu cong tren cong BHXH. "
        f"LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def request_changed(number: str) -> str:
    """Return the notice that a request was decided or returned; what and why is read on its page."""
    return (
        f"BHXHVN: ho so dich vu cong so {number} da co ket qua hoac can bo sung. "
        f"Xem o muc Dich vu cong tren cong BHXH. LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )


def reminder(what: str, day: date) -> str:
    """Return the reminder of what ends on `day`; `what` is a kind of notice about a reminder, after its dot."""
    told = {
        "card": f"the BHYT cua ban het han ngay {day:%d/%m/%Y}. Xem the va cach gia han o muc The BHYT tren cong BHXH.",
        "household": f"the BHYT ho gia dinh het han ngay {day:%d/%m/%Y}. Gia han som de khong gian doan quyen loi.",
        "voluntary": f"BHXH tu nguyen cua ban da dong den het thang {day:%m/%Y}. Dong tiep de khong gian doan.",
        "of_age": f"tai khoan con ban do chau tu quan ly tu ngay {day:%d/%m/%Y}, khi tron 18 tuoi.",
    }
    return f"BHXHVN: {told[what]} LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"


def notices_waiting(count: int) -> str:
    """Return the message that `count` notices can be read on the portal; what they say stays there."""
    return (
        f"BHXHVN: ban co {count} thong bao moi. Xem o muc Thong bao tren cong BHXH. "
        f"LH {settings.OPERATOR_HOTLINE}. Ma: {{ref}}"
    )
