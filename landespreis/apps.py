"""The ground as a Django app with its lookup, the admin with our site, and the title of the mail app in it."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin_apps
from django.core.checks import Tags, register
from django.db.models import IntegerField
from post_office.apps import PostOfficeConfig

from landespreis import deployment
from landespreis.integers import InRange


class LandespreisConfig(AppConfig):
    name = "landespreis"
    verbose_name = "Landespreis"
    default = True

    def ready(self) -> None:
        """Check what is deployed; report errors where an operator wants that, else that code is not even loaded."""
        IntegerField.register_lookup(InRange)
        register(deployment.deployment, Tags.security, deploy=True)
        if settings.SENTRY_DSN:
            import_module("landespreis.watching.reporting").begin(settings.SENTRY_DSN)


class OfficeConfig(admin_apps.AdminConfig):
    default_site = "landespreis.office.OfficeSite"
    default = False


class OutgoingMailConfig(PostOfficeConfig):  # type: ignore[misc]
    verbose_name = "Postausgang"
