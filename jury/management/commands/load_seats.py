"""Load the seats of the jury of a round from the TOML file of the round; idempotent."""

import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from jury.models import Seat
from submissions.management.commands.load_round import SHIPPED
from submissions.models import Round


class Command(BaseCommand):
    help = "Lädt die Sitze der Jury einer Wettbewerbsrunde. Wer auf ihnen sitzt, bleibt unberührt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, help="TOML-Datei, sonst die mitgelieferte")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            round = load(tomllib.loads(file.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CommandError(f"{file} lässt sich nicht lesen: {error}") from error
        except KeyError as error:
            raise CommandError(f"{file}: Die Angabe {error} fehlt.") from error
        except Round.DoesNotExist as error:
            raise CommandError("Diese Runde gibt es noch nicht. Laden Sie sie zuerst mit load_round.") from error
        except ValidationError as error:
            raise CommandError(f"{file}: {'; '.join(error.messages)}") from error
        self.stdout.write(f"{round.name}: {round.seats.count()} Sitze.")


@transaction.atomic
def load(content: dict[str, Any]) -> Round:
    """Create or update the seats `content` describes, in its order; seats that vanished from it stay.

    Raises KeyError for a missing key, Round.DoesNotExist and ValidationError for values the model refuses.
    """
    round = Round.objects.get(key=content["key"])
    rows = content["seats"]
    chairs = [row["key"] for row in rows if row.get("is_chair")]
    if chairs:  # the old chair first, or the new one would be a second
        round.seats.exclude(key__in=chairs).update(is_chair=False)
    for position, row in enumerate(rows, start=1):
        seat = Seat.objects.filter(round=round, key=row["key"]).first() or Seat(round=round, key=row["key"])
        seat.institution, seat.short_name = row["institution"], row["short_name"]
        seat.position, seat.is_chair = position, row.get("is_chair", False)
        seat.full_clean()
        seat.save()
    return round
