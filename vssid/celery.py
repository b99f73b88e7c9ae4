"""The Celery application. Tasks are wake-ups only: the rows in PostgreSQL are the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vssid.settings")

app = Celery("vssid")
app.set_default()  # the current application belongs to a thread, and web servers have several
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
