"""The Niederschrift: what it tells, what its draft leaves out, who may read it, and that it is valid."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jury import minutes, sight
from jury.actions import sessions
from jury.models import Assessment, Juror, JuryEvent, Session
from landespreis import clock
from submissions.models import Category, Round, Submission
from tests.accounts.factories import StaffFactory
from tests.jury import decided, factories

POINTS = {"gewinn": 8, "innovation": 7, "zukunft": 6}


@pytest.fixture
def category(round: Round) -> Category:
    return round.categories.get(key="krisen")


@pytest.fixture
def two(open_round: Round, panel: list[Juror], scoring: Callable[[], None]) -> list[Submission]:
    """Two entries: the second juror is recused from the second one and had scored it; the others scored both."""
    rows = [factories.admitted(open_round, title=title) for title in ("Pegel gemeinsam lesen", "Notstrom im Ring")]
    scoring()
    for juror in panel:
        factories.sheet(juror, rows[0], POINTS)
        factories.sheet(juror, rows[1], 5)
    Assessment.objects.filter(seat=panel[1].seat, submission=rows[1]).update(status="void")
    factories.recuse(panel[1], rows[1])
    return rows


@pytest.fixture
def session(two: list[Submission], panel: list[Juror], category: Category) -> Session:
    return decided.opened(category, *panel[:4])


def said(session: Session) -> dict[str, object]:
    return minutes.context(Session.objects.select_related("category__round", "opened_by").get(), clock.now())


def test_context_tells_who_was_there_and_who_presided(
    session: Session, panel: list[Juror], two: list[Submission]
) -> None:
    decided.decide(session, panel[0], two[0])

    assert said(session)["members"] == [
        (panel[0].seat.institution, panel[0].name, "anwesend, Vorsitz"),
        *((juror.seat.institution, juror.name, "anwesend") for juror in panel[1:4]),
        (panel[4].seat.institution, panel[4].name, "nicht anwesend"),
    ]


def test_context_names_a_vacant_seat_and_a_predecessor_who_was_there(session: Session, panel: list[Juror]) -> None:
    Juror.objects.filter(pk__in=[panel[0].pk, panel[4].pk]).update(until=clock.now())

    members = said(session)["members"]

    assert members[0] == (panel[0].seat.institution, panel[0].name, "anwesend")  # type: ignore[index]
    assert members[4] == (panel[4].seat.institution, "nicht besetzt", "nicht anwesend")  # type: ignore[index]


def test_context_tells_recusals_with_code_and_text_also_those_taken_back(
    session: Session, panel: list[Juror], two: list[Submission]
) -> None:
    back = factories.recuse(panel[2], two[0])
    back.taken_back_at, back.taken_back_by, back.taken_back_reason = clock.now(), StaffFactory(), "Verwechslung"
    back.save()

    first, second = said(session)["recusals"]  # type: ignore[misc]

    assert (first["label"], first["juror"], first["text"]) == (two[0].label, panel[2].name, "Ratsmandat")
    assert first["taken_back"].endswith(f"durch {back.taken_back_by.name}: Verwechslung")
    assert (second["label"], second["juror"], second["taken_back"]) == (two[1].label, panel[1].name, "")
    assert second["reason"] == "Mandat oder Beschäftigung bei einer beteiligten Kommune"


def test_context_keeps_void_points_for_the_locked_record_only(
    session: Session, panel: list[Juror], two: list[Submission]
) -> None:
    draft = said(session)
    decided.decide(session, panel[0], two[0])
    kept = said(session)

    void = [
        [(line.points, line.mean, line.word) for line in one["entries"][1].judgements if line.juror == panel[1].name]  # type: ignore[index]
        for one in (draft, kept)
    ]
    assert (draft["draft"], kept["draft"]) == (True, False)
    assert void == [
        [(("–", "–", "–"), "–", "nicht gewertet, befangen")],
        [(("5", "5", "5"), "–", "nicht gewertet, befangen")],
    ]


def test_context_lists_points_and_means_by_seat(session: Session, panel: list[Juror], two: list[Submission]) -> None:
    entry = said(session)["entries"][0]  # type: ignore[index]

    assert [(line.seat, line.points, line.mean, line.word) for line in entry.judgements] == [
        (juror.seat.short_name, ("8", "7", "6"), "7,00", "") for juror in panel
    ]
    assert (entry.rank, entry.figures) == ("Rang 1", "Mittel 7,00, 5 gültige Bewertungen")
    assert (entry.version, entry.sha256) == ("Version 1", two[0].current.sha256)  # type: ignore[union-attr]


def test_context_says_where_an_assessment_is_missing_and_ignores_drafts(
    session: Session, panel: list[Juror], two: list[Submission]
) -> None:
    Assessment.objects.filter(seat=panel[3].seat, submission=two[0]).update(status="draft", finalised_at=None)

    line = said(session)["entries"][0].judgements[3]  # type: ignore[index]

    assert (line.juror, line.points, line.word) == ("", ("–", "–", "–"), "keine Bewertung")


def test_context_tells_how_ties_were_resolved(session: Session, two: list[Submission], panel: list[Juror]) -> None:
    for sheet in Assessment.objects.filter(submission=two[1], status="final"):
        for score, points in zip(sheet.scores.order_by("criterion__position"), (7, 8, 6), strict=True):
            score.points = points
            score.save()

    ranking = said(session)["ranking"]

    words = "Punktgleich; das höhere Mittel bei „Gewinn der Kooperation“ entscheidet."
    assert [(row["rank"], row["tie"]) for row in ranking] == [("1", words), ("2", words)]  # type: ignore[attr-defined]


def test_context_tells_revisions_with_both_sides_and_reason(
    session: Session, panel: list[Juror], two: list[Submission]
) -> None:
    sides = [{"scores": {key: {"points": points, "comment": ""} for key, points in one.items()}} for one in (
        {"gewinn": 7, "innovation": 9}, {"gewinn": 8, "innovation": 9})]  # fmt: skip
    for before in (sides[0], None, sides[1]):
        JuryEvent.objects.create(
            round=session.category.round, at=clock.now(), by=panel[0].user, verb="revised", seat=panel[0].seat,
            category=session.category, submission=two[0], detail={"reason": "Neu", "before": before, "after": sides[1]},
        )  # fmt: skip

    told = said(session)["revisions"]

    assert [(row["label"], row["changes"], row["reason"]) for row in told] == [  # type: ignore[attr-defined]
        (two[0].label, ["Gewinn der Kooperation: 7 → 8"], "Neu"),
        (
            two[0].label,
            ["Gewinn der Kooperation: keine Punkte → 8", "Grad der Innovation der Kooperation: keine Punkte → 9"],
            "Neu",
        ),
        (two[0].label, ["nur Begründung"], "Neu"),
    ]


def test_context_names_entries_that_left_after_they_were_scored(session: Session, two: list[Submission]) -> None:
    Submission.objects.filter(pk=two[1].pk).update(formal_check="excluded")

    told = said(session)

    assert told["gone"] == [f"{two[1].label} {two[1].submitted_title} (ausgeschlossen)"]
    assert [entry.label for entry in told["entries"]] == [two[0].label]  # type: ignore[attr-defined]


def test_firmness_names_the_seat_that_would_turn_it(
    session: Session, two: list[Submission], panel: list[Juror]
) -> None:
    for entry, best in ((two[0], 0), (two[1], 2)):
        for sheet in Assessment.objects.filter(submission=entry, status="final").select_related("seat"):
            sheet.scores.update(points=10 if sheet.seat_id == panel[best].seat_id else 5)

    words = said(session)["firmness"]

    assert words == (
        "Knapp: „Notstrom im Ring“ liegt vorn. Zum nächsten Mittel sind es 0,25 Punkte. "
        "Ohne die Punkte des Sitzes Staedtetag lägen gemeinsam „Pegel gemeinsam lesen“ und „Notstrom im Ring“ vorn. "
        "Ohne die Punkte des Sitzes Landkreistag läge „Pegel gemeinsam lesen“ vorn."
    )


def test_firmness_says_that_nobody_turns_it(session: Session) -> None:
    assert said(session)["firmness"] == (
        "Fest: „Pegel gemeinsam lesen“ läge auch ohne die Punkte eines beliebigen einzelnen Sitzes vorn. "
        "Zum nächsten Mittel sind es 2,00 Punkte."
    )


@pytest.mark.parametrize("prize", [True, False])
def test_render_is_valid_and_says_what_was_decided(
    session: Session, panel: list[Juror], two: list[Submission], prize: bool
) -> None:
    decided.decide(session, panel[0], two[0] if prize else None)

    content = minutes.render(Session.objects.select_related("category__round", "opened_by").get(), clock.now())

    words = decided.text(content)
    assert decided.failures(content) == []
    assert ("kein Preis" in words) is not prize
    assert two[0].current.sha256 in words  # type: ignore[union-attr]
    assert "Entwurf" not in words
    assert [title for level, title, _ in decided.bookmarks(content) if level == 1] == [
        "Niederschrift", "Teilnahme", "Befangenheiten", "Rangfolge", "Bewertungen",
        "In der Sitzung geänderte Bewertungen", "Beschluss", "Verlauf",
    ]  # fmt: skip


def test_render_of_an_undecided_session_is_marked_as_draft(session: Session) -> None:
    content = minutes.render(Session.objects.select_related("category__round", "opened_by").get(), clock.now())

    assert "Entwurf" in decided.text(content)
    assert decided.failures(content) == []


def test_context_takes_the_same_queries_for_one_and_three_entries(
    open_round: Round, panel: list[Juror], scoring: Callable[[], None], category: Category, at: Callable[..., None]
) -> None:
    now = clock.now()
    counts = []
    for number in (1, 3):
        at(now)
        while Submission.objects.count() < number:
            factories.admitted(open_round)
        scoring()
        for entry in Submission.objects.exclude(pk__in=Assessment.objects.values("submission")):
            for juror in panel:
                factories.sheet(juror, entry, POINTS)
        session = Session.objects.first() or decided.opened(category, *panel)
        with CaptureQueriesContext(connection) as queries:
            said(session)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_may_read_needs_an_open_session_every_declaration_and_no_recusal(
    two: list[Submission], panel: list[Juror], category: Category
) -> None:
    assert not minutes.may_read(sight.of_juror(panel[0]), category)

    decided.opened(category, *panel)

    assert minutes.may_read(sight.of_juror(panel[0]), category)
    assert not minutes.may_read(sight.of_juror(panel[1]), category)
    panel[2].clearances.filter(submission=two[0]).delete()
    assert not minutes.may_read(sight.of_juror(panel[2]), category)


def test_may_read_stays_closed_to_the_recused_after_the_embargo(
    session: Session, panel: list[Juror], category: Category, at: Callable[..., None]
) -> None:
    at(category.round.embargo_until)

    assert sight.of_juror(panel[1]).sees_decision(category)
    assert not minutes.may_read(sight.of_juror(panel[1]), category)


def test_context_tells_a_revision_as_the_verb_journals_it(
    session: Session, two: list[Submission], panel: list[Juror]
) -> None:
    assert panel[0].user
    given = sessions.Points(points=POINTS | {"gewinn": 9}, comments={})

    sessions.revise(two[0], by=panel[0].user, given=given, reason="Kosten neu gelesen", seen=0)

    (told,) = said(session)["revisions"]  # type: ignore[misc]
    assert (told["label"], told["changes"], told["reason"]) == (
        two[0].label,
        ["Gewinn der Kooperation: 8 → 9"],
        "Kosten neu gelesen",
    )
