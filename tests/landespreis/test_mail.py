"""Owed mail: rows in the verb's transaction, sent exactly once, kept while no server takes them."""

import email
import email.policy
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage as ParsedMessage
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import STATUS, Attachment, Email

from landespreis import clock, delivery, mail, tasks
from landespreis.celery import app
from landespreis.mail import Attached
from landespreis.refusal import Unavailable

PDF = b"%PDF-1.7 receipt"
ANNA, BERND = "anna@soest.example", "bernd@lippstadt.example"


class Sink:
    """An SMTP handler that keeps what arrives, or refuses it."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], ParsedMessage]] = []
        self.refuse = ""
        self.delay = 0.0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: list[str]) -> str:
        if self.refuse and to.startswith(self.refuse):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        time.sleep(self.delay)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.received.append((envelope.rcpt_tos, email.message_from_bytes(content, policy=email.policy.default)))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A real mail server on a local port, and the settings that send to it."""
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), decode_data=False)
    controller.start()
    use_server(settings, controller.port)
    yield handler
    controller.stop()


def use_server(settings: Any, port: int) -> None:
    settings.POST_OFFICE = {"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}}
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 2


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path) -> None:
    settings.FILES_URL = f"file://{tmp_path}/files"
    settings.EMAIL_BACKEND = "landespreis.mail.OwedMailBackend"
    settings.BASE_URL = "https://portal.example"


@pytest.fixture
def letter(settings: Any, tmp_path: Path) -> str:
    """A template of three files, with a name in it that somebody chose."""
    folder = tmp_path / "templates" / "mail" / "test"
    folder.mkdir(parents=True)
    (folder / "letter.subject.txt").write_text("Eingang: {{ title }}\n")
    (folder / "letter.txt").write_text("\nGuten Tag,\n„{{ title }}“ ist da: {{ base_url }}/x\n\n\n")
    (folder / "letter.html").write_text(
        '{% extends "mail/base.html" %}{% block content %}<h1>{{ title }}</h1>{% endblock %}'
    )
    django = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**django, "DIRS": [tmp_path / "templates", *django["DIRS"]]}]
    return "test/letter"


def owed(**fields: Any) -> Email:
    """Write one owed mail directly."""
    values: dict[str, Any] = {
        "from_email": "award@portal.example",
        "to": [ANNA],
        "subject": "Betreff",
        "message": "Text",
        "status": STATUS.queued,
        "priority": 1,
        "message_id": "<one@portal.example>",
    }
    return Email.objects.create(**{**values, **fields})


# Owing ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_owe_names_where_answers_go_and_nothing_else(letter: str) -> None:
    row = mail.owe(letter, ANNA, {"title": "Bauhof"}, reply_to="bea@stadt.example\r\nBcc: eve@evil.example")[0]

    assert row.headers["Reply-To"] == "bea@stadt.example Bcc: eve@evil.example"
    assert "Bcc" not in row.headers


@pytest.mark.django_db
def test_owe_writes_one_row_for_each_address(letter: str) -> None:
    rows = mail.owe(letter, [ANNA, BERND, "Anna@Soest.example"], {"title": "Bauhof"})

    assert [row.to for row in rows] == [["Anna@Soest.example"], [BERND]]
    assert [row.status for row in rows] == [STATUS.queued, STATUS.queued]
    assert len({row.message_id for row in rows}) == 2
    assert Email.objects.count() == 2


@pytest.mark.django_db
def test_owe_takes_a_single_address(letter: str) -> None:
    (row,) = mail.owe(letter, ANNA, {"title": "Bauhof"})

    assert row.to == [ANNA]
    assert row.subject == "Eingang: Bauhof"
    assert row.message == "Guten Tag,\n„Bauhof“ ist da: https://portal.example/x\n"
    assert row.headers == {"Auto-Submitted": "auto-generated"}


