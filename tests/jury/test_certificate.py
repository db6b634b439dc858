"""The Urkunde: one page whatever people are called, valid, and without a word of who won what they did not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jury import certificate
from jury.models import Decision
from submissions.models import Round, Submission
from tests.jury import decided
from tests.submissions import sample

LOCKED = datetime(2026, 3, 26, 12, tzinfo=UTC)
LONG = "Ein Titel, der bis an die Grenze von hundertfünfzig Zeichen reicht und dabei Grundstücksverkehr enthält"


def partner(label: str, kind: str = "nrw", country: str = "DE") -> dict[str, Any]:
    return {"label": label, "ags": None, "kind": kind, "kind_label": "Zweckverband", "country": country}


AWKWARD: dict[str, dict[str, Any]] = {
    "as usual": {},
    "one partner": {"partners": [partner("Stadt Werl")]},
    "no partner": {"partners": []},
    "thirty partners": {
        "partners": [partner(f"Gemeinde Musterhausen an der Lippe {n}") for n in range(30)],
        "title": LONG,
    },
    "emoji": {"title": "🌻 Grüne Höfe 日本 Łódź"},
    "letters without a space": {"title": "W" * 150, "lead": {"label": "W" * 100, "ags": None}},
}
ABSURD = {
    "title": "W" * 150,
    "partners": [partner("Zweckverband " + "W" * 130, "zweckverband", "NL") for _ in range(30)],
}


def made(*, won: bool, **changes: Any) -> tuple[Submission, Decision]:
    """Return an unsaved entry and the unsaved decision of its category."""
    entry = Submission(number=42, round=_round(), current=sample.version(**changes))
    return entry, Decision(winner=entry if won else Submission(), locked_at=LOCKED)


def _round() -> Round:
    name = "2. Landespreis für innovative interkommunale Zusammenarbeit"
    return Round(name=name, number_prefix="IKZ-2026", ceremony_on=datetime(2026, 4, 15, tzinfo=UTC).date())


@pytest.mark.parametrize("won", [True, False])
@pytest.mark.parametrize("changes", AWKWARD.values(), ids=AWKWARD)
def test_render_is_one_valid_page(changes: dict[str, Any], won: bool) -> None:
    content = certificate.render(*made(won=won, **changes))

    assert decided.failures(content) == []
    assert decided.pages(content) == 1


def test_render_names_thirty_partners() -> None:
    words = decided.text(certificate.render(*made(won=True, **AWKWARD["thirty partners"]))).replace("\u00a0", " ")

    assert [n for n in range(30) if f"Musterhausen an der Lippe {n}" not in words] == []


def test_render_counts_partners_that_do_not_fit() -> None:
    content = certificate.render(*made(won=True, **ABSURD))

    assert decided.pages(content) == 1
    assert "gemeinsam mit 30 Partnern" in decided.text(content)


@pytest.mark.parametrize(
    ("won", "sentence"), [(True, "Der Landespreis in der Kategorie"), (False, "Für die Teilnahme in der Kategorie")]
)
def test_render_says_prize_or_participation(won: bool, sentence: str) -> None:
    words = decided.text(certificate.render(*made(won=won)))

    assert sentence in words
    assert ("Landespreis in der Kategorie" in words, "Verliehen am" in words) == (won, won)


def test_render_gives_the_same_bytes_again() -> None:
    assert certificate.render(*made(won=True)) == certificate.render(*made(won=True))


@pytest.mark.parametrize("demo", [True, False])
def test_render_is_called_a_sample_in_the_demo_only(demo: bool, settings: Any) -> None:
    settings.DEMO = demo

    assert ("keine amtliche Urkunde" in decided.text(certificate.render(*made(won=True)))) is demo
