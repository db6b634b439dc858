"""Sessions: what opens one, who attends, what revising writes and refuses, also when several act at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from jury import progress, workflow
from jury.actions import assessing, deciding, sessions
from jury.actions.sessions import NotReady, Points
from jury.models import (
    Assessment,
    Attendance,
    Clearance,
    Decision,
    Juror,
    JuryEvent,
    Recusal,
    Score,
    Session,
)
from jury.workflow import Act, Stage
from landespreis import clock
from landespreis.refusal import NotAllowed, Refused
from submissions.actions import formal_check
from submissions.models import Category, Round, Submission
from tests.accounts.factories import StaffFactory
from tests.jury import factories, rooms
from tests.jury.rooms import Stage as Scene
from tests.submissions import factories as submissions
from tests.submissions.test_actions_handing_in import together

Clock = Callable[[], None]
FULL = [[8, 8, 8, 8, 9], [9, 7, 6, 9, 9], [5, 5, 5, 5, 5]]
TABLES = (Session, Attendance, Decision, Assessment, Score, JuryEvent, Category, Round, Recusal, Clearance)


def rows() -> list[list[tuple[Any, ...]]]:
    return [list(table.objects.order_by("pk").values_list()) for table in TABLES]  # type: ignore[attr-defined]


def points(scene: Scene, given: int | dict[str, Any], **comments: str) -> Points:
    keys = [criterion.key for criterion in scene.round.criteria.all()]
    values = given if isinstance(given, dict) else dict.fromkeys(keys, given)
    return Points(values, comments, "Gesamt")


def revise(
    scene: Scene, entry: int = 0, *, by: int = 0, given: int = 3, seen: int = 0, reason: str = "x"
) -> Assessment:
    return sessions.revise(
        scene.entries[entry], by=scene.user(by), given=points(scene, given), reason=reason, seen=seen
    )


@pytest.fixture
def scene(open_round: Round, scoring: Clock) -> Scene:
    return rooms.scored(open_round, scoring, FULL)


# Opening ---------------------------------------------------------------------------------------------
def test_open_writes_session_attendance_and_event(scene: Scene) -> None:
    session = scene.open(scene.panel[:3])

    assert (session.category, session.opened_by, session.revision) == (scene.category, scene.office, 0)
    assert [row.juror for row in session.attendances.all()] == scene.panel[:3]
    event = JuryEvent.objects.get()
    assert (event.verb, event.by, event.category) == ("opened", scene.office, scene.category)
    assert event.detail == {"present": [juror.name for juror in scene.panel[:3]]}


@pytest.mark.parametrize("check", ["open", "returned"])
def test_open_waits_for_the_formal_check(scene: Scene, check: str) -> None:
    late = scene.entries[1]
    Submission.objects.filter(pk=late.pk).update(formal_check=check)
    before = rows()

    with pytest.raises(Refused, match=f"Über {late.label} ist formal noch nicht entschieden"):
        scene.open()
    assert rows() == before
    Submission.objects.filter(pk=late.pk).update(formal_check="excluded")

    assert scene.open().pk


@pytest.mark.parametrize(("category", "opens"), [("krisen", False), ("umwelt", True)])
def test_open_waits_for_who_may_still_hand_in(scene: Scene, category: str, opens: bool) -> None:
    until = clock.now() + timedelta(days=1)
    submissions.draft(scene.round, category=scene.round.categories.get(key=category), extended_until=until)

    if opens:
        assert scene.open().pk
    else:
        with pytest.raises(Refused, match="Eine verlängerte Frist endet"):
            scene.open()


def test_open_names_what_is_missing_and_no_points(scene: Scene) -> None:
    Assessment.objects.filter(submission=scene.entries[0], seat__position__lte=3).update(status="draft")
    Assessment.objects.filter(submission=scene.entries[2], seat__position=1).delete()
    before = rows()

    with pytest.raises(NotReady) as refused:
        scene.open()

    assert refused.value.message == (
        "Zu wenige abgeschlossene Bewertungen haben: IKZ-2026-0001 (2 von 3). "
        "Offen sind Bewertungen von: Landesbeauftragter, Staedtetag, Landkreistag."
    )
    assert [line.entry for line in refused.value.lacking] == [scene.entries[0]]
    assert rows() == before


@pytest.mark.parametrize("missing", [2, 3])
def test_open_at_the_quorum(scene: Scene, missing: int) -> None:
    Assessment.objects.filter(submission=scene.entries[0], seat__position__lte=missing).delete()

    if missing == 2:
        assert scene.open().pk
    else:
        with pytest.raises(NotReady):
            scene.open()


@pytest.mark.parametrize(("recused", "sheets", "opens"), [(4, 1, True), (4, 0, False), (5, 0, True), (3, 1, False)])
def test_open_needs_no_more_than_who_is_not_recused(scene: Scene, recused: int, sheets: int, opens: bool) -> None:
    entry = scene.entries[1]
    Assessment.objects.filter(submission=entry).delete()
    for juror in scene.panel[:recused]:
        factories.recuse(juror, entry)
    for juror in scene.panel[5 - sheets :] if sheets else []:
        factories.sheet(juror, entry, 5)

    if opens:
        scene.open()
    else:
        with pytest.raises(NotReady):
            scene.open()

    assert Session.objects.exists() is opens


def test_open_ignores_who_takes_part_no_more(scene: Scene) -> None:
    Assessment.objects.filter(submission=scene.entries[1]).delete()
    formal_check.exclude(scene.entries[1], by=StaffFactory(superuser=True), reason="Frist der Vereinbarung")

    assert scene.open().pk


def test_open_without_entries_is_refused(scene: Scene) -> None:
    empty = scene.round.categories.select_related("round").get(key="umwelt")

    with pytest.raises(Refused, match="keine Einreichung zugelassen"):
        sessions.open(empty, by=scene.office, present=scene.panel)

    assert not Session.objects.exists()


def test_open_needs_somebody_present(scene: Scene) -> None:
    with pytest.raises(Refused, match="wer an der Sitzung teilnimmt"):
        scene.open([])


@pytest.mark.parametrize("ended", [True, False])
def test_open_refuses_who_does_not_serve(scene: Scene, ended: bool) -> None:
    stranger = scene.panel[4]
    if ended:
        Juror.objects.filter(pk=stranger.pk).update(until=stranger.confirmed_at)
    else:
        Juror.objects.filter(pk=stranger.pk).update(user=None, confirmed_at=None, notice_accepted_at=None)

    with pytest.raises(Refused, match="im Amt"):
        scene.open()


def test_open_by_others_is_refused(scene: Scene) -> None:
    for person in (scene.chair, StaffFactory()):
        with pytest.raises(NotAllowed):
            sessions.open(scene.category, by=person, present=scene.panel)


def test_successor_keeps_the_sheet_of_the_seat(scene: Scene) -> None:
    gone = scene.panel[0]
    Juror.objects.filter(pk=gone.pk).update(until=gone.confirmed_at)
    successor = factories.juror(gone.seat)

    session = scene.open([successor, *scene.panel[1:]])

    assert progress.of(scene.category).lines[0].sheets == 5
    assert session.attendances.count() == 5


# The table: every act of the Session in every stage ----------------------------------------------------
ACTS: dict[Act, Callable[[Scene, Session, Decision], object]] = {
    Act.OPEN: lambda scene, session, decision: scene.open(),
    Act.ATTEND: lambda scene, session, decision: sessions.set_attendance(
        session, by=scene.office, present=scene.panel[:4]
    ),
    Act.REVISE: lambda scene, session, decision: revise(scene),
    Act.RECORD: lambda scene, session, decision: deciding.record(
        session, by=scene.chair, outcome=scene.outcome(scene.entries[1], votes_for=4), seen=decision.revision
    ),
    Act.CONFIRM: lambda scene, session, decision: [
        deciding.confirm_as_chair(decision, by=scene.chair, revision=decision.revision)
        if scene.category.decided_at
        else deciding.confirm_as_office(decision, by=scene.office, revision=decision.revision)
    ],
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("stage", Stage)
def test_act_in_stage(scene: Scene, at: Callable[[Any], None], stage: Stage, act: Act) -> None:
    session, decision = Session(category=scene.category), Decision()
    decision.session = session
    if stage in {Stage.SESSION, Stage.DECIDED}:
        session = scene.open()
        decision = scene.decide(scene.entries[0]) if stage is Stage.DECIDED else scene.record(scene.entries[0])
    if stage is Stage.WAITING:
        assert scene.round.scoring_opens_at
        at(scene.round.scoring_opens_at - timedelta(seconds=1))
    before = rows()

    if act in workflow.ALLOWED[stage]:
        ACTS[act](scene, session, decision)
        assert rows() != before
    else:
        with pytest.raises(Refused):
            ACTS[act](scene, session, decision)
        assert rows() == before


@pytest.mark.parametrize("act", ACTS)
def test_rollback_takes_everything_along(scene: Scene, act: Act) -> None:
    session, decision = Session(category=scene.category), Decision()
    if act is not Act.OPEN:
        session = scene.open()
        decision = scene.record(scene.entries[0])
    before = rows()

    with transaction.atomic():
        ACTS[act](scene, session, decision)
        assert rows() != before
        transaction.set_rollback(True)

    assert rows() == before


# Attendance ------------------------------------------------------------------------------------------
def test_set_attendance_replaces_and_tells_open_pages(scene: Scene) -> None:
    session = scene.open(scene.panel[:3])

    sessions.set_attendance(session, by=scene.office, present=[scene.panel[1], scene.panel[4]])

    session.refresh_from_db()
    assert [row.juror for row in session.attendances.all()] == [scene.panel[1], scene.panel[4]]
    assert session.revision == 1
    assert JuryEvent.objects.filter(verb="attendance").count() == 1


def test_set_attendance_by_juror_is_refused(scene: Scene) -> None:
    session = scene.open()

    with pytest.raises(NotAllowed):
        sessions.set_attendance(session, by=scene.chair, present=scene.panel[:1])


# Revising --------------------------------------------------------------------------------------------
def test_revise_writes_sheet_and_both_states(scene: Scene) -> None:
    session = scene.open()

    sheet = sessions.revise(
        scene.entries[0], by=scene.chair, given=points(scene, 3, gewinn="Kosten unklar"), reason="Nachfrage", seen=0
    )

    assert (sheet.status, sheet.revision, sheet.comment, sheet.juror) == ("final", 1, "Gesamt", scene.panel[0])
    assert set(sheet.scores.values_list("points", flat=True)) == {3}
    assert sheet.scores.get(criterion__key="gewinn").comment == "Kosten unklar"
    event = JuryEvent.objects.get(verb="revised")
    assert (event.submission, event.seat, event.detail["reason"]) == (scene.entries[0], sheet.seat, "Nachfrage")
    assert event.detail["before"]["scores"]["gewinn"] == {"points": 8, "comment": ""}
    assert event.detail["after"]["scores"]["gewinn"] == {"points": 3, "comment": "Kosten unklar"}
    session.refresh_from_db()
    assert session.revision == 1


def test_revise_hands_in_late(scene: Scene) -> None:
    Assessment.objects.filter(submission=scene.entries[0], seat=scene.panel[0].seat).delete()
    scene.open()

    sheet = revise(scene)

    assert (sheet.status, sheet.first_finalised_at, sheet.version) == (
        "final", sheet.finalised_at, scene.entries[0].current,
    )  # fmt: skip
    assert JuryEvent.objects.get(verb="revised").detail["before"] is None


def test_revise_finishes_a_draft(scene: Scene) -> None:
    Assessment.objects.filter(submission=scene.entries[0], seat=scene.panel[0].seat).update(status="draft")
    scene.open()

    assert revise(scene).status == "final"
    assert Assessment.objects.filter(submission=scene.entries[0]).count() == 5


@pytest.mark.parametrize("given", [11, -1, None, 2.5, "3", True])
def test_revise_outside_the_scale_changes_nothing(scene: Scene, given: Any) -> None:
    scene.open()
    before = rows()

    with pytest.raises(Refused):
        sessions.revise(scene.entries[0], by=scene.chair, given=points(scene, given), reason="x", seen=0)

    assert rows() == before


@pytest.mark.parametrize("given", [{"gewinn": 5}, {"gewinn": 5, "innovation": 5, "zukunft": 5, "mehr": 5}])
def test_revise_needs_exactly_the_criteria(scene: Scene, given: dict[str, int]) -> None:
    scene.open()

    with pytest.raises(Refused, match="jedem Kriterium"):
        sessions.revise(scene.entries[0], by=scene.chair, given=points(scene, given), reason="x", seen=0)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_revise_without_reason_is_refused(scene: Scene, reason: str) -> None:
    scene.open()

    with pytest.raises(Refused, match="Grund"):
        revise(scene, reason=reason)


def test_revise_of_a_sheet_that_changed_is_refused(scene: Scene) -> None:
    scene.open()
    revise(scene)

    with pytest.raises(Refused, match="anderen Fenster"):
        revise(scene, given=9)


@pytest.mark.parametrize("case", ["recused", "undeclared", "withdrawn", "ended"])
def test_revise_of_what_one_may_not_read_is_refused(scene: Scene, case: str) -> None:
    scene.open()
    entry = scene.entries[0]
    if case == "recused":
        factories.recuse(scene.panel[0], entry)
    elif case == "undeclared":
        Clearance.objects.filter(submission=entry).delete()
    elif case == "withdrawn":
        Submission.objects.filter(pk=entry.pk).update(status="withdrawn")
    else:
        Juror.objects.filter(pk=scene.panel[0].pk).update(until=scene.panel[0].confirmed_at)
    before = rows()

    with pytest.raises(Refused):
        revise(scene)

    assert rows() == before


def test_revise_takes_confirmations_away(scene: Scene) -> None:
    scene.open()
    decision = scene.record(scene.entries[0])
    deciding.confirm_as_chair(decision, by=scene.chair, revision=1)

    revise(scene, by=2)

    decision.refresh_from_db()
    assert (decision.chair, decision.chair_at, decision.revision) == (None, None, 2)
    with pytest.raises(Refused, match="Punkte haben sich geändert"):
        deciding.confirm_as_office(decision, by=scene.office, revision=1)


# Looking early ---------------------------------------------------------------------------------------
def test_look_is_for_the_administration_and_journalled(scene: Scene) -> None:
    for person in (scene.office, scene.chair):
        with pytest.raises(NotAllowed):
            sessions.look(scene.category, by=person)
    assert not JuryEvent.objects.exists()
    arne: User = StaffFactory(superuser=True)

    board = sessions.look(scene.category, by=arne)

    assert board.valid == 15
    event = JuryEvent.objects.get()
    assert (event.verb, event.by, event.category) == ("looked", arne, scene.category)


# At once ---------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_revise_by_two_jurors_at_once_keeps_both(scene: Scene) -> None:
    session = scene.open()

    results = together(*[lambda place=place: revise(scene, by=place, given=place) for place in range(5)])

    assert not [result for result in results if isinstance(result, Exception)]
    session.refresh_from_db()
    assert session.revision == 5
    assert JuryEvent.objects.filter(verb="revised").count() == 5
    totals = Score.objects.filter(assessment__submission=scene.entries[0], criterion__key="gewinn")
    assert list(totals.order_by("assessment__seat__position").values_list("points", flat=True)) == [0, 1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_revise_from_two_windows_at_once_keeps_one(scene: Scene) -> None:
    scene.open()

    results = together(lambda: revise(scene, given=1), lambda: revise(scene, given=2))

    assert sum(isinstance(result, Refused) for result in results) == 1
    assert JuryEvent.objects.filter(verb="revised").count() == 1
    [kept] = [result for result in results if isinstance(result, Assessment)]
    assert kept.scores.first().points in {1, 2}  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_open_while_a_sheet_is_saved_leaves_no_half(scene: Scene, attempt: int) -> None:
    """Whoever comes second meets what the first left: a draft saved after the opening is refused."""
    entry = scene.entries[0]
    Assessment.objects.filter(submission=entry, seat=scene.panel[0].seat).delete()
    keys = [criterion.key for criterion in scene.round.criteria.all()]

    def save() -> object:
        given = dict.fromkeys(keys, 7)
        return assessing.finalise(entry, by=scene.chair, points=given, comments={}, comment="", revision=0)

    opened, saved = together(scene.open, save)

    assert isinstance(opened, Session)
    sheet = Assessment.objects.filter(submission=entry, seat=scene.panel[0].seat).first()
    if isinstance(saved, Refused):
        assert saved.title == "Die Sitzung ist eröffnet"
        assert sheet is None
    else:
        assert sheet
        assert (sheet.status, sheet.scores.count()) == ("final", 3)


@pytest.mark.django_db(transaction=True)
def test_open_pressed_twice_at_once_opens_once(scene: Scene) -> None:
    results = together(*[scene.open] * 3)

    assert sum(isinstance(result, Session) for result in results) == 1
    assert (Session.objects.count(), Attendance.objects.count(), JuryEvent.objects.count()) == (1, 5, 1)
