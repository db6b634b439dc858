"""Issues of the demo's newsletter and who gets it; what an issue tells of is taken where the demo has it."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from landespreis import clock
from portal.actions import newsletters, subscribing
from portal.demo.content import EDITOR
from portal.models import Block, Delivery, Event, News, Newsletter, Project, Subscriber

SHIPPED = Path(settings.BASE_DIR) / "data" / "demo_newsletters.toml"
SENDING = timedelta(minutes=2)
"""How long it took to send an issue."""
WRITTEN_BEFORE = timedelta(days=3)
Row = dict[str, Any]
Kind = Block.Kind


def fill(until: datetime) -> None:
    """Fill what had happened at `until`, in its order; the next issue is a draft that waits to be released."""
    data = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    editor = User.objects.filter(email=EDITOR).first() or User.objects.filter(is_staff=True).first()
    for moment, happens, row in sorted(_course(data), key=lambda step: step[0]):
        if moment <= until:
            clock.set_now(moment)
            happens(row, editor)
    waiting = next((row for row in data["issues"] if row["released_at"] > until), None)
    if waiting:
        clock.set_now(min(waiting["released_at"] - WRITTEN_BEFORE, until))
        _write(waiting, until)


def _course(data: dict[str, list[Row]]) -> list[tuple[datetime, Any, Row]]:
    """Return everything that happens, as moment, what, and to what."""
    course: list[tuple[datetime, Any, Row]] = [(row["released_at"], _release, row) for row in data["issues"]]
    for row in data["subscribers"]:
        course.append((row["asked_at"], _ask, row))
        if "confirmed" in row:
            course.append((row["asked_at"] + timedelta(minutes=row["confirmed"]), _confirm, row))
        if "left" in row:
            course.append((row["left"], _leave, row))
        if "bounced" in row:
            course.append((row["bounced"], _bounce, row))
    return course


# Subscribers: rows of their own, because a demo's letterbox is not for mails of last year ------------------


def _ask(row: Row, editor: User | None) -> None:
    Subscriber.objects.create(email=row["email"], asked_at=clock.now())


def _confirm(row: Row, editor: User | None) -> None:
    subscribing.confirm(subscribing.token(Subscriber.objects.get(email=row["email"])))


def _leave(row: Row, editor: User | None) -> None:
    subscribing.leave(Subscriber.objects.get(email=row["email"]))


def _bounce(row: Row, editor: User | None) -> None:
    """The mailbox is gone: noted as often as it takes to give the address up."""
    newest = Newsletter.objects.order_by("-released_at").first()
    for _ in range(settings.NEWSLETTER_BOUNCES):
        subscribing.note_bounce(row["email"], hard=True)
    failed = Delivery.objects.filter(newsletter=newest, subscriber__email=row["email"])
    failed.update(status=Delivery.Status.FAILED, error="550 5.1.1 Postfach unbekannt", sent_at=None)


# Issues --------------------------------------------------------------------------------------------------


def _release(row: Row, editor: User | None) -> None:
    """Release an issue, and note it as sent some minutes later."""
    if editor is None:
        return
    released = newsletters.release(_write(row, clock.now()), by=editor)
    finished = clock.now() + SENDING
    released.deliveries.update(status=Delivery.Status.SENT, sent_at=finished, attempts=1)
    Newsletter.objects.filter(pk=released.pk).update(status=Newsletter.Status.SENT, finished_at=finished)


def _write(row: Row, now: datetime) -> Newsletter:
    newsletter = newsletters.save(Newsletter(subject=row["subject"], lead=row["lead"].strip()))
    for position, told in enumerate(row["blocks"], start=1):
        block = _block(told, now)
        if block.kind != Kind.TEXT or block.body:
            block.newsletter, block.position = newsletter, position
            newsletters.save_block(block)
    return newsletter


def _block(told: Row, now: datetime) -> Block:
    """Return a block about what it names, or of its own words where the demo does not have that."""
    block = Block(kind=Kind.TEXT, heading=told.get("heading", ""), body=told.get("body", "").strip())
    if event := _event(told.get("event"), now):
        block.kind, block.event = Kind.EVENT, event
    elif project := _named(Project.objects.published(now), told.get("project")):
        block.kind, block.project = Kind.PROJECT, project
    elif news := _named(News.objects.published(now), told.get("news")):
        block.kind, block.news = Kind.NEWS, news
    return block


def _named(rows: "QuerySet[Any]", beginning: str | None) -> Any:
    return rows.filter(slug__startswith=beginning).order_by("pk").first() if beginning else None


def _event(day: date | None, now: datetime) -> Event | None:
    if day is None:
        return None
    begins = datetime(day.year, day.month, day.day, tzinfo=clock.BERLIN)
    within = Event.objects.published(now).filter(starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1))
    return within.order_by("starts_at", "pk").first()
