"""The ground as a Django app, for its template tags and commands."""

from django.apps import AppConfig


class LandespreisConfig(AppConfig):
    name = "landespreis"
    verbose_name = "Landespreis"
