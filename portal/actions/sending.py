"""Verbs on deliveries: hand released issues to the mail server, each mail once, whatever dies in between.

A worker claims some deliveries by a conditional UPDATE. Before the dialogue about a mail begins it commits HANDING, and
how it ended is committed together with the HANDING of the next. So a worker that dies leaves at most one mail of which
nobody knows whether it went out; when its claim has run out that one is UNCERTAIN and waits for a person, the others
are free again. All of this runs on the clock that all hosts share, which no demo shifts.
"""

import logging
import os
import socket
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from landespreis import clock, drift, journal
from portal.actions import newsletters, subscribing
from portal.models import Delivery, Newsletter, Subscriber
from portal.models.newsletters import DeliveryQuerySet, NewsletterQuerySet
from portal.post import Away, PutOff, Refusal, Stencil, Unclear, hand_over

log = logging.getLogger(__name__)

BATCH = 100
CLAIM = timedelta(seconds=settings.CLAIM_SECONDS)
"""Longer than a dialogue about one mail can take; a claim begins anew with each."""
PATIENT = 5
"""How many times as long as other mail (MAIL_RETRY_SECONDS) one of a newsletter waits that was put off."""
LONGEST_WAIT = timedelta(hours=6)
KEPT = "landespreis.delivery.KeptMailBackend"
ATTEMPTS = 10
"""Waits of 5, 10, 20 … minutes add up to about a day; after that a mail that is put off has failed."""
REFUSED_IN_A_ROW = 20
"""So many refusals without one success mean that the server refuses the issue, not addresses: people have to look."""
Status = Delivery.Status
ONE_SENT_NEXT_HANDING = """
    UPDATE portal_delivery SET
        status = CASE WHEN id = %(before)s THEN 'sent' ELSE 'handing' END,
        sent_at = CASE WHEN id = %(before)s THEN %(sent_at)s ELSE sent_at END,
        error = CASE WHEN id = %(before)s THEN '' ELSE error END,
        claimed_at = CASE WHEN id = %(before)s THEN claimed_at ELSE %(now)s END,
        attempts = CASE WHEN id = %(before)s THEN attempts ELSE attempts + 1 END
    WHERE id IN (%(before)s, %(next)s) AND claimed_by = %(name)s AND (
        id = %(before)s AND status IN ('handing', 'uncertain')
        OR id = %(next)s AND status = 'owed'
            AND EXISTS (SELECT 1 FROM portal_subscriber AS s WHERE s.id = subscriber_id AND s.status = 'active')
            AND EXISTS (SELECT 1 FROM portal_newsletter AS n WHERE n.id = newsletter_id AND n.status = 'sending')
    )
"""
"""The end of one mail and the beginning of the next in one statement, so in one commit: most of what a mail costs.

It looks up rows by their keys only: with `IN` PostgreSQL would read all subscribers for each mail.
"""


def send(seconds: float, *, batch: int = BATCH) -> int:
    """Send what is owed of released issues for at most so many seconds; return how many mails went out.

    Any number of workers may do this at once, on every database.
    """
    _sweep()
    run = _Run(time.monotonic() + seconds)
    try:
        while run.goes_on and (deliveries := run.claim(batch)):
            run.send(deliveries)
    finally:
        run.end()
    _finish()
    return run.sent


def _sweep() -> None:
    """Take from workers that died what they had, and from everybody what is owed to people who are gone.

    Of a mail that was being handed over nobody knows how that ended. An issue goes on that was finished while a mail of
    it was uncertain, or was being owed once more, and is owed now.
    """
    left = Delivery.objects.owed().filter(newsletter=OuterRef("pk"))
    finished = Newsletter.objects.filter(Exists(left), status=Newsletter.Status.SENT)
    finished.update(status=Newsletter.Status.SENDING, finished_at=None)
    unfinished = Newsletter.objects.filter(status__in=(Newsletter.Status.SENDING, Newsletter.Status.PAUSED))
    deliveries = Delivery.objects.filter(newsletter__in=unfinished)
    deliveries.owed().exclude(subscriber__in=Subscriber.objects.active()).delete()
    over = deliveries.filter(claimed_at__lt=drift.now() - CLAIM)
    over.filter(status=Status.HANDING).update(
        status=Status.UNCERTAIN, error="Der Versand brach ab, während diese Mail übergeben wurde."
    )
    over.owed().update(claimed_by="", claimed_at=None)


