"""What a juror does to an entry: every verb in every stage, its refusals, its rollback, and several at once."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from jury import workflow
from jury.actions import assessing, gate
from jury.models import Assessment, Clearance, Juror, JuryEvent, Recusal, Session
from jury.workflow import Act, Stage
from landespreis import clock
from landespreis.refusal import NotAllowed, Refused
from submissions.models import Category, Criterion, Round, Submission
from tests.accounts.factories import StaffFactory
from tests.jury import factories
from tests.submissions.factories import editor

ALL = {"gewinn": 8, "innovation": 7, "zukunft": 0}
Scoring = Callable[[], None]
Clock = Callable[[datetime], None]


@pytest.fixture
def entry(open_round: Round, panel: list[Juror], scoring: Scoring) -> Submission:
    """An admitted entry in the time of scoring."""
    made = factories.admitted(open_round)
    scoring()
    return made


@pytest.fixture
def juror(panel: list[Juror], entry: Submission) -> Juror:
    """The second of the panel, who has stated not to be biased."""
    factories.clear(panel[1], entry)
    return panel[1]


def save(
    entry: Submission, juror: Juror, points: Mapping[str, Any], verb: Any = assessing.save, **said: Any
) -> Assessment:
    values = {"comments": {}, "comment": "", "revision": 0} | said
    sheet: Assessment = verb(entry, by=juror.user, points=points, **values)
    return sheet


def finalise(entry: Submission, juror: Juror, points: Mapping[str, Any], **said: Any) -> Assessment:
    return save(entry, juror, points, assessing.finalise, **said)


def held(sheet: Assessment) -> dict[str, int | None]:
    rows = Assessment.objects.get(pk=sheet.pk).scores.select_related("criterion")
    return {row.criterion.key: row.points for row in rows}


def verbs() -> list[str]:
    return list(JuryEvent.objects.order_by("pk").values_list("verb", flat=True))


# Each verb ------------------------------------------------------------------------------------------
def test_clear_opens_the_entry_and_is_journalled_once(entry: Submission, panel: list[Juror]) -> None:
    assessing.clear(entry, by=panel[1].user)
    assessing.clear(entry, by=panel[1].user)

    assert Clearance.objects.get().juror == panel[1]
    event = JuryEvent.objects.get()
    assert (event.verb, event.by, event.seat, event.submission) == ("cleared", panel[1].user, panel[1].seat, entry)
    assert gate.sight_of(panel[1].user).may_read(entry)


@pytest.mark.parametrize("role", ["owner", "read", "edit", "submit"])
def test_clear_by_somebody_who_works_on_the_entry_is_refused(entry: Submission, panel: list[Juror], role: str) -> None:
    if role == "owner":
        Submission.objects.filter(pk=entry.pk).update(owner=panel[1].user)
    else:
        Juror.objects.filter(pk=panel[1].pk).update(user=editor(entry, role, totp=True))
    panel[1].refresh_from_db()

    with pytest.raises(NotAllowed, match="wirken selbst an dieser Einreichung mit"):
        assessing.clear(entry, by=panel[1].user)

    assert not Clearance.objects.exists()


def test_recuse_voids_the_sheet_and_hides_the_entry(entry: Submission, panel: list[Juror]) -> None:
    sheet = factories.sheet(panel[1], entry, 9)
    other = factories.sheet(panel[2], entry, 5)

    assessing.recuse(entry, by=panel[1].user, reason="beratung", text=" Ich habe beraten. ")

    recusal = Recusal.objects.get()
    assert (recusal.juror, recusal.reason, recusal.text) == (panel[1], "beratung", "Ich habe beraten.")
    sheet.refresh_from_db()
    other.refresh_from_db()
    assert (sheet.status, other.status) == ("void", "final")
    assert not gate.sight_of(panel[1].user).entries().exists()
    event = JuryEvent.objects.get()
    assert (event.verb, event.detail) == ("recused", {"reason": "beratung", "voided": True})


def test_recuse_voids_what_the_person_gave_from_another_seat(entry: Submission, panel: list[Juror]) -> None:
    before, other = panel[1], factories.sheet(panel[2], entry, 8)
    given = factories.sheet(before, entry, 9)
    Juror.objects.filter(pk__in=(before.pk, panel[3].pk)).update(until=clock.now())
    factories.juror(before.seat)
    now = Juror.objects.get(pk=before.pk)
    now.pk, now.seat, now.until = None, panel[3].seat, None
    now.save()

    assessing.recuse(entry, by=before.user, reason="amt", text="Ratsmandat")

    assert dict(Assessment.objects.values_list("pk", "status")) == {given.pk: "void", other.pk: "final"}


def test_recuse_in_the_session_lets_every_page_notice(entry: Submission, juror: Juror) -> None:
    assert entry.submitted_category
    session = factories.open_session(entry.submitted_category)

    assessing.recuse(entry, by=juror.user, reason="amt", text="Ratsmandat")

    assert Session.objects.get().revision == session.revision + 1


def test_recuse_twice_is_once(entry: Submission, juror: Juror) -> None:
    first = assessing.recuse(entry, by=juror.user, reason="amt", text="Ratsmandat")
    second = assessing.recuse(entry, by=juror.user, reason="anderer", text="Noch etwas")

    assert (first, Recusal.objects.count(), verbs()) == (second, 1, ["recused"])


@pytest.mark.parametrize(
    ("reason", "text", "said"),
    [
        ("mond", "Text", "Diesen Grund gibt es nicht"),
        ("", "Text", "Diesen Grund gibt es nicht"),
        ("amt", " \n", "erläutern"),
        ("amt", "a" * 1003, "um 3 Zeichen"),
        ("amt", "a\x00b", "nicht speichern lässt"),
    ],
)
def test_recuse_with_bad_input_is_refused(entry: Submission, juror: Juror, reason: str, text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        assessing.recuse(entry, by=juror.user, reason=reason, text=text)

    assert not Recusal.objects.exists()


def test_save_keeps_a_draft_with_gaps(entry: Submission, juror: Juror) -> None:
    sheet = save(entry, juror, {"gewinn": 8, "innovation": None}, comments={"zukunft": "Bleibt."}, comment="Rund.")

    assert (sheet.status, sheet.seat, sheet.juror, sheet.version) == ("draft", juror.seat, juror, entry.current)
    assert held(sheet) == {"gewinn": 8, "innovation": None, "zukunft": None}
    assert sheet.scores.get(criterion__key="zukunft").comment == "Bleibt."
    assert (sheet.comment, sheet.revision, sheet.finalised_at, verbs()) == ("Rund.", 1, None, [])


def test_save_again_goes_on_from_its_revision(entry: Submission, juror: Juror) -> None:
    first = save(entry, juror, {"gewinn": 8})

    second = save(entry, juror, {"gewinn": 3, "zukunft": 4}, revision=first.revision)

    assert (second.pk, second.revision, held(second)) == (first.pk, 2, {"gewinn": 3, "innovation": None, "zukunft": 4})


@pytest.mark.parametrize("points", [11, -1, 7.5, "8", True])
def test_save_points_outside_the_scale_is_refused(entry: Submission, juror: Juror, points: Any) -> None:
    with pytest.raises(Refused, match="ganze Punkte von 0 bis 10"):
        save(entry, juror, {"gewinn": points})

    assert not Assessment.objects.exists()


@pytest.mark.parametrize("field", ["points", "comments"])
def test_save_for_an_unknown_criterion_is_refused(entry: Submission, juror: Juror, field: str) -> None:
    said: dict[str, Any] = {"points": {}, "comments": {}} | {field: {"schönheit": 3 if field == "points" else "Ja"}}

    with pytest.raises(Refused, match="haben sich geändert"):
        save(entry, juror, said["points"], comments=said["comments"])


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"comment": "a" * 3001}, "um 1 Zeichen"),
        ({"comments": {"gewinn": "a" * 2002}}, "um 2 Zeichen"),
        ({"comment": "a\x00"}, "nicht speichern lässt"),
    ],
)
def test_save_of_a_text_no_sheet_holds_is_refused(entry: Submission, juror: Juror, said: Any, match: str) -> None:
    with pytest.raises(Refused, match=match):
        save(entry, juror, ALL, **said)

    assert not Assessment.objects.exists()


def test_save_of_what_is_saved_changes_nothing(entry: Submission, juror: Juror) -> None:
    first = save(entry, juror, ALL)

    again = save(entry, juror, ALL, revision=0)

    assert (again, again.revision) == (first, 1)


def test_save_of_an_outdated_page_is_told_and_writes_nothing(entry: Submission, juror: Juror) -> None:
    save(entry, juror, {"gewinn": 8}, comment="Erste")

    with pytest.raises(assessing.Stale, match="in einem anderen Fenster") as refusal:
        save(entry, juror, {"gewinn": 2}, comment="Zweite", revision=0)

    assert refusal.value.sheet.comment == "Erste"
    assert held(Assessment.objects.get()) == {"gewinn": 8, "innovation": None, "zukunft": None}


def test_save_of_a_final_sheet_is_told_and_writes_nothing(entry: Submission, juror: Juror) -> None:
    sheet = finalise(entry, juror, ALL)

    with pytest.raises(assessing.Closed, match="öffnen Sie sie wieder"):
        save(entry, juror, ALL | {"gewinn": 1}, revision=sheet.revision)

    assert held(sheet) == ALL


def test_save_without_declaration_is_refused(entry: Submission, panel: list[Juror]) -> None:
    with pytest.raises(NotAllowed, match="Erklären Sie zuerst"):
        save(entry, panel[1], ALL)


def test_save_by_a_recused_juror_is_refused(entry: Submission, juror: Juror) -> None:
    factories.recuse(juror, entry)

    with pytest.raises(NotAllowed, match="steht Ihnen nicht mehr"):
        save(entry, juror, ALL)

    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"status": "withdrawn"}, {"formal_check": "excluded"}, {"formal_check": "open"}], ids=str
)
def test_save_for_an_entry_that_takes_part_no_more_is_refused(
    entry: Submission, juror: Juror, fields: dict[str, str]
) -> None:
    Submission.objects.filter(pk=entry.pk).update(**fields)

    with pytest.raises(NotAllowed, match="steht Ihnen nicht mehr"):
        save(entry, juror, ALL)


def test_save_by_somebody_without_a_seat_is_refused(entry: Submission, juror: Juror) -> None:
    for user in (entry.owner, StaffFactory(superuser=True)):
        with pytest.raises(NotAllowed):
            assessing.save(entry, by=user, points=ALL, comments={}, comment="", revision=0)

    assert not Assessment.objects.exists()


def test_save_writes_the_own_seat_only(entry: Submission, panel: list[Juror], juror: Juror) -> None:
    foreign = factories.sheet(panel[2], entry, 5, "draft")

    own = save(entry, juror, ALL)

    assert own.seat == juror.seat
    assert set(held(foreign).values()) == {5}


def test_save_by_a_successor_goes_on_with_the_seats_draft(entry: Submission, juror: Juror) -> None:
    draft = save(entry, juror, {"gewinn": 8})
    Juror.objects.filter(pk=juror.pk).update(until=clock.now())
    successor = factories.juror(juror.seat)
    factories.clear(successor, entry)

    sheet = save(entry, successor, ALL, revision=draft.revision)

    assert (sheet.pk, sheet.juror) == (draft.pk, successor)
    with pytest.raises(NotAllowed):
        save(entry, juror, ALL | {"gewinn": 1}, revision=sheet.revision)


def test_save_after_a_recusal_was_taken_back_starts_a_new_sheet(entry: Submission, juror: Juror) -> None:
    void = finalise(entry, juror, ALL)
    recusal = assessing.recuse(entry, by=juror.user, reason="amt", text="Ratsmandat")
    Recusal.objects.filter(pk=recusal.pk).update(
        taken_back_at=clock.now(), taken_back_by=StaffFactory(), taken_back_reason="Verwechslung"
    )

    fresh = save(entry, juror, {"gewinn": 1})

    void.refresh_from_db()
    assert (void.status, fresh.status, fresh.pk != void.pk) == ("void", "draft", True)


def test_finalise_counts_and_is_journalled_once(entry: Submission, juror: Juror) -> None:
    sheet = finalise(entry, juror, ALL)
    again = finalise(entry, juror, ALL)

    assert (sheet.status, sheet.finalised_at, sheet.first_finalised_at) == ("final", clock.now(), clock.now())
    assert (again, again.revision) == (sheet, sheet.revision)
    event = JuryEvent.objects.get()
    assert (event.verb, event.seat, event.detail) == ("finalised", juror.seat, {"points": ALL})


@pytest.mark.parametrize("missing", ["gewinn", "innovation", "zukunft"])
def test_finalise_with_points_missing_stays_a_draft_that_is_saved(
    entry: Submission, juror: Juror, missing: str
) -> None:
    points = {key: given for key, given in ALL.items() if key != missing}

    with pytest.raises(assessing.Incomplete) as refusal:
        finalise(entry, juror, points, comment="Schon da")

    sheet = Assessment.objects.get()
    assert (sheet.status, sheet.comment, held(sheet)) == ("draft", "Schon da", points | {missing: None})
    assert ([row.key for row in refusal.value.missing], verbs()) == ([missing], [])


def test_reopen_makes_a_draft_and_keeps_the_first_moment(entry: Submission, juror: Juror, at: Clock) -> None:
    sheet = finalise(entry, juror, ALL)
    at(clock.now() + timedelta(hours=1))

    opened = assessing.reopen(entry, by=juror.user)
    assessing.reopen(entry, by=juror.user)

    assert (opened.status, opened.finalised_at, opened.first_finalised_at) == ("draft", None, sheet.finalised_at)
    assert (opened.revision, held(opened), verbs()) == (sheet.revision + 1, ALL, ["finalised", "reopened"])


def test_finalise_again_keeps_the_first_moment(entry: Submission, juror: Juror, at: Clock) -> None:
    first = finalise(entry, juror, ALL)
    assessing.reopen(entry, by=juror.user)
    at(clock.now() + timedelta(hours=1))

    again = finalise(entry, juror, ALL, revision=first.revision + 1)

    assert (again.finalised_at, again.first_finalised_at) == (clock.now(), first.first_finalised_at)


def test_reopen_without_a_sheet_is_refused(entry: Submission, juror: Juror) -> None:
    with pytest.raises(Refused, match="noch keine Bewertung"):
        assessing.reopen(entry, by=juror.user)


# Stages ---------------------------------------------------------------------------------------------
CALLS: dict[str, tuple[Act, Callable[[Submission, Juror], Any]]] = {
    "clear": (Act.CLEAR, lambda entry, juror: assessing.clear(entry, by=juror.user)),
    "recuse": (Act.RECUSE, lambda entry, juror: assessing.recuse(entry, by=juror.user, reason="amt", text="Mandat")),
    "save": (Act.SCORE, lambda entry, juror: save(entry, juror, ALL | {"gewinn": 1}, revision=1)),
    "finalise": (Act.SCORE, lambda entry, juror: finalise(entry, juror, ALL, revision=1)),
    "reopen": (Act.SCORE, lambda entry, juror: assessing.reopen(entry, by=juror.user)),
}


def bring_to(stage: Stage, entry: Submission, at: Clock) -> None:
    category = entry.submitted_category
    assert category
    opens = entry.round.scoring_opens_at
    assert opens
    at(opens - timedelta(seconds=1) if stage == Stage.WAITING else opens)
    if stage in {Stage.SESSION, Stage.DECIDED}:
        factories.open_session(category)
    if stage == Stage.DECIDED:
        Category.objects.filter(pk=category.pk).update(decided_at=clock.now())


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.value)
@pytest.mark.parametrize("name", CALLS)
def test_every_verb_in_every_stage(entry: Submission, panel: list[Juror], at: Clock, name: str, stage: Stage) -> None:
    act, call = CALLS[name]
    sheet = factories.sheet(panel[1], entry, ALL, "draft")
    Assessment.objects.filter(pk=sheet.pk).update(revision=1)
    bring_to(stage, entry, at)

    if act in workflow.ALLOWED[stage]:
        assert call(entry, panel[1])
    else:
        with pytest.raises(Refused, match=workflow.WHY[stage][1][:20]):
            call(entry, panel[1])
        assert (verbs(), held(sheet), Recusal.objects.count()) == ([], ALL, 0)


@pytest.mark.parametrize("name", CALLS)
def test_rollback_takes_everything_along(entry: Submission, panel: list[Juror], name: str) -> None:
    juror, call = panel[1], CALLS[name][1]
    if name != "clear":
        sheet = factories.sheet(juror, entry, ALL, "final" if name == "reopen" else "draft")
        Assessment.objects.filter(pk=sheet.pk).update(revision=1)

    def all_rows() -> list[Any]:
        tables = (Clearance, Recusal, Assessment, JuryEvent)
        return [list(table.objects.order_by("pk").values()) for table in tables]  # type: ignore[attr-defined]

    before = all_rows()

    @transaction.atomic
    def write_then_fail() -> None:
        call(entry, juror)
        assert all_rows() != before
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_then_fail()

    assert all_rows() == before


# Several at once ------------------------------------------------------------------------------------
def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run `calls` at once, each with a connection of its own; return results or refusals."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=30)
            return call()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]


def open_now(category: Category) -> Session:
    """Open the Session as its verb does: behind the lock of the category."""
    with transaction.atomic():
        gate.enter(category, Act.OPEN)
        return factories.open_session(category)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(4))
def test_session_opening_while_a_sheet_is_saved_keeps_or_refuses_it(
    open_round: Round, panel: list[Juror], scoring: Scoring, attempt: int
) -> None:
    entry = factories.admitted(open_round)
    scoring()
    factories.clear(panel[1], entry)
    category = entry.submitted_category
    assert category
    calls: list[Callable[[], Any]] = [lambda: finalise(entry, panel[1], ALL), lambda: open_now(category)]

    results = together(*(calls if attempt % 2 else reversed(calls)))

    sheet = next(iter(Assessment.objects.all()), None)
    refused = [result for result in results if isinstance(result, Refused)]
    assert Session.objects.count() == 1
    assert [result.title for result in refused] == ([] if sheet else ["Die Sitzung ist eröffnet"])
    assert sheet is None or (sheet.status, held(sheet)) == ("final", ALL)


@pytest.mark.django_db(transaction=True)
def test_finalise_pressed_twice_at_once_is_once(open_round: Round, panel: list[Juror], scoring: Scoring) -> None:
    entry = factories.admitted(open_round)
    scoring()
    factories.clear(panel[1], entry)

    results = together(*[lambda: finalise(entry, panel[1], ALL)] * 3)

    assert len({result.pk for result in results}) == 1
    assert (Assessment.objects.get().status, verbs()) == ("final", ["finalised"])


@pytest.mark.django_db(transaction=True)
def test_two_tabs_saving_at_once_never_overwrite_each_other(
    open_round: Round, panel: list[Juror], scoring: Scoring
) -> None:
    entry = factories.admitted(open_round)
    scoring()
    factories.clear(panel[1], entry)

    results = together(*[lambda n=n: save(entry, panel[1], {"gewinn": n}) for n in range(4)])

    stale = [result for result in results if isinstance(result, assessing.Stale)]
    kept = next(result for result in results if isinstance(result, Assessment))
    assert (len(stale), Assessment.objects.get()) == (3, kept)
    assert {result.sheet.pk for result in stale} == {kept.pk}


@pytest.mark.django_db(transaction=True)
def test_recusing_while_saving_leaves_no_sheet_that_counts(
    open_round: Round, panel: list[Juror], scoring: Scoring
) -> None:
    entry = factories.admitted(open_round)
    scoring()
    factories.clear(panel[1], entry)

    together(
        lambda: finalise(entry, panel[1], ALL),
        lambda: assessing.recuse(entry, by=panel[1].user, reason="amt", text="Mandat"),
    )

    assert Recusal.objects.count() == 1
    assert not Assessment.objects.standing().exists()


def test_criteria_of_the_round_have_all_a_place_on_the_sheet(entry: Submission, juror: Juror) -> None:
    Criterion.objects.create(round=entry.round, key="neu", title="Neu", explanation="", position=9)

    with pytest.raises(assessing.Incomplete) as refusal:
        finalise(entry, juror, ALL)

    assert [row.key for row in refusal.value.missing] == ["neu"]
