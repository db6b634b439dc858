"""Subscriptions: nobody gets a newsletter who has not said so from their own mailbox; everybody gets out at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from post_office.models import Email

from portal.actions import newsletters, subscribing
from portal.models import Delivery, Subscriber
from tests.accounts.factories import StaffFactory
from tests.conftest import MIDWAY
from tests.portal import factories

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]
ADA = "ada@kommune.example"
DAY = timedelta(days=1)
Status = Subscriber.Status


@pytest.fixture(autouse=True)
def _midway(at: At) -> None:
    at(MIDWAY)


def ada() -> Subscriber:
    return Subscriber.objects.get(email=ADA)


def subjects() -> list[str]:
    return list(Email.objects.order_by("pk").values_list("subject", flat=True))


# Asking and confirming ---------------------------------------------------------------------------------


def test_ask_owes_a_mail_and_subscribes_nobody() -> None:
    subscriber = subscribing.ask(ADA)

    mail = Email.objects.get()
    assert (ada().status, ada().asked_at, ada().confirmed_at) == (Status.PENDING, MIDWAY, None)
    assert mail.to == [ADA]
    assert f"/newsletter/bestaetigen/{subscribing.token(subscriber)}/" in mail.message
    assert "Dienstag, 27. Januar 2026, 10:30 Uhr (MEZ)" in mail.message


def test_ask_leaves_nothing_when_it_is_rolled_back() -> None:
    with transaction.atomic():
        subscribing.ask(ADA)
        transaction.set_rollback(True)

    assert not Subscriber.objects.exists()
    assert not Email.objects.exists()


def test_confirm_proves_when_it_was_asked_and_confirmed(at: At) -> None:
    token = subscribing.token(subscribing.ask(ADA))
    at(MIDWAY + DAY)

    subscribing.confirm(token)
    at(MIDWAY + 2 * DAY)
    subscribing.confirm(token)

    assert (ada().status, ada().asked_at, ada().confirmed_at) == (Status.ACTIVE, MIDWAY, MIDWAY + DAY)


def test_ask_again_sends_a_link_that_leaves_the_first_one_valid(at: At) -> None:
    first = subscribing.token(subscribing.ask(ADA))
    at(MIDWAY + DAY)

    subscribing.ask(ADA.upper())
    subscribing.confirm(first)

    assert Subscriber.objects.count() == 1
    assert ada().status == Status.ACTIVE
    assert len(subjects()) == 2


def test_ask_by_a_subscriber_changes_nothing_and_tells_only_them() -> None:
    factories.SubscriberFactory(email=ADA)

    subscribing.ask("Ada@Kommune.example")

    assert ada().status == Status.ACTIVE
    assert subjects() == ["Sie bekommen den Newsletter schon"]
    assert f"/newsletter/abmelden/{ada().key.hex}/" in Email.objects.get().message


@pytest.mark.parametrize(("late", "status"), [(timedelta(0), Status.ACTIVE), (timedelta(seconds=1), Status.PENDING)])
def test_confirm_holds_for_some_days(at: At, settings: Any, late: timedelta, status: str) -> None:
    token = subscribing.token(subscribing.ask(ADA))
    at(MIDWAY + timedelta(days=settings.NEWSLETTER_CONFIRM_DAYS) + late)

    if late:
        with pytest.raises(subscribing.LinkIsOver):
            subscribing.confirm(token)
    else:
        subscribing.confirm(token)

    assert ada().status == status


def test_ask_after_these_days_begins_anew(at: At) -> None:
    old = subscribing.token(subscribing.ask(ADA))
    at(MIDWAY + 8 * DAY)

    new = subscribing.token(subscribing.ask(ADA))

    with pytest.raises(subscribing.LinkIsOver):
        subscribing.confirm(old)
    assert subscribing.confirm(new).asked_at == MIDWAY + 8 * DAY


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "{key}", "{token}x", "{other}", "{list}"])
def test_confirm_refuses_forged_links(forged: str) -> None:
    subscriber = subscribing.ask(ADA)
    known = {
        "key": subscriber.key.hex,
        "token": subscribing.token(subscriber),
        "other": signing.dumps([subscriber.key.hex, subscriber.asked_at.isoformat()], salt="anders"),
        "list": signing.dumps({"key": 1}, salt=subscribing.SALT),
    }

    with pytest.raises(subscribing.LinkIsOver):
        subscribing.confirm(forged.format(**known))

    assert ada().status == Status.PENDING


def test_two_at_once_make_one_row(monkeypatch: Any) -> None:
    """Of two who find no row one is refused by the constraint, and takes the other's."""
    find, asked = subscribing.by_address, []

    def found_nothing_at_first(email: str) -> Any:
        asked.append(email)
        if len(asked) == 1:
            factories.SubscriberFactory(email=ADA, pending=True)
            return Subscriber.objects.none()
        return find(email)

    monkeypatch.setattr(subscribing, "by_address", found_nothing_at_first)

    subscribing.ask(ADA)

    assert Subscriber.objects.count() == 1


# Leaving and coming back -------------------------------------------------------------------------------


