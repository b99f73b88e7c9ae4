"""Who may do what: predicates asked by the admin and its buttons. Offices are a matter of querysets (`visible_to`)."""

from accounts.models import User

VIEW_DOSSIERS = "accounts.view_registrationdossier"
DECIDE_DOSSIERS = "accounts.decide_registrationdossier"
SEE_STAFF = "accounts.view_user"
KEEP_STAFF = "accounts.change_user"


def may_see_dossiers(staff: User) -> bool:
    """Officers, supervisors and auditors see the dossiers of their offices."""
    return staff.is_staff and staff.has_perm(VIEW_DOSSIERS)


def may_decide(staff: User) -> bool:
    """Officers and supervisors decide; auditors only look."""
    return staff.is_staff and staff.has_perm(DECIDE_DOSSIERS)


def may_supervise(staff: User) -> bool:
    """Supervisors decide and see who works in their offices: they take decisions back and freeze accounts."""
    return may_decide(staff) and staff.has_perm(SEE_STAFF)


def may_see_figures(staff: User) -> bool:
    """Supervisors and auditors see how their offices get on."""
    return may_see_dossiers(staff) and staff.has_perm(SEE_STAFF)


def may_keep_staff(staff: User) -> bool:
    """Administrators see and change all members of staff; the others see those of their own offices."""
    return staff.is_staff and staff.has_perm(KEEP_STAFF)


def may_change(staff: User, other: User) -> bool:
    """Nobody but an administrator of the whole installation touches another such one."""
    return may_keep_staff(staff) and (staff.is_superuser or not other.is_superuser)
