"""What the jury has to say about a round before it is announced."""

import pytest
from django.core.management import call_command

from jury import readiness
from jury.models import Juror, Seat
from landespreis.readiness import Point, State
from submissions.models import Round
from tests.submissions import preparing
from tests.submissions.preparing import LATER


@pytest.fixture
def prepared(round: Round) -> Round:
    call_command("load_seats")
    return preparing.copied(round)


def found(round: Round) -> dict[str, Point]:
    return {point.label: point for point in readiness.points(round, preparing.office(), LATER)}


def test_seats_and_chair_are_there(prepared: Round) -> None:
    points = found(prepared)

    assert [point.state for point in points.values()] == [State.OK, State.OK, State.NOTE]
    assert points["Vorsitz der Jury"].reason == f"{Seat.objects.get(round=prepared, is_chair=True)}."
    assert points["Personen der Jury"].reason.startswith("Besetzt: 0 von 5.")


def test_without_seats_or_chair_something_is_missing(prepared: Round) -> None:
    Seat.objects.filter(round=prepared).update(is_chair=False)
    assert found(prepared)["Vorsitz der Jury"].state is State.MISSING

    Seat.objects.filter(round=prepared).delete()

    assert {label: point.state for label, point in found(prepared).items()} == {"Sitze der Jury": State.MISSING}


def test_people_on_all_seats_are_in_order(prepared: Round) -> None:
    for seat in Seat.objects.filter(round=prepared):
        Juror.objects.create(seat=seat, name="Käte Brand", email=f"{seat.key}@land.example", since="2027-12-01")

    assert found(prepared)["Personen der Jury"].state is State.OK