def test_leave_ends_it_at_once_also_what_is_owed(at: At) -> None:
    subscriber, other = factories.SubscriberFactory(email=ADA), factories.SubscriberFactory()
    newsletters.release(factories.issue(), by=StaffFactory())

    subscribing.leave(subscriber)
    at(MIDWAY + DAY)
    subscribing.leave(subscriber)

    assert (ada().status, ada().left_at) == (Status.LEFT, MIDWAY)
    assert [delivery.subscriber for delivery in Delivery.objects.all()] == [other]


def test_who_left_comes_back_by_confirming_anew(at: At) -> None:
    old = subscribing.token(subscribing.ask(ADA))
    subscribing.leave(subscribing.confirm(old))
    with pytest.raises(subscribing.LinkIsOver):
        subscribing.confirm(old)
    at(MIDWAY + DAY)

    new = subscribing.token(subscribing.ask(ADA))
    assert ada().status == Status.PENDING
    subscribing.confirm(new)

    assert (ada().status, ada().confirmed_at, ada().left_at) == (Status.ACTIVE, MIDWAY + DAY, None)


@pytest.mark.parametrize("key", ["", "x", "0" * 32, "'; DROP", "a" * 5000])
def test_key_that_is_none_leads_to_nobody(key: str) -> None:
    factories.SubscriberFactory()

    assert subscribing.by_key(key) is None


# Bounces -----------------------------------------------------------------------------------------------


def test_bounces_end_it_after_so_many(settings: Any) -> None:
    settings.NEWSLETTER_BOUNCES = 2
    subscriber = factories.SubscriberFactory(email=ADA)

    subscribing.note_bounce(ADA.upper(), hard=True)
    assert (ada().status, ada().bounces, ada().bounced_at) == (Status.ACTIVE, 1, MIDWAY)
    subscribing.note_bounce(subscriber.key, hard=True)

    assert (ada().status, ada().bounces) == (Status.UNREACHABLE, 2)


def test_soft_bounces_are_noted_and_end_nothing(settings: Any) -> None:
    settings.NEWSLETTER_BOUNCES = 1
    factories.SubscriberFactory(email=ADA)

    subscribing.note_bounce(ADA, hard=False)

    assert (ada().status, ada().bounces, ada().bounced_at) == (Status.ACTIVE, 0, MIDWAY)


def test_bounce_takes_back_what_is_owed(settings: Any) -> None:
    settings.NEWSLETTER_BOUNCES = 1
    factories.SubscriberFactory(email=ADA)
    newsletters.release(factories.issue(), by=StaffFactory())

    subscribing.note_bounce(ADA, hard=True)

    assert not Delivery.objects.exists()


@pytest.mark.parametrize("who", ["niemand@kommune.example", "", uuid4()])
def test_bounce_of_a_stranger_is_nobody_s(who: Any) -> None:
    factories.SubscriberFactory(email=ADA)

    assert subscribing.note_bounce(who, hard=True) is None
    assert ada().bounces == 0


def test_bounces_do_not_change_who_left() -> None:
    factories.SubscriberFactory(email=ADA, left=True, bounces=9)

    subscribing.note_bounce(ADA, hard=True)

    assert ada().status == Status.LEFT


def test_confirming_forgets_bounces() -> None:
    factories.SubscriberFactory(email=ADA, status=Status.UNREACHABLE, bounces=3, bounced_at=timezone.now())

    subscribing.confirm(subscribing.token(subscribing.ask(ADA)))

    assert (ada().status, ada().bounces, ada().bounced_at) == (Status.ACTIVE, 0, None)


# Forgetting --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [0, 1])
def test_forget_deletes_whom_nothing_keeps(settings: Any, days: int) -> None:
    settings.NEWSLETTER_CONFIRM_DAYS, settings.NEWSLETTER_KEEP_DAYS = 7, 30
    over = timedelta(seconds=days)
    factories.SubscriberFactory(pending=True, asked_at=MIDWAY - 7 * DAY - over)
    factories.SubscriberFactory(status=Status.LEFT, left_at=MIDWAY - 30 * DAY - over)
    factories.SubscriberFactory(status=Status.UNREACHABLE, bounced_at=MIDWAY - 30 * DAY - over)
    newsletters.release(factories.issue(), by=StaffFactory())
    active = factories.SubscriberFactory(asked_at=MIDWAY - 900 * DAY)

    deleted = subscribing.forget()

    assert deleted == 3 * days
    assert Subscriber.objects.count() == 4 - 3 * days
    assert Subscriber.objects.filter(pk=active.pk).exists()


def test_forget_takes_the_mail_along(at: At) -> None:
    subscribing.ask(ADA)
    subscribing.ask("bea@kommune.example")
    Subscriber.objects.exclude(email=ADA).update(asked_at=MIDWAY + 7 * DAY)
    at(MIDWAY + 8 * DAY)

    subscribing.forget()

    assert [mail.to for mail in Email.objects.all()] == [["bea@kommune.example"]]


# The database's last word ------------------------------------------------------------------------------


def test_address_subscribes_once() -> None:
    factories.SubscriberFactory(email=ADA)

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.SubscriberFactory(email="ADA@kommune.example")


def test_subscriber_has_confirmed() -> None:
    factories.SubscriberFactory()

    with pytest.raises(IntegrityError, match="active_subscriber_has_confirmed"), transaction.atomic():
        Subscriber.objects.update(confirmed_at=None)
