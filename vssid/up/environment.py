"""The environment of one machine: what the caller set, and defaults below `var/` for the rest."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from vssid.up.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]


class StartError(Exception):
    """The portal cannot be started as asked; the text is one line for the person at the keyboard."""


@dataclass(frozen=True)
class Machine:
    """Where things are on this machine, what is started here, and the variables every process gets."""

    var: Path
    variables: dict[str, str]
    postgres: Postgres | None  # None: DATABASE_URL names another
    stand_in: bool  # whether the VNeID stand-in runs here

    def __getitem__(self, name: str) -> str:
        return self.variables[name]

    @property
    def demo(self) -> bool:
        """Whether the demonstration is shown."""
        return self["DEMO"].lower() in {"1", "true", "yes"}


def machine(given: Mapping[str, str] | None = None) -> Machine:
    """Fills what `given` (the process's environment) leaves open. Keys are made once and kept in `var/keys.env`."""
    given = os.environ if given is None else given
    var = Path(given.get("VAR_DIR") or ROOT / "var").absolute()
    var.mkdir(parents=True, exist_ok=True)
    port, vneid_port = _port(given, "PORT", "8000"), _port(given, "VNEID_PORT", "8100")
    stand_in, own_database = not given.get("VNEID_ISSUER"), not given.get("DATABASE_URL")
    postgres = Postgres(var / "postgres") if own_database else None
    public = given.get("PUBLIC_BASE_URL") or f"http://localhost:{port}"
    defaults = {
        **_keys(var, given),
        "DEMO": "1",
        "HOST": "127.0.0.1",
        "PUBLIC_BASE_URL": public,
        "ALLOWED_HOSTS": ",".join(dict.fromkeys([urlsplit(public).hostname or "localhost", "localhost", "127.0.0.1"])),
        "CELERY_BROKER_URL": f"filesystem://{var / 'broker'}",
        "MEDIA_STORAGE_URL": f"file://{var / 'media'}",
        "STATIC_ROOT": str(var / "static"),
        "SMS_BACKEND": "inbox",
        "EMAIL_URL": f"file://{var / 'mail'}",
        # No bank has this number: nobody who scans a slip of the demonstration can pay anything.
        "PAYMENT_BANK": "000000",
        "PAYMENT_ACCOUNT": "0000000000",
        "PAYMENT_ACCOUNT_NAME": "TÀI KHOẢN MẪU",
        "DJANGO_SETTINGS_MODULE": "vssid.settings",
        "PYTHONUNBUFFERED": "1",
    }
    if postgres is not None:
        defaults["DATABASE_URL"] = postgres.url()
    if stand_in:
        defaults |= {"VNEID_ISSUER": f"http://127.0.0.1:{vneid_port}", "VNEID_CLIENT_ID": "vssid-portal"}
    else:
        defaults.pop("VNEID_CLIENT_SECRET", None)  # the made-up one is the stand-in's
    variables = {**defaults, **{name: value for name, value in given.items() if value.strip() or name not in defaults}}
    variables |= {"PORT": port, "VNEID_PORT": vneid_port, "VAR_DIR": str(var)}
    _check_demonstration(variables)
    return Machine(var, variables, postgres, stand_in)


def _port(given: Mapping[str, str], name: str, default: str) -> str:
    value = given.get(name, "").strip() or default
    if not (value.isdigit() and 0 < int(value) < 65536):
        raise StartError(f"{name} must be a port number, not {value!r}.")
    return value


def _keys(var: Path, given: Mapping[str, str]) -> dict[str, str]:
    """The secrets of this installation; whatever is missing in the file is made and added to it."""
    path = var / "keys.env"
    kept = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line) if path.exists() else {}
    from vssid.up.keys import NAMES, new_keys

    if missing := set(NAMES) - set(kept):
        kept |= {name: value for name, value in new_keys().items() if name in missing}
        half = path.with_suffix(".new")
        half.touch(mode=0o600)
        half.write_text("".join(f"{name}={value}\n" for name, value in kept.items()))
        half.rename(path)
    return kept


def _check_demonstration(variables: Mapping[str, str]) -> None:
    """The demonstration's passwords are public: it runs beside nothing that is real."""
    if variables["DEMO"].lower() not in {"1", "true", "yes"}:
        return
    sends = {variables.get("SMS_BACKEND"), variables.get("SMS_FALLBACK_BACKEND")}
    outside = ["VNEID_ISSUER"]
    if "twilio" in sends:
        outside.append("TWILIO_API_BASE")
    if "http" in sends:
        outside.append("SMS_HTTP_URL")
    for name in outside:
        if not is_loopback(variables.get(name, "")):
            raise StartError(
                f"DEMO=1 runs only beside a gateway and an issuer on this machine; see {name} (or set DEMO=0)."
            )


def is_loopback(url: str) -> bool:
    """Whether `url` points at this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
