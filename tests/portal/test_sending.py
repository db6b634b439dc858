"""Sending: each mail once with any number of workers, nothing lost when one dies, nobody against their will."""

import email
import email.policy
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend as Locmem
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import Email

from landespreis import drift
from landespreis.celery import app
from landespreis.models import Trace
from portal import issues, post, tasks
from portal.actions import newsletters, sending, subscribing
from portal.models import Delivery, Newsletter, Subscriber
from tests.accounts.factories import StaffFactory
from tests.conftest import MIDWAY
from tests.landespreis.test_mail import free_port, use_server
from tests.portal import factories

At = Callable[[datetime], None]
Status = Delivery.Status
LONG = 60.0
SECOND = timedelta(seconds=1)
WAIT = timedelta(minutes=5)
"""How long a mail waits that its server put off."""


class Server:
    """A mail server that keeps what it gets; `answers` are what it says at a step instead of yes, once each."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, EmailMessage]] = []
        self.raw: list[bytes] = []
        self.at_sender: list[str] = []
        self.at_address: dict[str, str] = {}
        self.at_text: list[str] = []
        self.connections = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.at_sender.pop() if self.at_sender else "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.at_address:
            return self.at_address[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.at_text.pop() if self.at_text else "250 OK"
        if answer == "gone":
            server.transport.close()
            return ""
        if answer.startswith("250"):
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            self.raw.append(content)
            message = email.message_from_bytes(content, policy=email.policy.default)
            self.received.append((str(envelope.mail_from), envelope.rcpt_tos[0], message))
        return answer

    def addresses(self) -> list[str]:
        return sorted(to for _, to, _ in self.received)


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), decode_data=False)
    controller.start()
    use_server(settings, controller.port)
    yield handler
    controller.stop()


@pytest.fixture
def midway(at: At, db: None) -> None:
    at(MIDWAY)


def released(readers: int = 3, **fields: Any) -> Newsletter:
    """An issue on its way to so many."""
    for number in range(readers):
        factories.SubscriberFactory(email=f"leser{number}@kommune.example", **fields)
    return newsletters.release(factories.issue(), by=StaffFactory())


def states() -> dict[str, int]:
    return {status: count for status, count in Delivery.objects.all().counts().items() if count}


def delivery(number: int) -> Delivery:
    return Delivery.objects.get(subscriber__email=f"leser{number}@kommune.example")


# What goes out -----------------------------------------------------------------------------------------


def test_send_gives_each_their_own_mail(midway: None, server: Server) -> None:
    issue = released()

    assert sending.send(LONG) == 3

    issue.refresh_from_db()
    assert server.addresses() == [f"leser{number}@kommune.example" for number in range(3)]
    assert states() == {"sent": 3}
    assert (issue.status, issue.finished_at, server.connections) == (Newsletter.Status.SENT, MIDWAY, 1)
    for _, to, message in server.received:
        key = Subscriber.objects.get(email=to).key.hex
        leave = f"http://localhost:8000/newsletter/abmelden/{key}/"
        body, html = message.get_body(("plain",)), message.get_body(("html",))
        assert body
        assert html
        assert message["To"] == to
        assert message["Message-ID"] == f"<{issue.pk}.{key}@localhost>"
        assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (
            f"<{leave}>",
            "List-Unsubscribe=One-Click",
        )
        assert leave in body.get_content()
        assert f'<a href="{leave}">Newsletter abbestellen</a>' in html.get_content()


def test_mail_says_what_kind_of_mail_it_is(midway: None, server: Server) -> None:
    released(1)

    sending.send(LONG)

    sender, _, message = server.received[0]
    assert message["Subject"] == "Newsletter I/2026: Der Herbst bringt Termine"
    assert (message["Precedence"], message["Auto-Submitted"]) == ("bulk", "auto-generated")
    assert message["List-Id"] == "Newsletter des Landespreises <newsletter.localhost>"
    assert message.get_content_type() == "multipart/alternative"
    assert sender == "landespreis@portal.example"


def test_bounces_go_to_an_address_that_names_issue_and_subscriber(midway: None, server: Server, settings: Any) -> None:
    settings.NEWSLETTER_BOUNCE_ADDRESS = "rueck@portal.example"
    issue = released(1)

    sending.send(LONG)

    assert server.received[0][0] == f"rueck+{issue.pk}.{Subscriber.objects.get().key.hex}@portal.example"


@pytest.mark.parametrize("is_quick", [True, False])
def test_stencil_makes_what_django_would(midway: None, is_quick: bool) -> None:
    """Filling in is the same as building each mail, but for the random border between its parts."""
    newsletter, subscriber = factories.issue(), factories.SubscriberFactory()
    stencil = post.Stencil(newsletter)
    assert stencil.content
    if not is_quick:
        stencil.content = None

    parsed = email.message_from_bytes(stencil.bytes(subscriber), policy=email.policy.default)
    built = email.message_from_bytes(stencil.message(subscriber).message().as_bytes(), policy=email.policy.default)

    for name in ("To", "Subject", "Message-ID", "List-Unsubscribe", "From"):
        assert parsed[name].strip() == built[name].strip()
    parts = [[part.get_content().split() for part in message.iter_parts()] for message in (parsed, built)]
    assert parts[0] == parts[1]


def test_long_paragraphs_need_no_encoding(midway: None) -> None:
    """An editor's paragraph is one line of HTML, longer than mail servers take."""
    newsletter = factories.issue(factories.text("Überlange Wörter " * 400))

    content = post.Stencil(newsletter).content

    assert content
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