@pytest.mark.django_db
def test_owe_escapes_in_html_only(letter: str) -> None:
    (row,) = mail.owe(letter, ANNA, {"title": "Bau & <b>Hof</b> {{ 7|add:1 }}"})

    assert row.subject == "Eingang: Bau & <b>Hof</b> {{ 7|add:1 }}"
    assert "„Bau & <b>Hof</b> {{ 7|add:1 }}“" in row.message
    assert "<h1>Bau &amp; &lt;b&gt;Hof&lt;/b&gt; {{ 7|add:1 }}</h1>" in row.html_message


@pytest.mark.django_db
def test_owe_makes_html_that_loads_nothing_from_elsewhere(letter: str) -> None:
    (row,) = mail.owe(letter, ANNA, {"title": "Bauhof"})

    assert '<html lang="de"' in row.html_message
    assert "<title>Eingang: Bauhof</title>" in row.html_message
    assert 'name="color-scheme" content="light dark"' in row.html_message
    for trace in ("<img", "<script", "<link", "src=", "url(", "@import"):
        assert trace not in row.html_message


@pytest.mark.django_db
def test_owe_leaves_nothing_when_the_verb_is_rolled_back(letter: str) -> None:
    def verb() -> None:
        with transaction.atomic():
            mail.owe(letter, ANNA, {"title": "Bauhof"}, attachments=[Attached("a.pdf", PDF, "application/pdf")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        verb()

    assert not Email.objects.exists()
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_owe_wakes_the_worker_only_on_commit(
    letter: str, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        mail.owe(letter, [ANNA, BERND], {"title": "Bauhof"})

    assert len(callbacks) == 1
    assert mail.SENDER_TASK in app.tasks


@pytest.mark.django_db
def test_owe_keeps_an_attachment_once_and_in_private_storage(letter: str, tmp_path: Path) -> None:
    rows = mail.owe(
        letter, [ANNA, BERND], {"title": "x"}, attachments=[Attached("../Bestätigung.pdf", PDF, "application/pdf")]
    )

    (attachment,) = Attachment.objects.all()
    assert [list(row.attachments.all()) for row in rows] == [[attachment], [attachment]]
    assert attachment.name == "Bestätigung.pdf"
    assert (tmp_path / "files" / attachment.file.name).read_bytes() == PDF


@pytest.mark.django_db
def test_owe_refuses_when_the_attachment_cannot_be_kept(letter: str, settings: Any) -> None:
    settings.FILES_URL = f"s3://nobody:nobody-at-all@127.0.0.1:{free_port()}/b?secure=0"

    with pytest.raises(Unavailable):
        mail.owe(letter, ANNA, {"title": "x"}, attachments=[Attached("a.pdf", PDF, "application/pdf")])

    assert not Email.objects.exists()


@pytest.mark.django_db
def test_owe_owes_all_or_none(letter: str) -> None:
    with pytest.raises(ValidationError, match="Invalid email"):
        mail.owe(letter, [ANNA, "nobody"], {"title": "x"})

    assert not Email.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("separator", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\0"])
def test_owe_lets_nobody_add_a_header(letter: str, sink: Sink, separator: str) -> None:
    mail.owe(letter, ANNA, {"title": f"x{separator}Bcc: eve@evil.example"})

    delivery.send_owed()

    ((recipients, message),) = sink.received
    assert recipients == [ANNA]
    assert message["Bcc"] is None
    assert message["Subject"] == "Eingang: x Bcc: eve@evil.example"


# Messages of other packages -------------------------------------------------------------------------


@pytest.mark.django_db
def test_backend_owes_what_django_sends() -> None:
    number = send_mail("Ihr Code", "Code: 123", None, [ANNA], html_message="<p>Code: 123</p>")

    row = Email.objects.get()
    assert number == 1
    assert (row.subject, row.message, row.html_message) == ("Ihr Code", "Code: 123", "<p>Code: 123</p>")
    assert row.to == [ANNA]
    assert row.status == STATUS.queued


@pytest.mark.django_db
def test_backend_never_takes_text_for_a_template(sink: Sink) -> None:
    trick = "{% now 'Y' %} {{ 7|add:1 }} {% load x %}"
    send_mail(trick, trick, "award@portal.example", [ANNA], html_message=f"<p>{trick}</p>")

    delivery.send_owed()

    ((_, message),) = sink.received
    assert message["Subject"] == trick
    assert message.get_body(("plain",)).get_content().strip() == trick  # type: ignore[union-attr]
    assert message.get_body(("html",)).get_content().strip() == f"<p>{trick}</p>"  # type: ignore[union-attr]


@pytest.mark.django_db
def test_backend_keeps_copies_headers_and_attachments(sink: Sink) -> None:
    message = EmailMultiAlternatives(
        "Betreff\r\nBcc: eve@evil.example",
        "Text",
        '"Award, Office" <award@portal.example>',
        [f'"Anna, the First" <{ANNA}>'],
        cc=[BERND],
        bcc=["carla@hamm.example"],
        reply_to=["office@portal.example"],
        headers={"X-Kind": "code\r\nBcc: eve@evil.example", "message-id": "<theirs@portal.example>"},
    )
    message.attach("text.txt", "Grüße", "text/plain")
    message.attach("data.bin", b"\0\xff", None)
    note = MIMEText("Notiz", "plain", "utf-8")
    note.add_header("Content-Disposition", "attachment", filename="note.txt")
    message.attach(note)
    message.send()

    delivery.send_owed()

    ((recipients, received),) = sink.received
    assert recipients == [ANNA, BERND, "carla@hamm.example"]
    assert received["From"] == '"Award, Office" <award@portal.example>'
    assert received["Subject"] == "Betreff Bcc: eve@evil.example"
    assert received["Cc"] == BERND
    assert received["Bcc"] is None
    assert received["Reply-To"] == "office@portal.example"
    assert received["X-Kind"] == "code Bcc: eve@evil.example"
    assert received.get_all("Message-ID") == [Email.objects.get().message_id]
    parts = {part.get_filename(): part.get_payload(decode=True) for part in received.iter_attachments()}
    assert parts == {"text.txt": "Grüße".encode(), "data.bin": b"\0\xff", "note.txt": b"Notiz"}


@pytest.mark.django_db
def test_backend_keeps_html_without_text(sink: Sink) -> None:
    message = EmailMultiAlternatives("Betreff", "<p>Nur HTML</p>", "award@portal.example", [ANNA])
    message.content_subtype = "html"
    message.send()

    delivery.send_owed()

    ((_, received),) = sink.received
    assert received.get_body(("html",)).get_content().strip() == "<p>Nur HTML</p>"  # type: ignore[union-attr]


@pytest.mark.django_db
def test_backend_owes_nothing_without_recipients() -> None:
    assert send_mail("Betreff", "Text", "award@portal.example", []) == 0

    assert not Email.objects.exists()


@pytest.mark.django_db
def test_backend_raises_or_stays_silent_as_asked() -> None:
    with pytest.raises(ValidationError, match="Invalid email"):
        send_mail("Betreff", "Text", "award@portal.example", ["nobody"])

    assert send_mail("Betreff", "Text", "award@portal.example", ["nobody"], fail_silently=True) == 0
    assert not Email.objects.exists()


# Sending -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_send_delivers_text_html_and_attachment(letter: str, sink: Sink) -> None:
    mail.owe(letter, ANNA, {"title": "Grüße"}, attachments=[Attached("Bestätigung.pdf", PDF, "application/pdf")])

    assert delivery.send_owed() == 1

    ((recipients, message),) = sink.received
    row = Email.objects.get()
    assert recipients == [ANNA]
    assert message["Subject"] == "Eingang: Grüße"
    assert message["Message-ID"] == row.message_id
    assert row.message_id.endswith("@portal.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert "„Grüße“ ist da" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "<h1>Grüße</h1>" in message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    (part,) = message.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("Bestätigung.pdf", "application/pdf")
    assert part.get_payload(decode=True) == PDF
    assert (row.status, row.scheduled_time) == (STATUS.sent, None)
    assert [entry.status for entry in row.logs.all()] == [STATUS.sent]


@pytest.mark.django_db
def test_send_sends_nothing_twice(sink: Sink) -> None:
    owed()

    assert [delivery.send_owed(), delivery.send_owed()] == [1, 0]
    assert len(sink.received) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"status": None}, 1),
        ({"status": STATUS.requeued}, 1),
        ({"status": STATUS.sent}, 0),
        ({"status": STATUS.failed}, 0),
        ({"scheduled_time": timedelta(seconds=-1)}, 1),
        ({"scheduled_time": timedelta(minutes=1)}, 0),
    ],
)
def test_send_takes_what_is_due_only(sink: Sink, fields: dict[str, Any], number: int) -> None:
    if "scheduled_time" in fields:
        fields = {"scheduled_time": timezone.now() + fields["scheduled_time"]}
    owed(**fields)

    assert delivery.send_owed() == number
    assert len(sink.received) == number


@pytest.mark.django_db
def test_send_runs_on_the_real_clock_not_the_award_s(sink: Sink, settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.CLOCK_FILE = True, tmp_path / "clock.json"
    clock.set_now(datetime(2020, 1, 1, tzinfo=UTC))
    owed(scheduled_time=timezone.now() - timedelta(seconds=1))

    assert delivery.send_owed() == 1


@pytest.mark.django_db
def test_send_takes_the_urgent_first_and_no_more_than_asked(sink: Sink) -> None:
    for number, priority in enumerate((1, 2, 1)):
        owed(subject=str(number), priority=priority)

    assert delivery.send_owed(2) == 2
    assert [message["Subject"] for _, message in sink.received] == ["1", "0"]


@pytest.mark.django_db
def test_send_keeps_a_mail_the_server_refuses_and_sends_the_others(sink: Sink) -> None:
    refused, other = owed(to=["nobody@soest.example"]), owed(to=[ANNA])
    sink.refuse = "nobody"
    before = timezone.now()

    assert delivery.send_owed() == 1

    refused.refresh_from_db()
    other.refresh_from_db()
    assert other.status == STATUS.sent
    assert (refused.status, refused.number_of_retries) == (STATUS.requeued, 1)
    assert before + timedelta(seconds=59) < refused.scheduled_time < timezone.now() + timedelta(seconds=61)
    (entry,) = refused.logs.all()
    assert (entry.status, entry.exception_type) == (STATUS.failed, "SMTPRecipientsRefused")
    assert "no such mailbox" in entry.message


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 60), (7, 60), (76, 60)]
)
def test_send_waits_longer_after_each_refusal(sink: Sink, attempts: int, minutes: int) -> None:
    sink.refuse = "anna"
    row = owed(number_of_retries=attempts)

    delivery.send_owed()

    row.refresh_from_db()
    assert row.status == STATUS.requeued
    assert row.scheduled_time - timezone.now() == pytest.approx(timedelta(minutes=minutes), abs=timedelta(seconds=5))


