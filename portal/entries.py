"""Which entries of the award the directory may show, and what of a round it is called by."""

import re

from django.db.models import F, Q

from landespreis.clock import BERLIN
from portal.models import Project
from portal.models.projects import ProjectQuerySet
from submissions.models import Round, Submission
from submissions.models.entry import SubmissionQuerySet
from submissions.payload import EXCERPT

CONSENT = '"publication":true'
"""As it stands in a version's canonical JSON. What people write cannot spell it: their quotes are escaped there."""
LONGEST_EDITION = 60


def released() -> SubmissionQuerySet:
    """Entries that were admitted, are not withdrawn, and whose version says that they may be published."""
    return Submission.objects.admitted().filter(current__canonical__contains=CONSENT)


def waiting() -> SubmissionQuerySet:
    """Released entries that have no copy in the directory yet, by number: an order that says nothing of the jury.

    Not those of which only an excerpt (version 0) is left once their time of keeping is over.
    """
    rows = (
        released()
        .filter(project__isnull=True, current__number__gt=EXCERPT)
        .select_related("round", "submitted_lead", "submitted_category")
    )
    return rows.order_by("-round__opens_at", "number")


def unfounded() -> ProjectQuerySet:
    """Copies whose entry has lost what allowed them: withdrawn, not admitted any more, or a version without consent."""
    return Project.objects.filter(submission__isnull=False).exclude(submission__in=released())


def exposed() -> ProjectQuerySet:
    """Copies that are out, or will be, and must not: without ground, or before the ceremony."""
    early = Q(published_at__lt=F("submission__round__embargo_until"))
    return Project.objects.filter(published_at__isnull=False).filter(early | Q(pk__in=unfounded().values("pk")))


def objection(entry: Submission) -> str:
    """Return in German why the directory may not show an entry, or nothing."""
    if entry.status == Submission.Status.WITHDRAWN:
        return "Der Beitrag ist zurückgezogen."
    if entry.current is None:
        return "Der Beitrag ist nicht eingereicht."
    if entry.formal_check == Submission.Check.EXCLUDED:
        return "Der Beitrag ist vom Wettbewerb ausgeschlossen."
    if entry.formal_check != Submission.Check.ADMITTED:
        return "Der Beitrag ist nicht zugelassen, die formale Prüfung steht aus."
    if not entry.current.payload["declarations"].get("publication"):
        return "Die Kommune hat der Veröffentlichung nicht zugestimmt."
    return ""


def edition(round_: Round) -> str:
    """Return what the directory calls a round: «2. Landespreis 2025/26», from its short name and its years."""
    if re.search(r"\b20\d\d\b", round_.name):
        return round_.name[:LONGEST_EDITION]
    first, last = round_.opens_at.astimezone(BERLIN).year, round_.ceremony_on.year
    years = str(last) if first == last else f"{first}/{last % 100:02d}"
    short = round_.name.partition(" für ")[0].strip()
    return f"{short[: LONGEST_EDITION - len(years) - 1]} {years}"
