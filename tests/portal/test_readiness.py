"""What the portal has to say about a round before it is announced: pages of duty, and its dates in the calendar."""

from datetime import timedelta

import pytest

from landespreis.readiness import Point, State
from portal import readiness
from portal.models import Event, Page
from submissions.models import Round
from tests.portal.factories import EventFactory
from tests.submissions import preparing
from tests.submissions.preparing import DATES, LATER


@pytest.fixture
def prepared(round: Round) -> Round:
    return preparing.complete(round)


def found(round: Round) -> dict[str, Point]:
    return {point.label: point for point in readiness.points(round, preparing.office(), LATER)}


def test_placeholders_of_duty_are_missing(prepared: Round) -> None:
    assert {found(prepared)[label].state for label in ("Impressum", "Datenschutzerklärung")} == {State.OK}
    Page.objects.update(is_placeholder=True)

    point = found(prepared)["Impressum"]

    assert point.state is State.MISSING
    assert point.url == f"/admin/portal/page/{Page.objects.get(slug='impressum').pk}/change/"


def test_page_that_is_not_there_is_missing(prepared: Round) -> None:
    Page.objects.filter(slug="datenschutz").delete()

    assert found(prepared)["Datenschutzerklärung"].reason == "Die Seite fehlt."


def test_other_placeholders_are_named(prepared: Round) -> None:
    for slug in ("kontakt", "barriere-melden"):
        Page.objects.create(slug=slug, title=slug.title(), body="x", is_placeholder=True, changed_at=LATER)

    point = found(prepared)["Übrige Seiten"]

    assert point.state is State.NOTE
    assert "„Barriere-Melden“ und „Kontakt“" in point.reason


def test_dates_in_the_calendar(prepared: Round) -> None:
    labels = ("Termin der Preisverleihung", "Termine zum Mitmachen")
    assert [found(prepared)[label].state for label in labels] == [State.NOTE, State.NOTE]
    for at in (DATES["embargo_until"], DATES["opens_at"]):
        EventFactory(starts_at=at, ends_at=at + timedelta(hours=1))  # no ceremony by its kind, so it may last longer

    assert [found(prepared)[label].state for label in labels] == [State.OK, State.OK]


@pytest.mark.parametrize(("late", "state"), [(timedelta(), State.OK), (timedelta(minutes=1), State.NOTE)])
def test_ceremony_that_outlasts_the_embargo_is_named(prepared: Round, late: timedelta, state: State) -> None:
    ends = DATES["embargo_until"] + late
    EventFactory(kind=Event.Kind.CEREMONY, title="Verleihung", starts_at=ends - timedelta(hours=2), ends_at=ends)

    point = found(prepared)["Termin der Preisverleihung"]

    assert point.state is state
    assert ("„Verleihung“ endet um" in point.reason) is bool(late)


def test_dates_of_the_calendar_wait_for_those_of_the_round(prepared: Round) -> None:
    Round.objects.filter(pk=prepared.pk).update(opens_at=None, ceremony_on=None)

    assert "Termin der Preisverleihung" not in found(Round.objects.get(pk=prepared.pk))