@pytest.mark.django_db
def test_send_gives_up_after_three_days_of_refusals(sink: Sink) -> None:
    sink.refuse = "anna"
    row = owed(number_of_retries=77)

    delivery.send_owed()

    row.refresh_from_db()
    waits = [min(2**attempt, 60) for attempt in range(delivery.ATTEMPTS - 1)]
    assert row.status == STATUS.failed
    assert timedelta(minutes=sum(waits)) == pytest.approx(timedelta(hours=72), abs=timedelta(hours=1))
    assert delivery.send_owed() == 0


@pytest.mark.django_db
def test_send_keeps_every_mail_while_no_server_is_there(settings: Any) -> None:
    use_server(settings, free_port())
    first, second = owed(), owed()

    assert delivery.send_owed() == 0

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.number_of_retries) == (STATUS.requeued, 1)
    assert (second.status, second.number_of_retries, second.scheduled_time) == (STATUS.queued, None, None)


@pytest.mark.django_db
@pytest.mark.parametrize("greeting", [b"", b"220 mail.example ESMTP\r\n"])
def test_send_keeps_every_mail_while_the_server_hangs(settings: Any, greeting: bytes) -> None:
    first, second = owed(), owed()
    started = time.monotonic()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        use_server(settings, listener.getsockname()[1])
        settings.EMAIL_TIMEOUT = 0.3
        threading.Thread(target=greet_and_hang, args=(listener, greeting), daemon=True).start()
        sent = delivery.send_owed()

    first.refresh_from_db()
    second.refresh_from_db()
    assert sent == 0
    assert time.monotonic() - started < 5
    assert (first.status, first.number_of_retries) == (STATUS.requeued, 1)
    assert (second.status, second.number_of_retries) == (STATUS.queued, None)


