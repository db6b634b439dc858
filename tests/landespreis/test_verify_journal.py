"""Every way to tamper with the journals is found, with its day, table and row; lawful deletions are not."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from jury.models import JuryEvent
from landespreis import chaining, journals, purging, verifying
from landespreis.models import Digest, Link, Trace
from landespreis.verifying import Finding, verify
from submissions.models import Event, Round, Version
from tests.accounts.factories import StaffFactory
from tests.landespreis.chained import NIGHT, lines_on, shell, three_days, unprotected
from tests.submissions import factories

At = Callable[[datetime], None]
TRACE = "landespreis_trace"
BOOKS = ("landespreis_link", "landespreis_digest")
D17, D18, D19, D20 = (date(2026, 1, day) for day in (17, 18, 19, 20))


@pytest.fixture
def lines(db: None, at: At) -> list[Trace]:
    return three_days(at)


def found() -> list[Finding]:
    report = verify()
    assert report.wrong == len(report.findings)
    return report.findings


def test_untouched_chain_is_unchanged(lines: list[Trace]) -> None:
    report = verify()

    assert (report.wrong, report.chained, report.days, report.waiting, report.purged) == (0, 6, 3, 0, 0)
    assert report.last == Link.objects.get(day=D19)


def test_new_lines_wait_for_their_night(lines: list[Trace], at: At) -> None:
    lines_on(at, NIGHT, NIGHT + timedelta(hours=2))

    assert (verify().waiting, verify().wrong) == (2, 0)


@pytest.mark.parametrize(
    "change",
    [
        "about = 'anders'",
        "by_id = {person}",
        "verb = 'anders'",
        "detail = '{{\"a\": 1}}'",
        "at = '2026-01-18 08:00:00.000001+00:00'",
    ],
)
def test_changed_line_is_found(lines: list[Trace], change: str) -> None:
    person = StaffFactory()

    with unprotected(TRACE):
        shell(f"UPDATE {TRACE} SET {change.format(person=person.pk)} WHERE id = {lines[2].pk}")

    assert found() == [Finding(D18, TRACE, lines[2].pk, "changed")]


def test_missing_line_is_found(lines: list[Trace]) -> None:
    with unprotected(TRACE):
        shell(f"DELETE FROM {TRACE} WHERE id IN ({lines[0].pk}, {lines[5].pk})")

    assert found() == [Finding(D17, TRACE, lines[0].pk, "missing"), Finding(D19, TRACE, lines[5].pk, "missing")]


def test_line_with_another_key_is_found(lines: list[Trace]) -> None:
    other = lines[-1].pk + 1  # findings come in the order of keys, and PostgreSQL counts on from test to test

    with unprotected(TRACE):
        shell(f"UPDATE {TRACE} SET id = {other} WHERE id = {lines[2].pk}")

    assert found() == [Finding(D18, TRACE, lines[2].pk, "missing"), Finding(D18, TRACE, other, "inserted")]


def test_line_put_into_a_chained_day_is_found(lines: list[Trace], at: At) -> None:
    forged = lines_on(at, datetime.fromisoformat("2026-01-18T15:00:00+01:00"))[0]

    before = found()
    chaining.link_days(NIGHT + timedelta(days=1))
    after = found()

    assert before == after == [Finding(D18, TRACE, forged.pk, "inserted")]


def test_line_put_before_the_first_day_is_found(lines: list[Trace], at: At) -> None:
    forged = lines_on(at, datetime.fromisoformat("2025-01-18T15:00:00+01:00"))[0]
    chaining.link_days(NIGHT + timedelta(days=1))

    assert found() == [Finding(date(2025, 1, 18), TRACE, forged.pk, "inserted")]


def test_changed_line_with_its_checksum_breaks_the_chain(lines: list[Trace]) -> None:
    with unprotected(TRACE, *BOOKS):
        shell(f"UPDATE {TRACE} SET about = 'anders' WHERE id = {lines[2].pk}")
        trace = next(one for one in journals.JOURNALS if one.table == TRACE)
        digest = next(trace.digest(line) for line in trace.lines(pk=lines[2].pk))
        shell(f"UPDATE landespreis_digest SET sha256 = '{digest}' WHERE row = {lines[2].pk}")

    assert found() == [Finding(D18, "", 0, "broken")]


def test_line_taken_with_its_checksum_breaks_the_chain(lines: list[Trace]) -> None:
    with unprotected(TRACE, *BOOKS):
        shell(f"DELETE FROM {TRACE} WHERE id = {lines[2].pk}")
        shell(f"DELETE FROM landespreis_digest WHERE row = {lines[2].pk}")

    assert found() == [Finding(D18, "", 0, "broken")]


def test_link_made_anew_breaks_the_next(lines: list[Trace]) -> None:
    with unprotected(TRACE, *BOOKS):
        shell(f"DELETE FROM {TRACE} WHERE id = {lines[2].pk}")
        shell(f"DELETE FROM landespreis_digest WHERE row = {lines[2].pk}")
        rest = Digest.objects.filter(link__day=D18).values_list("journal", "row", "sha256")
        sha256, count = chaining.checksum(D18, Link.objects.get(day=D17).sha256, rest)
        shell(f"UPDATE landespreis_link SET sha256 = '{sha256}', count = {count} WHERE day = '2026-01-18'")

    assert found() == [Finding(D19, "", 0, "broken")]


def test_link_to_another_day_before_breaks_the_chain(lines: list[Trace]) -> None:
    with unprotected(*BOOKS):
        shell(f"UPDATE landespreis_link SET previous = '{'f' * 64}' WHERE day = '2026-01-18'")

    assert found() == [Finding(D18, "", 0, "broken")]


def test_missing_link_breaks_the_chain(lines: list[Trace]) -> None:
    with unprotected(TRACE, *BOOKS):
        for table, where in (
            (TRACE, f"id IN ({lines[2].pk}, {lines[3].pk})"),
            ("landespreis_digest", f"row IN ({lines[2].pk}, {lines[3].pk})"),
            ("landespreis_link", "day = '2026-01-18'"),
        ):
            shell(f"DELETE FROM {table} WHERE {where}")

    assert [finding.kind for finding in found()] == ["broken", "broken"]
    assert found()[0].day == D18


def test_end_cut_off_is_found_by_a_noted_checksum(lines: list[Trace]) -> None:
    noted = {D19: Link.objects.get(day=D19).sha256}
    assert not verify(noted).wrong

    with unprotected(TRACE, *BOOKS):
        shell(f"DELETE FROM {TRACE} WHERE id IN ({lines[4].pk}, {lines[5].pk})")
        shell(f"DELETE FROM landespreis_digest WHERE row IN ({lines[4].pk}, {lines[5].pk})")
        shell("DELETE FROM landespreis_link WHERE day = '2026-01-19'")

    assert not verify().wrong
    assert verify(noted).findings == [Finding(D19, "", 0, "unexpected")]


def test_another_checksum_than_noted_is_found(lines: list[Trace]) -> None:
    assert verify({D18: "f" * 64}).findings == [Finding(D18, "", 0, "unexpected")]


def test_purged_line_is_no_finding(lines: list[Trace]) -> None:
    with purging.opened([TRACE], reason="Frist", by=StaffFactory(), second=StaffFactory()):
        Trace.objects.filter(pk__in=[lines[0].pk, lines[3].pk]).delete()
    assert (verify().wrong, verify().purged, verify().purges) == (0, 2, 1)

    chaining.link_days(NIGHT + timedelta(days=1))

    assert (verify().wrong, verify().purged, verify().purges) == (0, 2, 1)


def test_line_purged_before_its_night_is_no_finding(lines: list[Trace], at: At) -> None:
    fresh = lines_on(at, NIGHT)[0]
    with purging.opened([TRACE], reason="Frist", by=None, second=None):
        Trace.objects.filter(pk=fresh.pk).delete()

    chaining.link_days(NIGHT + timedelta(days=1))

    assert not verify().wrong


def test_row_added_to_the_list_of_a_purge_is_found(lines: list[Trace]) -> None:
    with purging.opened([TRACE], reason="Frist", by=None, second=None) as purge:
        pass

    with unprotected(TRACE):
        shell(f"DELETE FROM {TRACE} WHERE id = {lines[0].pk}")
    shell(f"INSERT INTO landespreis_purgedrow (purge_id, journal, row) VALUES ({purge.pk}, '{TRACE}', {lines[0].pk})")

    assert found() == [Finding(D20, "landespreis_purge", purge.pk, "unlisted")]


def test_purge_dated_back_is_found(lines: list[Trace], at: At) -> None:
    at(NIGHT - timedelta(days=1))
    with purging.opened([TRACE], reason="Frist", by=None, second=None) as purge:
        Trace.objects.filter(pk=lines[0].pk).delete()

    assert Finding(D19, "landespreis_purge", purge.pk, "inserted") in found()


@pytest.mark.parametrize("table", ["submissions_event", "submissions_version", "jury_juryevent"])
def test_every_journal_is_verified(open_round: Round, at: At, table: str) -> None:
    factories.submitted(open_round)
    JuryEvent.objects.create(round=open_round, at=Event.objects.latest("at").at, verb=JuryEvent.Verb.OPENED)
    chaining.link_days(NIGHT + timedelta(days=2))
    assert not verify().wrong
    change = {
        "submissions_event": ("verb = 'withdrawn'", Event),
        "submissions_version": ("canonical = '{}'", Version),
        "jury_juryevent": ("verb = 'locked'", JuryEvent),
    }[table]

    with unprotected(table):
        shell(f"UPDATE {table} SET {change[0]}")

    assert {(finding.table, finding.kind) for finding in found()} == {(table, "changed")}
    assert len(found()) == change[1]._default_manager.count()


@pytest.mark.parametrize("table", [TRACE, "submissions_event", "landespreis_link", "landespreis_purgedrow"])
def test_missing_trigger_is_found(lines: list[Trace], table: str) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    shell(f"DROP TRIGGER {table}_kept_delete{on}")

    assert found() == [Finding(date.max, table, 0, "unprotected")]


@pytest.mark.postgresql
def test_trigger_switched_off_is_found(lines: list[Trace]) -> None:
    connection.check_constraints()
    shell(f"ALTER TABLE {TRACE} DISABLE TRIGGER USER")

    assert found() == [Finding(date.max, TRACE, 0, "unprotected")]


def test_many_findings_are_counted_and_the_earliest_kept(lines: list[Trace], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "SHOWN", 2)
    with unprotected(TRACE):
        shell(f"UPDATE {TRACE} SET about = 'anders'")

    report = verify()

    assert report.wrong == 6
    assert report.findings == [Finding(D17, TRACE, line.pk, "changed") for line in lines[:2]]


def command(*args: str) -> str:
    out = StringIO()
    call_command("verify_journal", *args, stdout=out)
    return out.getvalue()


def test_command_prints_what_was_looked_at(lines: list[Trace]) -> None:
    said = command()

    assert said.splitlines() == [
        "Verkettet: 6 Zeilen an 3 Tagen, 17. Januar 2026 bis 19. Januar 2026.",
        "Noch nicht verkettet: 0 Zeilen der Tage danach.",
        "Als Löschung vermerkt: 0 Zeilen in 0 Löschungen.",
        "Prüfsumme vom 19. Januar 2026, zum Notieren:",
        f"2026-01-19={Link.objects.get(day=D19).sha256}",
        "Unverändert.",
    ]


def test_command_names_the_first_finding_and_fails(lines: list[Trace]) -> None:
    with unprotected(TRACE):
        shell(f"UPDATE {TRACE} SET about = 'anders' WHERE id = {lines[2].pk}")

    with pytest.raises(CommandError) as failure:
        command()

    assert failure.value.returncode == 1
    assert str(failure.value) == (
        "Verändert: 1 Abweichung. Die erste:\n"
        f"18. Januar 2026: Zeile {lines[2].pk} in landespreis_trace wurde geändert."
    )


def test_command_speaks_json(lines: list[Trace]) -> None:
    with unprotected(TRACE):
        shell(f"DELETE FROM {TRACE} WHERE id = {lines[2].pk}")
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("verify_journal", "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert (told["unchanged"], told["wrong"], told["last_day"]) == (False, 1, "2026-01-19")
    assert told["findings"] == [{"day": "2026-01-18", "table": TRACE, "row": lines[2].pk, "kind": "missing"}]


def test_command_compares_with_a_noted_checksum(lines: list[Trace]) -> None:
    assert "Unverändert" in command("--expect", f"2026-01-18={Link.objects.get(day=D18).sha256}")
    with pytest.raises(CommandError, match=r"18. Januar 2026: Die Prüfsumme ist nicht die notierte"):
        command("--expect", f"2026-01-18={'f' * 64}")
    with pytest.raises(CommandError, match="Schreiben Sie Tag und Prüfsumme so"):
        command("--expect", "gestern=egal")


def test_command_before_the_first_night(db: None) -> None:
    assert command().strip() == "Noch ist kein Tag verkettet."


def test_command_warns_when_the_chain_is_behind(lines: list[Trace], at: At) -> None:
    at(NIGHT + timedelta(days=4))

    assert "im Rückstand" in command()
