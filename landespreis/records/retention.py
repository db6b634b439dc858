"""What the ground itself keeps: mail that went out, and lines of the portal's own journal, year by year."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear
from post_office.models import STATUS, Attachment, Email

from landespreis.clock import BERLIN
from landespreis.models import Trace
from landespreis.records.parts import Kind, Lot, Scope, Subject, stored

PORTAL = (Scope("", "Portal", None),)
EVIDENCE = ("retention_", "person_")
"""How the verbs begin whose lines stay for good: they prove what was deleted, and tell no content."""


def mails() -> "QuerySet[Email]":
    """Return mail that is out or has failed for good."""
    rows: QuerySet[Email] = Email.objects.filter(status__in=[STATUS.sent, STATUS.failed])
    return rows


def mail_lots(rows: "QuerySet[Email]") -> list[Lot]:
    """Return mails and those of their attachments that no other mail has."""
    through = Attachment.emails.through.objects
    mine = through.filter(attachment=OuterRef("pk"), email__in=rows)
    others = through.filter(attachment=OuterRef("pk")).exclude(email__in=rows)
    attachments = Attachment.objects.filter(Exists(mine)).exclude(Exists(others))
    files = [file for row in attachments for file in stored(row.name, row.file, _size(row))]
    return [
        Lot("attachments", "Anhänge von Mails", attachments, files=files),
        Lot("mails", "Mails", rows),
    ]


def lots(kind: str, subject: str, before: datetime) -> Sequence[Lot]:
    if kind == "mails":
        return mail_lots(mails().filter(created__lt=before, created__year=_year(subject)))
    if kind == "traces":
        return [
            Lot(
                "traces", "Zeilen im Verlauf des Portals", _traces(before).filter(at__year=_year(subject)), is_kept=True
            )
        ]
    return []


def _traces(before: datetime) -> "QuerySet[Trace]":
    evidence = Q()
    for beginning in EVIDENCE:
        evidence |= Q(verb__startswith=beginning)
    return Trace.objects.filter(at__lt=before).exclude(evidence)


def _size(row: Any) -> int:
    try:
        return int(row.file.size)
    except (OSError, ValueError):
        return 0


def _years(rows: "QuerySet[Any]", moment: str, label: str) -> list[Subject]:
    years = rows.order_by().annotate(year=ExtractYear(moment, tzinfo=BERLIN)).values_list("year", flat=True).distinct()
    return [Subject(f"{moment}-{year}", f"{label} {year}") for year in sorted(years)]


def _year(subject: str) -> int:
    return int(subject.rpartition("-")[2])


KINDS = (
    Kind(
        "mails", "Verschickte Mails", "Mails mit ihren Anhängen, die verschickt oder endgültig nicht zustellbar sind.",
        "nach dem Versand", 24, False, lambda: PORTAL,
        lambda scope, before: _years(mails().filter(created__lt=before), "created", "Mails"),
    ),
    Kind(
        "traces", "Verlauf des Portals", "Zeilen des Verlaufs; was Löschungen und Auskünfte belegt, bleibt.",
        "nach dem Vorgang", 120, False, lambda: PORTAL,
        lambda scope, before: _years(_traces(before), "at", "Verlauf"),
    ),
)  # fmt: skip
