"""Letters: changed before release, released once, not before the embargo ends, and what the mail says."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from accounts import actions
from jury.actions import letters, papers
from jury.models import Juror, JuryEvent, Letter, Paper
from landespreis import mail
from landespreis.refusal import NotAllowed, Refused
from submissions.actions import transfer
from submissions.models import Round, Submission
from tests.accounts.factories import MembershipFactory, StaffFactory, UserFactory
from tests.jury import decided, factories
from tests.submissions import factories as entries

SECOND = timedelta(seconds=1)


@pytest.fixture
def pair(open_round: Round, panel: list[Juror], scoring: Callable[[], None], at: Callable[..., None]) -> list[Letter]:
    """The winner's letter and another one, certificates rendered, the embargo just over."""
    rows = [factories.admitted(open_round, title=title) for title in ("Pegel gemeinsam lesen", "Notstrom & Ring")]
    scoring()
    session = decided.opened(open_round.categories.get(key="krisen"), *panel)
    decided.decide(session, panel[0], rows[0])
    papers.owe_decided(session)
    papers.fulfil_all()
    Email.objects.all().delete()
    at(open_round.embargo_until)
    return list(Letter.objects.order_by("submission__number"))


def office() -> StaffFactory:
    return StaffFactory(superuser=True)


def test_release_owes_the_letter_with_certificate_to_owner_and_editors(pair: list[Letter]) -> None:
    entry = pair[0].submission
    colleague, by = entries.editor(entry, "read"), office()

    released = letters.release(pair[0], by=by)

    rows = list(Email.objects.order_by("pk"))
    assert [row.to for row in rows] == [[entry.owner.email], [colleague.email]]
    assert {row.subject for row in rows} == {pair[0].subject}
    assert decided.REASONS in rows[0].message
    (attached,) = rows[0].attachments.all()
    with attached.file.open("rb") as file:
        assert (attached.name, "Der Landespreis in der Kategorie" in decided.text(file.read())) == (
            f"Urkunde-{entry.label}.pdf",
            True,
        )
    assert (released.released_by, released.released_at) == (by, entry.round.embargo_until)
    event = JuryEvent.objects.get(verb="released")
    assert (event.by, event.submission, event.detail) == (by, entry, {"kind": "preis", "mails": 2})


def test_release_twice_is_one_mail_and_one_line(pair: list[Letter]) -> None:
    by = office()

    first, second = (letters.release(pair[0], by=by) for _ in range(2))

    assert (first.released_at, Email.objects.count()) == (second.released_at, 1)
    assert JuryEvent.objects.filter(verb="released").count() == 1


@pytest.mark.parametrize(("offset", "mails"), [(-SECOND, 0), (timedelta(), 1), (SECOND, 1)])
def test_release_waits_for_the_embargo(
    pair: list[Letter], at: Callable[..., None], offset: timedelta, mails: int
) -> None:
    at(pair[0].submission.round.embargo_until + offset)

    if mails:
        letters.release(pair[0], by=office())
    else:
        with pytest.raises(Refused, match=r"ab Mittwoch, 15\. April 2026, 12:00 Uhr"):
            letters.release(pair[0], by=office())

    assert Email.objects.count() == mails


def test_release_waits_for_the_certificate(pair: list[Letter]) -> None:
    Paper.objects.filter(kind="urkunde").update(rendered_at=None)

    with pytest.raises(Refused, match="Urkunde zu IKZ-2026-0001 wird noch erstellt"):
        letters.release(pair[0], by=office())

    assert (Email.objects.count(), JuryEvent.objects.filter(verb="released").count()) == (0, 0)


def test_letter_that_reaches_nobody_waits_until_the_entry_is_transferred(pair: list[Letter]) -> None:
    entry, by = pair[0].submission, office()
    actions.delete_account(entry.owner, by=entry.owner)
    Email.objects.all().delete()

    with pytest.raises(Refused, match=f"Niemand, der an {entry.label} mitwirkt"):
        letters.release(pair[0], by=by)
    together = letters.release_all(pair, by=by)
    said = letters.unreached(letters.with_entry())
    heir = MembershipFactory(municipality=entry.lead).user
    transfer.transfer(entry, to=heir, reason="Ausgeschieden", by=by)
    released = letters.release(Letter.objects.get(pk=pair[0].pk), by=by)

    assert (together, said.count(entry.label)) == (1, 1)
    assert pair[1].submission.label not in said
    assert released.released_at is not None
    assert [row.to for row in Email.objects.filter(subject=pair[0].subject)] == [[heir.email]]
    assert letters.unreached(letters.with_entry()) == ""


