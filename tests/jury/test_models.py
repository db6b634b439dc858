"""The database's last word on the jury: every constraint and every trigger has a row that breaks it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, ProtectedError

from jury.models import (
    Assessment,
    Attendance,
    Clearance,
    Decision,
    Juror,
    JuryEvent,
    Letter,
    Paper,
    Recusal,
    Score,
    ScoringReminder,
    Seat,
    Session,
)
from submissions.models import Category, Criterion, Round, Submission
from tests.accounts.factories import StaffFactory
from tests.jury import factories
from tests.submissions.test_models import breaks, twice

NOW = datetime(2026, 3, 1, tzinfo=UTC)
Status = Assessment.Status


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.admitted(open_round)


@pytest.fixture
def sheet(panel: list[Juror], entry: Submission) -> Assessment:
    return factories.sheet(panel[0], entry, 7)


@pytest.fixture
def krisen(open_round: Round) -> Category:
    return open_round.categories.get(key="krisen")


# Seats and people ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("one_seat_per_key", {"key": "bank"}),
        ("one_seat_per_position", {"position": 5}),
        ("one_chair_per_round", {"is_chair": True}),
        ("seat_has_a_letter", {"position": 0}),
        ("seat_has_a_letter", {"position": 27}),
    ],
)
def test_seat_constraints(round: Round, constraint: str, fields: dict[str, Any]) -> None:
    factories.seats(round)
    values = {"key": "neu", "position": 9, "institution": "x", "short_name": "x"} | fields

    breaks(constraint, lambda: Seat.objects.create(round=round, **values))


def test_seat_has_a_letter_and_the_name_of_its_institution(round: Round) -> None:
    seats = factories.seats(round)

    assert [seat.letter for seat in seats] == ["A", "B", "C", "D", "E"]
    assert (str(seats[4]), str(factories.juror(seats[4], name="Ulf"))) == ("Institution bank", "Ulf (Bank)")


def invited(seat: Seat, **fields: Any) -> Juror:
    values = {"name": "Ulf", "email": "ulf@kreise.example", "since": date(2026, 1, 1)} | fields
    return Juror.objects.create(seat=seat, **values)


def test_juror_serves_alone_on_a_seat(round: Round) -> None:
    seat = factories.seats(round)[0]
    invited(seat, until=NOW)
    invited(seat)

    breaks("one_serving_juror_per_seat", lambda: invited(seat, email="andere@kreise.example"))


@pytest.mark.parametrize(
    "fields",
    [
        {"confirmed_at": NOW},
        {"user": True},
        {"user": True, "confirmed_at": NOW},
        {"user": True, "invited_at": NOW},
    ],
)
def test_juror_who_confirmed_was_invited_and_has_an_account(round: Round, fields: dict[str, Any]) -> None:
    seat = factories.seats(round)[0]
    values = fields | ({"user": StaffFactory()} if "user" in fields else {})

    breaks("juror_confirmed_has_account", lambda: invited(seat, **values))


def test_juror_accepts_the_notice_after_confirming(round: Round) -> None:
    juror = factories.juror(factories.seats(round)[0])
    early = F("confirmed_at") - timedelta(seconds=1)

    breaks(
        "juror_notice_after_confirmation",
        lambda: Juror.objects.filter(pk=juror.pk).update(notice_accepted_at=early),
    )


# Declarations and sheets -----------------------------------------------------------------------------


def test_clearance_once_per_person(panel: list[Juror], entry: Submission) -> None:
    twice("one_clearance_per_juror", lambda: Clearance.objects.create(juror=panel[0], submission=entry, at=NOW))


def test_recusal_stands_once(panel: list[Juror], entry: Submission) -> None:
    twice("one_standing_recusal", lambda: factories.recuse(panel[0], entry))


def test_recusal_again_after_it_was_taken_back(panel: list[Juror], entry: Submission) -> None:
    factories.recuse(panel[0], entry)
    Recusal.objects.update(taken_back_at=NOW, taken_back_by=StaffFactory(), taken_back_reason="Irrtum")

    factories.recuse(panel[0], entry)

    assert (Recusal.objects.count(), Recusal.objects.standing().count()) == (2, 1)


@pytest.mark.parametrize("missing", ["taken_back_at", "taken_back_by", "taken_back_reason"])
def test_recusal_taken_back_says_who_when_why(panel: list[Juror], entry: Submission, missing: str) -> None:
    factories.recuse(panel[0], entry)
    fields = {"taken_back_at": NOW, "taken_back_by": StaffFactory(), "taken_back_reason": "Irrtum"}
    del fields[missing]

    breaks("recusal_taken_back_has_who_when_why", lambda: Recusal.objects.update(**fields))


def test_assessment_stands_once_per_seat(panel: list[Juror], entry: Submission) -> None:
    factories.sheet(panel[0], entry, 7, Status.VOID)
    factories.sheet(panel[0], entry, 7, Status.DRAFT)

    breaks("one_standing_assessment_per_seat", lambda: factories.sheet(panel[0], entry, 7))


@pytest.mark.parametrize("field", ["finalised_at", "first_finalised_at"])
def test_assessment_final_has_its_moments(sheet: Assessment, field: str) -> None:
    breaks("final_assessment_has_moment", lambda: Assessment.objects.update(**{field: None}))


def test_score_once_per_criterion(sheet: Assessment, open_round: Round) -> None:
    breaks(
        "one_score_per_criterion",
        lambda: Score.objects.create(assessment=sheet, criterion=open_round.criteria.all()[0], points=1),
    )


def test_names_of_rows_tell_no_points_and_no_winner(sheet: Assessment, krisen: Category) -> None:
    decision = decided(krisen, winner=sheet.submission)

    assert str(sheet) == "IKZ-2026-0001 – Landesbeauftragter"
    assert str(sheet.scores.all()[0]) == "Gewinn der Kooperation"
    assert str(decision) == "Beschluss Krisenbewältigung"


# The Session -----------------------------------------------------------------------------------------


def decided(category: Category, **fields: Any) -> Decision:
    """Return a decision without a prize, or as `fields` say."""
    session = Session.objects.filter(category=category).first() or factories.open_session(category)
    chair = Juror.objects.filter(seat__round=category.round).order_by("seat__position")[0]
    laudatio = chair.seat if fields.get("winner") else None
    values = {"votes_for": 5, "votes_against": 0, "votes_abstained": 0, "reasons": "Weil.", "laudatio": laudatio}
    return Decision.objects.create(**{"session": session, "recorded_by": chair, "recorded_at": NOW} | values | fields)


def test_session_opens_once(krisen: Category) -> None:
    twice("session", lambda: factories.open_session(krisen))


def test_attendance_once_per_person(panel: list[Juror], krisen: Category) -> None:
    session = factories.open_session(krisen)

    twice("juror_attends_once", lambda: Attendance.objects.create(session=session, juror=panel[0]))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("decision_has_reasons", {"reasons": ""}),
        ("chair_confirmation_has_who_and_when", {"chair_at": NOW}),
        ("office_confirmation_has_who_and_when", {"office_at": NOW}),
        ("decision_locked_by_two", {"locked_at": NOW}),
    ],
)
def test_decision_constraints(panel: list[Juror], krisen: Category, constraint: str, fields: dict[str, Any]) -> None:
    breaks(constraint, lambda: decided(krisen, **fields))


def test_decision_confirmed_has_a_moment(panel: list[Juror], krisen: Category) -> None:
    breaks("chair_confirmation_has_who_and_when", lambda: decided(krisen, chair=panel[0]))
    breaks("office_confirmation_has_who_and_when", lambda: decided(krisen, office=StaffFactory()))


def test_decision_is_not_locked_by_one(panel: list[Juror], krisen: Category) -> None:
    breaks("decision_locked_by_two", lambda: decided(krisen, chair=panel[0], chair_at=NOW, locked_at=NOW))
    breaks("decision_locked_by_two", lambda: decided(krisen, office=StaffFactory(), office_at=NOW, locked_at=NOW))


def test_decision_has_a_laudatio_exactly_for_a_winner(panel: list[Juror], krisen: Category, entry: Submission) -> None:
    breaks("laudatio_only_for_a_winner", lambda: decided(krisen, laudatio=panel[0].seat))
    breaks("laudatio_only_for_a_winner", lambda: decided(krisen, winner=entry, laudatio=None))


# Papers, letters, reminders --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "kind", "whom"),
    [
        ("one_dossier_per_juror", Paper.Kind.DOSSIER, "juror"),
        ("one_minutes", Paper.Kind.MINUTES, ""),
        ("one_certificate", Paper.Kind.CERTIFICATE, "submission"),
    ],
)
def test_paper_is_owed_once(
    panel: list[Juror], krisen: Category, entry: Submission, constraint: str, kind: str, whom: str
) -> None:
    given = {"juror": panel[0], "submission": entry}
    fields = {whom: given[whom]} if whom else {}

    twice(constraint, lambda: Paper.objects.create(kind=kind, category=krisen, **fields))


@pytest.mark.parametrize("kind", Paper.Kind)
@pytest.mark.parametrize("whom", [(), ("juror",), ("submission",), ("juror", "submission")])
def test_paper_is_for_whom_its_kind_says(
    panel: list[Juror], krisen: Category, entry: Submission, kind: Paper.Kind, whom: tuple[str, ...]
) -> None:
    given = {"juror": panel[0], "submission": entry}
    right = {Paper.Kind.DOSSIER: ("juror",), Paper.Kind.MINUTES: (), Paper.Kind.CERTIFICATE: ("submission",)}[kind]

    def make() -> Paper:
        return Paper.objects.create(kind=kind, category=krisen, **{name: given[name] for name in whom})

    if whom == right:
        assert make().pk
    else:
        breaks("paper_is_for_somebody", make)


@pytest.mark.parametrize("fields", [{"released_at": NOW}, {"released_by": True}])
def test_letter_release_has_who_and_when(entry: Submission, fields: dict[str, Any]) -> None:
    values = fields | ({"released_by": StaffFactory()} if "released_by" in fields else {})

    breaks(
        "letter_release_has_who_and_when",
        lambda: Letter.objects.create(submission=entry, kind="dank", subject="x", text="x", **values),
    )


def test_letter_once_per_entry(entry: Submission) -> None:
    twice("letter", lambda: Letter.objects.create(submission=entry, kind="dank", subject="x", text="x"))


def test_reminder_once_per_offset(panel: list[Juror]) -> None:
    twice(
        "one_scoring_reminder_per_offset",
        lambda: ScoringReminder.objects.create(juror=panel[0], hours=24, deadline=NOW, sent_at=NOW),
    )


# Triggers --------------------------------------------------------------------------------------------


def refuses(message: str, write: Callable[[], Any]) -> None:
    """Check that a trigger refuses `write` with that message."""
    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        write()


def test_journal_lines_never_change(open_round: Round) -> None:
    JuryEvent.objects.create(round=open_round, at=NOW, verb=JuryEvent.Verb.OPENED)

    refuses("never change", lambda: JuryEvent.objects.update(at=NOW + timedelta(days=1)))


CHANGES: dict[str, Any] = {
    "key": "anders",
    "title": "Anders",
    "explanation": "Anders",
    "weight": 3,
    "tie_break": 9,
    "position": 9,
}


@pytest.mark.parametrize("field", CHANGES)
def test_criterion_is_frozen_from_the_first_final_sheet_on(sheet: Assessment, open_round: Round, field: str) -> None:
    criterion = open_round.criteria.filter(key="zukunft")

    refuses("criteria are frozen", lambda: criterion.update(**{field: CHANGES[field]}))
    criterion.update(**{field: F(field)})  # as it was: no change


def test_criterion_stays_frozen_when_the_sheet_is_reopened_or_void(sheet: Assessment) -> None:
    for status in (Status.DRAFT, Status.VOID):
        Assessment.objects.update(status=status, finalised_at=None)
        refuses("criteria are frozen", lambda: Criterion.objects.update(weight=3))


def test_criterion_may_change_while_there_are_drafts_only(panel: list[Juror], entry: Submission) -> None:
    factories.sheet(panel[0], entry, 7, Status.DRAFT)

    assert Criterion.objects.update(weight=3) == 3


def test_criterion_cannot_be_added_or_taken_away_then(sheet: Assessment, open_round: Round) -> None:
    fields = {"key": "neu", "title": "Neu", "explanation": "Neu", "position": 9}

    refuses("criteria are frozen", lambda: Criterion.objects.create(round=open_round, **fields))
    with pytest.raises(ProtectedError):
        open_round.criteria.all()[0].delete()


def test_criteria_of_another_round_stay_free(sheet: Assessment, open_round: Round) -> None:
    Round.objects.filter(pk=open_round.pk).update(key="frueher")
    other = Round.objects.get(pk=open_round.pk)
    other.pk, other.key = None, "lp3"
    other.save()

    criterion = Criterion.objects.create(round=other, key="neu", title="Neu", explanation="Neu", position=9)

    assert Criterion.objects.filter(pk=criterion.pk).update(weight=3) == 1


@pytest.mark.parametrize("fields", [{"scale_min": 1}, {"scale_max": 9}])
def test_scale_is_frozen_from_the_first_final_sheet_on(
    sheet: Assessment, open_round: Round, fields: dict[str, int]
) -> None:
    refuses("the scale is frozen", lambda: Round.objects.filter(pk=open_round.pk).update(**fields))
    assert Round.objects.filter(pk=open_round.pk).update(quorum=2, scale_max=10) == 1


@pytest.mark.parametrize("points", [11, 32_000])
def test_points_stay_inside_the_scale(sheet: Assessment, points: int) -> None:
    refuses("points outside the scale", lambda: Score.objects.update(points=points))


def test_points_below_the_scale_are_refused(panel: list[Juror], entry: Submission) -> None:
    Round.objects.update(scale_min=1)
    draft = factories.sheet(panel[0], entry, 1, Status.DRAFT)
    criterion = draft.scores.all()[0].criterion
    Score.objects.filter(criterion=criterion).delete()

    refuses(
        "points outside the scale",
        lambda: Score.objects.create(assessment=draft, criterion=criterion, points=0),
    )
    assert Score.objects.create(assessment=draft, criterion=criterion, points=None).pk


@pytest.mark.parametrize("points", [0, 10, None])
def test_points_at_the_edges_of_the_scale_and_none_are_kept(sheet: Assessment, points: int | None) -> None:
    assert Score.objects.update(points=points) == 3


def test_points_and_sheets_are_frozen_once_the_category_is_decided(
    panel: list[Juror], sheet: Assessment, entry: Submission, krisen: Category
) -> None:
    bare = factories.sheet(panel[1], entry, 5, Status.DRAFT)
    criterion = bare.scores.all()[0].criterion
    bare.scores.all()[0].delete()
    Category.objects.filter(pk=krisen.pk).update(decided_at=NOW)

    refuses("decided", lambda: Score.objects.update(points=1))
    refuses("decided", lambda: Score.objects.create(assessment=bare, criterion=criterion, points=1))
    refuses("decided", lambda: Assessment.objects.update(comment="anders"))
    refuses("decided", lambda: factories.sheet(panel[2], entry, 5, Status.DRAFT))


def test_points_of_another_category_stay_free(panel: list[Juror], open_round: Round, krisen: Category) -> None:
    other = factories.sheet(panel[0], factories.admitted(open_round, "umwelt"), 7, Status.DRAFT)
    Category.objects.filter(pk=krisen.pk).update(decided_at=NOW)

    assert other.scores.update(points=1) == 3


def test_decision_never_changes_once_it_is_locked(panel: list[Juror], krisen: Category) -> None:
    decision = decided(krisen, chair=panel[0], chair_at=NOW, office=StaffFactory(), office_at=NOW)
    Decision.objects.update(reasons="Anders.")
    Decision.objects.update(locked_at=NOW)

    refuses("the decision is locked", lambda: Decision.objects.update(reasons="Noch einmal anders."))
    refuses("the decision is locked", lambda: Decision.objects.update(locked_at=None))
    decision.refresh_from_db()
    assert decision.reasons == "Anders."


def test_triggers_refuse_as_an_integrity_error(sheet: Assessment) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Criterion.objects.update(weight=3)
