"""Verbs that decide what counts: submit, withdraw, reset the draft to the version that counts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from accounts.models import Municipality, User
from landespreis import composed_rows, mail, queue
from landespreis.refusal import Refused
from submissions import checks, draft, payload, permissions, reading, workflow
from submissions.actions import concluding, gate
from submissions.models import (
    Answer,
    Attachment,
    Category,
    Event,
    Partner,
    Receipt,
    Round,
    Section,
    Submission,
    Version,
)

REQUIRED_DECLARATIONS = ("conditions", "correctness", "bodies", "privacy")
TAKE_NUMBER = "UPDATE submissions_round SET last_number = last_number + 1 WHERE id = %s RETURNING last_number"
ONE_PER_LEAD = (
    "Ihre Kommune hat in dieser Runde schon federführend eine Einreichung abgegeben. Je Kommune ist eine möglich; "
    "als Partnerin kann sie an beliebig vielen teilnehmen. Bitte stimmen Sie sich in Ihrem Haus ab."
)


class Incomplete(Refused):
    """Something is still missing; `problems` says what and where."""

    def __init__(self, problems: list[checks.Problem]) -> None:
        super().__init__("Es fehlen noch Angaben. Ihr Entwurf ist unverändert gespeichert.")
        self.problems = problems


class Changed(Refused):
    """The draft changed between the look at the check page and the submit."""


def submit(entry: Submission, *, by: User, declarations: Mapping[str, bool], seen: str = "") -> Version:
    """Freeze the draft as a version, give the entry its number, and owe the receipt, in one transaction.

    `declarations` holds the four required ones and "publication". `seen` is the fingerprint of the draft the person
    looked at; when it is given and no longer true, Changed is raised instead of submitting something unseen.
    Submitting again what already counts returns that version: a double click or two editors at once give one version
    and one receipt. Raises NotAllowed, TooLate, Incomplete, Changed, Refused (one entry per lead municipality).
    """
    try:
        with transaction.atomic():
            return _submit(entry, by, declarations, seen)
    except IntegrityError as error:
        if "one_submitted_entry_per_lead" in str(error) or "submitted_lead_id" in str(error):
            raise Refused(ONE_PER_LEAD, title="Ihre Kommune hat schon eingereicht") from error
        raise


def _submit(entry: Submission, by: User, declarations: Mapping[str, bool], seen: str) -> Version:
    entry, now = gate.enter(entry, by=by, may=permissions.may_submit, act=workflow.Act.SUBMIT)
    now_draft = draft.load(entry, saves=False)
    content = payload.content(now_draft)
    _require_complete(now_draft, content, now, declarations, seen)
    _require_undecided(entry, now)
    previous = entry.current
    frozen = {name: bool(declarations.get(name)) for name in (*REQUIRED_DECLARATIONS, "publication")}
    if previous and entry.status == Submission.Status.SUBMITTED and _same(previous, content, frozen):
        return previous
    number = entry.number or _next_number(entry.round)
    entry.number = number
    document = payload.build(
        entry,
        content,
        number=entry.label,
        version=previous.number + 1 if previous else 1,
        at=now,
        by=by,
        municipality=_workplace(by, entry),
        declarations=frozen,
        replaces=previous,
    )
    version = _freeze(entry, document, now, by, now_draft)
    entry.status = workflow.target(entry.status, workflow.Act.SUBMIT)
    if entry.formal_check in workflow.ANSWERED:
        entry.formal_check = workflow.checked(entry.formal_check, workflow.CheckAct.CORRECT)
    entry.current, entry.submitted_lead = version, entry.lead
    entry.submitted_category, entry.submitted_title = entry.category, entry.title
    composed_rows.update(
        entry, "number", "status", "formal_check", "current", "submitted_lead", "submitted_category", "submitted_title"
    )
    composed_rows.insert([Receipt(version=version, recipients=gate.addresses(entry, by))])
    gate.record(entry, Event.Verb.SUBMITTED, at=now, by=by, version=version, number=entry.label)
    if previous:
        gate.drop_proposal(entry, at=now, by=by, why="Es gibt eine neue Version.")
    queue.nudge("submissions.tasks.render_owed_receipts")
    return version


def _require_complete(
    now_draft: draft.Draft, content: payload.Payload, now: datetime, declarations: Mapping[str, bool], seen: str
) -> None:
    if seen and payload.fingerprint(content) != seen:
        raise Changed(
            "Seit Sie diese Seite geöffnet haben, hat jemand die Einreichung geändert. "
            "Bitte sehen Sie sie noch einmal durch und reichen Sie dann ein."
        )
    problems = checks.problems(now_draft, now)
    problems.extend(
        checks.Problem("pruefen", "Erklärung abgeben", "Eine Erklärung fehlt.", name)
        for name in REQUIRED_DECLARATIONS
        if not declarations.get(name)
    )
    if problems:
        raise Incomplete(problems)


def _require_undecided(entry: Submission, now: datetime) -> None:
    """Raise Refused where the jury has decided the category: only who has a later deadline than all can meet that.

    The category stays locked until commit, so that no decision comes in between; after the entry, as everywhere.
    """
    if now < entry.round.closes_at or entry.category_id is None:
        return
    locked = Category.objects.select_for_update(no_key=True).values_list("name", "decided_at")
    name, decided_at = locked.get(pk=entry.category_id)
    if decided_at:
        raise Refused(
            f"Über die Kategorie „{name}“ hat die Jury schon entschieden. Bitte wenden Sie sich an die "
            "Geschäftsstelle; Ihr Entwurf ist unverändert gespeichert.",
            title="Diese Kategorie ist schon entschieden",
        )


def _same(version: Version, content: payload.Payload, declarations: Mapping[str, bool]) -> bool:
    frozen = version.payload
    return payload.content_of(frozen) == content and frozen["declarations"] == declarations


def _next_number(round: Round) -> int:
    """Take the round's next number. The row stays locked until commit, so a rollback leaves no gap.

    One statement instead of two: all submits of a round wait for this row.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBER, [round.pk])
        return int(cursor.fetchone()[0])