def test_a_word_that_is_no_word_is_encoded(midway: None) -> None:
    stencil = post.Stencil(factories.issue(factories.text("ü" * 3000)))
    reader = factories.SubscriberFactory()

    assert reader.key.hex in email.message_from_bytes(stencil.bytes(reader), policy=email.policy.default).as_string()


def test_lines_that_begin_with_a_dot_arrive(midway: None, server: Server) -> None:
    factories.SubscriberFactory()
    newsletters.release(factories.issue(factories.text(".\n..zwei\n.drei")), by=StaffFactory())

    sending.send(LONG)

    body = server.received[0][2].get_body(("plain",))
    assert body
    assert "\r\n.\r\n..zwei\r\n.drei\r\n" in body.get_content()


@pytest.mark.parametrize("evil", ["a@b.example\nBcc: c@d.example", "a@b.example\r\n.\r\nMAIL FROM:<x>"])
def test_address_adds_no_header(midway: None, server: Server, evil: str) -> None:
    """No form takes such an address; were there one, nothing would go out to it."""
    released(1)
    Subscriber.objects.update(email=evil)

    sending.send(LONG)

    assert (server.received, states()) == ([], {"failed": 1})


# Nobody against their will -----------------------------------------------------------------------------


def test_who_leaves_while_it_is_sent_gets_none(midway: None, server: Server, monkeypatch: Any) -> None:
    released()
    leaving = Subscriber.objects.order_by("pk").last()
    assert leaving
    hand_over = post.hand_over

    def meanwhile(*args: Any) -> None:
        hand_over(*args)
        subscribing.leave(leaving)

    monkeypatch.setattr(sending, "hand_over", meanwhile)

    assert sending.send(LONG) == 2
    assert leaving.email not in server.addresses()
    assert states() == {"sent": 2}
    assert Newsletter.objects.get().status == Newsletter.Status.SENT


@pytest.mark.parametrize("is_late", [True, False])
def test_who_cannot_be_reached_any_more_gets_none_and_holds_nothing_up(
    midway: None, server: Server, monkeypatch: Any, is_late: bool
) -> None:
    """Also when that is noted after a worker has claimed the mail."""
    released(2)
    hand_over = post.hand_over

    def end(*args: Any) -> None:
        Subscriber.objects.filter(email="leser1@kommune.example").update(status=Subscriber.Status.UNREACHABLE)
        if args:
            hand_over(*args)

    if is_late:
        monkeypatch.setattr(sending, "hand_over", end)
    else:
        end()

    assert sending.send(LONG) == 1
    assert sending.send(LONG) == 0
    assert Newsletter.objects.get().status == Newsletter.Status.SENT


def test_drafts_and_paused_issues_are_not_sent(midway: None, server: Server) -> None:
    newsletters.pause(released(), by=StaffFactory())
    factories.issue()

    assert sending.send(LONG) == 0
    assert states() == {"owed": 3}


def test_pausing_ends_it_after_the_mail_under_way(midway: None, server: Server, monkeypatch: Any) -> None:
    issue = released()
    hand_over = post.hand_over

    def meanwhile(*args: Any) -> None:
        hand_over(*args)
        newsletters.pause(issue, by=StaffFactory())
        monkeypatch.undo()

    monkeypatch.setattr(sending, "hand_over", meanwhile)

    assert sending.send(LONG) == 1
    assert states() == {"sent": 1, "owed": 2}
    assert not Delivery.objects.owed().exclude(claimed_by="").exists()


# Each once ---------------------------------------------------------------------------------------------


