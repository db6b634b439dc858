"""Submit, withdraw, reset: what they freeze, owe and refuse, also when several people press at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from landespreis.refusal import NotAllowed, Refused
from submissions import draft, payload
from submissions.actions import entries, handing_in, partners
from submissions.models import Answer, Attachment, Editor, Event, Receipt, Round, Submission, Version
from tests.accounts.factories import MembershipFactory, MunicipalityFactory
from tests.conftest import CLOSES, MIDWAY, SECOND
from tests.submissions import factories

Clock = Callable[[datetime], None]


def fresh(entry: Submission) -> Submission:
    return Submission.objects.get(pk=entry.pk)


def test_submit_freezes_number_receipt_and_event(open_round: Round) -> None:
    entry = factories.complete(open_round)
    file = factories.attachment(entry)
    colleague = factories.editor(entry, Editor.Role.READ)

    version = factories.submit(entry)

    entry = fresh(entry)
    assert (entry.status, entry.label, entry.current, entry.submitted_lead) == (
        "submitted", "IKZ-2026-0001", version, entry.lead,
    )  # fmt: skip
    assert (version.number, version.submitted_at, version.sha256) == (1, MIDWAY, payload.checksum(version.canonical))
    assert list(version.files.all()) == [file]
    assert version.receipt.recipients == [entry.owner.email, colleague.email]
    assert Event.objects.get(verb="submitted").version == version


@pytest.mark.parametrize("field", ["agreed_on", "state_since"])
def test_submit_refuses_a_day_to_come_and_a_draft_keeps_it(open_round: Round, field: str) -> None:
    tomorrow = MIDWAY.date() + timedelta(days=1)
    entry = factories.complete(open_round)
    typed = {"legal_form": "oerv", "agreed_on": date(2023, 3, 14), "state": "betrieb", "state_since": date(2023, 5, 1)}

    entries.save_section(entry, "rechtsform", {**typed, field: tomorrow}, by=entry.owner, revision=0, sitting="a")
    with pytest.raises(handing_in.Incomplete) as refusal:
        factories.submit(entry)

    assert [(problem.section, problem.field) for problem in refusal.value.problems] == [("rechtsform", field)]
    assert getattr(fresh(entry), field) == tomorrow


def test_submit_freezes_every_fact(open_round: Round) -> None:
    entry = factories.complete(open_round, website="https://pegel.example", funding="Landesmittel 2022")

    frozen = factories.submit(entry, publication=True).payload

    assert frozen["number"] == "IKZ-2026-0001"
    assert frozen["lead"] == {"ags": entry.lead.ags, "label": entry.lead.label}
    assert frozen["submitted_by"] == {"name": entry.owner.name, "municipality": entry.lead.label}
    assert frozen["deadline"] == "2026-02-09T23:00:00+00:00"
    assert frozen["declarations"]["publication"] is True
    assert [answer["key"] for answer in frozen["answers"]] == [q.key for q in open_round.questions.all()]
    assert frozen["answers"][0]["characters"] == len(frozen["answers"][0]["text"])
    assert payload.content_of(frozen) == payload.content(draft.load(fresh(entry)))


def test_submit_again_makes_the_next_version(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    Answer.objects.filter(submission=entry, question__key="gewinn").update(text="Geändert.")

    second = factories.submit(entry)

    assert (second.number, second.payload["replaces"]["version"], fresh(entry).number) == (2, 1, 1)
    assert Receipt.objects.count() == 2


def test_submit_of_the_same_changes_nothing(open_round: Round) -> None:
    entry = factories.complete(open_round)

    first, second = factories.submit(entry), factories.submit(entry)

    assert first == second
    assert (Version.objects.count(), Receipt.objects.count(), Event.objects.filter(verb="submitted").count()) == (
        1,
        1,
        1,
    )


def test_submit_incomplete_names_what_is_missing(open_round: Round) -> None:
    entry = factories.complete(open_round, title="")

    with pytest.raises(handing_in.Incomplete) as refusal:
        handing_in.submit(entry, by=entry.owner, declarations=factories.DECLARED | {"bodies": False})

    assert [problem.field for problem in refusal.value.problems] == ["title", "bodies"]
    assert fresh(entry).status == "draft"


def test_submit_without_right_is_refused(open_round: Round) -> None:
    entry = factories.complete(open_round)
    colleague = factories.editor(entry, Editor.Role.EDIT)

    with pytest.raises(NotAllowed):
        factories.submit(entry, by=colleague)


def test_submit_of_something_unseen_is_refused(open_round: Round) -> None:
    entry = factories.complete(open_round)
    seen = payload.fingerprint(payload.content(draft.load(entry)))
    Answer.objects.filter(submission=entry, question__key="gewinn").update(text="Von jemand anderem geändert.")

    with pytest.raises(handing_in.Changed):
        handing_in.submit(entry, by=entry.owner, declarations=factories.DECLARED, seen=seen)


def test_submit_second_entry_of_a_lead_is_refused_in_words(open_round: Round) -> None:
    first = factories.submitted(open_round)
    second = factories.complete(open_round, lead=first.lead)

    with pytest.raises(Refused, match="schon federführend"):
        factories.submit(second)

    assert (fresh(second).status, fresh(second).number) == ("draft", None)
    assert Round.objects.get().last_number == 1


def test_submit_after_the_other_was_withdrawn(open_round: Round) -> None:
    first = factories.submitted(open_round)
    second = factories.complete(open_round, lead=first.lead)
    handing_in.withdraw(first, by=first.owner)

    assert factories.submit(second).payload["number"] == "IKZ-2026-0002"
    with pytest.raises(Refused, match="schon federführend"):
        factories.submit(first)


def test_submit_leaves_rejected_files_out(open_round: Round) -> None:
    entry = factories.complete(open_round)
    factories.attachment(entry, scan=Attachment.Scan.INFECTED)
    waiting = factories.attachment(entry, scan=Attachment.Scan.PENDING)

    version = factories.submit(entry)

    assert list(version.files.all()) == [waiting]
    assert [file["id"] for file in version.payload["files"]] == [str(waiting.pk)]


@pytest.mark.parametrize("rows", [1, 3])
def test_submit_needs_at_most_twenty_queries(open_round: Round, rows: int) -> None:
    factories.submitted(open_round)  # the round's rulebook is kept from now on
    entry = factories.complete(open_round)
    for _ in range(rows):
        factories.attachment(entry)
        partners.add(entry, by=entry.owner, municipality=MunicipalityFactory())
        factories.editor(entry, Editor.Role.SUBMIT)

    with CaptureQueriesContext(connection) as queries:
        factories.submit(entry)

    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 13


def test_withdraw_keeps_everything_and_tells(open_round: Round) -> None:
    entry = factories.submitted(open_round)

    handing_in.withdraw(entry, by=entry.owner, reason="Partner ausgestiegen")

    entry = fresh(entry)
    assert (entry.status, entry.number, entry.current.number) == ("withdrawn", 1, 1)
    assert Event.objects.get(verb="withdrawn").detail == {"reason": "Partner ausgestiegen"}
    assert [mail.to for mail in Email.objects.all()] == [[entry.owner.email]]


def test_withdraw_twice_is_refused(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    handing_in.withdraw(entry, by=entry.owner)

    with pytest.raises(Refused):
        handing_in.withdraw(entry, by=entry.owner)


def test_submit_after_withdraw_makes_a_version_even_unchanged(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    handing_in.withdraw(entry, by=entry.owner)

    version = factories.submit(entry)

    assert (version.number, fresh(entry).status, fresh(entry).number) == (2, "submitted", 1)


def test_reset_brings_the_version_back(open_round: Round) -> None:
    entry = factories.complete(open_round)
    kept = factories.attachment(entry)
    frozen = factories.submit(entry)
    entry = fresh(entry)
    entries.save_section(entry, "titel", {"title": "Anders"}, by=entry.owner, revision=0, sitting="x")
    entries.save_section(entry, "gewinn", {"text": "Anders"}, by=entry.owner, revision=0, sitting="x")
    partners.remove(entry.partners.get(), by=entry.owner)
    partners.add(entry, by=entry.owner, name="Zweckverband Nord", kind="zweckverband")
    entry.attachments.update(removed_at=MIDWAY)
    factories.attachment(entry)

    handing_in.reset(entry, by=entry.owner)

    assert payload.content(draft.load(fresh(entry))) == payload.content_of(frozen.payload)
    assert list(entry.attachments.present()) == [kept]
    before = Event.objects.get(verb="reset").detail["before"]
    assert (before["title"], before["answers"][1]["text"]) == ("Anders", "Anders")


def test_reset_without_version_is_refused(open_round: Round) -> None:
    entry = factories.complete(open_round)

    with pytest.raises(Refused):
        handing_in.reset(entry, by=entry.owner)


def test_deadline_is_checked_with_the_extension(open_round: Round, at: Clock) -> None:
    entry = factories.complete(open_round)
    Submission.objects.filter(pk=entry.pk).update(extended_until=CLOSES + timedelta(hours=1))
    at(CLOSES + SECOND)

    version = factories.submit(fresh(entry))

    assert version.payload["deadline"] == "2026-02-10T00:00:00+00:00"


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run `calls` at once, each with a connection of its own; return results or refusals."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]


@pytest.mark.django_db(transaction=True)
def test_submit_pressed_at_once_gives_one_version(open_round: Round) -> None:
    entry = factories.complete(open_round)
    colleague = factories.editor(entry, Editor.Role.SUBMIT)

    results = together(*[lambda by=by: factories.submit(entry, by=by) for by in [entry.owner, colleague] * 3])

    assert len(set(results)) == 1
    assert (Version.objects.count(), Receipt.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_submit_of_many_at_once_numbers_without_gap(open_round: Round) -> None:
    many = [factories.complete(open_round) for _ in range(6)]
    refused = factories.complete(open_round, title="")

    together(*[lambda entry=entry: factories.submit(entry) for entry in [*many, refused]])

    numbers = Submission.objects.exclude(number=None).values_list("number", flat=True)
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db(transaction=True)
def test_submit_of_two_entries_of_a_lead_at_once_accepts_one(open_round: Round) -> None:
    first = factories.complete(open_round)
    second = factories.complete(open_round, lead=first.lead)

    together(lambda: factories.submit(first), lambda: factories.submit(second))

    assert Submission.objects.filter(status="submitted").count() == 1
    assert Round.objects.get().last_number == 1


def test_workplace_is_the_lead_when_somebody_works_for_two(open_round: Round) -> None:
    entry = factories.complete(open_round)
    MembershipFactory(user=entry.owner)

    assert factories.submit(entry).payload["submitted_by"]["municipality"] == entry.lead.label