def _workplace(user: User, entry: Submission) -> str:
    places = reading.workplaces(user)
    place = entry.lead if entry.lead in places else (places[0] if places else None)
    return place.label if place else ""


def _freeze(
    entry: Submission,
    document: payload.Payload,
    at: datetime,
    by: User,
    now_draft: draft.Draft,
) -> Version:
    text = payload.canonical(document)
    version = Version(
        submission=entry,
        number=document["version"],
        canonical=text,
        sha256=payload.checksum(text),
        submitted_at=at,
        submitted_by=by,
    )
    composed_rows.insert([version])
    through = Version.files.through
    composed_rows.insert(
        [
            through(version_id=version.pk, attachment_id=file.pk)
            for file in now_draft.files
            if file.scan != Attachment.Scan.INFECTED
        ]
    )
    return version


@transaction.atomic
def withdraw(entry: Submission, *, by: User, reason: str = "") -> Submission:
    """Take a submitted entry out of the award; it keeps number, versions and draft, and may be submitted again in time.

    Journals, and owes a mail to owner and editors. Raises NotAllowed, TooLate, Refused.
    """
    entry, now = gate.enter(entry, by=by, may=permissions.may_submit, act=workflow.Act.WITHDRAW)
    entry.status = workflow.target(entry.status, workflow.Act.WITHDRAW)
    entry.save(update_fields=["status"])
    gate.record(entry, Event.Verb.WITHDRAWN, at=now, by=by, version=entry.current, reason=reason)
    gate.drop_proposal(entry, at=now, by=by, why="Die Einreichung ist zurückgezogen.")
    concluding.conclude(entry.round, at=now)
    mail.owe(
        "withdrawn",
        gate.addresses(entry, by),
        {
            "number": entry.label,
            "title": entry.current.payload["title"] if entry.current else entry.heading,
            "by": by.name,
            "at": now,
            "deadline": entry.deadline,
            "again": True,
            "path": entry.get_absolute_url(),
        },
    )
    return entry


