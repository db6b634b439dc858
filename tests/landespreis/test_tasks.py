"""What the worker does for the ground, and that beat names tasks that exist."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from landespreis import tasks
from landespreis.celery import app


@pytest.mark.django_db
def test_clear_sessions_keeps_those_that_last() -> None:
    for key, days in (("past", -1), ("future", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=days))

    tasks.clear_sessions()

    assert [session.session_key for session in Session.objects.all()] == ["future"]


def test_beat_starts_tasks_that_exist() -> None:
    app.loader.import_default_modules()

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
