"""`make reset`: deletes the data of this machine, after a question (none with FORCE=1)."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from vssid.up.environment import ROOT, StartError
from vssid.up.postgres import Account, Postgres
from vssid.up.supervisor import only_one


def main() -> int:
    """Gives 0 when the data is gone, 1 when it was kept."""
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()
    if not var.exists():
        print("there is no data")
        return 0
    try:
        with only_one(var):
            return _delete(var)
    except StartError as error:
        print(f"vssid: {error}; stop it first", file=sys.stderr)
        return 1


def _delete(var: Path) -> int:
    if os.environ.get("FORCE") != "1":
        print(f"This deletes the database, files, keys and logs in {var}. Type yes to go on: ", end="", flush=True)
        if sys.stdin.readline().strip().lower() != "yes":
            print("nothing was deleted")
            return 1
    data = Account().place(var / "postgres")
    if data.exists():
        Postgres(var / "postgres").stop()
        shutil.rmtree(data)
    shutil.rmtree(var)
    print("deleted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