def test_release_is_for_the_office(pair: list[Letter]) -> None:
    for user in (UserFactory(), StaffFactory(), pair[0].submission.owner):
        with pytest.raises(NotAllowed):
            letters.release(pair[0], by=user)

    assert Email.objects.count() == 0


def test_release_rolled_back_leaves_neither_mail_nor_line(pair: list[Letter]) -> None:
    with transaction.atomic():
        letters.release(pair[0], by=office())
        transaction.set_rollback(True)

    assert (Email.objects.count(), JuryEvent.objects.filter(verb="released").count()) == (0, 0)
    assert Letter.objects.filter(released_at=None).count() == 2


def test_release_all_counts_those_that_had_not_gone_out(pair: list[Letter]) -> None:
    by = office()
    letters.release(pair[0], by=by)

    assert letters.release_all(letters.with_entry(), by=by) == 1
    assert Email.objects.count() == 2


def test_release_all_is_all_or_none(pair: list[Letter]) -> None:
    Paper.objects.filter(submission=pair[1].submission).update(rendered_at=None)

    with pytest.raises(Refused):
        letters.release_all(letters.with_entry().order_by("submission__number"), by=office())

    assert Email.objects.count() == 0
    assert Letter.objects.filter(released_at=None).count() == 2


def test_release_all_sends_each_letter_with_its_own_certificate(pair: list[Letter]) -> None:
    entries.editor(pair[1].submission, "read")

    letters.release_all(pair, by=office())

    sent = {(row.to[0], row.subject, row.attachments.get().name) for row in Email.objects.all()}
    assert sent == {
        (address, letter.subject, f"Urkunde-{letter.submission.label}.pdf")
        for letter in pair
        for address in letters.recipients(letters.with_entry().get(pk=letter.pk))
    }
    told = {event.submission: event.detail for event in JuryEvent.objects.filter(verb="released")}
    assert told == {pair[0].submission: {"kind": "preis", "mails": 1}, pair[1].submission: {"kind": "dank", "mails": 2}}


def test_release_all_takes_as_many_queries_for_twenty_as_for_two(
    open_round: Round, panel: list[Juror], scoring: Callable[[], None], at: Callable[..., None]
) -> None:
    rows = [factories.admitted(open_round) for _ in range(22)]
    scoring()
    session = decided.opened(open_round.categories.get(key="krisen"), *panel)
    decided.decide(session, panel[0], rows[0])
    papers.owe_decided(session)
    Paper.objects.filter(kind="urkunde").update(rendered_at=open_round.opens_at, file=_pdf())
    at(open_round.embargo_until)
    by, whole = office(), list(Letter.objects.order_by("pk"))

    asked = []
    for chosen in (whole[:2], whole[2:]):
        with CaptureQueriesContext(connection) as queries:
            assert letters.release_all(chosen, by=by) == len(chosen)
        asked.append(len(queries))

    assert asked[0] == asked[1]
    assert Email.objects.filter(attachments__isnull=False).count() == 22


def _pdf() -> str:
    return default_storage.save("jury/urkunde.pdf", ContentFile(b"%PDF-1.7"))


def test_change_gives_a_draft_other_words(pair: list[Letter]) -> None:
    letters.change(pair[0], by=office(), subject=" Neuer\nBetreff ", text="Guten Tag,\r\n\r\nGlückwunsch.\n")

    pair[0].refresh_from_db()
    assert (pair[0].subject, pair[0].text) == ("Neuer Betreff", "Guten Tag,\n\nGlückwunsch.")


@pytest.mark.parametrize(("subject", "text"), [(" ", "Text"), ("Betreff", "\n")])
def test_change_refuses_empty_words(pair: list[Letter], subject: str, text: str) -> None:
    with pytest.raises(Refused, match="Betreff und Text"):
        letters.change(pair[0], by=office(), subject=subject, text=text)


def test_change_refuses_a_released_one_and_strangers(pair: list[Letter]) -> None:
    letters.release(pair[0], by=office())

    with pytest.raises(Refused, match="Ändern lässt er sich nicht mehr"):
        letters.change(pair[0], by=office(), subject="x", text="y")
    with pytest.raises(NotAllowed):
        letters.change(pair[1], by=StaffFactory(), subject="x", text="y")


def test_said_is_what_release_sends(pair: list[Letter]) -> None:
    letter = letters.with_entry().get(pk=pair[1].pk)
    said = mail.said(letters.TEMPLATE, letters.content(letter))

    letters.release(letter, by=office())

    row = Email.objects.get()
    assert (row.subject, row.message, row.html_message) == said
    assert "Notstrom & Ring" in said.text
    assert "Notstrom &amp; Ring" in said.html
    assert Submission.objects.get(pk=letter.submission_id).get_absolute_url() in said.text
