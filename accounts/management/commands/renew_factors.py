"""`manage.py renew_factors`: encrypts second factors with the present SECRET_KEY; repeating it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import ciphers


class Command(BaseCommand):
    help = "Verschlüsselt zweite Faktoren mit dem jetzigen SECRET_KEY, die noch mit einem früheren verschlüsselt sind."

    def handle(self, *args: Any, **options: Any) -> None:
        found = ciphers.renew()
        if found.unreadable:
            self.stdout.write(
                f"Zweite Faktoren, die kein bekannter Schlüssel liest: {found.unreadable}. Nennen Sie den früheren "
                "SECRET_KEY in SECRET_KEY_FALLBACKS; sonst müssen sie in der Verwaltung zurückgesetzt werden."
            )
        self.stdout.write(f"Zweite Faktoren: {found.renewed} mit dem jetzigen SECRET_KEY neu verschlüsselt.")
