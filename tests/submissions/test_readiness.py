"""What the office reads under «Kann geöffnet werden?» about dates, categories, criteria and questions."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from landespreis import clock, readiness
from landespreis.readiness import Point, State
from submissions.models import Category, Criterion, Round
from tests.accounts.factories import StaffFactory
from tests.submissions import preparing
from tests.submissions.preparing import DATES, LATER

At = Callable[[datetime], None]
DAY = timedelta(days=1)


@pytest.fixture
def prepared(round: Round, at: At) -> Round:
    at(LATER)
    return preparing.complete(round)


def found(round: Round, user: User | None = None) -> dict[str, Point]:
    fresh = Round.objects.get(pk=round.pk)
    points = readiness.points(fresh, user or preparing.office(), clock.now())
    return {point.label: point for point in points}


def changed(round: Round, **values: Any) -> dict[str, Point]:
    Round.objects.filter(pk=round.pk).update(**values)
    return found(round)


def test_prepared_round_lacks_nothing(prepared: Round) -> None:
    points = found(prepared).values()

    assert readiness.missing(list(points)) == []
    assert {point.label for point in points if point.state is State.NOTE} == {
        "Stichtag der Vereinbarung", "Termine der Jury", "Personen der Jury", "Häufige Fragen",
        "Termin der Preisverleihung", "Termine zum Mitmachen",
    }  # fmt: skip


WINDOW, CEREMONY = "Beginn und Einreichungsschluss", "Preisverleihung und Sperrfrist"


@pytest.mark.parametrize(
    ("values", "label", "words"),
    [
        ({"opens_at": None}, WINDOW, "Beginn fehlt."),
        ({"closes_at": None}, WINDOW, "Einreichungsschluss fehlt."),
        ({"opens_at": None, "closes_at": None}, WINDOW, "Beginn und Einreichungsschluss fehlen."),
        ({"opens_at": LATER}, WINDOW, "liegt in der Vergangenheit"),
        ({"ceremony_on": None}, CEREMONY, "Es fehlt: Preisverleihung."),
        ({"embargo_until": None}, CEREMONY, "Es fehlt: Ende der Sperrfrist."),
        ({"embargo_until": DATES["closes_at"]}, CEREMONY, "wären vorher öffentlich"),
        ({"ceremony_on": date(2028, 1, 1)}, CEREMONY, "nicht vor dem Einreichungsschluss"),
        ({"number_prefix": "ikz-2026"}, "Anfang der Nummern", "schon die Nummern von „2. Landespreis"),
        ({"quorum": 2}, "Sitze der Jury", "Das Quorum von 2 ist mit einem Sitz nie erreicht."),
    ],
)
def test_missing_is_named(prepared: Round, values: dict[str, Any], label: str, words: str) -> None:
    point = changed(prepared, **values)[label]

    assert point.state is State.MISSING
    assert words in point.reason


@pytest.mark.parametrize(
    ("values", "label", "words"),
    [
        ({"contract_after": None}, "Stichtag der Vereinbarung", "gleichgültig"),
        ({"reminder_hours": []}, "Erinnerungen", "Niemand wird erinnert"),
        ({"session_at": None}, "Termine der Jury", "Noch leer: Bewertung ab, Bewertungsschluss und Jurysitzung."),
    ],
)
def test_notes_hinder_nothing(prepared: Round, values: dict[str, Any], label: str, words: str) -> None:
    point = changed(prepared, **values)[label]

    assert point.state is State.NOTE
    assert words in point.reason


@pytest.mark.parametrize(
    ("closes", "session", "words"),
    [
        (20 * DAY, 30 * DAY, ""),
        (31 * DAY, 30 * DAY, "endet erst nach der Jurysitzung"),
        (20 * DAY, 100 * DAY, "erst nach dem Ende der Sperrfrist"),
    ],
)
def test_dates_of_the_jury(prepared: Round, closes: timedelta, session: timedelta, words: str) -> None:
    start = DATES["closes_at"]

    point = changed(prepared, scoring_opens_at=start, scoring_closes_at=start + closes, session_at=start + session)[
        "Termine der Jury"
    ]

    assert point.state is (State.NOTE if words else State.OK)
    assert words in point.reason


def test_dates_that_are_there_are_told(prepared: Round) -> None:
    points = changed(prepared, contract_after=date(2016, 9, 1))

    assert points["Beginn und Einreichungsschluss"].reason == (
        "Mittwoch, 1. Dezember 2027, 00:00 Uhr (MEZ) bis Mittwoch, 9. Februar 2028, 24:00 Uhr (MEZ)."
    )
    assert points["Stichtag der Vereinbarung"].reason == "Zugelassen sind Vereinbarungen nach dem 1. September 2016."
    assert points["Anfang der Nummern"].reason == "Die erste Einreichung heißt IKZ-2028-0001."


def test_closing_before_opening_is_named() -> None:
    from submissions import readiness as own  # noqa: PLC0415

    contrary = Round(opens_at=DATES["closes_at"], closes_at=DATES["opens_at"])

    assert own._window(contrary, LATER, "").state is State.MISSING


def test_running_round_comes_first(prepared: Round, round: Round, at: At) -> None:
    label = "Keine andere Runde zur selben Zeit"
    at(round.embargo_until - DAY)
    assert "läuft noch bis Mittwoch, 15. April 2026" in found(prepared)[label].reason
    at(round.embargo_until)
    assert found(prepared)[label].state is State.OK

    overlapping = changed(prepared, opens_at=round.embargo_until - DAY)[label]

    assert overlapping.state is State.MISSING
    assert "Überschneidet sich mit „2. Landespreis" in overlapping.reason


def test_rows_that_must_be_there(prepared: Round) -> None:
    Criterion.objects.filter(round=prepared).update(weight=0)
    prepared.questions.update(required=False)
    points = found(prepared)
    assert "Alle Gewichte sind null" in points["Kriterien und Gewichte"].reason
    assert points["Pflichtfragen"].state is State.NOTE

    prepared.questions.update(position=1)
    assert "Platz 1 ist doppelt" in found(prepared)["Fragen des Formulars"].reason

    prepared.questions.update(criterion=None)
    assert "Keine Frage gehört zu „Gewinn der Kooperation“" in found(prepared)["Jedes Kriterium hat eine Frage"].reason

    prepared.questions.all().delete()
    prepared.criteria.all().delete()
    Category.objects.filter(round=prepared).delete()
    lacking = {label for label, point in found(prepared).items() if point.state is State.MISSING}
    assert lacking == {"Kategorien", "Kriterien und Gewichte", "Fragen des Formulars"}


def test_links_lead_to_the_fields_and_only_for_those_who_may(prepared: Round) -> None:
    page = f"/admin/submissions/round/{prepared.pk}/change/"
    points = found(prepared)
    assert points["Kategorien"].url == f"{page}#categories-group"
    assert points["Sitze der Jury"].url == f"/admin/jury/seat/?round__id__exact={prepared.pk}"

    editor = StaffFactory()
    editor.user_permissions.add(Permission.objects.get(codename="view_round"))

    assert {point.url for point in found(prepared, editor).values()} == {""}


def test_number_of_queries_does_not_grow_with_the_rows(prepared: Round) -> None:
    office = preparing.office()

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            readiness.points(prepared, office, clock.now())
        return len(queries)

    count()
    before = count()
    for n in range(3):
        Category.objects.create(round=prepared, key=f"k{n}", name="K", short_name="K", position=20 + n)
        Criterion.objects.create(round=prepared, key=f"k{n}", title="K", explanation="K", position=20 + n)

    assert count() == before