@transaction.atomic
def reset(entry: Submission, *, by: User) -> Submission:
    """Set the draft back to the version that counts. What the draft held before stays in the journal.

    Raises NotAllowed, TooLate, Refused when nothing was submitted yet.
    """
    entry, now = gate.enter(entry, by=by, may=permissions.may_edit, act=workflow.Act.WRITE)
    if entry.current is None:
        raise Refused("Zurücksetzen lässt sich ein Entwurf erst, wenn es eine eingereichte Version gibt.")
    before = draft.load(entry)
    gate.record(
        entry,
        Event.Verb.RESET,
        at=now,
        by=by,
        version=entry.current,
        before=payload.content(before),
    )
    frozen = entry.current.payload
    _reset_facts(entry, frozen)
    _reset_texts(entry, frozen)
    _reset_partners(entry, frozen)
    entry.attachments.present().update(removed_at=now)
    entry.attachments.filter(versions=entry.current).update(removed_at=None)
    for listed in frozen["files"]:
        entry.attachments.filter(pk=listed["id"]).update(alt=listed["alt"], rights=listed["rights"])
    Section.objects.filter(submission=entry).update(revision=F("revision") + 1, saved_at=now, saved_by=by, sitting="")
    return entry


def _reset_facts(entry: Submission, frozen: payload.Payload) -> None:
    def day(value: str | None) -> date | None:
        return date.fromisoformat(value) if value else None

    def key(value: dict[str, Any] | None) -> str:
        return str(value["key"]) if value else ""

    entry.category = Category.objects.get(round_id=entry.round_id, key=frozen["category"]["key"])
    entry.title, entry.department = frozen["title"], frozen["department"]
    entry.lead = entry.submitted_lead
    contact = frozen["contact"]
    entry.contact_name, entry.contact_email = contact["name"], contact["email"]
    entry.contact_phone, entry.contact_public = contact["phone"], contact["publish"]
    entry.legal_form, entry.controlled = (
        key(frozen["legal_form"]),
        frozen["municipally_controlled"],
    )
    entry.agreed_on, entry.state_since = (
        day(frozen["agreed_on"]),
        day(frozen["state_since"]),
    )
    entry.state, entry.funding = key(frozen["state"]), frozen["funding"]
    entry.website, entry.abstract = frozen["website"], frozen["abstract"]
    entry.save()


def _reset_texts(entry: Submission, frozen: payload.Payload) -> None:
    texts = {answer["key"]: answer["text"] for answer in frozen["answers"]}
    for answer in Answer.objects.filter(submission=entry).select_related("question"):
        answer.text = texts.get(answer.question.key, "")
        answer.save(update_fields=["text"])


def _reset_partners(entry: Submission, frozen: payload.Payload) -> None:
    entry.partners.all().delete()
    rows = [(row, row["kind"] == Partner.Kind.REGISTER) for row in frozen["partners"]]
    keys = {row["ags"] for row, registered in rows if registered}
    names = {row["label"] for row, registered in rows if registered and not row["ags"]}
    register = Municipality.objects.filter(Q(ags__in=keys) | Q(ags__isnull=True, label__in=names))
    found = {municipality.ags or municipality.label: municipality for municipality in register}
    for row, registered in rows:
        town = found.get(row["ags"] or row["label"]) if registered else None
        if town:
            Partner.objects.create(submission=entry, municipality=town)
        else:  # named freely, or gone from the register since
            kind = Partner.Kind.OUTSIDE if registered else row["kind"]
            Partner.objects.create(submission=entry, name=row["label"], kind=kind, country=row["country"])
