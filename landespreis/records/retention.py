"""What the ground itself keeps: mail that went out, and lines of the portal's own journal, year by year."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear
from post_office.models import STATUS, Attachment, Email

from landespreis.clock import BERLIN
from landespreis.models import CircularRecipient, Trace
from landespreis.records.parts import Kind, Lot, Scope, Subject, all_of, known, stored
from landespreis.refusal import Unavailable

PORTAL = (Scope("", "Portal", None),)
EVIDENCE = ("retention_", "person_")
"""How the verbs begin whose lines stay for good: they prove what was deleted, and tell no content."""


def mails() -> "QuerySet[Email]":
    """Return mail that is out or has failed for good."""
    rows: QuerySet[Email] = Email.objects.filter(status__in=[STATUS.sent, STATUS.failed])
    return rows


def mail_lots(pairs: Sequence[tuple[str, int]]) -> list[Lot]:
    """Return the mails of subjects, and those of their attachments that no mail but the subject's own has."""
    links = Attachment.emails.through.objects
    with_files = links.filter(email__in={pk for _, pk in pairs}).values("attachment")
    mails_of, sent_with = defaultdict(set), defaultdict(set)
    for subject, pk in pairs:
        mails_of[subject].add(pk)
    for attachment, email in links.filter(attachment__in=with_files).values_list("attachment", "email"):
        sent_with[attachment].add(email)
    own = [(subject, pk) for pk, sent in sent_with.items() for subject, mine in mails_of.items() if sent <= mine]
    return _mail_lots(
        Attachment.objects.filter(pk__in={pk for _, pk in own}), known(own),
        Email.objects.filter(pk__in={pk for _, pk in pairs}), known(pairs),
    )  # fmt: skip


def lots(kind: str, subjects: Sequence[str], before: datetime) -> Sequence[Lot]:
    """Return mails and lines year by year: they are few years, and many rows in each."""
    if kind == "mails":
        written = [_written_in_a_year(subject, before) for subject in subjects]
        return written + [lot for subject in subjects for lot in _mails_of_a_year(subject, before)]
    if kind == "traces":
        rows = {subject: _traces(before).filter(at__year=_year(subject)) for subject in subjects}
        return [
            Lot("traces", "Zeilen im Verlauf des Portals", own, all_of(subject), is_kept=True)
            for subject, own in rows.items()
        ]
    return []


def _written_in_a_year(subject: str, before: datetime) -> Lot:
    """Return who got a message to a group: what became of it is not known any more once the mail is gone."""
    mailed = Q(mail__in=mails().filter(created__lt=before, created__year=_year(subject)))
    unmailed = CircularRecipient.objects.unmailed(before).filter(circular__released_at__year=_year(subject))
    rows = CircularRecipient.objects.filter(mailed | Q(pk__in=unmailed))
    return Lot("written", "Empfängerzeilen von Nachrichten", rows, all_of(subject))


def _mails_of_a_year(subject: str, before: datetime) -> list[Lot]:
    rows = mails().filter(created__lt=before, created__year=_year(subject))
    links = Attachment.emails.through.objects.filter(attachment=OuterRef("pk"))
    mine, others = links.filter(email__in=rows), links.exclude(email__in=rows)
    attachments = Attachment.objects.filter(Exists(mine)).exclude(Exists(others))
    return _mail_lots(attachments, all_of(subject), rows, all_of(subject))


def _mail_lots(attachments: "QuerySet[Attachment]", whose: Any, rows: "QuerySet[Email]", of: Any) -> list[Lot]:
    return [
        Lot(
            "attachments", "Anhänge von Mails", attachments, whose,
            files=lambda row: stored(row.name, row.file, _size(row)),
        ),
        Lot("mails", "Mails", rows, of),
    ]  # fmt: skip


def _traces(before: datetime) -> "QuerySet[Trace]":
    evidence = Q()
    for beginning in EVIDENCE:
        evidence |= Q(verb__startswith=beginning)
    return Trace.objects.filter(at__lt=before).exclude(evidence)


def _size(row: Any) -> int:
    """Return the size of a mail's attachment, 0 where the storage does not say: it is told, and nothing rests on it."""
    try:
        return int(row.file.size)
    except (OSError, ValueError, Unavailable):
        return 0


def _years_of_mails(before: datetime) -> list[Subject]:
    mailed = _years(mails().filter(created__lt=before), "created")
    return _subjects(
        "created", "Mails", mailed | _years(CircularRecipient.objects.unmailed(before), "circular__released_at")
    )


def _years(rows: "QuerySet[Any]", moment: str) -> set[int]:
    return set(rows.order_by().annotate(year=ExtractYear(moment, tzinfo=BERLIN)).values_list("year", flat=True))


def _subjects(moment: str, label: str, years: set[int]) -> list[Subject]:
    return [Subject(f"{moment}-{year}", f"{label} {year}") for year in sorted(years)]


def _year(subject: str) -> int:
    return int(subject.rpartition("-")[2])


KINDS = (
    Kind(
        "mails", "Verschickte Mails",
        "Mails mit ihren Anhängen, die verschickt oder endgültig nicht zustellbar sind, und wer welche Nachricht an "
        "eine Gruppe bekam.",
        "nach dem Versand", 24, False, lambda: PORTAL,
        lambda scope, before: _years_of_mails(before),
    ),
    Kind(
        "traces", "Verlauf des Portals", "Zeilen des Verlaufs; was Löschungen und Auskünfte belegt, bleibt.",
        "nach dem Vorgang", 120, False, lambda: PORTAL,
        lambda scope, before: _subjects("at", "Verlauf", _years(_traces(before), "at")),
    ),
)  # fmt: skip
