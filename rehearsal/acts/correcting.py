"""Somebody whose entry the office gave back for correction mends a text and hands in again, in time or too late."""

from rehearsal.applicant import Pressed, everybody
from rehearsal.stage import Stage
from submissions.models import Submission


def correct(stage: Stage, entry: Submission) -> Pressed:
    """Let the owner of a returned entry correct it before the deadline that the page names; return what came of it."""
    owner = stage.persist(
        "look for the owner", lambda: Submission.objects.select_related("owner").get(pk=entry.pk).owner
    )
    person = everybody(stage)[owner.email]
    if "bitte korrigieren" not in person.do("look at the entry", lambda: person.open(person.entry)).body:
        raise LookupError(f"the page of {person.entry} does not ask for a correction")
    return person.improve(
        "innovation", f"{person.town.title}: Neu ist die gemeinsame Leitstelle, seit 2023 im Betrieb."
    )


def look_through(stage: Stage, entry: Submission) -> None:
    """Let the owner write the correction and open the page with the button, without pressing it."""
    owner = stage.persist(
        "look for the owner", lambda: Submission.objects.select_related("owner").get(pk=entry.pk).owner
    )
    person = everybody(stage)[owner.email]
    person.write("innovation", text=f"{person.town.title}: Neu ist die gemeinsame Leitstelle.")
    person.look_through()


def press_late(stage: Stage, entry: Submission) -> Pressed:
    """Let the owner press after the deadline: what was handed in before counts."""
    owner = stage.persist(
        "look for the owner", lambda: Submission.objects.select_related("owner").get(pk=entry.pk).owner
    )
    return everybody(stage)[owner.email].hand_in()