def test_sending_again_sends_nothing_twice(midway: None, server: Server) -> None:
    released()

    assert [sending.send(LONG) for _ in range(2)] == [3, 0]


def test_time_for_a_turn_ends_and_the_next_goes_on(midway: None, server: Server, monkeypatch: Any) -> None:
    released(4)
    ticks = iter(range(100))
    monkeypatch.setattr(sending.time, "monotonic", lambda: float(next(ticks)))

    first = sending.send(4.5)
    monkeypatch.undo()

    assert 0 < first < 4
    assert not Delivery.objects.owed().exclude(claimed_by="").exists()
    assert first + sending.send(LONG) == 4


def test_batches_go_on_until_nothing_is_left(midway: None, server: Server) -> None:
    released(5)

    assert sending.send(LONG, batch=2) == 5


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_mail_once(server: Server) -> None:
    released(40)
    sent: list[int] = []
    barrier = threading.Barrier(3)

    def work() -> None:
        barrier.wait()
        try:
            sent.append(sending.send(LONG, batch=3))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(server.addresses()) == {f"leser{number}@kommune.example": 1 for number in range(40)}
    assert sum(sent) == 40
    assert states() == {"sent": 40}


class PowerCut(BaseException):
    """What ends a worker without a word."""


def dies_at(monkeypatch: Any, mail: int, *, after: bool) -> None:
    """Let the worker die while it hands over the mail of that number, before or after the server has it."""
    handed: list[int] = []
    hand_over = post.hand_over

    def dying(*args: Any) -> None:
        handed.append(1)
        if len(handed) == mail and not after:
            raise PowerCut
        hand_over(*args)
        if len(handed) == mail:
            raise PowerCut

    monkeypatch.setattr(sending, "hand_over", dying)
    monkeypatch.setattr(sending._Run, "end", lambda run: run.server.close())


@pytest.mark.parametrize("after", [True, False])
def test_worker_that_dies_leaves_one_mail_uncertain(
    midway: None, server: Server, monkeypatch: Any, at: At, after: bool
) -> None:
    released(5)
    dies_at(monkeypatch, 3, after=after)
    with pytest.raises(PowerCut):
        sending.send(LONG)
    monkeypatch.undo()
    assert states() == {"sent": 2, "handing": 1, "owed": 2}

    at(MIDWAY + sending.CLAIM)
    assert sending.send(LONG) == 0  # its claims still hold
    at(MIDWAY + sending.CLAIM + SECOND)
    assert sending.send(LONG) == 2

    assert states() == {"sent": 4, "uncertain": 1}
    assert max(Counter(server.addresses()).values()) == 1
    assert len(server.received) == (5 if after else 4)
    assert Newsletter.objects.get().status == Newsletter.Status.SENT
    uncertain = Delivery.objects.get(status=Status.UNCERTAIN)
    assert "brach ab" in uncertain.error

    newsletters.send_again(Newsletter.objects.get(), Status.UNCERTAIN)
    assert sending.send(LONG) == 1
    assert states() == {"sent": 5}


@pytest.mark.postgresql
@pytest.mark.parametrize("wrong", [2 * sending.CLAIM, -2 * sending.CLAIM])
def test_claim_goes_by_the_clock_that_all_hosts_share(
    server: Server, monkeypatch: Any, off_by: Any, wrong: timedelta
) -> None:
    """A host that is ahead must not take for dead who is just handing over a mail, nor one behind wait for ever."""
    released(2)
    dies_at(monkeypatch, 1, after=False)
    with pytest.raises(PowerCut):
        sending.send(LONG)
    monkeypatch.undo()
    real = drift.now()

    with off_by(wrong):
        held = (sending.send(LONG), states())
        Delivery.objects.update(claimed_at=real - sending.CLAIM - SECOND)
        assert held == (0, {"handing": 1, "owed": 1})
        assert (sending.send(LONG), states()) == (1, {"uncertain": 1, "sent": 1})


def test_slow_worker_still_says_how_it_ended(midway: None, server: Server, monkeypatch: Any, at: At) -> None:
    """Its claim ran out during the dialogue; the mail went out all the same, and is not sent again."""
    released(1)
    hand_over = post.hand_over

    def slow(*args: Any) -> None:
        hand_over(*args)
        at(MIDWAY + sending.CLAIM + SECOND)
        sending._sweep()
        assert states() == {"uncertain": 1}

    monkeypatch.setattr(sending, "hand_over", slow)

    sending.send(LONG)

    assert states() == {"sent": 1}


