"""The Celery application. Tasks are wake-ups only: the rows in PostgreSQL are the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vssid.settings")

app = Celery("vssid")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
