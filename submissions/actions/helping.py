"""Verbs on requests for help: ask, end, answer, and read the draft meanwhile, which the office never does otherwise."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from landespreis import clock, mail, wording
from landespreis.refusal import NotAllowed, Refused
from submissions import draft, permissions, workflow
from submissions.actions import gate
from submissions.models import Attachment, Event, HelpAnswer, HelpRequest, Submission


@transaction.atomic
def ask(entry: Submission, *, question: str, days: int, by: User) -> HelpRequest:
    """Ask the office for help and let it read the draft for so many days, in every state and after the deadline too.

    One request at a time; one that ran out makes room. Journals, and owes a mail to the office and to everybody of the
    entry. Raises NotAllowed, Refused while another request is open, or without a question.
    """
    entry = gate.lock(entry)
    now = clock.now()
    if not permissions.may_ask_help(by, entry):
        raise NotAllowed(
            "Um Hilfe bitten können die verantwortliche Person und Mitwirkende mit dem Recht „bearbeiten und "
            "einreichen“: Damit öffnet sich der Entwurf für die Geschäftsstelle."
        )
    if not question.strip():
        raise Refused("Bitte schreiben Sie, wobei Sie Hilfe brauchen.")
    if HelpRequest.objects.open(now).filter(submission=entry).exists():
        raise Refused("Für diese Einreichung ist schon um Hilfe gebeten. Beenden Sie das zuerst.")
    entry.help_requests.filter(ended_at=None).update(ended_at=now)
    asked = HelpRequest.objects.create(
        submission=entry,
        asked_by=by,
        asked_at=now,
        question=question.strip(),
        days=HelpRequest.Days(days),
        until=now + timedelta(days=days),
    )
    gate.record(entry, Event.Verb.HELP_ASKED, at=now, by=by, until=asked.until.isoformat())
    _owe_asked(entry, asked)
    return asked


def _owe_asked(entry: Submission, asked: HelpRequest) -> None:
    """Tell the office without title or text of a draft, and the people of the entry with them."""
    context = {
        "number": entry.label,
        "by": asked.asked_by.name,
        "question": asked.question,
        "until": asked.until,
        "lead": entry.lead,
    }
    office = {"path": reverse("admin:submissions_helprequest_change", args=[asked.pk])}
    mail.owe("help_office", settings.CONTACT_EMAIL, context | office)
    people = {"title": entry.heading, "path": reverse("submissions:help", args=[entry.pk])}
    mail.owe("help_asked", gate.addresses(entry, asked.asked_by), context | people)


@transaction.atomic
def end(asked: HelpRequest, *, by: User, reason: str = "") -> HelpRequest:
    """Close the draft to the office again: its people whenever they like, the office with a reason.

    Ending what is ended changes nothing. Journals; the people get a mail when the office ends it. Raises NotAllowed,
    Refused where the office gives no reason.
    """
    entry, asked, now = _enter(asked)
    own = permissions.may_ask_help(by, entry)
    if not (own or permissions.may_help(by)):
        raise NotAllowed("Das beenden können die, die um Hilfe bitten dürfen, und die Geschäftsstelle.")
    if not workflow.is_helping(asked, now):
        return asked
    if not own and not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    _close(entry, asked, now, by, reason.strip())
    if not own:
        mail.owe(
            "help_ended",
            gate.addresses(entry),
            {"number": entry.label, "title": entry.heading, "reason": reason.strip(), "path": _page(entry)},
        )
    return asked


@transaction.atomic
def look(asked: HelpRequest, *, by: User) -> draft.Draft:
    """Return the draft to somebody of the office, and write down that they opened it: every time.

    The clock is read under the lock, so no draft is handed out after the request has ended. Journals. Raises
    NotAllowed for everybody else, and for everybody once the request is ended or has run out.
    """
    entry, asked, now = _admit(asked, by)
    gate.record(entry, Event.Verb.DRAFT_SEEN, at=now, by=by, reason=_because(asked))
    return draft.load(entry)


@transaction.atomic
def look_at_file(asked: HelpRequest, pk: uuid.UUID, *, by: User) -> Attachment | None:
    """Return a file of the draft likewise, journalled with its name; None for what is not in the draft."""
    entry, asked, now = _admit(asked, by)
    file = entry.attachments.present().downloadable().filter(pk=pk).first()
    if file:
        gate.record(entry, Event.Verb.DRAFT_SEEN, at=now, by=by, name=file.name, reason=_because(asked))
    return file


@transaction.atomic
def answer(asked: HelpRequest, *, text: str, close: bool, by: User) -> HelpAnswer:
    """Write back to who asked and who owns the entry, by mail and on its page; with `close` the draft closes too.

    Answering is possible as long as nobody ended the request, also when its time has run out. Journals without the
    text. Raises NotAllowed, Refused.
    """
    entry, asked, now = _enter(asked)
    if not permissions.may_help(by):
        raise NotAllowed("Darauf antwortet die Geschäftsstelle.")
    if not text.strip():
        raise Refused("Bitte schreiben Sie eine Antwort.")
    if asked.ended_at:
        raise Refused("Diese Bitte um Hilfe ist schon beendet.")
    said = HelpAnswer.objects.create(request=asked, text=text.strip(), by=by, at=now)
    gate.record(entry, Event.Verb.WRITTEN_TO, at=now, by=by, reason=_because(asked))
    if close:
        _close(entry, asked, now, by, "beantwortet")
    mail.owe(
        "help_answered",
        _asking(entry, asked),
        {
            "number": entry.label,
            "title": entry.heading,
            "by": by.name,
            "question": asked.question,
            "text": said.text,
            "until": asked.until if workflow.is_helping(asked, now) else None,
            "path": _page(entry),
        },
        reply_to=settings.CONTACT_EMAIL,
    )
    return said


def close_for(entry: Submission, *, at: datetime, by: User, reason: str) -> None:
    """End what the former owner asked, inside the verb that gives the locked entry to somebody else."""
    for asked in entry.help_requests.filter(ended_at=None):
        _close(entry, asked, at, by, reason)


def _enter(asked: HelpRequest) -> tuple[Submission, HelpRequest, datetime]:
    """Lock the entry of a request and return both fresh, and the moment."""
    entry = gate.lock(asked.submission)
    asked = HelpRequest.objects.select_related("asked_by").get(pk=asked.pk)
    return entry, asked, clock.now()


def _admit(asked: HelpRequest, by: User) -> tuple[Submission, HelpRequest, datetime]:
    entry, asked, now = _enter(asked)
    if not permissions.may_help(by):
        raise NotAllowed("Einen Entwurf liest nur die Geschäftsstelle, und nur wenn sie um Hilfe gebeten ist.")
    workflow.require_helping(asked, now)
    return entry, asked, now


def _close(entry: Submission, asked: HelpRequest, now: datetime, by: User, reason: str) -> None:
    asked.ended_at, asked.ended_by = now, by
    asked.save(update_fields=["ended_at", "ended_by"])
    detail: dict[str, Any] = {"reason": reason} if reason else {}
    gate.record(entry, Event.Verb.HELP_ENDED, at=now, by=by, **detail)


def _asking(entry: Submission, asked: HelpRequest) -> list[str]:
    """Return the addresses of who asked, if they still take part, and of the owner."""
    people = [asked.asked_by, entry.owner]
    return [person.email for person in people if person.is_active and permissions.may_read(person, entry)]


def _because(asked: HelpRequest) -> str:
    return f"Bitte um Hilfe vom {wording.moment_short(asked.asked_at)}"


def _page(entry: Submission) -> str:
    return reverse("submissions:help", args=[entry.pk])