def test_mail_put_off_to_a_slow_worker_goes_out_although_its_issue_was_finished(
    midway: None, server: Server, monkeypatch: Any, at: At
) -> None:
    issue = released(1)
    server.at_text = ["451 busy"]
    hand_over = post.hand_over

    def slow(*args: Any) -> None:
        at(MIDWAY + sending.CLAIM + SECOND)
        sending._sweep()
        sending._finish()
        hand_over(*args)

    with monkeypatch.context() as patch:
        patch.setattr(sending, "hand_over", slow)
        sending.send(LONG)
    issue.refresh_from_db()
    assert (states(), issue.status) == ({"owed": 1}, Newsletter.Status.SENT)

    at(MIDWAY + timedelta(hours=1))
    assert sending.send(LONG) == 1

    issue.refresh_from_db()
    assert (states(), issue.status) == ({"sent": 1}, Newsletter.Status.SENT)


@pytest.mark.parametrize("change", [{"claimed_by": "another"}, {"status": Status.FAILED}])
def test_worker_leaves_alone_what_is_not_its_own_any_more(
    midway: None, server: Server, monkeypatch: Any, change: dict[str, str]
) -> None:
    """Its claim ran out and another has it, or somebody else has settled it."""
    released(3)
    hand_over = post.hand_over

    def meanwhile(*args: Any) -> None:
        hand_over(*args)
        Delivery.objects.owed().update(**change)

    monkeypatch.setattr(sending, "hand_over", meanwhile)

    assert sending.send(LONG) == 1
    assert states() == {"sent": 1, change.get("status", "owed"): 2}


def test_ending_and_next_beginning_are_one_statement(midway: None, server: Server) -> None:
    """One statement for each mail, whatever else is there: that is what makes fifty thousand quick."""
    counts = []
    for amount in (2, 12):
        Newsletter.objects.all().delete()
        Subscriber.objects.all().delete()
        released(amount)
        with CaptureQueriesContext(connection) as queries:
            sending.send(LONG)
        counts.append(len(queries))

    assert counts[1] - counts[0] == 10


# What servers say --------------------------------------------------------------------------------------


def test_address_that_is_refused_has_failed_and_bounced(midway: None, server: Server, settings: Any) -> None:
    settings.NEWSLETTER_BOUNCES = 1
    released()
    server.at_address = {"leser1@kommune.example": "550 5.1.1 no such mailbox"}

    assert sending.send(LONG) == 2

    assert (delivery(1).status, delivery(1).error) == (Status.FAILED, "550 5.1.1 no such mailbox")
    assert delivery(1).subscriber.status == Subscriber.Status.UNREACHABLE
    assert (delivery(0).subscriber.bounces, delivery(0).attempts) == (0, 1)


@pytest.mark.parametrize("answer", ["550 5.7.1 blocked by policy", "552 5.2.2 mailbox full"])
def test_refusal_that_is_not_about_the_address_is_no_bounce(midway: None, server: Server, answer: str) -> None:
    released(1)
    server.at_address = {"leser0@kommune.example": answer}

    sending.send(LONG)

    assert (delivery(0).status, delivery(0).subscriber.bounces) == (Status.FAILED, 0)


def test_text_that_is_refused_is_no_bounce(midway: None, server: Server) -> None:
    released(2)
    server.at_text = ["554 5.6.0 looks like spam"]

    assert sending.send(LONG) == 1
    assert states() == {"sent": 1, "failed": 1}  # whoever came first
    assert Delivery.objects.get(status=Status.FAILED).subscriber.bounces == 0


def test_mail_that_is_put_off_is_tried_later(midway: None, server: Server, at: At) -> None:
    released(2)
    server.at_address = {"leser0@kommune.example": "451 4.7.1 greylisted"}

    assert sending.send(LONG) == 1
    assert (delivery(0).status, delivery(0).due_at) == (Status.OWED, MIDWAY + WAIT)
    assert Newsletter.objects.get().status == Newsletter.Status.SENDING
    at(MIDWAY + WAIT - SECOND)
    assert sending.send(LONG) == 0
    at(MIDWAY + WAIT)
    sending.send(LONG)
    assert delivery(0).due_at == MIDWAY + 3 * WAIT
    server.at_address = {}
    at(MIDWAY + 3 * WAIT)
    assert sending.send(LONG) == 1

    assert states() == {"sent": 2}


def test_mail_that_is_put_off_waits_in_proportion_to_all_mail(midway: None, server: Server, settings: Any) -> None:
    """A rehearsal lets hours pass in seconds: it waits until nothing is owed, for four minutes at most."""
    settings.MAIL_RETRY_SECONDS = 1
    released(1)
    server.at_address = {"leser0@kommune.example": "451 4.7.1 greylisted"}

    sending.send(LONG)

    assert delivery(0).due_at == MIDWAY + 5 * SECOND


