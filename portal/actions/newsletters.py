"""Verbs on issues of the newsletter: write one, release it, pause and resume, correct it, try again, send a test."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from accounts.models import User
from landespreis import clock, journal, mail, queue, wording
from landespreis.refusal import NotAllowed, Refused
from portal import issues
from portal.actions import indexing, texts
from portal.models import Block, Delivery, Newsletter, Subscriber

SENDER_TASK = "portal.tasks.send_newsletters"
Status = Newsletter.Status
OWE_EACH = """
    INSERT INTO portal_delivery (newsletter_id, subscriber_id, status, claimed_by, attempts, error)
    SELECT %s, id, %s, '', 0, '' FROM portal_subscriber WHERE status = %s
"""
"""A row for each subscriber in one statement: fifty thousand take a second."""


@transaction.atomic
def save(newsletter: Newsletter) -> Newsletter:
    """Store an issue that is being written. Raises Refused once it is released."""
    if newsletter.pk:
        _draft(newsletter)
    newsletter.changed_at = clock.now()
    newsletter.save()
    return newsletter


@transaction.atomic
def save_block(block: Block) -> Block:
    """Store a block with its own words sanitised. Raises Unreadable, and Refused once the issue is released."""
    _draft(block.newsletter)
    block.body_html = texts.html(block.body, headings=False) if block.body else ""
    block.save()
    return block


@transaction.atomic
def remove_block(block: Block) -> None:
    """Take a block out. Raises Refused once the issue is released."""
    _draft(block.newsletter)
    block.delete()


@transaction.atomic
def delete(newsletter: Newsletter) -> None:
    """Delete an issue that never went out. Raises Refused once it is released."""
    _draft(newsletter).delete()


@transaction.atomic
def release(newsletter: Newsletter, *, by: User) -> Newsletter:
    """Give an issue the next number of the year, freeze what it says, and owe it to everybody who subscribes.

    Locked are all issues, so that two released at once get two numbers without a gap. Raises Refused for one that is
    out already, has nothing in it, or tells of something that is not public.
    """
    now = clock.now()
    rows = list(Newsletter.objects.select_for_update().order_by("pk"))
    newsletter = next(row for row in rows if row.pk == newsletter.pk)
    if newsletter.status != Status.DRAFT:
        raise Refused(f"Diese Ausgabe ist schon freigegeben, als {newsletter.label}.")
    _freeze(newsletter, now)
    number = issues.upcoming(now, rows)
    newsletter.year, newsletter.number, newsletter.slug = number.year, number.number, number.slug
    newsletter.status, newsletter.released_at, newsletter.released_by = Status.SENDING, now, by
    newsletter.changed_at = now
    try:
        with transaction.atomic():
            newsletter.save()
    except IntegrityError:
        raise Refused("Jemand war schneller und hat diese Nummer vergeben. Geben Sie noch einmal frei.") from None
    newsletter.recipients = _owe(newsletter)
    newsletter.save(update_fields=["recipients"])
    indexing.index(newsletter)
    queue.nudge(SENDER_TASK)
    return newsletter


@transaction.atomic
def pause(newsletter: Newsletter, *, by: User) -> Newsletter:
    """Stop the sending after the mail that is under way. Journals. Raises Refused unless the issue is being sent."""
    newsletter = _turn(newsletter, {Status.SENDING}, Status.PAUSED, "Diese Ausgabe wird gerade nicht versendet.")
    note(journal.Verb.NEWSLETTER_PAUSED, newsletter, by)
    return newsletter


@transaction.atomic
def resume(newsletter: Newsletter, *, by: User) -> Newsletter:
    """Go on with the sending. Journals. Raises Refused unless it was paused."""
    newsletter = _turn(newsletter, {Status.PAUSED}, Status.SENDING, "Der Versand ist nicht angehalten.")
    note(journal.Verb.NEWSLETTER_RESUMED, newsletter, by)
    queue.nudge(SENDER_TASK)
    return newsletter


@transaction.atomic
def correct(newsletter: Newsletter, *, text: str, without: Collection[int], by: User) -> Newsletter:
    """Put a correction with its day before what a released issue says, and take the blocks `without` (pk) out.

    The web shows it at once, and whoever has not got the issue yet gets it so; what was sent stays as it is. Journals.
    Raises Unreadable, and Refused for a draft, while it is being sent, and without a text.
    """
    newsletter = Newsletter.objects.select_for_update().get(pk=newsletter.pk)
    if newsletter.status == Status.DRAFT:
        raise Refused("Diese Ausgabe ist noch ein Entwurf. Ändern Sie sie selbst.")
    if newsletter.status == Status.SENDING:
        raise Refused(
            "Diese Ausgabe wird gerade versendet. Halten Sie den Versand zuerst an; wer sie noch nicht hat, bekommt "
            "sie danach berichtigt."
        )
    if not text.strip():
        raise Refused("Bitte schreiben Sie, was zu berichtigen ist.")
    html = texts.html(text.strip(), headings=False)
    taken = newsletter.blocks.filter(pk__in=without)
    number = taken.count()
    taken.delete()
    newsletter.blocks.update(position=F("position") + 1)
    heading = f"Berichtigung vom {wording.day(clock.now())}"
    newsletter.blocks.create(kind=Block.Kind.TEXT, position=0, heading=heading, body=text.strip(), body_html=html)
    newsletter.changed_at = clock.now()
    newsletter.save(update_fields=["changed_at"])
    indexing.index(newsletter)
    about = {"newsletter": newsletter.pk, "removed": number}
    journal.note(journal.Verb.NEWSLETTER_CORRECTED, by=by, about=str(newsletter), **about)
    return newsletter


def note(verb: journal.Verb, newsletter: Newsletter, by: User | None) -> None:
    """Write that somebody, or the portal itself, did something to the sending of an issue."""
    journal.note(verb, by=by, about=str(newsletter), newsletter=newsletter.pk)


@transaction.atomic
def send_again(newsletter: Newsletter, status: Delivery.Status) -> int:
    """Owe once more what is uncertain or failed to those who still subscribe; return to how many.

    Only a person can decide this: of what is uncertain some may have arrived. Raises Refused for a draft and where
    there is nothing to send.
    """
    if status not in {Delivery.Status.UNCERTAIN, Delivery.Status.FAILED}:
        raise NotAllowed("Noch einmal gesendet wird nur, was ungewiss oder nicht zustellbar ist.")
    newsletter = Newsletter.objects.select_for_update().get(pk=newsletter.pk)
    again = to_send_again(newsletter, status).update(
        status=Delivery.Status.OWED, claimed_by="", claimed_at=None, due_at=None, attempts=0, error=""
    )
    if not again:
        raise Refused("Es gibt nichts, was noch einmal zu senden ist.")
    if newsletter.status == Status.SENT:
        newsletter.status, newsletter.finished_at = Status.SENDING, None
        newsletter.save()
    queue.nudge(SENDER_TASK)
    return again


def to_send_again(newsletter: Newsletter, status: Delivery.Status) -> QuerySet[Delivery]:
    """Return what `send_again` would send."""
    return newsletter.deliveries.filter(status=status, subscriber__in=Subscriber.objects.active()).order_by("pk")


@transaction.atomic
def send_test(newsletter: Newsletter, *, to: Iterable[User]) -> int:
    """Owe the issue as a test to members of the staff; return to how many. Raises NotAllowed for anybody else.

    Its link to unsubscribe leads to nobody, so that trying it unsubscribes nobody.
    """
    people = list(to)
    if not all(person.is_staff and person.is_active for person in people):
        raise NotAllowed("Eine Testmail geht nur an Personen, die hier arbeiten.")
    _require_content(newsletter)
    said = issues.letter(newsletter, is_test=True)
    context = {"said_subject": said.subject, "said_text": said.text, "said_html": said.html}
    return len(mail.owe("newsletter_test", [person.email for person in people], context))


def _draft(newsletter: Newsletter) -> Newsletter:
    """Return the locked row of an issue that can still be changed."""
    locked = Newsletter.objects.select_for_update().get(pk=newsletter.pk)
    if locked.status != Status.DRAFT:
        raise Refused(f"Die Ausgabe {locked.label} ist freigegeben. Ändern lässt sie sich nicht mehr.")
    return locked


def _require_content(newsletter: Newsletter) -> None:
    if not newsletter.blocks.exists():
        raise Refused("Diese Ausgabe ist leer. Fügen Sie zuerst einen Baustein hinzu.")


def _freeze(newsletter: Newsletter, now: datetime) -> None:
    """Write into the blocks what they say now."""
    _require_content(newsletter)
    blocks = newsletter.blocks.select_related(*issues.WITH_ALL).prefetch_related("project__partners__municipality")
    hidden = [
        str(about)
        for block in blocks
        if (about := block.news or block.project or block.event) and not _is_out(about, now)
    ]
    if hidden:
        raise Refused(f"Noch nicht öffentlich: {', '.join(hidden)}. Veröffentlichen Sie es oder nehmen Sie es heraus.")
    for block in blocks:
        block.heading, block.body_html = issues.frozen(block)
        block.save(update_fields=["heading", "body_html"])


def _is_out(about: issues.About, now: datetime) -> bool:
    return about.published_at is not None and about.published_at <= now


def _owe(newsletter: Newsletter) -> int:
    with connection.cursor() as cursor:
        cursor.execute(OWE_EACH, [newsletter.pk, Delivery.Status.OWED.value, Subscriber.Status.ACTIVE.value])
        return int(cursor.rowcount)


def _turn(newsletter: Newsletter, when: set[Status], to: Status, otherwise: str) -> Newsletter:
    newsletter = Newsletter.objects.select_for_update().get(pk=newsletter.pk)
    if newsletter.status not in when:
        raise Refused(otherwise)
    newsletter.status = to
    newsletter.save(update_fields=["status"])
    return newsletter
