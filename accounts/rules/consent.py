"""For what personal data are processed with the applicant's consent (Law 91/2025/QH15).

A version names the text that was read, templates/accounts/registration/consent/<version>.html: other words, another
version; earlier ones stay.
"""

VERSION = "2026-11-22"
# Who is known by VNeID sends no photos.
VNEID_VERSION = "2026-11-22-vneid"
# Without these there is no account: one box for both.
PURPOSES = ("identity", "account")


def version_for(*, photos: bool) -> str:
    """Return which text somebody reads who sends photos, or none."""
    return VERSION if photos else VNEID_VERSION
