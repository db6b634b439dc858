"""Mails that came back: whom they were to and for how long; nonsense is nobody."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from portal import bounces
from portal.actions import newsletters
from portal.models import Delivery, Newsletter, Subscriber
from tests.accounts.factories import StaffFactory
from tests.portal import factories

KEY = UUID("0123456789abcdef0123456789abcdef")


def report(
    *, to: str = "rueck@portal.example", mark: str = f"7.{KEY.hex}", action: str = "failed", status: str = "5.1.1",
    original: str = "text/rfc822-headers",
) -> bytes:  # fmt: skip
    """A delivery status notification as mail servers write them."""
    return f"""From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="grenze"

--grenze
Content-Type: text/plain; charset=us-ascii

This is the mail system. 3.{"f" * 32}@ is not a mark of this mail.

--grenze
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; leserin@kommune.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <leserin@kommune.example>:
 Recipient address rejected

--grenze
Content-Type: {original}

From: landespreis@portal.example
To: leserin@kommune.example
Message-ID: <{mark}@portal.example>
Subject: Newsletter III/2025

--grenze--
""".replace("\n", "\r\n").encode()


def test_report_names_issue_subscriber_and_reason() -> None:
    said = "smtp; 550 5.1.1 <leserin@kommune.example>: Recipient address rejected"

    assert bounces.read(report()) == bounces.Bounce(7, KEY, True, said)


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
def test_report_is_told_by_the_message_id_of_what_came_back(original: str) -> None:
    bounce = bounces.read(report(original=original))

    assert bounce
    assert bounce.key == KEY


def test_report_is_told_by_the_address_it_went_to() -> None:
    bounce = bounces.read(report(to=f"rueck+7.{KEY.hex}@portal.example", mark="nichts"))

    assert bounce
    assert (bounce.newsletter, bounce.key) == (7, KEY)


@pytest.mark.parametrize(
    ("status", "hard"), [("5.1.1", True), ("5.2.1", True), ("4.4.1", False), ("5.7.1", False), ("5.2.2", False)]
)
def test_report_is_hard_when_the_mailbox_is_gone(status: str, hard: bool) -> None:
    bounce = bounces.read(report(status=status))

    assert bounce
    assert bounce.hard is hard


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\xff\xfe",
        b"Subject: Abwesend\r\n\r\nIch bin im Urlaub.",
        report(action="delayed", status="4.4.1"),
        report(action="delivered", status="2.0.0"),
        report(status="kaputt"),
        report(mark="kein-zeichen"),
        report(mark=f"99999999999.{KEY.hex}"),
        report()[:500],
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n--x--",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 500,
        b"Content-Type: message/delivery-status; charset=\xff\r\nTo: =?x-unknown?q?=ff?=\r\n\r\n\r\n",
    ],
)  # fmt: skip
def test_nonsense_is_no_report(content: bytes) -> None:
    assert bounces.read(content) is None


# The command -------------------------------------------------------------------------------------------


@pytest.fixture
def sent(db: None) -> Delivery:
    """A delivery that went out."""
    factories.SubscriberFactory()
    newsletters.release(factories.issue(), by=StaffFactory())
    Delivery.objects.update(status=Delivery.Status.SENT)
    return Delivery.objects.get()


def returned(delivery: Delivery) -> bytes:
    return report(mark=f"{delivery.newsletter_id}.{delivery.subscriber.key.hex}")


def test_command_notes_each_bounce_once(sent: Delivery, tmp_path: Path) -> None:
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "1").write_bytes(returned(sent))
    (tmp_path / "cur" / "2:2,S").write_bytes(returned(sent))
    (tmp_path / "cur" / "3").write_bytes(b"Nur eine Antwort")
    (tmp_path / "tmp" / "4").write_bytes(b"halb geschrieben")

    call_command("note_bounces", tmp_path, delete=True, verbosity=0)
    call_command("note_bounces", tmp_path)

    sent.refresh_from_db()
    subscriber = Subscriber.objects.get()
    assert (sent.status, subscriber.bounces) == (Delivery.Status.FAILED, 1)
    assert sent.error.startswith("Rückläufer: smtp; 550")
    assert {file.name for file in tmp_path.rglob("*") if file.is_file()} == {"3", "4"}


def test_command_reads_standard_input(sent: Delivery, monkeypatch: Any, capsys: Any) -> None:
    class Given:
        @staticmethod
        def read(most: int) -> bytes:
            return returned(sent)

    monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": Given()})())

    call_command("note_bounces")

    assert Subscriber.objects.get().bounces == 1
    assert capsys.readouterr().out == "1 Mails gelesen, 1 Rückläufer erkannt.\n"


def test_command_says_which_path_is_missing(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="gibt es nicht"):
        call_command("note_bounces", tmp_path / "weg")


def test_bounce_of_another_issue_changes_nothing(sent: Delivery, tmp_path: Path) -> None:
    file = tmp_path / "mail"
    file.write_bytes(report(mark=f"{Newsletter.objects.get().pk + 5}.{sent.subscriber.key.hex}"))

    call_command("note_bounces", file, verbosity=0)

    assert Subscriber.objects.get().bounces == 0
