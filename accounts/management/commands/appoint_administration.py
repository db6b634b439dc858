"""`manage.py appoint_administration EMAIL`: the first account of the Administration; its owner sets the password.

With `--reason` also when there is one that does not get in any more, see `docs/betrieb.md`.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.appointing import appoint_first, let_in
from landespreis.refusal import Refused


class Command(BaseCommand):
    help = "Legt die erste Person der Administration an; sie erhält per Mail einen Link, um ihr Passwort zu setzen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="Adresse der Person")
        parser.add_argument(
            "--reason",
            metavar="GRUND",
            help="Grund, aus dem die Administration nicht mehr hineinkommt: setzt den zweiten Faktor dieser Person der "
            "Administration zurück oder legt eine weitere an",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reason = options["reason"]
            user = appoint_first(options["email"]) if reason is None else let_in(options["email"], reason=reason)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        except ValidationError as error:
            raise CommandError(f"{options['email']}: {' '.join(error.messages)}") from error
        if user.has_usable_password():
            self.stdout.write(
                f"Administration: {user.email} meldet sich mit dem Passwort an und richtet einen neuen zweiten Faktor "
                "ein. Ist auch das Passwort verloren, hilft „Passwort vergessen“ auf der Anmeldeseite."
            )
            return
        self.stdout.write(
            f"Administration: Der Link für das Passwort geht an {user.email}, sobald der Worker läuft. "
            "Kommt er nicht an, hilft „Passwort vergessen“ auf der Anmeldeseite."
        )
