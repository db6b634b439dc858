"""Verbs on an entry as a whole: start, save a section, hand over, reset to the version that counts."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Membership, User
from landespreis import clock, mail
from landespreis.refusal import NotAllowed, Refused
from submissions import permissions, sections, workflow
from submissions.actions import gate
from submissions.models import (
    Answer,
    Category,
    Editor,
    Event,
    Question,
    Round,
    Section,
    Submission,
    Variant,
)

Values = Mapping[str, Any]


class Conflict(Refused):
    """Somebody else saved the section after the page was opened; the sender's text is kept as a Variant."""

    def __init__(self, section: Section, variant: Variant) -> None:
        super().__init__(
            f"Während Sie geschrieben haben, hat {section.saved_by} denselben Abschnitt gespeichert. "
            "Ihr Text ist aufbewahrt; bitte entscheiden Sie, welcher gelten soll."
        )
        self.section = section
        self.variant = variant


@transaction.atomic
def start(round: Round, *, by: User, pk: uuid.UUID | None = None) -> Submission:
    """Begin an entry for the municipality where `by` works.

    Precondition: the round is open and `by` has a membership that was not refused. Journals; owes nothing.
    `pk` is the key the opened page offered: beginning twice with it (a double click) gives the same entry.
    Raises TooLate, NotAllowed.
    """
    User.objects.select_for_update().get(pk=by.pk)
    now = clock.now()
    begun = Submission.objects.filter(pk=pk, owner=by).first() if pk else None
    if begun:
        return begun
    workflow.require_started(round, now)
    memberships = list(Membership.objects.filter(user=by).active().select_related("municipality"))
    if not memberships:
        raise NotAllowed(
            "Geben Sie zuerst in Ihrem Konto an, für welche Kommune Sie arbeiten. Danach können Sie beginnen.",
            title="Ihre Kommune fehlt noch",
        )
    only = memberships[0] if len(memberships) == 1 else None
    free = pk and not Submission.objects.filter(pk=pk).exists()
    entry = Submission.objects.create(
        pk=pk if free else uuid.uuid4(),
        round=round,
        owner=by,
        created_at=now,
        lead=only.municipality if only else None,
        department=only.department if only else "",
        contact_name=by.name,
        contact_email=by.email,
    )
    gate.record(entry, Event.Verb.STARTED, at=now, by=by)
    return entry


def save_section(entry: Submission, key: str, values: Values, *, by: User, revision: int, sitting: str) -> Section:
    """Save the fields or the text of one section, whatever is still missing.

    `values` maps field names to cleaned values ({"text": …} for a question). `revision` is the one the page was
    opened with, `sitting` a token of that opened page: its own autosave never conflicts with its own button.
    Journals what changed; saving the same again changes nothing. Raises NotAllowed, TooLate, Refused for a foreign
    category or lead, and Conflict (which stays written: the sender's values are kept as a Variant).
    """
    conflict = None
    with transaction.atomic():
        entry, now = gate.enter(entry, by=by, may=permissions.may_edit, act=workflow.Act.WRITE)
        section, _ = Section.objects.get_or_create(
            submission=entry,
            key=key,
            defaults={"saved_at": now, "saved_by": by, "sitting": sitting},
        )
        current = read(entry, key)
        if all(current.get(name) == value for name, value in values.items()):
            return section
        if section.revision != revision and not (sitting and section.sitting == sitting):
            variant, _ = Variant.objects.update_or_create(
                submission=entry,
                key=key,
                user=by,
                defaults={"values": portable(values), "sent_at": now},
            )
            conflict = Conflict(section, variant)
        else:
            _write(entry, key, values, by)
            _advance(section, now, by, sitting)
            gate.record(entry, Event.Verb.SAVED, at=now, by=by, section=key, revision=section.revision)
    if conflict:
        raise conflict
    return section


def _advance(section: Section, now: datetime, by: User, sitting: str) -> None:
    section.revision += 1
    section.saved_at, section.saved_by, section.sitting = now, by, sitting
    section.save()


def read(entry: Submission, key: str) -> dict[str, Any]:
    """Return the values a section holds now, in the shape `save_section` takes. Raises Refused for an unknown key."""
    for spec in sections.FACTS:
        if spec.key == key and spec.fields:
            return {field: getattr(entry, field) for field in spec.fields}
    question = _question(entry, key)
    return {
        "text": Answer.objects.filter(submission=entry, question=question).values_list("text", flat=True).first() or ""
    }


def portable(values: Values) -> dict[str, Any]:
    """Return values as JSON holds them: rows by their primary key, dates as ISO text."""

    def one(value: Any) -> Any:
        if hasattr(value, "pk"):
            return value.pk
        return value.isoformat() if hasattr(value, "isoformat") else value

    return {name: one(value) for name, value in values.items()}


def _question(entry: Submission, key: str) -> Question:
    question = Question.objects.filter(round_id=entry.round_id, key=key).first()
    if question is None:
        raise Refused("Diesen Abschnitt gibt es in dieser Runde nicht.")
    return question


def _write(entry: Submission, key: str, values: Values, by: User) -> None:
    if "text" in values:
        Answer.objects.update_or_create(
            submission=entry,
            question=_question(entry, key),
            defaults={"text": values["text"]},
        )
        return
    category = values.get("category")
    if isinstance(category, Category) and category.round_id != entry.round_id:
        raise Refused("Diese Kategorie gehört nicht zu dieser Runde.")
    lead = values.get("lead")
    if lead is not None and lead.pk != entry.lead_id and not leads(entry).filter(municipality=lead).exists():
        raise NotAllowed(
            "Federführend kann nur eine Kommune sein, für die jemand aus dem Kreis der Mitwirkenden arbeitet."
        )
    for name, value in values.items():
        setattr(entry, name, value)
    entry.save(update_fields=list(values))


