"""The ranking the portal shows, and who won, follow from the exported points by a count of our own."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from django.db.models import QuerySet

from jury.models import Decision
from rehearsal import tally
from rehearsal.acts import scoring
from rehearsal.acts.seating import jury
from rehearsal.invariants import Check, Finding, compare, none, none_lost
from rehearsal.ledger import RECUSED
from rehearsal.stage import Stage
from submissions.models import Submission

ROUNDED = Fraction(1, 200)
"""So far a mean with two places may be from the exact one."""


def shown(stage: Stage) -> Iterator[Finding]:
    """Rank, mean and number of sheets of every entry, as the office's page has them."""
    counted = tally.places(stage.props["marks"])
    wrong, count = [], 0
    for category, rows in stage.props["ranking"].items():
        places = {place.entry: place for place in counted.get(category, [])}
        count += len(rows)
        wrong += [row for row in rows if not _same(row, places.get(row[1]))]
        wrong += [place for entry, place in places.items() if entry not in {row[1] for row in rows}]
    yield none("Rangfolge wie von Hand gezählt", wrong, count)


def winners(stage: Stage) -> Iterator[Finding]:
    """A prize goes to an entry on the first place, and what was recorded is what the chair was told."""
    counted = tally.places(stage.props["marks"])
    first = {key: {place.entry for place in places if place.rank == 1} for key, places in counted.items()}
    told: dict[str, str] = stage.props["winners"]
    wrong = [(key, label) for key, label in told.items() if label and label not in first.get(key, set())]
    yield none("Preise gehen an erste Plätze", wrong, len(told))
    rows = Decision.objects.filter(session__category__round=stage.round, locked_at__isnull=False)
    found = {row.session.category.key: row.winner.label if row.winner else "" for row in _with_names(rows)}
    yield compare("Beschlüsse wie mitgeteilt", sorted(found.items()), sorted(told.items()))


def counts(stage: Stage) -> Iterator[Finding]:
    """Exported is exactly what every juror was told is final, by the last word; nothing of a recused seat."""
    labels = _labels(stage)
    told = {(seat, labels[entry]): given for (seat, entry), given in scoring.standing(stage).items()}
    exported: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for mark in stage.props["marks"]:
        exported[mark.seat, mark.entry][mark.criterion] = mark.points
    differ = [key for key in told.keys() | exported.keys() if told.get(key) != exported.get(key)]
    yield none_lost("Gezählt wird, was abgeschlossen wurde", differ, len(told))
    seats = {person.email: key for key, person in jury(stage).items()}
    recused = {(seats[line.who], labels[line.about]) for line in stage.ledger.told(RECUSED)}
    yield none("Kein Punkt von Befangenen", sorted(recused & exported.keys()), len(recused))


def _same(row: tuple[str, str, str, str], place: tally.Place | None) -> bool:
    rank, _, mean, jurors = row
    if place is None:
        return rank == "–"
    near = abs(Fraction(mean.replace(",", ".")) - place.mean) <= ROUNDED
    return near and (int(rank), int(jurors)) == (place.rank, place.jurors)


def _labels(stage: Stage) -> dict[str, str]:
    rows = Submission.objects.filter(round=stage.round, number__isnull=False).select_related("round")
    return {str(entry.pk): entry.label for entry in rows}


def _with_names(rows: "QuerySet[Decision]") -> "QuerySet[Decision]":
    return rows.select_related("session__category", "winner__round")


CHECKS: tuple[Check, ...] = (shown, winners, counts)
