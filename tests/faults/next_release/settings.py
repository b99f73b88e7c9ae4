"""The portal's settings with the next release's migrations."""

from vssid.settings import *  # noqa: F403, TID251

MIGRATION_MODULES = {app: f"tests.faults.next_release.{app}" for app in ("accounts", "insurance")}