def leads(entry: Submission) -> Any:
    """Return the memberships whose municipality may lead: those of the owner and of everybody who edits."""
    people = [
        entry.owner_id,
        *(e.user_id for e in entry.colleagues if e.user_id and e.role != Editor.Role.READ),
    ]
    return Membership.objects.filter(user__in=people).active().select_related("municipality")


@transaction.atomic
def decide_variant(
    entry: Submission,
    key: str,
    values: Values | None,
    *,
    by: User,
    revision: int,
    sitting: str,
) -> Section:
    """End a conflict: save `values`, or keep what is saved when `values` is None; the kept Variant goes.

    Both texts stay in the journal. `revision` is that of the saved text the person compared with. Raises NotAllowed,
    TooLate, and Refused when the section was saved once more since: the person must see that text first.
    """
    entry, now = gate.enter(entry, by=by, may=permissions.may_edit, act=workflow.Act.WRITE)
    section = Section.objects.get(submission=entry, key=key)
    if values is not None and section.revision != revision:
        raise Refused("Inzwischen wurde der Abschnitt noch einmal gespeichert. Bitte vergleichen Sie erneut.")
    for variant in Variant.objects.filter(submission=entry, key=key, user=by):
        both = {"variant": variant.values, "before": portable(read(entry, key))}
        gate.record(
            entry,
            Event.Verb.SAVED,
            at=now,
            by=by,
            section=key,
            kept=values is None,
            **both,
        )
        variant.delete()
    if values is not None:
        _write(entry, key, values, by)
        _advance(section, now, by, sitting)
    return section


@transaction.atomic
def hand_over(entry: Submission, *, to: User, by: User) -> Submission:
    """Make `to`, who already edits, the owner; the former owner stays and may edit and submit.

    Journals. Raises NotAllowed, TooLate, Refused when `to` has not accepted an invitation.
    """
    entry, now = gate.enter(entry, by=by, may=permissions.may_hand_over, act=workflow.Act.WRITE)
    editor = entry.editors.filter(user=to).first()
    if editor is None:
        raise Refused("Übergeben können Sie nur an jemanden, der schon mitwirkt. Laden Sie die Person zuerst ein.")
    former = entry.owner
    entry.editors.filter(Q(pk=editor.pk) | Q(email=former.email)).delete()
    Editor.objects.create(
        submission=entry,
        user=former,
        email=former.email,
        role=Editor.Role.SUBMIT,
        invited_by=to,
        invited_at=now,
        accepted_at=now,
    )
    entry.owner = to
    entry.save(update_fields=["owner"])
    gate.record(entry, Event.Verb.HANDED_OVER, at=now, by=by, to=to.pk, to_name=to.name)
    return entry


@transaction.atomic
def extend(entry: Submission, *, until: datetime, reason: str, by: User) -> Submission:
    """Give one entry a later deadline of its own, also after the round has closed.

    What was withdrawn may come back with it: a decision of its formal check is opened again, so that what its people
    hand in is checked anew. Journals, and owes a mail to owner and editors. Raises NotAllowed, and Refused for a
    moment that is past or not later than the deadline, without a reason, or once the formal check of what takes part
    is decided; of what was withdrawn, once the jury has decided its category.
    """
    entry = gate.lock(entry)
    now = clock.now()
    if not permissions.may_extend(by):
        raise NotAllowed("Fristen verlängert nur die Geschäftsstelle.")
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund der Verlängerung.")
    is_decided = entry.formal_check not in {Submission.Check.OPEN, Submission.Check.RETURNED}
    if is_decided and entry.status != Submission.Status.WITHDRAWN:
        raise Refused("Die formale Prüfung ist entschieden. Öffnen Sie sie wieder, bevor Sie die Frist verlängern.")
    if until <= max(now, entry.deadline):
        raise Refused("Die neue Frist muss in der Zukunft und nach der bisherigen liegen.")
    if is_decided:
        _check_anew(entry, at=now, by=by)
    entry.extensions.create(until=until, reason=reason.strip(), granted_by=by, granted_at=now)
    entry.extended_until = until
    entry.save(update_fields=["extended_until"])
    gate.record(
        entry,
        Event.Verb.EXTENDED,
        at=now,
        by=by,
        until=until.isoformat(),
        reason=reason.strip(),
    )
    gate.drop_proposal(entry, at=now, by=by, why="Die Frist ist verlängert.")
    mail.owe(
        "extended",
        gate.addresses(entry),
        {"number": entry.label, "title": entry.heading, "until": until, "path": entry.get_absolute_url()},
    )
    return entry


def _check_anew(entry: Submission, *, at: datetime, by: User) -> None:
    """Open the check of a withdrawn entry again, where no other verb reaches it. Raises Refused as `extend` says."""
    assert entry.submitted_category_id  # what was withdrawn had been handed in
    categories = Category.objects.select_for_update(no_key=True).filter(pk=entry.submitted_category_id)
    if any(categories.values_list("decided_at", flat=True)):
        raise Refused("Die Jury hat diese Kategorie entschieden. Die Einreichung kann nicht mehr teilnehmen.")
    entry.formal_check = workflow.checked(entry.formal_check, workflow.CheckAct.REOPEN)
    entry.save(update_fields=["formal_check"])
    why = "Frist nach dem Zurückziehen verlängert"
    gate.record(entry, Event.Verb.CHECK_REOPENED, at=at, by=by, version=entry.current, reason=why)
