"""The report: what it counts, what it calls passed, and the exit code."""

from datetime import UTC, datetime, timedelta

import pytest

from rehearsal import ledger, report
from rehearsal.faults import kinds
from rehearsal.installation import FOLDER
from rehearsal.invariants import Finding
from rehearsal.ledger import Answer, Outage
from rehearsal.stage import Stage
from rehearsal.story import Outcome

NOON = datetime(2026, 2, 9, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TRUE, FALSE = Finding("Nummern sind lückenlos", True, "7 geprüft"), Finding("Nichts ist doppelt", False, "2 | 3")


def answered(second: float, status: int, spent: float = 0.1, path: str = "/einreichungen/1/pruefen/") -> Answer:
    ended = NOON + second * SECOND
    return Answer(ended - spent * SECOND, ended, "POST", path, status, "")


@pytest.mark.parametrize(
    ("findings", "failure", "code"),
    [([TRUE], "", 0), ([TRUE, FALSE], "", 1), ([TRUE], "GaveUp", 2), ([FALSE], "GaveUp", 2)],
)
def test_code_tells_a_broken_invariant_from_a_broken_story(
    stage: Stage, findings: list[Finding], failure: str, code: int
) -> None:
    assert Outcome(stage, (), findings, failure=failure).code == code


def test_figures_count_what_was_told(stage: Stage) -> None:
    for _ in range(2):
        stage.ledger.note("a@stadt.example", "submitted")
    stage.ledger.note("a@stadt.example", "waved")

    said = report.figures(Outcome(stage, ()))

    assert said["told"] == {"submitted": 2, "waved": 1}


def test_figures_of_faults_count_recoveries(stage: Stage) -> None:
    faults = kinds.chosen("kill-web,flush-redis", FOLDER)
    for wait in (2, 4, None):
        well = NOON + wait * SECOND if wait else None
        stage.ledger.outages.append(Outage("web", "kill-web", NOON - SECOND, NOON, well))

    rows = report.figures(Outcome(stage, faults))["faults"]

    assert [(row["name"], row["struck"], row["survived"], row["median"], row["longest"]) for row in rows] == [
        ("kill-web", 3, 2, 3.0, 4.0),
        ("flush-redis", 0, 0, None, None),
    ]


def test_markdown_says_below_the_faults_what_was_lost(stage: Stage) -> None:
    faults, gone = kinds.chosen("kill-web", FOLDER), Finding("Zugesagtes liegt vor", False, "2 von 7", lost=2)

    kept, lost, calm = (
        report.markdown(Outcome(stage, struck, [TRUE, finding]))
        for struck, finding in ((faults, FALSE), (faults, gone), ((), gone))
    )

    assert "Verloren ging dabei nichts von dem, was das Portal bestätigt hatte." in kept.splitlines()
    assert "**Verloren gingen dabei 2 bestätigte Dinge** (Zugesagtes liegt vor)." in lost.splitlines()
    assert "Verloren" not in calm


def test_figures_of_faults_name_every_recovery(stage: Stage) -> None:
    stage.ledger.outages += [Outage("web", "kill-web", NOON, NOON, NOON + wait * SECOND) for wait in (4, 2)]

    (row,) = report.figures(Outcome(stage, kinds.chosen("kill-web", FOLDER)))["faults"]

    assert row["waits"] == [4.0, 2.0]


def test_figures_of_the_rush_are_those_of_submits(stage: Stage) -> None:
    stage.ledger.answers += [answered(n, 302, spent=(n + 1) / 1000) for n in range(100)]
    stage.ledger.answers += [answered(5, 200, spent=9), answered(5, 302, spent=9, path="/konto/")]

    rush = report.figures(Outcome(stage, ()))["rush"]

    assert list(rush.values()) == [100, 60, 50, 95, 99, 100]


def test_figures_of_errors_name_what_was_away(stage: Stage) -> None:
    stage.ledger.outages.append(Outage("database", "kill-database", NOON, NOON + 2 * SECOND, NOON + 4 * SECOND))
    stage.ledger.answers += [answered(1, 503), answered(3, 0), answered(60, 500)]

    assert report.figures(Outcome(stage, ()))["errors"] == [
        {"during": "database", "errors": 1, "unanswered": 1},
        {"during": "nichts", "errors": 1, "unanswered": 0},
    ]


def test_markdown_says_first_whether_it_passed(stage: Stage) -> None:
    passed = report.markdown(Outcome(stage, (), [TRUE]))
    broken = report.markdown(Outcome(stage, (), [TRUE, FALSE]))

    assert passed.splitlines()[2] == "**Ergebnis: bestanden: Alles, was gelten muss, galt.**"
    assert broken.splitlines()[2] == "**Ergebnis: nicht bestanden: 1 von 2 Aussagen gelten nicht.**"
    assert "| ✗ | Nichts ist doppelt | 2 \\| 3 |" in broken.splitlines()


def test_markdown_shows_memory_after_each_act(stage: Stage) -> None:
    outcome = Outcome(
        stage, (), memory={"Einrichten": {"web": 200, "worker": 150}, "Schluss": {"web": 230, "worker": 0}}
    )

    assert report.markdown(outcome).splitlines()[-3:] == [
        "| --- | --- | --- |",
        *_rows("Einrichten 200 150", "Schluss 230 0"),
    ]


def _rows(*said: str) -> list[str]:
    return [f"| {' | '.join(row.split())} |" for row in said]


def test_everything_that_can_be_told_has_a_german_name() -> None:
    kinds = {value for name, value in vars(ledger).items() if name.isupper() and isinstance(value, str)}

    assert kinds == set(report.TOLD)
