"""The mails of those who submit: each says what it must, in text and HTML, under a subject of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from post_office.models import Email

from landespreis import mail
from submissions import tasks
from submissions.actions import entries, formal_check, handing_in
from submissions.models import Editor, Round, Version
from tests.accounts.factories import StaffFactory, UserFactory
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
    assert row.subject == "Frist verlängert bis Donnerstag, 12. Februar 2026, 24:00 Uhr (MEZ): PegelVerbund Hellweg"
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
    assert row.subject == f"Handlungsbedarf: noch nicht eingereicht, Frist {DEADLINE}: PegelVerbund Hellweg"


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
