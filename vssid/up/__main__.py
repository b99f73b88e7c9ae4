"""`python -m vssid.up` runs the portal; `python -m vssid.up manage …` runs one command with the same environment."""

from __future__ import annotations

import subprocess
import sys

from vssid.up.environment import ROOT, Machine, StartError, machine
from vssid.up.postgres import ROLE, PostgresError
from vssid.up.supervisor import Supervisor, only_one


def manage(here: Machine, arguments: list[str]) -> int:
    """Runs `manage.py` with this machine's variables; starts the database for it when it does not run."""
    server = here.postgres
    started = server is not None and not server.ready()
    if server is not None and started:
        server.start()
        server.create_database(ROLE)
    try:
        return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=here.variables).returncode
    finally:
        if server is not None and started:
            server.stop()


def main(arguments: list[str]) -> int:
    """Gives the exit status; what went wrong is one line on standard error."""
    try:
        here = machine()
        if arguments[:2] == ["manage", "restore"]:
            with only_one(here.var):  # not under the feet of a running portal
                return manage(here, arguments[1:])
        if arguments[:1] == ["manage"]:
            return manage(here, arguments[1:])
        Supervisor(here).run()
    except (StartError, PostgresError) as error:
        print(f"vssid: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
