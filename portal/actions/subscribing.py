"""Verbs on subscriptions: ask for the newsletter, confirm it, leave, note a bounce, forget who is gone."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from landespreis import clock, forgetting, mail
from landespreis.refusal import Refused
from portal import issues
from portal.models import Delivery, Subscriber
from portal.models.newsletters import SubscriberQuerySet

SALT = "portal.actions.subscribing"
Status = Subscriber.Status


class LinkIsOver(Refused):
    """The link of a confirmation mail leads to nothing that waits for it."""

    status = 404


@transaction.atomic
def ask(email: str) -> Subscriber:
    """Note that somebody wants the newsletter, and owe the mail that asks whether it was them.

    Who gets it already is told so by mail; who left or was out of reach is asked anew. The caller shows the same in
    every case, so that nobody learns from the page who subscribes.
    """
    subscriber = _row(email)
    if subscriber.status == Status.ACTIVE:
        mail.owe(
            "newsletter_known", subscriber.email, {"leave_url": issues.leave_url(subscriber.key)}, about=subscriber
        )
        return subscriber
    if subscriber.status != Status.PENDING or _is_over(subscriber):
        subscriber.status, subscriber.asked_at, subscriber.confirmed_at = Status.PENDING, clock.now(), None
        subscriber.save()
    path = reverse("portal:newsletter_confirm", args=[token(subscriber)])
    context = {"url": f"{settings.BASE_URL}{path}", "until": subscriber.asked_at + _time_to_confirm()}
    mail.owe("newsletter_confirm", subscriber.email, context, about=subscriber)
    return subscriber


def token(subscriber: Subscriber) -> str:
    """Return what stands in the link of the confirmation mail: it holds for this request only."""
    return signing.dumps([subscriber.key.hex, subscriber.asked_at.isoformat()], salt=SALT)


def asking(token: str) -> Subscriber:
    """Return whose request a link confirms. Raises LinkIsOver for one that is forged, too old or overtaken."""
    try:
        key, asked_at = signing.loads(token, salt=SALT)
        subscriber = Subscriber.objects.get(key=UUID(key))
    except (signing.BadSignature, ValueError, TypeError, Subscriber.DoesNotExist):
        raise _over() from None
    known = subscriber.asked_at.isoformat() == asked_at and subscriber.status in {Status.PENDING, Status.ACTIVE}
    if not known or (subscriber.status == Status.PENDING and _is_over(subscriber)):
        raise _over()
    return subscriber


@transaction.atomic
def confirm(token: str) -> Subscriber:
    """Subscribe whoever got the mail with this link; once more changes nothing. Raises LinkIsOver."""
    found = asking(token)
    subscriber = Subscriber.objects.select_for_update().get(pk=found.pk)
    if subscriber.status == Status.ACTIVE:
        return subscriber
    if subscriber.status != Status.PENDING or subscriber.asked_at != found.asked_at:
        raise _over()
    subscriber.status, subscriber.confirmed_at = Status.ACTIVE, clock.now()
    subscriber.left_at, subscriber.bounces, subscriber.bounced_at = None, 0, None
    subscriber.save()
    return subscriber


@transaction.atomic
def leave(subscriber: Subscriber) -> Subscriber:
    """Unsubscribe somebody at once: what is owed to them is not sent any more. Once more changes nothing."""
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if subscriber.status != Status.LEFT:
        subscriber.status, subscriber.left_at = Status.LEFT, clock.now()
        subscriber.save()
    _drop_owed(subscriber)
    return subscriber


@transaction.atomic
def note_bounce(who: str | UUID, *, hard: bool, newsletter: int | None = None, said: str = "") -> Subscriber | None:
    """Note that a mail to a subscriber (by address or key) came back; return them, None if there is nobody.

    Only a hard one counts, and once for each issue where `newsletter` names it, however often it is told. With
    `settings.NEWSLETTER_BOUNCES` of them nobody tries any more until the person confirms anew.
    """
    found = Subscriber.objects.filter(key=who) if isinstance(who, UUID) else by_address(who)
    subscriber = found.select_for_update().first()
    if subscriber is None:
        return None
    if hard and newsletter is not None:
        noted = subscriber.deliveries.filter(newsletter_id=newsletter).exclude(status=Delivery.Status.FAILED)
        if not noted.update(status=Delivery.Status.FAILED, error=said[:500]):
            return subscriber  # told before, or no mail of ours
    count_bounce(subscriber, hard=hard)
    return subscriber


def count_bounce(subscriber: Subscriber, *, hard: bool) -> None:
    """Write a bounce down; for verbs that have the subscriber's delivery in hand."""
    row = Subscriber.objects.filter(pk=subscriber.pk)
    row.update(bounced_at=clock.now(), bounces=F("bounces") + (1 if hard else 0))
    if row.filter(status=Status.ACTIVE, bounces__gte=settings.NEWSLETTER_BOUNCES).update(status=Status.UNREACHABLE):
        _drop_owed(subscriber)
    subscriber.refresh_from_db()


def forget() -> int:
    """Delete requests that nobody confirmed and, some time later, who left or cannot be reached; return how many.

    What was written to them about it goes along, here as in `remove`.
    """
    now = clock.now()
    kept = now - timedelta(days=settings.NEWSLETTER_KEEP_DAYS)
    rows = Subscriber.objects.filter(
        Q(status=Status.PENDING, asked_at__lt=now - _time_to_confirm())
        | Q(status=Status.LEFT, left_at__lt=kept)
        | Q(status=Status.UNREACHABLE, bounced_at__lt=kept)
    )
    return forgetting.delete(rows)


def remove(keys: "Iterable[int] | QuerySet[Subscriber, Any]") -> int:
    """Delete these subscriptions at once; return how many there were."""
    return forgetting.delete(Subscriber.objects.filter(pk__in=keys))


def by_address(email: str) -> SubscriberQuerySet:
    return Subscriber.objects.alias(lower=Lower("email")).filter(lower=email.strip().lower())


def by_key(key: str) -> Subscriber | None:
    """Return whose key stands in a link, also one that was cut or made up."""
    try:
        return Subscriber.objects.filter(key=UUID(key)).first()
    except ValueError:
        return None


def _row(email: str) -> Subscriber:
    """Return the locked row of an address, a new one if need be; of two who ask at once one makes it."""
    known = by_address(email).select_for_update().first()
    if known:
        return known
    try:
        with transaction.atomic():
            return Subscriber.objects.create(email=email.strip(), asked_at=clock.now())
    except IntegrityError:
        return by_address(email).select_for_update().get()


def _drop_owed(subscriber: Subscriber) -> None:
    Delivery.objects.owed().filter(subscriber=subscriber).delete()


def _time_to_confirm() -> timedelta:
    return timedelta(days=settings.NEWSLETTER_CONFIRM_DAYS)


def _is_over(subscriber: Subscriber) -> bool:
    return clock.now() > subscriber.asked_at + _time_to_confirm()


def _over() -> LinkIsOver:
    return LinkIsOver("Dieser Link gilt nicht mehr. Melden Sie sich noch einmal an.", title="Dieser Link gilt nicht")
