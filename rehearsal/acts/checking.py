"""After the closing: the formal check by the queue in the admin; exclude, hand back, admit many, later by four eyes."""

from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet

from landespreis.clock import BERLIN
from rehearsal.acts import seating
from rehearsal.acts.correcting import correct, look_through, press_late
from rehearsal.browser import Page
from rehearsal.insiders import Insider, once
from rehearsal.stage import Stage
from submissions.models import Proposal, Round, Submission

Check, Status = Submission.Check, Submission.Status
QUEUE = "/admin/submissions/submission/pruefung/"
FIRST_LOOK, CORRECTION = timedelta(days=1, hours=10), timedelta(days=6)
"""After the closing: when the office begins, and until when what is handed back may be corrected."""
IN_TIME = 0.7
"""Of those whose entry was handed back, how many correct it before the deadline."""
EXCLUDED = "Beteiligt ist nur eine Kommune; nötig sind mindestens zwei."
RETURNED = "Bitte beschreiben Sie genauer, was Ihre Partner beitragen."
UNCORRECTED = "Die Frist zur Korrektur ist verstrichen."


def play(stage: Stage) -> None:
    renate, closing = seating.office(stage), stage.round.closes_at
    stage.at(closing + FIRST_LOOK)
    asked = stage.persist("know what to look at closely", lambda: _asked(stage))
    until = (closing + CORRECTION).astimezone(BERLIN)
    for entry, found in asked:
        if found == "exclude":
            _decides(stage, renate, entry, "Ausschließen", EXCLUDED)
        elif found == "return":
            _decides(stage, renate, entry, "Zur Korrektur zurückgeben", RETURNED, until)
    stage.persist("admit the others", lambda: _admits(renate))
    returned = [entry for entry, found in asked if found == "return"]
    stage.crowd((one for one in returned if _is_corrected(stage, one)), lambda entry: correct(stage, entry))
    late = [one for one in returned if not _is_corrected(stage, one)]
    stage.crowd(late, lambda entry: look_through(stage, entry))
    stage.at(until + timedelta(hours=1))
    stage.crowd(late, lambda entry: press_late(stage, entry))
    _takes_two(stage, renate)
    stage.persist("propose what is corrected", lambda: _admits(renate))
    for entry in stage.persist("see what is left", lambda: list(_open(stage))):
        _proposes(stage, renate, entry)
    _confirms(stage, seating.second(stage))


def _is_corrected(stage: Stage, entry: Submission) -> bool:
    """Whether the people of a returned entry correct it in time; the others press when it is too late."""
    return stage.cast.chance("corrects", entry.owner.email).random() < IN_TIME


def _asked(stage: Stage) -> list[tuple[Submission, str]]:
    """Return what the office finds about each entry, in the order of their numbers."""
    found = {town.email: town.check for town in stage.cast.towns}
    return [(entry, found.get(entry.owner.email, "admit")) for entry in _open(stage).select_related("owner")]


def _open(stage: Stage) -> QuerySet[Submission]:
    rows = Submission.objects.filter(round=stage.round, status=Status.SUBMITTED)
    return rows.filter(formal_check__in=(Check.OPEN, Check.RETURNED)).order_by("number")


# One by one --------------------------------------------------------------------------------------------


def _decides(
    stage: Stage, renate: Insider, entry: Submission, button: str, reason: str, until: datetime | None = None
) -> None:
    """Fill in the checklist and decide at once, with the mail that goes."""
    decided = Submission.objects.filter(pk=entry.pk).exclude(formal_check=Check.OPEN)
    once(stage, f"{button} {entry.pk}", decided.exists, lambda: _judges(renate, entry, button, reason, until))


def _judges(renate: Insider, entry: Submission, button: str, reason: str, until: datetime | None = None) -> None:
    page = renate.get(f"/admin/submissions/submission/{entry.pk}/pruefung/?reihe=alle")
    form = page.form(field="read").set({"partner": "failed"})
    page = renate.send(form.press(button))
    asked = page.form(field="reason").set({"reason": reason})
    if until:
        asked.set({"until_0": until.strftime("%d.%m.%Y"), "until_1": until.strftime("%H:%M")})
    _sees_the_mail(renate, renate.send(asked.press("Weiter zur E-Mail")))


def _sees_the_mail(person: Insider, page: Page) -> None:
    form = page.form(field="seen")
    person.send(form.press(next(text for name, _, text in form.buttons if name == "confirmed")))


# Many at once ------------------------------------------------------------------------------------------


def _admits(person: Insider) -> None:
    """Admit, or propose to admit, page by page, whatever nothing speaks against."""
    while True:
        page = person.get(QUEUE)
        if 'name="entry"' not in page.body:
            return
        form = page.form(field="entry")
        asked = person.send(form.set({"entry": [value for value, _ in form.options["entry"]]}).press("Ausgewählte"))
        person.send(asked.form(field="tell").press("Einreichung"))


# By four eyes ------------------------------------------------------------------------------------------


def _takes_two(stage: Stage, renate: Insider) -> None:
    """From now on two decide: what is left was disputed."""

    def switch() -> None:
        page = renate.get(f"/admin/submissions/round/{stage.round.pk}/change/")
        renate.send(page.form(field="four_eyes").set({"four_eyes": "on"}).press("Sichern"))

    once(stage, "let two decide", Round.objects.filter(pk=stage.round.pk, four_eyes=True).exists, switch)


def _proposes(stage: Stage, renate: Insider, entry: Submission) -> None:
    """What was not corrected cannot take part."""
    waits = Proposal.objects.waiting().filter(submission=entry)
    once(
        stage,
        f"propose about {entry.pk}",
        waits.exists,
        lambda: _judges(renate, entry, "Ausschluss vorschlagen", UNCORRECTED),
    )


def _confirms(stage: Stage, jonas: Insider) -> None:
    for entry in stage.persist("see what is proposed", lambda: list(_open(stage))):
        decided = Submission.objects.filter(pk=entry.pk).exclude(formal_check__in=(Check.OPEN, Check.RETURNED))
        page = f"/admin/submissions/submission/{entry.pk}/pruefung/bestaetigen/"
        once(stage, f"confirm about {entry.pk}", decided.exists, partial(_agrees, jonas, page))


def _agrees(jonas: Insider, path: str) -> None:
    _sees_the_mail(jonas, jonas.get(path))
