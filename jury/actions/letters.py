"""Verbs on letters: change a draft, and release it to the people of its entry."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from accounts.models import User
from jury.actions import gate
from jury.models import JuryEvent, Letter, Paper
from landespreis import clock, mail, wording
from landespreis.refusal import Refused
from submissions.actions import gate as entries
from submissions.models import Editor

TEMPLATE = "letter"
EMBARGO = "Die Preisträger sind noch nicht öffentlich. Freigeben lassen sich Briefe ab {}."
NO_CERTIFICATE = (
    "Die Urkunde zu {} wird noch erstellt. Sie liegt dem Brief bei; versuchen Sie es in einer Minute wieder."
)


@transaction.atomic
def release(letter: Letter, *, by: User) -> Letter:
    """Owe the letter as a mail to owner and editors of its entry, with the entry's certificate.

    Releasing twice is one mail. Precondition: the embargo of the round is over, the certificate is there. Journals.
    Raises NotAllowed, Refused.
    """
    gate.require_office(by)
    Letter.objects.select_for_update().values_list("pk").get(pk=letter.pk)
    letter = with_entry().get(pk=letter.pk)
    if letter.released_at:
        return letter
    entry, now = letter.submission, clock.now()
    if now < entry.round.embargo_until:
        raise Refused(EMBARGO.format(wording.opening(entry.round.embargo_until)), title="Noch nicht")
    owed = mail.owe(TEMPLATE, recipients(letter), content(letter), attachments=[_certificate(letter)])
    letter.released_at, letter.released_by = now, by
    letter.save(update_fields=["released_at", "released_by"])
    gate.record(
        entry.round, JuryEvent.Verb.RELEASED, at=now, by=by, category=entry.submitted_category, entry=entry,
        kind=letter.kind, mails=len(owed),
    )  # fmt: skip
    return letter


@transaction.atomic
def release_all(letters: Iterable[Letter], *, by: User) -> int:
    """Release several at once, all or none; return how many had not gone out before. Raises as `release`."""
    waiting = [letter for letter in letters if letter.released_at is None]
    for letter in waiting:
        release(letter, by=by)
    return len(waiting)


@transaction.atomic
def change(letter: Letter, *, by: User, subject: str, text: str) -> Letter:
    """Give a draft another subject and text. Raises NotAllowed, and Refused once it is released or for empty words."""
    gate.require_office(by)
    Letter.objects.select_for_update().values_list("pk").get(pk=letter.pk)
    letter = Letter.objects.get(pk=letter.pk)
    if letter.released_at:
        raise Refused("Dieser Brief ist freigegeben und verschickt. Ändern lässt er sich nicht mehr.")
    letter.subject, letter.text = " ".join(subject.split()), text.replace("\r\n", "\n").strip()
    if not letter.subject or not letter.text:
        raise Refused("Bitte schreiben Sie Betreff und Text.")
    letter.save(update_fields=["subject", "text"])
    return letter


def with_entry() -> QuerySet[Letter]:
    """Return letters with what their pages and mails read selected."""
    return Letter.objects.select_related(
        "submission__round", "submission__submitted_category", "submission__owner", "released_by"
    ).prefetch_related(Prefetch("submission__editors", Editor.objects.select_related("user")))


def recipients(letter: Letter) -> list[str]:
    """Return to whom the letter goes: owner and editors of the entry."""
    return entries.addresses(letter.submission)


def content(letter: Letter) -> dict[str, Any]:
    """Return what the mail's templates say."""
    entry = letter.submission
    return {
        "letter_subject": letter.subject,
        "text": letter.text,
        "number": entry.label,
        "title": entry.submitted_title,
        "path": entry.get_absolute_url(),
    }


def _certificate(letter: Letter) -> mail.Attached:
    paper = Paper.objects.filter(kind=Paper.Kind.CERTIFICATE, submission=letter.submission).first()
    if paper is None or paper.rendered_at is None:
        raise Refused(NO_CERTIFICATE.format(letter.submission.label), title="Noch nicht")
    with paper.file.open("rb") as file:
        return mail.Attached(paper.filename, file.read(), "application/pdf")
