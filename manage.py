#!/usr/bin/env python3
"""Entry point of Django's commands."""

import os
import sys

# They read the code and serve nobody, so they need settings but no deployment's keys.
OF_THE_CODE = {"makemigrations", "messages"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vssid.settings")
    if OF_THE_CODE.intersection(sys.argv[1:2]) and "SECRET_KEY" not in os.environ:
        from vssid.up.example import variables

        os.environ.update(variables())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