def _finish() -> None:
    """Note which issues have nothing left to send."""
    left = Delivery.objects.filter(newsletter=OuterRef("pk"), status__in=(Status.OWED, Status.HANDING))
    done = Newsletter.objects.filter(~Exists(left), status=Newsletter.Status.SENDING)
    done.update(status=Newsletter.Status.SENT, finished_at=clock.now())


def _sending() -> NewsletterQuerySet:
    return Newsletter.objects.filter(status=Newsletter.Status.SENDING)


class Ending(NamedTuple):
    """What is to be written about a mail whose dialogue is over."""

    delivery: Delivery
    values: dict[str, Any]
    is_bounce: bool


class _Run:
    """One worker's turn: its name on what it claims, one kept connection, and the issues rendered once."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.name = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid4().hex[:8]}"
        self.server = get_connection(_backend())
        self.claimed: set[int] = set()
        """Issues of which it has claimed deliveries."""
        self.stencils: dict[int, Stencil] = {}
        self.over: Ending | None = None
        """How the last dialogue ended, until that is written down."""
        self.sent = self.refused = self.failures = 0
        self.stopped = False

    @property
    def goes_on(self) -> bool:
        return not self.stopped and time.monotonic() < self.until

    # Claiming ---------------------------------------------------------------------------------------

    def claim(self, most: int) -> list[Delivery]:
        """Return some deliveries of the oldest issue that has any, which nobody else sends now.

        The UPDATE names columns of its own row only: whoever waits for another's meets the row as that one left it.
        """
        for issue in _sending().order_by("released_at", "pk").values_list("pk", flat=True):
            while found := list(_free(issue).order_by("pk").values_list("pk", flat=True)[:most]):
                self.claimed.add(issue)
                if _free(issue).filter(pk__in=found).update(claimed_by=self.name, claimed_at=drift.now()):
                    mine = Delivery.objects.filter(pk__in=found, claimed_by=self.name, status=Status.OWED)
                    return list(mine.select_related("subscriber").order_by("pk"))
        return []

    def end(self) -> None:
        """Write down how the last mail ended, give back what was not sent, and say goodbye."""
        self._settle()
        mine = Delivery.objects.owed().filter(newsletter__in=self.claimed, claimed_by=self.name)
        mine.update(claimed_by="", claimed_at=None)
        with suppress(Exception):  # a server that does not say goodbye has the mails all the same
            self.server.close()

    # Sending ----------------------------------------------------------------------------------------

    def send(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            if not self.goes_on or not self._connected():
                return
            stencil = self._stencil(delivery.newsletter_id)
            if self._begin(delivery):  # else paused, unsubscribed, or no longer ours
                self._hand_over(delivery, stencil)

    def _hand_over(self, delivery: Delivery, stencil: Stencil) -> None:
        now = clock.now()
        try:
            hand_over(self.server, stencil, delivery.subscriber)
        except PutOff as answer:
            self._note(delivery, **_again(delivery, answer))
        except Refusal as answer:
            self._note(delivery, status=Status.FAILED, error=str(answer)[:500], is_bounce=answer.is_about_address)
            self._count_refusal(delivery)
        except Unclear as answer:
            self._note(delivery, status=Status.UNCERTAIN, error=str(answer)[:500])
            self._lost(answer)
        except Away as answer:
            self._note(delivery, status=Status.OWED, claimed_by="", claimed_at=None)
            self._lost(answer)
        else:
            self._note(delivery, status=Status.SENT, sent_at=now, error="")
            self.sent += 1
            self.refused = self.failures = 0

    def _begin(self, delivery: Delivery) -> bool:
        """Commit how the mail before ended and that this one is being handed over; say whether it is to be.

        It is if it is still this worker's and wanted, and its issue not paused.
        """
        before, pk = self.over, 0
        if before and before.values.get("status") != Status.SENT:
            self._settle()
        elif before:
            pk = before.delivery.pk
        values = {
            "before": pk,
            "now": connection.ops.adapt_datetimefield_value(drift.now()),
            "sent_at": connection.ops.adapt_datetimefield_value(before.values["sent_at"] if before and pk else None),
            "next": delivery.pk,
            "name": self.name,
        }
        with connection.cursor() as cursor:
            cursor.execute(ONE_SENT_NEXT_HANDING, values)
            changed: int = cursor.rowcount
        self.over = None
        if changed == 1 and pk:  # only one of the two was as it should be
            return Delivery.objects.filter(pk=delivery.pk, status=Status.HANDING, claimed_by=self.name).exists()
        return changed > 0

    def _note(self, delivery: Delivery, *, is_bounce: bool = False, **values: Any) -> None:
        self.over = Ending(delivery, values, is_bounce)

    def _settle(self) -> None:
        """Write down how the last dialogue ended; a claim that ran out meanwhile changes nothing about that."""
        if self.over is None:
            return
        delivery = self.over.delivery
        under_way = (Status.HANDING, Status.UNCERTAIN)
        row = Delivery.objects.filter(pk=delivery.pk, claimed_by=self.name, status__in=under_way)
        with transaction.atomic():
            if row.update(**self.over.values) and self.over.is_bounce:
                subscribing.count_bounce(delivery.subscriber, hard=True)
        self.over = None

    # What can go wrong ------------------------------------------------------------------------------

    def _count_refusal(self, delivery: Delivery) -> None:
        self.refused += 1
        if self.refused >= REFUSED_IN_A_ROW:
            log.error("newsletter %s paused: %s refusals in a row", delivery.newsletter_id, self.refused)
            self.stopped = True
            rows = Newsletter.objects.filter(pk=delivery.newsletter_id, status=Newsletter.Status.SENDING)
            with transaction.atomic():
                if rows.update(status=Newsletter.Status.PAUSED):
                    newsletters.note(journal.Verb.NEWSLETTER_PAUSED, delivery.newsletter, None)

    def _lost(self, error: Exception) -> None:
        """Try a new connection once; two failures in a row mean that the server is away."""
        log.warning("newsletter not sent: %s", error)
        self.failures += 1
        self.stopped = self.failures > 1
        with suppress(Exception):
            self.server.close()

    def _connected(self) -> bool:
        try:
            self.server.open()
        except Exception as error:  # smtplib and sockets raise many kinds, and all mean the same
            log.warning("newsletter waits, the mail server does not answer: %s: %s", type(error).__name__, error)
            self.stopped = True
        return not self.stopped

    def _stencil(self, issue: int) -> Stencil:
        if issue not in self.stencils:
            self.stencils[issue] = Stencil(Newsletter.objects.get(pk=issue))
        return self.stencils[issue]


def _free(issue: int) -> DeliveryQuerySet:
    """Return what of an issue is owed, due and nobody's; all of it told by columns of the row."""
    now = drift.now()
    due = Q(due_at__isnull=True) | Q(due_at__lte=now)
    return Delivery.objects.owed().filter(due, newsletter_id=issue, claimed_by="")


def _again(delivery: Delivery, answer: PutOff) -> dict[str, Any]:
    """Return what is written about a mail that its server put off."""
    attempts = delivery.attempts + 1
    if attempts >= ATTEMPTS:
        return {"status": Status.FAILED, "error": str(answer)[:500]}
    wait = min(timedelta(seconds=PATIENT * settings.MAIL_RETRY_SECONDS) * 2 ** (attempts - 1), LONGEST_WAIT)
    return {
        "status": Status.OWED,
        "due_at": drift.now() + wait,
        "claimed_by": "",
        "claimed_at": None,
        "error": str(answer)[:500],
    }


def _backend() -> str:
    """Return the backend that delivers mail; without a server a demo keeps newsletters in its letterbox as well."""
    delivering: str = settings.POST_OFFICE["BACKENDS"]["default"]  # type: ignore[index]
    return settings.EMAIL_BACKEND if delivering == KEPT and settings.DEMO else delivering
