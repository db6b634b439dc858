"""`manage.py demo PHASE`: believable data for trying; again, it keeps what is there and lets the clock go on."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from landespreis import wording
from landespreis.demo import stage


class Command(BaseCommand):
    help = "Füllt eine leere Datenbank mit erfundenen Personen und Einreichungen einer Phase. Nur im Demobetrieb."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("phase", choices=list(stage.PHASES))

    def handle(self, *args: Any, **options: Any) -> None:
        phase: str = options["phase"]
        if not settings.DEMO:
            raise CommandError("Beispieldaten gibt es nur im Demobetrieb: LANDESPREIS_MODE=demo.")
        try:
            stage.require_demo_data()
        except stage.RealData as error:
            raise CommandError(f"Diese Datenbank enthält echte Daten und bleibt, wie sie ist: {error}.") from error
        if stage.is_filled():
            moment = stage.resume(phase)
            self.stdout.write(f"Die Daten sind schon da. Die Uhr geht weiter ab {wording.moment(moment)}.")
            return
        with transaction.atomic():
            stage.fill(phase)
        self.stdout.write(f"Phase {phase}: Die Uhr steht auf {wording.moment(stage.PHASES[phase])}.")
