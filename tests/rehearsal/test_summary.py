"""Many reports together: what passed, what was survived and how fast, what was lost, and what is no report."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from rehearsal import report, summary
from rehearsal.faults import kinds
from rehearsal.invariants import Finding
from rehearsal.stage import Stage
from rehearsal.story import Outcome

TRUE, FALSE = {"invariant": "Lückenlos", "holds": True}, {"invariant": "Nichts doppelt", "holds": False}


def said(seed: int, **more: Any) -> summary.Report:
    found = {
        "failure": "", "seed": seed, "municipalities": 427, "seconds": {"Entwürfe": 90.0, "Schluss": 60.0},
        "invariants": [TRUE], "lost": 0, "faults": [], "rush": {"p99 (ms)": 244},
    }  # fmt: skip
    return found | more


def struck(name: str, *waits: float, more: int = 0) -> dict[str, Any]:
    """Return the row of a kind that was survived once for each wait, and `more` times not."""
    return {"name": name, "says": f"{name}!", "struck": len(waits) + more, "survived": len(waits), "waits": [*waits]}


def rows(text: str, title: str) -> list[list[str]]:
    """Return the cells of the table with that title, without its head."""
    lines = text.partition(f"## {title}\n\n")[2].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def result(*reports: summary.Report) -> str:
    return summary.markdown(reports).splitlines()[2].strip("*")


def test_each_rehearsal_has_a_row() -> None:
    text = summary.markdown([
        said(1, faults=[struck("kill-web", 2), struck("flush-redis", 1, 3, more=1)]),
        said(2, invariants=[TRUE, FALSE], lost=3),
        said(3, failure="GaveUp", rush={}),
    ])  # fmt: skip

    assert rows(text, "Die Proben") == [
        ["1", "427", "bestanden", "4", "3", "0", "0", "244", "2,5"],
        ["2", "427", "nicht bestanden", "0", "0", "Nichts doppelt", "3", "244", "2,5"],
        ["3", "427", "abgebrochen", "0", "0", "0", "0", "–", "2,5"],
    ]


def test_recoveries_of_a_kind_are_taken_from_all_rehearsals_together() -> None:
    text = summary.markdown([
        said(1, faults=[struck("kill-web", 1, 2), struck("flush-redis")]),
        said(2, faults=[struck("kill-web", 30, more=1), struck("flush-redis")]),
    ])  # fmt: skip

    assert rows(text, "Störungen in allen Proben") == [
        ["kill-web", "kill-web!", "4", "3", "2,0", "30,0"],
        ["flush-redis", "flush-redis!", "0", "0", "–", "–"],
        ["alle", "", "4", "3", "2,0", "30,0"],
    ]


def test_result_counts_what_passed_was_survived_and_lost() -> None:
    faulty = said(2, invariants=[FALSE], lost=3, faults=[struck("kill-web", 1, more=1)])

    assert result(said(1), said(2)) == (
        "2 von 2 Proben bestanden, 0 von 0 Störungen überstanden, verloren ging nichts."
    )
    assert result(said(1), faulty) == ("1 von 2 Proben bestanden, 1 von 2 Störungen überstanden, verloren ging 3.")


def test_report_of_before_is_clear_of_losses_only_if_it_passed() -> None:
    good, bad = said(1), said(2, invariants=[FALSE])
    for old in (good, bad):
        del old["lost"]

    text = summary.markdown([good, bad])

    assert [row[6] for row in rows(text, "Die Proben")] == ["0", "–"]
    assert "ist nicht überall gezählt, was verloren ging" in result(good, bad)
    assert "verloren ging nichts" in result(good)


def test_report_of_before_tells_of_the_middle_and_the_longest_recovery() -> None:
    old = {"name": "kill-web", "says": "", "struck": 3, "survived": 3, "median": 2.0, "longest": 9.0}
    never = {"name": "kill-beat", "says": "", "struck": 1, "survived": 0, "median": None, "longest": None}

    text = summary.markdown([said(1, faults=[old, never])])

    assert [row[4:] for row in rows(text, "Störungen in allen Proben")[:2]] == [["5,5", "9,0"], ["–", "–"]]


def test_what_the_report_writes_can_be_summed_up(stage: Stage, tmp_path: Path) -> None:
    outcome = Outcome(stage, kinds.ALL, [Finding("Lückenlos", False, "", lost=2)])
    file = tmp_path / "7.json"
    file.write_text(json.dumps(report.figures(outcome), default=str))

    text = summary.markdown(summary.read([file]))

    assert rows(text, "Die Proben")[0][2:7] == ["nicht bestanden", "0", "0", "Lückenlos", "2"]
    assert len(rows(text, "Störungen in allen Proben")) == len(kinds.ALL) + 1


def test_folders_and_files_are_read_by_their_seed(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for seed in (12, 3):
        (folder / f"{seed}.json").write_text(json.dumps(said(seed)))
    (folder / "3.md").write_text("# Bericht")
    alone = tmp_path / "7.json"
    alone.write_text(json.dumps(said(7)))

    assert [one["seed"] for one in summary.read([folder, alone])] == [3, 7, 12]


@pytest.mark.parametrize("content", ["", "[]", '{"ports": {}}'])
def test_what_is_no_report_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(content)

    with pytest.raises(summary.NoReport, match=r"plan\.json"):
        summary.read([file])


def test_nothing_is_no_summary(tmp_path: Path) -> None:
    with pytest.raises(summary.NoReport):
        summary.read([tmp_path])


def test_command_prints_or_writes_the_summary_and_plays_nothing(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text(json.dumps(said(1)))
    told, file = StringIO(), tmp_path / "alle.md"

    call_command("rehearse", "--summarise", str(tmp_path), stdout=told)
    call_command("rehearse", "--summarise", str(tmp_path), "--report", str(file), stdout=StringIO())

    assert told.getvalue() == file.read_text() + "\n" * (not file.read_text().endswith("\n"))
    assert "1 von 1 Proben bestanden" in told.getvalue()


def test_command_says_what_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="kein Bericht"):
        call_command("rehearse", "--summarise", str(tmp_path))
