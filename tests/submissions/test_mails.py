"""The mails of those who submit: each says what it must, in text and HTML, under a subject of its own."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from landespreis import mail, scanner
from submissions import tasks
from submissions.actions import editors, entries, files, formal_check, handing_in, helping, ruling, transfer
from submissions.models import Attachment, Editor, Round, Version
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MembershipFactory, StaffFactory, UserFactory
from tests.conftest import CLOSES
from tests.submissions import factories

Clock = Callable[[datetime], None]
DEADLINE = "Montag, 9. Februar 2026, 24:00 Uhr (MEZ)"


def only_mail(*said: str) -> Email:
    """Return the one mail there is, having made sure that both of its forms say all of `said`."""
    row: Email = Email.objects.get()
    assert [part for part in said if part not in row.message] == []
    assert [part for part in said if part not in row.html_message] == []
    assert "{{" not in row.message + row.html_message
    return row


def test_receipt_mail_names_number_moment_and_checksum(open_round: Round) -> None:
    entry = factories.submitted(open_round)

    tasks.render_owed_receipts()

    version = Version.objects.get()
    row = only_mail(
        "IKZ-2026-0001",
        "Version 1",
        "Dienstag, 20. Januar 2026, 10:30:00 Uhr (MEZ)",
        DEADLINE,
        version.sha256,
        entry.title,
        version.get_absolute_url(),
    )
    assert row.subject == "Eingangsbestätigung IKZ-2026-0001, Version 1"


def test_withdrawn_mail_says_who_and_that_one_may_come_back(open_round: Round) -> None:
    entry = factories.submitted(open_round)

    handing_in.withdraw(entry, by=entry.owner)

    row = only_mail("IKZ-2026-0001", entry.owner.name, entry.title, DEADLINE, entry.get_absolute_url())
    assert row.subject == "Zurückgezogen: IKZ-2026-0001 nimmt nicht mehr teil"


def test_withdrawn_mail_names_the_title_that_was_submitted(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    entry.title = ""
    entry.save(update_fields=["title"])

    handing_in.withdraw(entry, by=entry.owner)

    only_mail("PegelVerbund Hellweg")


def test_extended_mail_names_the_new_deadline(open_round: Round) -> None:
    entry = factories.draft(open_round, title="PegelVerbund Hellweg")

    entries.extend(entry, until=CLOSES + timedelta(days=3), reason="Krankheit.", by=UserFactory(superuser=True))

    row = only_mail("PegelVerbund Hellweg", "Donnerstag, 12. Februar 2026, 24:00 Uhr (MEZ)", entry.get_absolute_url())
    assert row.subject == "Frist verlängert bis Donnerstag, 12. Februar 2026, 24:00 Uhr (MEZ): Ihr Entwurf"
    assert "Krankheit" not in row.message + row.html_message


@pytest.mark.parametrize("complete", [False, True])
def test_reminder_mail_says_what_is_missing_and_where(open_round: Round, at: Clock, complete: bool) -> None:
    make = factories.complete if complete else factories.draft
    entry = make(open_round, title="PegelVerbund Hellweg")
    factories.editor(entry, Editor.Role.READ)
    at(CLOSES - timedelta(days=3))

    tasks.remind()

    missing = "Es fehlt nur noch das Einreichen selbst" if complete else "Kategorie wählen"
    row = only_mail("PegelVerbund Hellweg", DEADLINE, "3 Tage", missing, entry.get_absolute_url())
    assert row.to == [entry.owner.email]
    assert row.subject == f"Handlungsbedarf: Ihr Entwurf ist noch nicht eingereicht, Frist {DEADLINE}"


def test_mails_escape_a_title_in_html_and_leave_it_alone_in_text(open_round: Round) -> None:
    values = {
        "number": "IKZ-2026-0001",
        "title": "Netz & <b>Pegel</b>",
        "by": "Meike",
        "at": CLOSES,
        "deadline": CLOSES,
        "path": "/einreichungen/",
    }

    (row,) = mail.owe("withdrawn", "meike@soest.example", values)

    assert "Netz & <b>Pegel</b>" in row.message
    assert "Netz &amp; &lt;b&gt;Pegel&lt;/b&gt;" in row.html_message


def test_admitted_mail_says_what_comes_next(open_round: Round, at: Clock) -> None:
    entry = factories.submitted(open_round)
    at(CLOSES)

    formal_check.admit(entry, by=StaffFactory(superuser=True), tell=True)

    row = only_mail("IKZ-2026-0001", entry.submitted_title, "die Jury", entry.get_absolute_url())
    assert row.subject == "Zugelassen: IKZ-2026-0001 nimmt am Wettbewerb teil"


# Subjects: staff read them in the list of outgoing mail -----------------------------------------------

SECRET = "Geheimvorhaben"
OWED = re.compile(r'(?:mail\.owe|Outgoing)\(\s*"(\w+)"')
NAMES = {
    "admitted", "excluded", "extended", "file_rejected", "handed_back", "help_answered", "help_asked", "help_ended",
    "help_office", "invitation", "offered", "receipt", "reminder", "transferred", "withdrawn",
}  # fmt: skip
"""Every mail about an entry."""


def test_every_mail_about_an_entry_is_known() -> None:
    code = "".join(file.read_text() for file in Path(settings.BASE_DIR, "submissions").rglob("*.py"))

    assert set(OWED.findall(code)) | {verb.value for verb in ruling.VERBS.values() if _is_mail(verb.value)} == NAMES


def _is_mail(name: str) -> bool:
    return Path(settings.BASE_DIR, "templates", "mail", f"{name}.subject.txt").exists()


@pytest.mark.parametrize("name", sorted(NAMES))
@pytest.mark.parametrize("number", ["", "IKZ-2026-0001"])
def test_subject_names_an_entry_by_its_number_only(name: str, number: str) -> None:
    """Whatever else the context of the mail holds."""
    words = {"title": SECRET, "name": SECRET, "question": SECRET, "text": SECRET, "reason": SECRET}

    subject = render_to_string(
        f"mail/{name}.subject.txt",
        words
        | {"number": number, "version": 1, "by": "Meike", "lead": "Stadt Soest", "until": CLOSES, "deadline": CLOSES},
    )

    assert SECRET not in subject


def test_outbox_shows_no_title_of_a_draft(client: Client, open_round: Round, at: Clock, monkeypatch: Any) -> None:
    office = StaffFactory(superuser=True)
    entry = factories.draft(open_round, title=SECRET)
    file = factories.attachment(entry, name=f"{SECRET}.pdf", scan=Attachment.Scan.PENDING)
    monkeypatch.setattr(scanner, "scan", lambda stream: scanner.Verdict("Eicar-Test"))
    editors.invite(entry, email="kollegin@soest.example", role="edit", by=entry.owner)
    asked = helping.ask(entry, question="Wie?", days=3, by=entry.owner)
    helping.answer(asked, text="So.", close=False, by=office)
    helping.end(asked, by=office, reason="Beantwortet.")
    entries.extend(entry, until=CLOSES + timedelta(days=3), reason="Krankheit.", by=office)
    files.scan(file)
    at(CLOSES)
    tasks.remind()
    transfer.transfer(entry, to="neu@kommune.example", reason="Ausgeschieden.", by=office)
    heir = MembershipFactory(municipality=entry.lead).user if entry.lead else MembershipFactory().user
    transfer.transfer(entry, to=heir, reason="Ausgeschieden.", by=office)
    show_factor(client, office)

    shown = client.get(reverse("admin:post_office_email_changelist")).content.decode()
    pages = [
        client.get(reverse("admin:post_office_email_change", args=[row.pk])).content.decode()
        for row in Email.objects.all()
    ]

    assert [page for page in (shown, *pages) if SECRET in page] == []
    assert {subject.split(":")[0].split(",")[0] for subject in Email.objects.values_list("subject", flat=True)} == {
        "Antwort der Geschäftsstelle",
        "Bitte ersetzen",
        "Bitte um Hilfe",
        "Bitte übernehmen",
        "Einreichung übertragen",
        "Frist verlängert bis Donnerstag",
        "Handlungsbedarf",
        "Hilfe beendet",
        "Ihr Entwurf ist für die Geschäftsstelle geöffnet",
        f"{entry.owner.name} lädt Sie ein",
    }
    assert any(SECRET in row.message for row in Email.objects.all())
