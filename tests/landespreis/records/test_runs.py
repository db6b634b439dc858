"""The verbs of a run before anything goes: who, when, in which order; periods and holds."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from jury.models import Juror
from landespreis import packing
from landespreis.models import Parcel, RetentionHold, RetentionItem, RetentionRule, RetentionRun, Trace
from landespreis.records import periods, runs, workflow
from landespreis.refusal import NotAllowed, Refused
from submissions.models import Round, Submission
from tests.accounts.factories import StaffFactory, UserFactory
from tests.conftest import MIDWAY, SECOND
from tests.jury import factories as jury
from tests.landespreis.lost import lost_answer
from tests.landespreis.records import office
from tests.landespreis.records.office import At
from tests.submissions import factories

pytestmark = pytest.mark.django_db
Status, Answer = RetentionRun.Status, RetentionRun.Answer


@pytest.fixture
def one(db: None) -> User:
    return office.person()


@pytest.fixture
def other(db: None) -> User:
    return office.person()


@pytest.fixture
def old(open_round: Round, at: At) -> Round:
    """A round with one entry, its period over."""
    factories.submitted(open_round)
    factories.complete(open_round)
    at(open_round.embargo_until + 6 * office.YEARS)
    return open_round


def verbs() -> list[str]:
    return list(Trace.objects.order_by("pk").values_list("verb", flat=True))


def test_propose_before_its_date_names_it(open_round: Round, at: At, one: User) -> None:
    factories.complete(open_round)
    over = workflow.later(open_round.closes_at, 6)
    at(over - SECOND)

    with pytest.raises(Refused, match=r"6 Monate nach Einreichungsschluss.*10\. August 2026"):
        office.proposed("drafts", one, open_round)

    at(over)
    with pytest.raises(Refused, match="nichts zu löschen"):
        office.proposed("drafts", one, open_round)  # its last second is not yet older than the period
    at(over + SECOND)
    assert office.proposed("drafts", one, open_round).items.count() == 1


def test_propose_writes_down_what_goes_and_owes_the_package(old: Round, one: User) -> None:
    run = office.proposed("entries", one, old)

    item = run.items.get()
    parcel = Parcel.objects.get()
    assert (run.status, run.proposed_by, run.scope_name) == (Status.PROPOSED, one, old.name)
    assert item.counts["Versionen"] == 1
    assert (parcel.kind, parcel.params, parcel.asked_by) == (runs.PACK, {"run": run.pk}, one)
    assert verbs() == ["retention_proposed"]


@pytest.mark.parametrize("make", [lambda: office.person("Redaktion"), StaffFactory, UserFactory])
def test_propose_by_others_is_not_allowed(old: Round, make: Callable[[], User]) -> None:
    with pytest.raises(NotAllowed):
        office.proposed("drafts", make(), old)


def test_propose_twice_is_refused(old: Round, one: User, other: User) -> None:
    office.proposed("drafts", one, old)

    with pytest.raises(Refused, match="läuft schon"):
        office.proposed("drafts", other, old)


def test_propose_rolled_back_leaves_nothing(old: Round, one: User) -> None:
    office.undone(lambda: office.proposed("entries", one, old))

    assert not RetentionRun.objects.exists()
    assert not Parcel.objects.exists()
    assert verbs() == []


def test_held_entry_is_listed_with_its_reason(open_round: Round, at: At, one: User) -> None:
    held, free = factories.submitted(open_round), factories.submitted(open_round)
    at(open_round.embargo_until + 6 * office.YEARS)
    periods.hold(str(held.pk), by=one, label=held.label, reason="Klage beim Verwaltungsgericht")

    run = office.proposed("entries", one, open_round)

    rows = {item.subject: (item.state, item.error, bool(item.lots)) for item in run.items.all()}
    assert rows == {
        str(held.pk): (RetentionItem.State.HELD, "Klage beim Verwaltungsgericht", False),
        str(free.pk): (RetentionItem.State.PENDING, "", True),
    }


def test_hold_twice_is_refused_until_it_is_lifted(old: Round, one: User) -> None:
    held = periods.hold("a", by=one, label="A", reason="Klage")
    with pytest.raises(Refused, match="schon verlängert"):
        periods.hold("a", by=one, label="A", reason="Klage")

    periods.lift(held, by=one)
    with pytest.raises(Refused, match="schon beendet"):
        periods.lift(held, by=one)
    periods.hold("a", by=one, label="A", reason="Klage")

    assert verbs() == ["retention_held", "retention_unheld", "retention_held"]


def test_hold_and_lift_need_right_and_reason(one: User) -> None:
    held = periods.hold("a", by=one, label="A", reason="Klage")
    with pytest.raises(NotAllowed):
        periods.hold("b", by=StaffFactory(), label="B", reason="Klage")
    with pytest.raises(NotAllowed):
        periods.lift(held, by=StaffFactory())
    with pytest.raises(Refused, match="Grund"):
        periods.hold("b", by=one, label="B", reason=" ")

    assert RetentionHold.objects.count() == 1


def test_release_by_whoever_proposed_is_not_allowed(old: Round, one: User) -> None:
    run = office.proposed("drafts", one, old)

    with pytest.raises(NotAllowed, match="andere Person"):
        runs.release(run, by=one)


def test_database_refuses_release_by_one_person(old: Round, one: User) -> None:
    run = office.proposed("drafts", one, old)

    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.filter(pk=run.pk).update(
            status=Status.RELEASED, released_by=one, released_at=timezone.now()
        )


def test_database_refuses_release_of_archived_without_package(old: Round, one: User, other: User) -> None:
    run = office.proposed("entries", one, old)

    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.filter(pk=run.pk).update(
            status=Status.RELEASED, released_by=other, released_at=timezone.now()
        )


def test_release_without_the_right_is_not_allowed(old: Round, one: User) -> None:
    run = office.proposed("drafts", one, old)

    with pytest.raises(NotAllowed):
        runs.release(run, by=office.person("Redaktion"))


def test_entries_need_package_offer_and_answer(old: Round, one: User, other: User) -> None:
    run = office.proposed("entries", one, old)
    today = timezone.localdate()
    with pytest.raises(Refused, match="vorgeschlagen"):
        runs.release(run, by=other)
    with pytest.raises(Refused, match="vorgeschlagen"):
        runs.offer(run, by=one, on=today)

    office.pack(run)
    runs.offer(run, by=one, on=today)
    with pytest.raises(Refused, match="angeboten"):
        runs.release(run, by=other)
    runs.answer(run, by=one, answer=Answer.TAKEN, on=today, reference="LAV 1")
    runs.release(run, by=other)

    run.refresh_from_db()
    assert run.status == Status.RELEASED
    assert run.package_sha256
    assert verbs() == [f"retention_{verb}" for verb in ("proposed", "packed", "offered", "answered", "released")]


def test_offer_and_answer_check_their_dates(old: Round, one: User) -> None:
    run = office.proposed("entries", one, old)
    office.pack(run)
    today = timezone.localdate()
    with pytest.raises(Refused, match="Zukunft"):
        runs.offer(run, by=one, on=today + timedelta(days=1))
    runs.offer(run, by=one, on=today)
    with pytest.raises(Refused, match="zwischen"):
        runs.answer(run, by=one, answer=Answer.TAKEN, on=today - timedelta(days=1), reference="x")
    with pytest.raises(Refused, match="Aktenzeichen"):
        runs.answer(run, by=one, answer=Answer.TAKEN, on=today, reference="")
    with pytest.raises(Refused, match=r"bis .* Zeit"):
        runs.answer(run, by=one, answer=Answer.SILENT, on=today, reference="")


def test_silence_counts_after_six_months(old: Round, at: At, one: User) -> None:
    run = office.proposed("entries", one, old)
    office.pack(run)
    offered = timezone.localdate()
    runs.offer(run, by=one, on=offered)
    at(timezone.now() + timedelta(days=190))

    run = runs.answer(run, by=one, answer=Answer.SILENT, on=workflow.silent_from(offered), reference="")

    assert run.status == Status.ANSWERED


def test_discard_takes_the_package_away(old: Round, one: User) -> None:
    run = office.proposed("entries", one, old)
    office.pack(run)
    run.refresh_from_db()
    path = run.package.name

    runs.discard(run, by=one, reason="Frist falsch")

    run.refresh_from_db()
    assert run.status == Status.DISCARDED
    assert run.items.get().lots == []
    assert verbs()[-1] == "retention_discarded"
    assert office.proposed("entries", one, old)
    assert path


@pytest.mark.django_db(transaction=True)
def test_discard_deletes_the_file_after_the_commit(old: Round, one: User) -> None:
    run = office.proposed("entries", one, old)
    office.pack(run)
    run.refresh_from_db()

    runs.discard(run, by=one, reason="Frist falsch")

    assert not default_storage.exists(run.package.name)


def test_discard_after_release_is_refused(old: Round, one: User, other: User) -> None:
    run = office.released("drafts", one, other, old)

    with pytest.raises(Refused, match="freigegeben"):
        runs.discard(run, by=one, reason="zu spät")


def test_discard_needs_right_and_reason(old: Round, one: User) -> None:
    run = office.proposed("drafts", one, old)
    with pytest.raises(NotAllowed):
        runs.discard(run, by=office.person("Redaktion"), reason="x")
    with pytest.raises(Refused, match="Grund"):
        runs.discard(run, by=one, reason=" ")


def test_verbs_rolled_back_leave_no_line(old: Round, one: User, other: User) -> None:
    run = office.answered(office.proposed("entries", one, old), one)
    before = verbs()
    for verb in (
        lambda: runs.release(run, by=other),
        lambda: runs.discard(run, by=one, reason="x"),
        lambda: periods.hold("a", by=one, label="A", reason="x"),
    ):
        office.undone(verb)

    assert verbs() == before


def test_pack_again_only_after_it_failed(old: Round, one: User) -> None:
    run = office.proposed("entries", one, old)
    with pytest.raises(Refused, match="gerade erstellt"):
        runs.pack_again(run, by=one)
    Parcel.objects.update(failed_at=timezone.now())

    runs.pack_again(run, by=one)

    assert Parcel.objects.count() == 2


def test_pack_again_after_it_expired_before_it_was_kept(old: Round, one: User) -> None:
    run = office.proposed("entries", one, old)
    packing.fulfil_all()
    Parcel.objects.update(expires_at=timezone.now())
    packing.expire()
    runs.take_packages()

    runs.pack_again(run, by=one)
    packing.fulfil_all()
    runs.take_packages()

    run.refresh_from_db()
    assert (run.status, Parcel.objects.count()) == (RetentionRun.Status.PACKED, 2)


@pytest.mark.django_db(transaction=True)
def test_take_package_keeps_it_when_only_the_answer_of_the_commit_is_lost(old: Round, one: User) -> None:
    run = office.proposed("entries", one, old)
    packing.fulfil_all()

    with lost_answer():
        runs.take_package(RetentionRun.objects.select_related("parcel").get(pk=run.pk))

    run.refresh_from_db()
    assert run.status == RetentionRun.Status.PACKED
    assert default_storage.exists(run.package.name)


def test_take_package_twice_keeps_one(old: Round, one: User) -> None:
    run = office.proposed("entries", one, old)
    office.pack(run)

    assert not runs.take_package(RetentionRun.objects.select_related("parcel").get(pk=run.pk))
    assert verbs().count("retention_packed") == 1


def test_rules_start_as_marked_assumptions() -> None:
    rules = periods.rules()

    assert {key: rule.months for key, rule in rules.items()} == {
        "drafts": 6, "entries": 60, "sheets": 36, "accounts": 24, "mails": 24, "traces": 120,
    }  # fmt: skip
    assert all("Annahme" in rule.note for rule in rules.values())


def test_change_rule_counts_at_once(open_round: Round, at: At, one: User) -> None:
    factories.complete(open_round)
    at(open_round.closes_at + timedelta(days=100))
    rule = periods.rules()["drafts"]

    periods.change(rule, by=one, months=3, note="Aktenplan 2027")

    assert RetentionRule.objects.get(kind="drafts").months == 3
    assert office.proposed("drafts", one, open_round)
    assert verbs()[0] == "retention_changed"


def test_change_rule_by_others_is_not_allowed() -> None:
    with pytest.raises(NotAllowed):
        periods.change(periods.rules()["drafts"], by=office.person("Redaktion"), months=1, note="x")


@pytest.mark.parametrize(
    ("months", "said"), [(1, "einen Monat"), (12, "ein Jahr"), (18, "18 Monate"), (60, "5 Jahre"), (6, "6 Monate")]
)
def test_period_in_words(months: int, said: str) -> None:
    assert periods.period(months) == said


def test_silent_from_keeps_to_the_month() -> None:
    assert workflow.silent_from(date(2031, 8, 31)) == date(2032, 2, 29)
    assert workflow.silent_from(date(2031, 3, 10)) == date(2031, 9, 10)


def test_later_keeps_local_time_over_the_change(open_round: Round) -> None:
    later = workflow.later(open_round.closes_at, 6)

    assert later.isoformat() == "2026-08-10T00:00:00+02:00"


@pytest.mark.parametrize("key", ["entries", "drafts", "sheets", "accounts"])
def test_dry_run_and_proposal_take_as_many_queries_for_twenty_as_for_two(
    round: Round, at: At, one: User, key: str
) -> None:
    asked = []
    for count in (1, 2, 18):  # after the first, what is kept for all requests is there
        at(MIDWAY)
        _kept(round, at, count)
        at(round.embargo_until + 6 * office.YEARS)
        scope = office.scope_of(key, None if key == "accounts" else round)
        with CaptureQueriesContext(connection) as queries:
            found = list(runs.preview(office.kind_of(key), scope, periods.require_due(office.kind_of(key), scope)))
        with CaptureQueriesContext(connection) as proposing:
            office.undone(partial(runs.propose, office.kind_of(key), scope, by=one))
        asked.append((len(queries), len(proposing)))
        assert len(found) >= count

    assert asked[1] == asked[2]


def _kept(round: Round, at: At, count: int) -> None:
    """Leave drafts, entries with receipt and mail and a sheet, and accounts nobody uses."""
    seats = jury.panel(round) if not Juror.objects.exists() else list(Juror.objects.all())
    for _ in range(count):
        factories.complete(round)
        UserFactory()
        factories.editor(factories.submitted(round), "read")
    office.send_everything()
    at(round.closes_at)
    for entry in Submission.objects.filter(status="submitted", formal_check="open"):
        Submission.objects.filter(pk=entry.pk).update(formal_check="admitted")
        jury.sheet(seats[0], entry, 7)
