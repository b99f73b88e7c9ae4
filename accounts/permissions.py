"""Who may do what: predicates asked by the admin and its buttons. Offices are a matter of querysets (`visible_to`)."""

from accounts.models import User

VIEW_DOSSIERS = "accounts.view_registrationdossier"
DECIDE_DOSSIERS = "accounts.decide_registrationdossier"


def may_see_dossiers(staff: User) -> bool:
    """Officers, supervisors and auditors see the dossiers of their offices."""
    return staff.is_staff and staff.has_perm(VIEW_DOSSIERS)


def may_decide(staff: User) -> bool:
    """Officers and supervisors decide; auditors only look."""
    return staff.is_staff and staff.has_perm(DECIDE_DOSSIERS)
