"""WSGI entry point: `gunicorn vssid.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vssid.settings")

application = get_wsgi_application()
