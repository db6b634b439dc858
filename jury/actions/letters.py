"""Verbs on letters: change a draft, and release it to the people of its entry."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from accounts.models import User
from jury.actions import gate
from jury.models import JuryEvent, Letter, Paper
from landespreis import clock, mail, wording
from landespreis.outgoing import CHANGED
from landespreis.refusal import MailChanged, Refused
from submissions.actions import gate as entries
from submissions.models import Editor

NOBODY = (
    "Niemand, der an {} mitwirkt, hat noch ein Konto; der Brief würde niemanden erreichen und wartet. Übertragen Sie "
    "die Einreichung, dann geben Sie ihn frei."
)
TEMPLATE = "letter"
RELEASED = "Dieser Brief ist freigegeben und verschickt. Ändern lässt er sich nicht mehr."
EMBARGO = "Die Preisträger sind noch nicht öffentlich. Freigeben lassen sich Briefe ab {}."
NO_CERTIFICATE = (
    "Die Urkunde zu {} wird noch erstellt. Sie liegt dem Brief bei; versuchen Sie es in einer Minute wieder."
)


def release(letter: Letter, *, by: User) -> Letter:
    """Owe the letter as a mail to owner and editors of its entry, with the entry's certificate.

    Releasing twice is one mail. Precondition: the embargo of the round is over, the certificate is there. Journals.
    Raises NotAllowed, Refused.
    """
    release_all([letter], by=by)
    return with_entry().get(pk=letter.pk)


@transaction.atomic
def release_all(letters: Iterable[Letter], *, by: User, seen: str = "") -> int:
    """Release several at once, all or none, in as many queries as one; return how many had not gone out before.

    One that would reach nobody stays a draft beside others, see `unreached`; alone it is refused. `seen` is what
    `mark` said of them when they were shown; an empty one asks nothing. Raises as `release`, and MailChanged.
    """
    gate.require_office(by)
    keys = [letter.pk for letter in letters]
    list(Letter.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    chosen = list(with_entry().filter(pk__in=keys))
    if seen and seen != mark(chosen):
        raise MailChanged(CHANGED)
    waiting = [letter for letter in chosen if letter.released_at is None]
    now = clock.now()
    for letter in waiting:
        if now < letter.submission.round.embargo_until:
            raise Refused(EMBARGO.format(wording.opening(letter.submission.round.embargo_until)), title="Noch nicht")
    reached = [letter for letter in waiting if recipients(letter)]
    if waiting and not reached:
        raise Refused(unreached(waiting), title="Niemand erreichbar")
    waiting = reached
    mails = _owe(waiting)
    Letter.objects.filter(pk__in=[letter.pk for letter in waiting]).update(released_at=now, released_by=by)
    gate.record_each(
        JuryEvent.Verb.RELEASED,
        [(letter.submission, {"kind": letter.kind, "mails": mails[letter.pk]}) for letter in waiting],
        at=now,
        by=by,
    )
    return len(waiting)


def unreached(letters: Iterable[Letter]) -> str:
    """Say of which of these letters nobody is left to get it, and what helps; nothing where there is none."""
    left = [letter for letter in letters if letter.released_at is None and not recipients(letter)]
    return NOBODY.format(wording.listed([letter.submission.label for letter in left])) if left else ""


def mark(letters: Iterable[Letter]) -> str:
    """Return the checksum of words and recipients of these letters, in any order."""
    shown = sorted((letter.pk, letter.subject, letter.text, sorted(recipients(letter))) for letter in letters)
    return sha256(repr(shown).encode()).hexdigest()


def _owe(waiting: Sequence[Letter]) -> Counter[int]:
    """Owe the mails of letters, each with its certificate; return how many there are by letter (pk)."""
    certificates = mail.keep_all(_certificates(waiting))
    words = mail.said_each(TEMPLATE, [content(letter) for letter in waiting])
    letters = [
        (letter, said, certificate, address)
        for letter, said, certificate in zip(waiting, words, certificates, strict=True)
        for address in mail.once(recipients(letter))
    ]
    rows = mail.owe_all((address, said) for _, said, _, address in letters)
    mail.attach((row, certificate) for row, (_, _, certificate, _) in zip(rows, letters, strict=True))
    return Counter(letter.pk for letter, *_ in letters)


@transaction.atomic
def change(letter: Letter, *, by: User, subject: str, text: str) -> Letter:
    """Give a draft another subject and text. Raises NotAllowed, and Refused once it is released or for empty words."""
    gate.require_office(by)
    Letter.objects.select_for_update().values_list("pk").get(pk=letter.pk)
    letter = Letter.objects.get(pk=letter.pk)
    if letter.released_at:
        raise Refused(RELEASED)
    letter.subject, letter.text = " ".join(subject.split()), text.replace("\r\n", "\n").strip()
    if not letter.subject or not letter.text:
        raise Refused("Bitte schreiben Sie Betreff und Text.")
    letter.save(update_fields=["subject", "text"])
    return letter


def with_entry() -> QuerySet[Letter]:
    """Return letters with what their pages and mails read selected."""
    return Letter.objects.select_related(
        "submission__round", "submission__submitted_category", "submission__owner", "released_by"
    ).prefetch_related(Prefetch("submission__editors", Editor.objects.select_related("user"), to_attr="colleagues"))


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


def _certificates(letters: Sequence[Letter]) -> Iterator[mail.Attached]:
    """Yield the certificate of each letter's entry, one file in memory at a time. Raises Refused if one is missing."""
    papers = Paper.objects.filter(kind=Paper.Kind.CERTIFICATE, submission__in=[row.submission_id for row in letters])
    found = {paper.submission_id: paper for paper in papers.filter(rendered_at__isnull=False)}
    for letter in letters:
        if letter.submission_id not in found:
            raise Refused(NO_CERTIFICATE.format(letter.submission.label), title="Noch nicht")
    for letter in letters:
        paper = found[letter.submission_id]
        paper.submission = letter.submission
        with paper.file.open("rb") as file:
            yield mail.Attached(paper.filename, file.read(), "application/pdf")
