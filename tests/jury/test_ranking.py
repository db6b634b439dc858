"""A board in words and as a picture: rounding, weights, what turns first place, and where the circles stand."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import pytest

from jury import standings
from jury.views import plot, ranking
from submissions.models import Criterion, Round, Submission
from tests.jury import factories, rooms

Clock = Callable[[], None]
Given = Sequence[Sequence[int | Mapping[str, int | None] | None]]


@pytest.fixture
def ranked(open_round: Round, scoring: Clock) -> Callable[..., standings.Board]:
    """Return the board of sheets: `ranked([[8, None, …], …])`, a row per entry, in it points per juror."""

    def board(given: Given, **fields: int) -> standings.Board:
        Round.objects.filter(pk=open_round.pk).update(**fields)
        open_round.refresh_from_db()
        scene = rooms.scored(open_round, scoring, [[None] * 5 for _ in given])
        for entry, row in zip(scene.entries, given, strict=True):
            for juror, points in zip(scene.panel, row, strict=True):
                if points is not None:
                    factories.sheet(juror, Submission.objects.get(pk=entry.pk), points)
        return standings.whole(open_round.categories.select_related("round").get(key="krisen"))

    return board


def said(board: standings.Board) -> str:
    return " ".join(ranking.of(board).sentences)


def test_numbers_have_two_places_and_a_comma(ranked: Callable[..., standings.Board]) -> None:
    thirds = {"gewinn": 8, "innovation": 8, "zukunft": 7}

    [line] = ranking.of(ranked([[thirds, 8, None, None, None]])).lines

    assert (line.mean, line.range, line.spread, line.median, line.deviation) == (
        "7,83", "7,67 – 8,00", "0,33", "7,83", "0,17",
    )  # fmt: skip
    assert [(given.text, given.is_number) for given in line.given] == [
        ("7,67", True), ("8,00", True), *[("keine Bewertung", False)] * 3,
    ]  # fmt: skip


def test_unranked_has_dashes_and_a_word(ranked: Callable[..., standings.Board]) -> None:
    [line] = ranking.of(ranked([[None] * 5])).lines

    assert (line.position, line.mean, line.range, line.tie) == ("–", "–", "–", "noch keine gültige Bewertung")


@pytest.mark.parametrize(
    ("given", "firm", "sentences"),
    [
        ([[None] * 5], "offen", "Noch zählt keine Bewertung, deshalb gibt es keine Rangfolge."),
        (
            [[9] * 5, [3] * 5],
            "fest",
            (
                "Wessen Punkte man auch wegließe: „Projekt 1“ bliebe auf dem ersten Platz. "
                "Ersten und zweiten Platz trennen 6,00 Punkte."
            ),
        ),
        (
            [[9, None, None, None, None], [3] * 5],
            "knapp",
            (
                "Ließe man die Punkte von A (Landesbeauftragter) weg, läge „Projekt 2“ vorn. Ohne eines der anderen "
                "Mitglieder bliebe „Projekt 1“ auf dem ersten Platz. Ersten und zweiten Platz trennen 6,00 Punkte."
            ),
        ),
        (
            [[8, 5, None, None, None], [6, 6, None, None, None]],
            "knapp",
            (
                "Ließe man die Punkte von A (Landesbeauftragter) weg, läge „Projekt 2“ vorn. Ohne eines der anderen "
                "Mitglieder bliebe „Projekt 1“ auf dem ersten Platz. Ersten und zweiten Platz trennen 0,50 Punkte."
            ),
        ),
        (
            [[9, 5, None, None, None], [5, 5, None, None, None]],
            "knapp",
            (
                "Ließe man die Punkte von A (Landesbeauftragter) weg, teilten sich „Projekt 1“ und „Projekt 2“ den "
                "ersten Platz. Ohne eines der anderen Mitglieder bliebe „Projekt 1“ auf dem ersten Platz. "
                "Ersten und zweiten Platz trennen 2,00 Punkte."
            ),
        ),
        (
            [[9, None, None, None, None]],
            "knapp",
            (
                "Ließe man die Punkte von A (Landesbeauftragter) weg, gäbe es keine Rangfolge. "
                "Eine zweite bewertete Einreichung gibt es nicht."
            ),
        ),
    ],
)
def test_firmness_in_words(ranked: Callable[..., standings.Board], given: Given, firm: str, sentences: str) -> None:
    board = ranked(given)

    assert (ranking.of(board).firm, said(board)) == (firm, sentences)


def test_margin_below_what_is_printed(ranked: Callable[..., standings.Board], open_round: Round) -> None:
    Criterion.objects.filter(round=open_round, key="gewinn").update(weight=Decimal("0.001"))
    most, less = {"gewinn": 5, "innovation": 5, "zukunft": 5}, {"gewinn": 1, "innovation": 5, "zukunft": 5}

    board = ranked([[most] * 5, [less] * 5])

    assert "trennen weniger als 0,01 Punkte" in said(board)
    assert ranking.of(board).weighting == ("der gewichteten Kriterien (Gewinn × 0,001, Innovation × 1, Zukunft × 1)")


@pytest.mark.parametrize(
    ("first", "second", "tie", "columns"),
    [
        ((7, 5, 6), (6, 6, 6), "punktgleich, Gewinn entscheidet", ["Gewinn"]),
        ((6, 7, 5), (6, 6, 6), "punktgleich, Innovation entscheidet", ["Gewinn", "Innovation"]),
        ((6, 6, 6), (6, 6, 6), "punktgleich, Abstimmung entscheidet", ["Gewinn", "Innovation"]),
    ],
)
def test_tie_names_its_step_and_shows_its_column(
    ranked: Callable[..., standings.Board],
    first: tuple[int, ...],
    second: tuple[int, ...],
    tie: str,
    columns: list[str],
) -> None:
    keys = ("gewinn", "innovation", "zukunft")

    shown = ranking.of(ranked([[dict(zip(keys, row, strict=True))] * 5 for row in (first, second)]))

    assert {line.tie for line in shown.lines} == {tie}
    assert [column.word for column in shown.columns] == columns


def test_tie_that_the_median_parts(ranked: Callable[..., standings.Board]) -> None:
    shown = ranking.of(ranked([[4, 4, 7, None, None], [5, 5, 5, None, None]]))

    assert [(line.title, line.tie) for line in shown.lines] == [
        ("Projekt 2", "punktgleich, Median entscheidet"), ("Projekt 1", "punktgleich, Median entscheidet"),
    ]  # fmt: skip


# The picture -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("variant", [plot.wide, plot.narrow])
def test_circles_never_touch(
    ranked: Callable[..., standings.Board], variant: Callable[[standings.Board], plot.Plot]
) -> None:
    picture = variant(ranked([[8, 8, 8, 8, 8], [7, 7, 8, 8, 9], [0, 10, 5, 5, 6]]))

    for strip in picture.strips:
        places = [(float(dot.x), float(dot.y)) for dot in strip.dots]
        assert len(places) == 5
        for n, (x, y) in enumerate(places):
            for other_x, other_y in places[n + 1 :]:
                assert (x - other_x) ** 2 + (y - other_y) ** 2 >= 16.9**2
    assert all(0 <= float(dot.x) <= picture.width for strip in picture.strips for dot in strip.dots)
    tops = [float(strip.rule) for strip in picture.strips[1:]]
    assert tops == sorted(tops)
    for strip, (top, bottom) in zip(
        picture.strips, zip([0.0, *tops], [*tops, float(picture.bottom)], strict=True), strict=True
    ):
        assert all(top < float(dot.y) - 8.5 and float(dot.y) + 8.5 < bottom for dot in strip.dots)


def test_scale_of_the_round_is_the_axis(ranked: Callable[..., standings.Board]) -> None:
    picture = plot.wide(ranked([[1, 5, None, None, None]], scale_min=1, scale_max=5))

    assert [tick.label for tick in picture.ticks] == ["1", "2", "3", "4", "5"]
    assert (picture.strips[0].low, picture.strips[0].high) == ("320.0", "840.0")
    assert picture.strips[0].mean == "580.0"


def test_wide_scale_has_few_ticks(ranked: Callable[..., standings.Board]) -> None:
    picture = plot.wide(ranked([[40, None, None, None, None]], scale_min=0, scale_max=100))

    assert [tick.label for tick in picture.ticks] == [str(n) for n in range(0, 101, 10)]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Warn-App in leichter Sprache", "Warn-App in leichter Sprache"),
        ("Gemeinsames Lager für Sandsäcke und Pumpen an der Lippe", "Gemeinsames Lager für Sandsäcke und Pumpen…"),
        ("W" * 60, "W" * 43 + "…"),
    ],
)
def test_long_titles_are_cut_in_the_picture_only(
    ranked: Callable[..., standings.Board], title: str, shown: str
) -> None:
    board = ranked([[5] * 5])
    board.rows[0].entry.submitted_title = title

    assert plot.wide(board).strips[0].name == shown
    assert ranking.of(board).lines[0].title == title
