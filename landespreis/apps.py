"""The ground as a Django app with its lookup, the admin with our site, and the title of the mail app in it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models import IntegerField
from post_office.apps import PostOfficeConfig

from landespreis.integers import InRange


class LandespreisConfig(AppConfig):
    name = "landespreis"
    verbose_name = "Landespreis"
    default = True

    def ready(self) -> None:
        IntegerField.register_lookup(InRange)


class OfficeConfig(admin_apps.AdminConfig):
    default_site = "landespreis.office.OfficeSite"
    default = False


class OutgoingMailConfig(PostOfficeConfig):  # type: ignore[misc]
    verbose_name = "Postausgang"
