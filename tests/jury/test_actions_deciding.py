"""The decision: who records it, which votes are plausible, two confirmations, the lock, and what happens in between."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jury.actions import assessing, deciding, sessions
from jury.actions.deciding import Outcome
from jury.models import Assessment, Attendance, Decision, Juror, JuryEvent, Session
from landespreis import clock
from landespreis.refusal import NotAllowed, Refused
from submissions.actions import formal_check
from submissions.actions.ruling import Ruling
from submissions.models import Category, Round, Submission
from submissions.workflow import CheckAct
from tests.accounts.factories import StaffFactory
from tests.jury import factories, rooms
from tests.jury.rooms import Stage as Scene
from tests.jury.test_actions_sessions import revise, rows
from tests.submissions.test_actions_handing_in import together

Clock = Callable[[], None]
FULL = [[8, 8, 8, 8, 9], [9, 7, 6, 9, 9], [5, 5, 5, 5, 5]]


@pytest.fixture
def scene(open_round: Round, scoring: Clock) -> Scene:
    """A Session that is open, everybody present."""
    scene = rooms.scored(open_round, scoring, FULL)
    scene.open()
    return scene


def confirm_chair(decision: Decision, scene: Scene, *, by: int = 0, revision: int | None = None) -> Decision:
    return deciding.confirm_as_chair(decision, by=scene.user(by), revision=revision or decision.revision)


def confirm_office(decision: Decision, scene: Scene, *, revision: int | None = None) -> Decision:
    return deciding.confirm_as_office(decision, by=scene.office, revision=revision or decision.revision)


def elsewhere(scene: Scene) -> Scene:
    """Return a second category with the last entry of the first, its Session open."""
    category = scene.round.categories.select_related("round").get(key="umwelt")
    entry = scene.entries.pop()
    Submission.objects.filter(pk=entry.pk).update(submitted_category=category)
    second = Scene(scene.round, category, scene.panel, [Submission.objects.get(pk=entry.pk)], scene.office)
    second.open()
    return second


def exclude(entry: Submission) -> None:
    formal_check.exclude(entry, by=StaffFactory(superuser=True), reason="Stichtag")


# Recording -------------------------------------------------------------------------------------------
def test_record_writes_decision_and_event(scene: Scene) -> None:
    decision = scene.record(scene.entries[1], votes_for=3, votes_against=1, votes_abstained=1)

    assert (decision.winner, decision.recorded_by, decision.revision) == (scene.entries[1], scene.panel[0], 1)
    assert (decision.laudatio, decision.locked_at) == (scene.panel[1].seat, None)
    event = JuryEvent.objects.get(verb="recorded")
    assert event.detail == {"revision": 1, "prize": True, "votes": [3, 1, 1]}
    assert (event.seat, event.submission) == (scene.panel[0].seat, scene.entries[1])
    assert Session.objects.get().revision == 1


def test_record_no_prize_has_no_laudatio(scene: Scene) -> None:
    decision = scene.record(None, laudatio=scene.panel[1].seat)

    assert (decision.winner, decision.laudatio) == (None, None)


def test_record_a_change_takes_both_confirmations_away(scene: Scene) -> None:
    decision = scene.record(scene.entries[0])
    confirm_chair(decision, scene)

    changed = scene.record(scene.entries[1], seen=1)

    assert (changed.pk, changed.revision, changed.chair, changed.office) == (decision.pk, 2, None, None)


def test_record_the_same_again_changes_nothing(scene: Scene) -> None:
    scene.record(scene.entries[0])
    before = rows()

    scene.record(scene.entries[0])

    assert rows() == before


@pytest.mark.parametrize("seen", [0, 2])
def test_record_over_an_unseen_change_is_refused(scene: Scene, seen: int) -> None:
    scene.record(scene.entries[0])

    with pytest.raises(Refused, match="inzwischen geändert"):
        scene.record(scene.entries[1], seen=seen)


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        ((0, 0, 0), "mindestens eine Stimme"),
        ((5, 1, 0), "Angegebene Stimmen: 6, Stimmberechtigte: 5"),
        ((2, 3, 0), "mehr Nein- als Ja-Stimmen"),
    ],
)
def test_record_implausible_votes_are_refused(scene: Scene, votes: tuple[int, int, int], message: str) -> None:
    before = rows()

    with pytest.raises(Refused, match=message):
        scene.record(scene.entries[0], votes_for=votes[0], votes_against=votes[1], votes_abstained=votes[2])

    assert rows() == before


@pytest.mark.parametrize("votes", [(1, 0, 0), (2, 2, 1), (0, 0, 5)])
def test_record_plausible_votes(scene: Scene, votes: tuple[int, int, int]) -> None:
    assert scene.record(None, votes_for=votes[0], votes_against=votes[1], votes_abstained=votes[2]).pk


def test_record_counts_who_is_present_and_not_recused(scene: Scene) -> None:
    sessions.set_attendance(Session.objects.get(), by=scene.office, present=scene.panel[:4])
    factories.recuse(scene.panel[3], scene.entries[2])

    with pytest.raises(Refused, match="Stimmberechtigte: 3"):
        scene.record(scene.entries[0], votes_for=4)
    assert scene.record(scene.entries[0], votes_for=3).pk


@pytest.mark.parametrize("case", ["withdrawn", "excluded", "elsewhere", "unjudged"])
def test_record_a_winner_that_cannot_win_is_refused(scene: Scene, case: str) -> None:
    entry = scene.entries[0]
    if case == "withdrawn":
        Submission.objects.filter(pk=entry.pk).update(status="withdrawn")
    elif case == "excluded":
        exclude(entry)
    elif case == "elsewhere":
        other = scene.round.categories.get(key="umwelt")
        Submission.objects.filter(pk=entry.pk).update(submitted_category=other)
    else:
        Assessment.objects.filter(submission=entry, seat__position__gt=2).update(status="void")

    with pytest.raises(Refused, match="nötig: 3" if case == "unjudged" else "zugelassene Einreichung"):
        scene.record(entry)


@pytest.mark.parametrize("values", [{"reasons": " \n"}, {"laudatio": None}])
def test_record_incomplete_is_refused(scene: Scene, values: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        scene.record(scene.entries[0], **values)


def test_record_laudatio_of_another_round_is_refused(scene: Scene) -> None:
    other = Round.objects.create(
        key="lp3", name="3.", number_prefix="X", opens_at=scene.round.opens_at.replace(year=2020),
        closes_at=scene.round.closes_at, ceremony_on=scene.round.ceremony_on, embargo_until=scene.round.embargo_until,
    )  # fmt: skip

    with pytest.raises(Refused, match="Laudatio"):
        scene.record(scene.entries[0], laudatio=factories.seats(other)[0])


# Who presides ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_record_by_others_is_refused(scene: Scene, place: int) -> None:
    with pytest.raises(NotAllowed):
        scene.record(scene.entries[0], by=place)


def test_record_falls_to_the_next_when_the_chair_is_recused(scene: Scene) -> None:
    factories.recuse(scene.panel[0], scene.entries[2])
    factories.recuse(scene.panel[1], scene.entries[1])

    with pytest.raises(NotAllowed):
        scene.record(scene.entries[0], votes_for=3)
    assert scene.record(scene.entries[0], by=2, votes_for=3).recorded_by == scene.panel[2]


def test_record_falls_to_the_next_when_the_chair_is_absent(scene: Scene) -> None:
    sessions.set_attendance(Session.objects.get(), by=scene.office, present=scene.panel[1:])

    assert scene.record(scene.entries[0], by=1, votes_for=4).recorded_by == scene.panel[1]


def test_record_when_everybody_is_recused_from_something(scene: Scene) -> None:
    for juror in scene.panel[:3]:
        factories.recuse(juror, scene.entries[2])
    for juror in scene.panel[2:]:
        factories.recuse(juror, scene.entries[1])

    with pytest.raises(NotAllowed):
        scene.record(scene.entries[1], by=1, votes_for=2)
    with pytest.raises(Refused, match="Stimmberechtigte: 2"):
        scene.record(scene.entries[1], votes_for=3)
    decision = scene.record(scene.entries[1], votes_for=2)
    assert confirm_chair(decision, scene).chair == scene.panel[0]


def test_record_by_a_successor_of_the_chair(scene: Scene) -> None:
    gone = scene.panel[0]
    Juror.objects.filter(pk=gone.pk).update(until=gone.confirmed_at)
    successor = factories.juror(gone.seat)
    scene.panel[0] = successor
    factories.clear(successor, *scene.entries)
    sessions.set_attendance(Session.objects.get(), by=scene.office, present=scene.panel)

    assert scene.record(scene.entries[0]).recorded_by == successor


# Confirming and locking ------------------------------------------------------------------------------
@pytest.mark.parametrize("chair_first", [True, False])
def test_second_confirmation_locks(scene: Scene, chair_first: bool) -> None:
    decision = scene.record(scene.entries[0])
    first, second = (confirm_chair, confirm_office) if chair_first else (confirm_office, confirm_chair)

    assert first(decision, scene).locked_at is None
    assert Category.objects.get(pk=scene.category.pk).decided_at is None
    locked = second(decision, scene)

    assert locked.locked_at
    assert (locked.chair, locked.office) == (scene.panel[0], scene.office)
    assert Category.objects.get(pk=scene.category.pk).decided_at == locked.locked_at
    assert list(JuryEvent.objects.filter(verb="locked").values_list("by", flat=True)) == [
        scene.office.pk if chair_first else scene.chair.pk
    ]


def test_lock_of_the_last_category_decides_the_round(scene: Scene) -> None:
    second = elsewhere(scene)
    scene.decide(scene.entries[0])
    assert Round.objects.get().decided_at is None

    locked = second.decide(None)

    assert Round.objects.get().decided_at == locked.locked_at


@pytest.mark.parametrize("act", [CheckAct.EXCLUDE, CheckAct.WITHDRAW])
def test_last_entry_of_the_last_category_that_leaves_decides_the_round(scene: Scene, act: CheckAct) -> None:
    second = elsewhere(scene)
    scene.decide(scene.entries[0])
    assert Round.objects.get().decided_at is None

    formal_check.decide(second.entries[0], Ruling(act, "Auf Wunsch"), by=StaffFactory(superuser=True))

    assert Round.objects.get().decided_at


def test_what_leaves_a_decided_round_does_not_change_its_moment(scene: Scene, at: Callable[[datetime], None]) -> None:
    second = elsewhere(scene)
    scene.decide(scene.entries[0])
    exclude(second.entries[0])
    before = Round.objects.values_list("decided_at", flat=True).get()

    at(clock.now() + timedelta(days=1))
    entry = Submission.objects.get(pk=second.entries[0].pk)
    formal_check.decide(entry, Ruling(CheckAct.WITHDRAW, "Auf Wunsch"), by=StaffFactory(superuser=True))

    assert before
    assert Round.objects.values_list("decided_at", flat=True).get() == before


def test_lock_does_not_decide_the_round_while_an_entry_waits_for_its_check(scene: Scene) -> None:
    entry = scene.entries.pop()
    category = scene.round.categories.get(key="umwelt")
    Submission.objects.filter(pk=entry.pk).update(submitted_category=category, formal_check=Submission.Check.OPEN)

    scene.decide(scene.entries[0])
    assert Round.objects.get().decided_at is None

    exclude(Submission.objects.get(pk=entry.pk))
    assert Round.objects.get().decided_at


def test_entry_that_leaves_decides_no_round_without_a_decision(scene: Scene) -> None:
    for entry in scene.entries:
        exclude(entry)

    assert Round.objects.get().decided_at is None


def test_confirm_again_changes_nothing(scene: Scene) -> None:
    decision = scene.record(scene.entries[0])
    confirm_chair(decision, scene)
    before = rows()

    confirm_chair(decision, scene)

    assert rows() == before
    confirm_office(scene.record(scene.entries[1], seen=1), scene)
    before = rows()
    confirm_office(Decision.objects.get(), scene)
    assert rows() == before


def test_confirm_what_was_changed_meanwhile_is_refused(scene: Scene) -> None:
    decision = scene.record(scene.entries[0])
    scene.record(scene.entries[1], seen=1)

    for confirm in (confirm_chair, confirm_office):
        with pytest.raises(Refused) as refused:
            confirm(decision, scene, revision=1)
        assert refused.value.title == "Der Beschluss ist inzwischen ein anderer"
    assert not JuryEvent.objects.filter(verb__endswith="confirmed").exists()


def test_confirm_by_others_is_refused(scene: Scene) -> None:
    decision = scene.record(scene.entries[0])

    with pytest.raises(NotAllowed):
        confirm_chair(decision, scene, by=1)
    with pytest.raises(NotAllowed):
        deciding.confirm_as_chair(decision, by=scene.office, revision=1)
    for person in (scene.chair, StaffFactory()):
        with pytest.raises(NotAllowed):
            deciding.confirm_as_office(decision, by=person, revision=1)


@pytest.mark.parametrize("case", ["withdrawn", "excluded"])
def test_lock_refuses_a_winner_that_takes_part_no_more(scene: Scene, case: str) -> None:
    decision = scene.record(scene.entries[0])
    confirm_chair(decision, scene)
    if case == "excluded":
        exclude(scene.entries[0])
    else:
        Submission.objects.filter(pk=scene.entries[0].pk).update(status="withdrawn")
    before = rows()

    with pytest.raises(Refused, match="nimmt nicht mehr am Wettbewerb teil"):
        confirm_office(decision, scene)

    assert rows() == before
    assert scene.record(scene.entries[1], seen=1).revision == 2


def test_lock_refuses_more_votes_than_people(scene: Scene) -> None:
    decision = scene.record(scene.entries[0])
    confirm_chair(decision, scene)
    Attendance.objects.filter(juror=scene.panel[4]).delete()

    with pytest.raises(Refused, match="Stimmen im Beschluss: 5, anwesende Mitglieder: 4"):
        confirm_office(decision, scene)


def test_lock_refuses_while_an_entry_lacks_its_quorum(scene: Scene) -> None:
    decision = scene.record(scene.entries[0])
    confirm_chair(decision, scene)
    late = scene.entries[2]
    for juror in scene.panel[2:]:
        Assessment.objects.filter(submission=late, seat=juror.seat).update(status="void")

    with pytest.raises(sessions.NotReady, match=rf"{late.label} \(2 von 3\)"):
        confirm_office(decision, scene)


def test_lock_waits_for_the_formal_check_and_tells_the_jury_no_number(scene: Scene) -> None:
    decision = scene.record(scene.entries[0])
    formal_check.reopen(scene.entries[1], by=StaffFactory(superuser=True), reason="Nachweis kam")
    office = confirm_office(decision, scene)

    with pytest.raises(Refused) as refused:
        confirm_chair(office, scene)

    assert "noch etwas zu prüfen" in refused.value.message
    assert scene.entries[1].label not in refused.value.message
    assert Category.objects.get(pk=scene.category.pk).decided_at is None


def test_lock_is_possible_when_all_entries_were_withdrawn(scene: Scene) -> None:
    Submission.objects.update(status="withdrawn")

    assert scene.decide(None).locked_at


def test_lock_tells_a_recused_chair_no_number(scene: Scene) -> None:
    for juror in scene.panel[:3]:
        factories.recuse(juror, scene.entries[2])
    for juror in scene.panel[3:]:
        factories.recuse(juror, scene.entries[1])
    Assessment.objects.filter(submission=scene.entries[2], seat__position__lte=4).update(status="void")
    decision = scene.record(scene.entries[1], votes_for=3)
    confirm_office(decision, scene)

    with pytest.raises(Refused) as refused:
        confirm_chair(decision, scene)

    assert scene.entries[2].label not in refused.value.message


def test_recusal_of_who_presided_lets_the_next_confirm(scene: Scene) -> None:
    """The confirmation of the recused one counts no more; what they recorded stays until the next changes it."""
    decision = scene.record(scene.entries[0], votes_for=4)
    confirm_chair(decision, scene)
    factories.recuse(scene.panel[0], scene.entries[0])

    assert confirm_office(decision, scene).locked_at is None
    with pytest.raises(NotAllowed):
        confirm_chair(decision, scene)
    locked = confirm_chair(decision, scene, by=1)

    assert (locked.chair, bool(locked.locked_at)) == (scene.panel[1], True)


def test_recusal_that_voids_a_sheet_takes_confirmations_away(scene: Scene) -> None:
    decision = scene.record(scene.entries[0], votes_for=4)
    confirm_office(decision, scene)

    assessing.recuse(scene.entries[1], by=scene.user(4), reason="amt", text="Ratsmandat")

    decision.refresh_from_db()
    assert (decision.office, decision.revision) == (None, 2)
    with pytest.raises(Refused, match="inzwischen geändert"):
        confirm_chair(decision, scene, revision=1)
    confirm_chair(decision, scene)
    assert confirm_office(decision, scene).locked_at


def test_locked_decision_never_changes(scene: Scene) -> None:
    decision = scene.decide(scene.entries[0])

    with pytest.raises(Refused, match="gesperrt"):
        scene.record(scene.entries[1], seen=1)
    with pytest.raises(Refused, match="gesperrt"):
        revise(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(votes_for=1)


# At once ---------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_lock_once(scene: Scene) -> None:
    decision = scene.record(scene.entries[0])

    results = together(lambda: confirm_chair(decision, scene), lambda: confirm_office(decision, scene))

    assert [result for result in results if isinstance(result, Exception)] == []
    assert Decision.objects.get().locked_at
    assert JuryEvent.objects.filter(verb="locked").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_record_while_it_is_confirmed_never_locks_the_unseen(scene: Scene, attempt: int) -> None:
    decision = scene.record(scene.entries[0])
    confirm_chair(decision, scene)

    changed, confirmed = together(
        lambda: scene.record(scene.entries[1], seen=1), lambda: confirm_office(decision, scene, revision=1)
    )

    now = Decision.objects.get()
    if isinstance(confirmed, Refused):
        assert (now.winner, now.locked_at, now.office) == (scene.entries[1], None, None)
    else:
        assert isinstance(changed, Refused)
        assert (now.winner, bool(now.locked_at)) == (scene.entries[0], True)


@pytest.mark.django_db(transaction=True)
def test_last_two_categories_locked_at_once_decide_the_round(scene: Scene) -> None:
    second = elsewhere(scene)
    pair = [(scene, scene.record(scene.entries[0])), (second, second.record(second.entries[0]))]
    for place, decision in pair:
        confirm_chair(decision, place)

    (first, one), (last, other) = pair
    locked, finished = Event(), Event()

    def hold() -> None:
        """Lock the first, and keep that to itself until the other is through, or waits."""
        with transaction.atomic():
            confirm_office(one, first)
            locked.set()
            finished.wait(timeout=2)

    def follow() -> None:
        locked.wait(timeout=30)
        confirm_office(other, last)
        finished.set()

    together(hold, follow)

    assert Decision.objects.filter(locked_at__isnull=False).count() == 2
    assert Round.objects.get().decided_at


@pytest.mark.django_db(transaction=True)
def test_record_from_two_windows_at_once_keeps_one(scene: Scene) -> None:
    results = together(lambda: scene.record(scene.entries[0]), lambda: scene.record(scene.entries[1]))

    assert sum(isinstance(result, Refused) for result in results) == 1
    assert Decision.objects.get().revision == 1


def test_outcome_counts_its_votes() -> None:
    assert Outcome(None, 1, 2, 3, "", None).votes == 6
