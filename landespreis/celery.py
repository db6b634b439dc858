"""The Celery application and what beat starts."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landespreis.settings")

app = Celery("landespreis")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Each run expires before the next is due, so a stopped worker does not find a heap of old ones.
app.conf.beat_schedule = {
    "send-owed-mail": {"task": "landespreis.tasks.send_owed_mail", "schedule": 15, "options": {"expires": 14}},
    "render-owed-receipts": {
        "task": "submissions.tasks.render_owed_receipts",
        "schedule": 15,
        "options": {"expires": 14},
    },
    "scan-waiting-files": {"task": "submissions.tasks.scan_waiting_files", "schedule": 30, "options": {"expires": 29}},
    "remind": {"task": "submissions.tasks.remind", "schedule": 60, "options": {"expires": 59}},
}