def greet_and_hang(listener: socket.socket, greeting: bytes) -> None:
    connection_made, _ = listener.accept()
    with connection_made:
        connection_made.sendall(greeting)
        time.sleep(2)


@pytest.mark.django_db
def test_send_retries_what_a_dead_worker_had_claimed(sink: Sink) -> None:
    row = owed()
    Email.objects.filter(pk=row.pk).update(scheduled_time=timezone.now() + delivery.CLAIM)

    at_once = delivery.send_owed()
    with time_machine.travel(datetime.now(UTC) + delivery.CLAIM + timedelta(seconds=1), tick=True):
        later = delivery.send_owed()

    assert (at_once, later) == (0, 1)
    assert sink.received[0][1]["Message-ID"] == row.message_id


@pytest.mark.django_db
def test_send_keeps_a_mail_whose_attachment_cannot_be_read(letter: str, sink: Sink, settings: Any) -> None:
    mail.owe(letter, ANNA, {"title": "x"}, attachments=[Attached("a.pdf", PDF, "application/pdf")])
    owed(to=[BERND])
    home = settings.FILES_URL
    settings.FILES_URL = f"{home}-away"

    first = delivery.send_owed()
    settings.FILES_URL = home
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2), tick=True):
        second = delivery.send_owed()

    assert (first, second) == (1, 1)
    assert [recipients for recipients, _ in sink.received] == [[BERND], [ANNA]]


