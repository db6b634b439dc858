"""Load a round of the award with its categories, criteria and questions from a TOML file; idempotent."""

import tomllib
from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Model

from submissions.actions import rounds
from submissions.models import Category, Criterion, Question, Round
from submissions.models.rules import require_weights

Row = TypeVar("Row", bound=Model)
SHIPPED = Path(settings.BASE_DIR) / "data" / "round_lp2.toml"


class Command(BaseCommand):
    help = "Lädt eine Wettbewerbsrunde aus einer Datei. Wiederholtes Laden ändert nichts, was gleich geblieben ist."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, help="TOML-Datei, sonst die mitgelieferte")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
            round = journalled(content)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CommandError(f"{file} lässt sich nicht lesen: {error}") from error
        except KeyError as error:
            raise CommandError(f"{file}: Die Angabe {error} fehlt.") from error
        except ValidationError as error:
            raise CommandError(f"{file}: {'; '.join(error.messages)}") from error
        self.stdout.write(
            f"{round.name}: {round.categories.count()} Kategorien, {round.criteria.count()} Kriterien, "
            f"{round.questions.count()} Fragen."
        )


@transaction.atomic
def journalled(content: dict[str, Any]) -> Round:
    """Load, and journal what that has changed."""
    known = Round.objects.filter(key=content["key"]).first()
    before = rounds.state(known) if known else None
    round = load(content)
    rounds.note_changes(round, before, by=None)
    return round


@transaction.atomic
def load(content: dict[str, Any]) -> Round:
    """Create or update the round `content` describes; rows that vanished from it stay when entries use them.

    Raises KeyError for a missing key and ValidationError for values the models refuse.
    """
    rows = {name: content[name] for name in ("categories", "criteria", "questions")}
    facts = {key: value for key, value in content.items() if key not in (*rows, "seats")}
    round = _put(Round, {"key": facts.pop("key")}, facts)
    for position, row in enumerate(rows["categories"], start=1):
        _put(Category, {"round": round, "key": row["key"]}, row | {"position": position})
    for position, row in enumerate(rows["criteria"], start=1):
        values = row | {"position": position, "weight": Decimal(row["weight"])}
        _put(Criterion, {"round": round, "key": row["key"]}, values)
    criteria = {criterion.key: criterion for criterion in round.criteria.all()}
    require_weights(criterion.weight for criterion in criteria.values())
    for position, row in enumerate(rows["questions"], start=1):
        criterion = criteria[row["criterion"]] if "criterion" in row else None
        values = row | {"position": position, "criterion": criterion}
        _put(Question, {"round": round, "key": row["key"]}, values)
    return round


def _put(model: type[Row], identity: dict[str, Any], values: dict[str, Any]) -> Row:
    row = model._default_manager.filter(**identity).first() or model(**identity)
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save(update_fields=values if row.pk else None)  # not what the portal counts by itself
    return row
