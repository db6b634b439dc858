"""Verbs on messages to a group: write, change, delete, release once, cancel the rest, send a test."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import transaction
from django.db.models import F
from post_office.models import Email

from landespreis import audiences, clock, delivery, journal, mail, queue
from landespreis.audiences import Audience, Recipient
from landespreis.circulars import letters, permissions, placeholders, texts
from landespreis.journal import Verb
from landespreis.models import Circular, CircularRecipient
from landespreis.refusal import NotAllowed, Refused

SENDER_TASK = "landespreis.tasks.send_circulars"
AT_ONCE = 500
"""Rows in one statement."""
TEST = "Test: "
PASSING = {"restzeit"}
"""Values that become others by themselves."""
Status = Circular.Status


@transaction.atomic
def write(
    audience: Audience, *, by: AbstractBaseUser, params: Mapping[str, str], subject: str, text: str, template: str = ""
) -> Circular:
    """Write a message to a group as a draft. Journals. Raises Refused for a broken placeholder."""
    _require(by)
    _checked(audience, subject, text)
    circular = Circular.objects.create(
        audience=audience.key, kind=audience.kind.key, params=dict(params), group=audience.named(params),
        template=template[:100], subject=subject, text=text, written_by_id=by.pk, changed_at=clock.now(),
    )  # fmt: skip
    journal.note(Verb.CIRCULAR_WRITTEN, by=by, about=subject, circular=circular.pk, group=circular.group)
    return circular


@transaction.atomic
def change(
    circular: Circular, audience: Audience, *, by: AbstractBaseUser, params: Mapping[str, str], subject: str, text: str
) -> Circular:
    """Change a draft. Journals where somebody else wrote it. Raises Refused once it is released, or for a broken
    placeholder.
    """
    _require(by)
    fresh = _draft(circular)
    _checked(audience, subject, text)
    fresh.params, fresh.group = dict(params), audience.named(params)
    fresh.subject, fresh.text, fresh.changed_at = subject, text, clock.now()
    fresh.save(update_fields=["params", "group", "subject", "text", "changed_at"])
    if by.pk != fresh.written_by_id:
        journal.note(Verb.CIRCULAR_CHANGED, by=by, about=subject, circular=fresh.pk, group=fresh.group)
    return fresh


@transaction.atomic
def delete(circular: Circular, *, by: AbstractBaseUser) -> None:
    """Delete a draft. Journals. Raises Refused once it is released."""
    _require(by)
    fresh = _draft(circular)
    journal.note(Verb.CIRCULAR_DELETED, by=by, about=fresh.subject, circular=fresh.pk, group=fresh.group)
    fresh.delete()


@transaction.atomic
def release(circular: Circular, *, by: AbstractBaseUser, seen: str) -> Circular:
    """Freeze who gets a message with which values, and leave it to the worker. Journals.

    `seen` is the `fingerprint` of what the person looked at. Raises Refused when a mail is not that any more, be it by
    a value of its placeholders, when nobody is in the group, when a placeholder is broken, or when it is released
    already.
    """
    _require(by)
    fresh = _draft(circular)
    audience = of(fresh, by)
    _checked(audience, fresh.subject, fresh.text)
    members = audiences.members(audience, fresh.params)
    if not members:
        raise Refused(
            "In dieser Gruppe ist gerade niemand, also gibt es nichts zu verschicken. Wählen Sie eine andere Gruppe "
            "oder eine andere Kategorie."
        )
    if seen != fingerprint(fresh, members):
        raise Refused(
            "Der Text, die Gruppe oder eine Angabe hat sich geändert, seit Sie diese Seite geöffnet haben. Sehen Sie "
            "sich die Mails noch einmal an und geben Sie dann frei."
        )
    fresh.status, fresh.total = Status.SENDING, len(members)
    fresh.released_by_id, fresh.released_at = by.pk, clock.now()
    fresh.save(update_fields=["status", "total", "released_by", "released_at"])
    CircularRecipient.objects.bulk_create([_row(fresh, one) for one in members], batch_size=AT_ONCE)
    journal.note(
        Verb.CIRCULAR_RELEASED, by=by, about=fresh.subject, circular=fresh.pk, group=fresh.group, number=fresh.total
    )
    queue.nudge(SENDER_TASK)
    return fresh


@transaction.atomic
def cancel(circular: Circular, *, by: AbstractBaseUser) -> Circular:
    """End the sending: who has no mail yet gets none, and mails that wait in the outbox are taken back. Journals.

    Possible also when all mails are in the outbox and some of them wait there; that an entry was written to stays in
    its journal. Raises Refused when nothing is left.
    """
    _require(by)
    fresh = Circular.objects.select_for_update(no_key=True).get(pk=circular.pk)
    if fresh.status not in {Status.SENDING, Status.SENT}:
        raise Refused("Diese Nachricht wird gerade nicht verschickt.")
    mails = Email.objects.filter(pk__in=fresh.recipients.filter(mail__isnull=False).values("mail"))
    known = set(fresh.recipients.filter(mail__isnull=False).values_list("pk", flat=True))
    taken = delivery.take_back(mails)
    if not taken and fresh.status == Status.SENT:
        raise Refused("Alle Mails dieser Nachricht sind schon verschickt. Zurückholen lassen sie sich nicht.")
    kept = set(fresh.recipients.filter(mail__isnull=False).values_list("pk", flat=True))
    gone = sorted(known - kept)
    for first in range(0, len(gone), AT_ONCE):
        fresh.recipients.filter(pk__in=gone[first : first + AT_ONCE]).update(settled_at=None)
    fresh.recipients.waiting().update(values={})
    fresh.status, fresh.cancelled_by_id, fresh.finished_at = Status.CANCELLED, by.pk, clock.now()
    fresh.done = F("done") - taken
    fresh.save(update_fields=["status", "cancelled_by", "finished_at", "done"])
    fresh.refresh_from_db()
    journal.note(Verb.CIRCULAR_CANCELLED, by=by, about=fresh.subject, circular=fresh.pk, sent=fresh.done)
    return fresh


@transaction.atomic
def send_test(circular: Circular, *, by: AbstractBaseUser) -> None:
    """Owe `by` the mail as the first of the group would get it; what only recipients may read is left out.

    Raises Refused when nobody is in the group.
    """
    _require(by)
    audience = of(circular, by)
    _checked(audience, circular.subject, circular.text)
    members = audiences.members(audience, circular.params)
    if not members:
        raise Refused("In dieser Gruppe ist gerade niemand. Eine Testmail braucht jemanden, dessen Angaben sie zeigt.")
    letter = letters.said(circular, shown(audience, members[0]), audience.kind)
    address = str(getattr(by, by.get_email_field_name()))
    mail.owe_all([(address, letter._replace(subject=f"{TEST}{letter.subject}"))])


def of(circular: Circular, user: AbstractBaseUser) -> Audience:
    """Return the group of a message. Raises Refused when the person may not write to it, or it is gone."""
    found = audiences.find(circular.audience, user) if isinstance(user, PermissionsMixin) else None
    if found is None:
        raise Refused("Die Gruppe dieser Nachricht gibt es nicht mehr, oder Sie dürfen nicht an sie schreiben.")
    return found


def shown(audience: Audience, one: Recipient) -> dict[str, str]:
    """Return the values of a recipient as staff may see them."""
    return placeholders.masked(one.filled, audience.kind.placeholders)


def fingerprint(circular: Circular, members: Sequence[Recipient]) -> str:
    """Return what changes whenever a mail does, but for the time that passes while somebody reads."""
    used = sorted(_used(circular) - PASSING)
    mails = sorted([one.address.casefold(), one.about, *(one.filled.get(key, "") for key in used)] for one in members)
    what = [circular.subject, circular.text, mails]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def _row(circular: Circular, one: Recipient) -> CircularRecipient:
    """Only values that the message uses are kept."""
    used = _used(circular)
    return CircularRecipient(
        circular=circular,
        user_id=one.user_id,
        address=one.address,
        about=one.about,
        label=one.label[:200],
        values={key: value for key, value in one.filled.items() if key in used},
    )


def _used(circular: Circular) -> set[str]:
    return placeholders.used(circular.subject) | placeholders.used(circular.text)


def _checked(audience: Audience, subject: str, text: str) -> None:
    if found := texts.mistakes(audience.kind.placeholders, subject, text) or texts.gaps(subject, text):
        raise Refused(" ".join(sentence for sentences in found.values() for sentence in sentences))


def _draft(circular: Circular) -> Circular:
    fresh = Circular.objects.select_for_update(no_key=True).get(pk=circular.pk)
    if fresh.status != Status.DRAFT:
        raise Refused("Diese Nachricht ist freigegeben. Sie lässt sich nicht mehr ändern.")
    return fresh


def _require(by: AbstractBaseUser) -> None:
    if not permissions.may_write(by):
        raise NotAllowed("An Gruppen schreibt nur die Geschäftsstelle.")
