"""The ground as a Django app, the admin with our site, and the title of the mail app in it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import Tags, register
from post_office.apps import PostOfficeConfig

from landespreis import deployment


class LandespreisConfig(AppConfig):
    name = "landespreis"
    verbose_name = "Landespreis"
    default = True

    def ready(self) -> None:
        register(deployment.deployment, Tags.security, deploy=True)


class OfficeConfig(admin_apps.AdminConfig):
    default_site = "landespreis.office.OfficeSite"
    default = False


class OutgoingMailConfig(PostOfficeConfig):  # type: ignore[misc]
    verbose_name = "Postausgang"
