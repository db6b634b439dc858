"""Spans as people write them, and what the next round is called."""

import pytest
from django.core.exceptions import ValidationError

from submissions.forms.rounds import HoursField, spans, suggested
from submissions.models import Round

WRITTEN = "14 Tage, 7 Tage, 3 Tage, 24 Stunden, 3 Stunden"


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        (WRITTEN, [336, 168, 72, 24, 3]),
        ("3 Stunden und 1 Tag; 2 Wochen", [336, 24, 3]),
        ("1 stunde\n2tage", [48, 1]),
        (" 24 Stunden, 1 Tag ", [24, 24]),
        ("", []),
        ("3 Tagen,", [72]),
    ],
)
def test_spans_are_read(text: str, hours: list[int]) -> None:
    assert HoursField().clean(text) == hours


@pytest.mark.parametrize("text", ["[336, 168]", "48", "drei Tage", "3 Monate", "3 Tage vorher", "-1 Tag", "99999 Tage"])
def test_unreadable_spans_are_named(text: str) -> None:
    with pytest.raises(ValidationError, match="ist keine Zeitspanne"):
        HoursField().clean(text)


def test_spans_are_written_as_they_are_read() -> None:
    assert spans([336, 168, 72, 24, 3]) == WRITTEN
    assert spans([48, 25, 1]) == "2 Tage, 25 Stunden, 1 Stunde"
    assert HoursField().prepare_value([72]) == "3 Tage"
    assert HoursField().prepare_value("drei Tage") == "drei Tage"


@pytest.mark.parametrize(
    ("initial", "sent", "changed"),
    [
        ([72, 24], "24 Stunden, 3 Tage", False),
        ([72], "4 Tage", True),
        ([], "", False),
        (None, "", False),
        ([72], "x", True),
    ],
)
def test_only_other_spans_are_a_change(initial: list[int] | None, sent: str, changed: bool) -> None:
    assert HoursField().has_changed(initial, sent) is changed


def test_next_round_counts_up() -> None:
    assert suggested(Round(name="2. Landespreis 2026", key="lp2")) == {"name": "3. Landespreis 2026", "key": "lp3"}
    assert suggested(Round(name="Landespreis", key="preis")) == {"name": "Landespreis", "key": "preis"}