def test_mail_that_is_put_off_too_often_has_failed(midway: None, server: Server) -> None:
    released(1)
    Delivery.objects.update(attempts=sending.ATTEMPTS - 1)
    server.at_address = {"leser0@kommune.example": "451 later"}

    sending.send(LONG)

    assert (delivery(0).status, delivery(0).subscriber.bounces) == (Status.FAILED, 0)


@pytest.mark.parametrize(("step", "answer"), [("at_sender", "421 too many"), ("at_text", "421 closing")])
def test_server_that_closes_is_asked_once_more(midway: None, server: Server, step: str, answer: str) -> None:
    released()
    setattr(server, step, [answer])

    sending.send(LONG)
    sending.send(LONG)

    assert states() == {"sent": 3}
    assert max(Counter(server.addresses()).values()) == 1


def test_server_that_does_not_want_us_stops_it(midway: None, server: Server) -> None:
    released(4)
    server.at_sender = ["550 not you"] * 100

    assert sending.send(LONG) == 0

    assert states() == {"owed": 4}
    assert len(server.at_sender) == 98
    assert not Delivery.objects.exclude(claimed_by="").exists()


def test_connection_that_ends_after_the_text_leaves_it_uncertain(midway: None, server: Server) -> None:
    released()
    server.at_text = ["gone"]

    assert sending.send(LONG) == 2

    assert states() == {"uncertain": 1, "sent": 2}


def test_everything_waits_while_no_server_is_there(midway: None, settings: Any) -> None:
    use_server(settings, free_port())
    released()

    assert sending.send(LONG) == 0

    assert states() == {"owed": 3}
    assert not Delivery.objects.exclude(claimed_by="").exists()
    assert Newsletter.objects.get().status == Newsletter.Status.SENDING


def test_server_that_refuses_everything_pauses_the_issue(midway: None, server: Server, monkeypatch: Any) -> None:
    monkeypatch.setattr(sending, "REFUSED_IN_A_ROW", 3)
    released(6)
    server.at_text = ["554 spam"] * 100

    sending.send(LONG)

    assert states() == {"failed": 3, "owed": 3}
    newsletter, line = Newsletter.objects.get(), Trace.objects.get()
    assert newsletter.status == Newsletter.Status.PAUSED
    assert (line.verb, line.by, line.detail) == ("newsletter_paused", None, {"newsletter": newsletter.pk})


# Where there is no server ------------------------------------------------------------------------------


def test_demo_keeps_newsletters_in_its_letterbox(midway: None, settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.CLOCK_FILE, settings.NOW_ORIGIN = True, tmp_path / "clock.json", None
    settings.EMAIL_BACKEND = "landespreis.mail.OwedMailBackend"
    settings.POST_OFFICE = {"BACKENDS": {"default": sending.KEPT}}
    released(2)

    assert sending.send(LONG) == 2

    mail = Email.objects.order_by("pk").last()
    assert mail
    assert mail.subject == "Newsletter I/2026: Der Herbst bringt Termine"
    assert Subscriber.objects.get(email=mail.to[0]).key.hex in mail.message
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


class Broken(Locmem):
    def send_messages(self, messages: Any) -> int:
        raise ValueError("außer Betrieb")


def test_backend_that_fails_lets_everything_wait(midway: None, settings: Any) -> None:
    settings.POST_OFFICE = {"BACKENDS": {"default": f"{__name__}.Broken"}}
    released(2)

    assert sending.send(LONG) == 0
    assert states() == {"owed": 2}


def test_task_sends_what_is_owed(midway: None, settings: Any) -> None:
    settings.POST_OFFICE = {"BACKENDS": {"default": "django.core.mail.backends.locmem.EmailBackend"}}
    released(2)

    tasks.send_newsletters()

    assert len(django_mail.outbox) == 2
    assert {newsletters.SENDER_TASK, "portal.tasks.forget_subscribers"} <= set(app.conf.beat_schedule)


def test_task_forgets_who_never_confirmed(midway: None) -> None:
    factories.SubscriberFactory(pending=True, asked_at=timezone.now() - timedelta(days=99))

    tasks.forget_subscribers()

    assert not Subscriber.objects.exists()


def test_nobody_s_key_is_nobody_s(midway: None) -> None:
    assert subscribing.by_key(issues.NOBODY.hex) is None
