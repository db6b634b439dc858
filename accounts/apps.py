"""The app's name and German title; and that what allauth tells by signal is written down."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Konten"

    def ready(self) -> None:
        import_module("accounts.traces").connect()  # it needs the models, which exist only now