@pytest.mark.django_db
def test_send_counts_kept_mail_as_delivered_in_a_demo(settings: Any) -> None:
    settings.DEMO = True
    settings.POST_OFFICE = {"BACKENDS": {"default": "landespreis.delivery.KeptMailBackend"}}
    row = owed()

    assert delivery.send_owed() == 1

    row.refresh_from_db()
    assert row.status == STATUS.sent


@pytest.mark.django_db
def test_send_keeps_mail_owed_in_production_without_a_server(settings: Any) -> None:
    settings.DEMO = False
    settings.POST_OFFICE = {"BACKENDS": {"default": "landespreis.delivery.KeptMailBackend"}}
    row = owed()

    assert delivery.send_owed() == 0

    row.refresh_from_db()
    assert row.status == STATUS.requeued
    assert "SMTP_URL" in row.logs.get().message


@pytest.mark.django_db
def test_task_sends_until_nothing_is_due(sink: Sink) -> None:
    for number in range(53):
        owed(subject=str(number))

    tasks.send_owed_mail()

    assert len(sink.received) == 53
    assert not delivery.due().exists()


# Several workers ------------------------------------------------------------------------------------

FILL = """
from django.core.management import call_command
from django.db import connection
from post_office.models import Email
if connection.vendor == "sqlite":
    call_command("migrate", "post_office", verbosity=0, skip_checks=True)
Email.objects.bulk_create(
    Email(from_email="award@portal.example", to=["anna@soest.example"], subject=str(n), message="x",
          status=2, priority=1, message_id=f"<{n}@portal.example>") for n in range(24))
"""
WORK = """
import pathlib, sys, time
from landespreis import delivery
print("ready", flush=True)
while not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.005)
sent = 0
while more := delivery.send_owed(7): sent += more
print(sent)
"""


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_mail_once(sink: Sink, settings: Any, tmp_path: Path) -> None:
    sink.delay = 0.01
    environment = {
        **os.environ,
        "LANDESPREIS_MODE": "demo",
        "LANDESPREIS_VAR": str(tmp_path),
        "DATABASE_URL": database_url(tmp_path),
        "SMTP_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
        "DJANGO_SETTINGS_MODULE": "landespreis.settings",
    }
    python = [sys.executable, "-c"]
    setup = "import django; django.setup()\n"
    subprocess.run([*python, setup + FILL], env=environment, cwd=settings.BASE_DIR, check=True)

    workers = [
        subprocess.Popen(
            [*python, setup + WORK, str(tmp_path / "go")],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    (tmp_path / "go").touch()
    sent = [int(worker.communicate(timeout=120)[0]) for worker in workers]

    assert sorted(int(message["Subject"]) for _, message in sink.received) == list(range(24))
    assert sum(sent) == 24


def database_url(tmp_path: Path) -> str:
    """Return the address of a database that other processes can open: the test's own, or a fresh SQLite file."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{tmp_path}/mail.sqlite3"
    values = connection.settings_dict
    secret = quote(values["PASSWORD"] or "", safe="")
    return f"postgres://{values['USER']}:{secret}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


# Many at once ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_owe_all_writes_each_its_words_in_one_statement() -> None:
    letters = [(address, mail.Said(f"An\n{address}", "Text", "<p>x</p>")) for address in (ANNA, BERND)]

    with CaptureQueriesContext(connection) as queries:
        rows = mail.owe_all(letters)

    assert len(queries) == 1
    stored = Email.objects.order_by("pk")
    assert [(row.to, row.subject, row.status) for row in stored] == [
        ([ANNA], f"An {ANNA}", STATUS.queued),
        ([BERND], f"An {BERND}", STATUS.queued),
    ]
    assert [row.pk for row in rows] == [row.pk for row in stored]
    assert len({row.message_id for row in stored}) == 2
    assert {row.headers["Auto-Submitted"] for row in stored} == {"auto-generated"}


@pytest.mark.django_db
def test_take_back_leaves_what_is_out_or_in_a_workers_hands() -> None:
    waiting, sent, held = mail.owe_all([(ANNA, mail.Said("x", "x", "")) for _ in range(3)])
    again, other = mail.owe_all([(BERND, mail.Said("x", "x", "")) for _ in range(2)])
    Email.objects.filter(pk=sent.pk).update(status=STATUS.sent)
    Email.objects.filter(pk=held.pk).update(scheduled_time=timezone.now() + delivery.CLAIM)
    Email.objects.filter(pk=again.pk).update(status=STATUS.requeued, scheduled_time=timezone.now())

    taken = delivery.take_back(Email.objects.exclude(pk=other.pk))

    assert taken == 2
    assert set(Email.objects.all()) == {sent, held, other}
    assert waiting.pk


@pytest.mark.django_db
def test_take_back_takes_what_waits_for_another_attempt(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    put_off, again = mail.owe_all([(address, mail.Said("x", "x", "")) for address in (ANNA, BERND)])
    Email.objects.update(status=STATUS.requeued, scheduled_time=timezone.now() + timedelta(minutes=2))
    Email.objects.filter(pk=again.pk).update(scheduled_time=timezone.now())
    message, taken = delivery._message, list[int]()

    def while_it_is_held(row: Email) -> Any:
        taken.append(delivery.take_back(Email.objects.all()))
        return message(row)

    monkeypatch.setattr(delivery, "_message", while_it_is_held)
    assert delivery.send_owed() == 1

    assert taken == [1]
    assert [(row.pk, row.status) for row in Email.objects.all()] == [(again.pk, STATUS.sent)]
    assert put_off.pk


@pytest.mark.django_db
def test_take_back_leaves_what_a_worker_takes_at_this_moment() -> None:
    (row,) = mail.owe_all([(ANNA, mail.Said("x", "x", ""))])
    quicker: list[datetime] = []

    def meanwhile(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if sql.startswith("UPDATE") and not quicker:
            quicker.append(timezone.now() + 2 * delivery.CLAIM)
            Email.objects.filter(pk=row.pk).update(scheduled_time=quicker[0])
        return execute(sql, *args)

    with connection.execute_wrapper(meanwhile):
        taken = delivery.take_back(Email.objects.all())

    assert taken == 0
    assert Email.objects.get().scheduled_time == quicker[0]
