"""The ground as a Django app, and the title of the mail app in the admin."""

from django.apps import AppConfig
from post_office.apps import PostOfficeConfig


class LandespreisConfig(AppConfig):
    name = "landespreis"
    verbose_name = "Landespreis"
    default = True


class OutgoingMailConfig(PostOfficeConfig):  # type: ignore[misc]
    verbose_name = "Postausgang"
