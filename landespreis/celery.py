"""The Celery application; what beat starts stands in the settings."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landespreis.settings")

TRANSPORT_ALIASES["folder"] = "landespreis.broker:Transport"
TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "landespreis.redis_broker:Transport"
app = Celery("landespreis")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
