"""The ground: settings, urls, celery, and what every app stands on."""

from landespreis.celery import app as celery_app

__all__ = ["celery_app"]
