"""`manage.py appoint_administration EMAIL`: the first account of the Administration; its owner sets the password."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.appointing import appoint_first
from landespreis.refusal import Refused


class Command(BaseCommand):
    help = "Legt die erste Person der Administration an; sie erhält per Mail einen Link, um ihr Passwort zu setzen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="Adresse der Person")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = appoint_first(options["email"])
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        except ValidationError as error:
            raise CommandError(f"{options['email']}: {' '.join(error.messages)}") from error
        self.stdout.write(
            f"Administration: Der Link für das Passwort geht an {user.email}, sobald der Worker läuft. "
            "Kommt er nicht an, hilft „Passwort vergessen“ auf der Anmeldeseite."
        )
