"""`python -m vssid.ops.secrets`: prints new secrets for the `.env` of a deployment, one a line."""

import secrets
import sys

from vssid.up.keys import new_keys

_PASSWORDS = ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY", "METRICS_TOKEN")


def new_secrets() -> dict[str, str]:
    """Return a fresh value for every secret of docs/deployment/env.example; all fit into a URL."""
    keys = {name: value for name, value in new_keys().items() if name != "VNEID_CLIENT_SECRET"}
    # Single quotes keep compose from reading the \n of the PEM.
    keys |= {name: f"'{keys[name]}'" for name in ("CARD_SIGNING_KEY", "VAPID_PRIVATE_KEY")}
    return keys | {name: secrets.token_hex(24) for name in _PASSWORDS}


if __name__ == "__main__":
    for name, value in new_secrets().items():
        sys.stdout.write(f"{name}={value}\n")
