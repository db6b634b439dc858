"""Loading the seats: the shipped five, again, changed, and files that do not fit."""

import tomllib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from jury.management.commands.load_seats import load
from jury.models import Seat
from submissions.management.commands.load_round import SHIPPED
from submissions.models import Round
from tests.jury import factories


def shipped() -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def test_load_takes_the_shipped_five(round: Round) -> None:
    out = StringIO()

    call_command("load_seats", stdout=out)

    seats = list(round.seats.values_list("position", "key", "is_chair"))
    assert out.getvalue() == "2. Landespreis für innovative interkommunale Zusammenarbeit: 5 Sitze.\n"
    assert seats == [
        (1, "landesbeauftragter", True),
        (2, "staedtetag", False),
        (3, "landkreistag", False),
        (4, "gemeindebund", False),
        (5, "bank", False),
    ]


def test_load_twice_changes_nothing_also_for_those_who_sit_there(round: Round) -> None:
    load(shipped())
    juror = factories.juror(round.seats.get(key="bank"))
    before = list(Seat.objects.order_by("pk").values())

    load(shipped())

    assert list(Seat.objects.order_by("pk").values()) == before
    assert round.seats.get(key="bank").jurors.get() == juror


def test_load_moves_the_chair_and_renames(round: Round) -> None:
    content = shipped()
    content["seats"][2]["is_chair"] = content["seats"][0].pop("is_chair")
    load(content)

    load(shipped())

    assert round.seats.get(is_chair=True).key == "landesbeauftragter"


def test_load_needs_the_round(db: None) -> None:
    with pytest.raises(CommandError, match="Laden Sie sie zuerst mit load_round"):
        call_command("load_seats")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('key = "lp2"', "Die Angabe 'seats' fehlt"),
        ('key = "lp2"\n[[seats]]\nkey = "a"', "Die Angabe 'institution' fehlt"),
        ("key =", "lässt sich nicht lesen"),
        ('key = "lp2"\n[[seats]]\nkey = "mit Leerzeichen"\ninstitution = "A"\nshort_name = "A"', "Buchstaben"),
    ],
)
def test_load_explains_a_bad_file(round: Round, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "runde.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(CommandError, match=message):
        call_command("load_seats", file)

    assert not round.seats.exists()


def test_load_keeps_all_old_seats_when_one_is_wrong(round: Round) -> None:
    content = shipped()
    content["seats"][4]["short_name"] = ""

    with pytest.raises(ValidationError):
        load(content)

    assert not round.seats.exists()
