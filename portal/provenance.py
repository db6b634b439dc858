"""What staff may say by hand about where a project comes from, and which prize it has."""

from datetime import datetime

from landespreis.clock import BERLIN
from portal import entries, slugs
from portal.models import Project
from submissions.models import Round

FIRST_PRIZE = 2020
"""No award of the Land for this is older."""


def problems(project: Project, now: datetime) -> dict[str, str]:
    """Return field → what to change, in German; nothing when all is well. `project` carries what staff entered."""
    if project.submission_id:
        return _of_a_copy(project)
    if project.origin != Project.Origin.AWARD:
        return _outside(project)
    return _of_an_earlier_round(project, now)


def _of_a_copy(project: Project) -> dict[str, str]:
    """The portal alone says that a copy is of the award, and whether it has won."""
    found = {}
    if project.origin != Project.Origin.AWARD:
        found["origin"] = "Dieses Projekt ist aus einem Beitrag zum Landespreis entstanden; seine Herkunft steht fest."
    before = Project.objects.filter(pk=project.pk).values_list("prize_year", flat=True).first()
    if project.prize_year != before:
        found["prize_year"] = "Die Auszeichnung setzt das Portal selbst, sobald die Sperrfrist endet. Lassen Sie sie."
    return found


def _outside(project: Project) -> dict[str, str]:
    said = "Das Feld ist für Beiträge zum Landespreis. Leeren Sie es, oder wählen Sie diese Herkunft."
    return {name: said for name in ("edition", "prize_year") if getattr(project, name)}


def _of_an_earlier_round(project: Project, now: datetime) -> dict[str, str]:
    found = {}
    if not project.edition:
        found["edition"] = "Nennen Sie den Wettbewerb, zum Beispiel „1. Landespreis 2021/22“."
    elif slugs.slug(project.edition) in {
        slugs.slug(entries.edition(row)) for row in Round.objects.announced().order_by("pk")
    }:
        found["edition"] = (
            f"Beiträge zum {project.edition} tragen Sie nicht von Hand ein. Übernehmen Sie sie unter "
            "„Beiträge übernehmen“."
        )
    this_year = now.astimezone(BERLIN).year
    if project.prize_year and not FIRST_PRIZE <= project.prize_year <= this_year:
        found["prize_year"] = f"Schreiben Sie ein Jahr zwischen {FIRST_PRIZE} und {this_year}."
    return found
