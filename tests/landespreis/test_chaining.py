"""The nightly job: every finished day once, whatever was missed, came late or runs twice."""

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from unittest.mock import Mock

import pytest
from django.apps import apps
from django.db import connection

from landespreis import chaining, journal, journals, tasks, verifying
from landespreis.clock import BERLIN
from landespreis.models import Digest, Link, Trace
from submissions.models import Round
from tests.landespreis.chained import NIGHT, lines_on, three_days, unprotected
from tests.submissions import factories

At = Callable[[datetime], None]
SECOND = timedelta(seconds=1)


def days() -> list[tuple[date, int]]:
    return list(Link.objects.order_by("day").values_list("day", "count"))


def january(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=BERLIN)


def test_link_takes_every_finished_day_with_its_lines(db: None, at: At) -> None:
    three_days(at)

    assert days() == [(date(2026, 1, 17), 2), (date(2026, 1, 18), 2), (date(2026, 1, 19), 2)]
    links = list(Link.objects.order_by("day"))
    assert [link.previous for link in links] == [chaining.GENESIS, links[0].sha256, links[1].sha256]


def test_link_again_does_nothing(db: None, at: At) -> None:
    three_days(at)

    assert chaining.link_days(NIGHT + timedelta(hours=20)) == 0
    assert len(days()) == 3


def test_link_without_any_line_does_nothing(db: None) -> None:
    assert chaining.link_days(NIGHT) == 0


@pytest.mark.parametrize(("before", "made"), [(SECOND, 0), (timedelta(), 1)])
def test_link_waits_three_hours_after_midnight(db: None, at: At, before: timedelta, made: int) -> None:
    lines_on(at, january(19))

    assert chaining.link_days(january(20, 3) - before) == made


def test_link_parts_days_by_berlin(db: None, at: At) -> None:
    midnight = january(19, 0)
    lines_on(at, midnight - SECOND, midnight)

    chaining.link_days(NIGHT)

    assert days() == [(date(2026, 1, 18), 1), (date(2026, 1, 19), 1)]


def test_link_catches_up_missed_nights_and_empty_days(db: None, at: At) -> None:
    three_days(at)
    lines_on(at, january(23))

    assert chaining.link_days(january(25)) == 5

    assert days()[3:] == [(date(2026, 1, day), int(day == 23)) for day in range(20, 25)]
    assert not verifying.verify().wrong


@pytest.mark.parametrize("years", [1, 4])
def test_link_catches_up_years_without_a_line_at_once(
    db: None, at: At, years: int, django_assert_max_num_queries: Any
) -> None:
    """Four years take a few statements more than one, for more rows at a time, and each day is there."""
    three_days(at)
    later = january(20) + timedelta(days=365 * years)
    lines_on(at, later, later + timedelta(days=2))

    with django_assert_max_num_queries(100):
        made = chaining.link_days(later + timedelta(days=4))

    links = list(Link.objects.order_by("day"))
    assert made == 365 * years + 4
    assert [link.day for link in links[3:]] == [date(2026, 1, 20) + timedelta(days=number) for number in range(made)]
    assert [link.count for link in links[-5:]] == [0, 1, 0, 1, 0]
    assert not any(link.count for link in links[3:-4])
    assert [link.previous for link in links[1:]] == [link.sha256 for link in links[:-1]]
    assert not verifying.verify().wrong


def test_link_catches_up_many_nights_as_it_makes_them_one_by_one(db: None, at: At) -> None:
    lines_on(at, january(3), january(4), january(9), january(9, 20), january(15))
    for day in range(4, 20):
        chaining.link_days(january(day))
    one_by_one = list(Link.objects.order_by("day").values_list("day", "previous", "sha256", "count"))
    with unprotected("landespreis_digest", "landespreis_link"):
        Digest.objects.all().delete()
        Link.objects.all().delete()

        chaining.link_days(january(19))

    assert list(Link.objects.order_by("day").values_list("day", "previous", "sha256", "count")) == one_by_one


def test_link_takes_lines_of_every_journal(open_round: Round, at: At) -> None:
    entry = factories.submitted(open_round)
    entry.extensions.create(
        until=NIGHT, reason="Stromausfall", granted_by=entry.owner, granted_at=entry.events.latest("at").at
    )

    chaining.link_days(NIGHT + timedelta(days=2))

    expected = {(journal.table, line["id"]) for journal in journals.JOURNALS for line in journal.lines()}
    assert set(Digest.objects.values_list("journal", "row")) == expected
    assert {table for table, _ in expected} >= {"submissions_event", "submissions_version", "submissions_extension"}


def test_link_takes_a_late_line_with_the_next_day(db: None, at: At) -> None:
    three_days(at)
    late = lines_on(at, january(18))[0]

    chaining.link_days(NIGHT + timedelta(days=1))

    assert Digest.objects.get(row=late.pk).link.day == date(2026, 1, 20)


def test_task_links_by_the_clock(db: None, at: At) -> None:
    lines_on(at, january(19))
    at(NIGHT)

    tasks.link_days()

    assert days() == [(date(2026, 1, 19), 1)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_chain(at: At) -> None:
    lines_on(at, *(january(day) for day in range(10, 20)))
    together, made = Barrier(2), []

    def work() -> None:
        together.wait()
        made.append(chaining.link_days(NIGHT))
        connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    chaining.link_days(NIGHT)

    assert [day.day for day, _ in days()] == list(range(10, 20))
    assert not verifying.verify().wrong


def test_link_that_fails_leaves_nothing(db: None, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    lines_on(at, january(19))

    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(chaining, "Digest", Mock(wraps=Digest, side_effect=broken, objects=Digest.objects))
    with pytest.raises(ZeroDivisionError):
        chaining.link_days(NIGHT)

    assert not Link.objects.exists()


def test_demo_leaves_the_day_of_its_last_line_open(db: None, at: At, settings: Any, tmp_path: Any) -> None:
    settings.DEMO, settings.CLOCK_FILE, settings.NOW_ORIGIN = True, tmp_path / "clock.json", None
    lines_on(at, january(17), january(18))

    chaining.link_days(NIGHT)

    assert days() == [(date(2026, 1, 17), 1)]
    assert not chaining.standing(NIGHT).behind


@pytest.mark.parametrize(
    ("now", "waiting", "behind"),
    [(january(20, 4), 0, False), (january(23, 2), 2, False), (january(23, 4), 3, True), (january(30), 10, True)],
)
def test_standing_tells_when_more_than_two_days_wait(
    db: None, at: At, now: datetime, waiting: int, behind: bool
) -> None:
    three_days(at)

    standing = chaining.standing(now)

    assert standing == chaining.Standing(date(2026, 1, 19), waiting)
    assert standing.behind == behind


def test_standing_before_the_first_link(db: None, at: At) -> None:
    assert chaining.standing(NIGHT) == chaining.Standing(None, 0)

    lines_on(at, january(1))

    assert chaining.standing(NIGHT) == chaining.Standing(None, 19)


def test_every_column_of_a_journal_is_hashed() -> None:
    for one in journals.JOURNALS:
        columns = {field.column for field in apps.get_model(one.label)._meta.concrete_fields}
        assert {"id", *one.columns} == columns, one.label


def test_checksum_can_be_recomputed_with_other_means(db: None, at: At) -> None:
    """As docs/journal.md says it, without any code of ours."""
    moment = datetime(2026, 1, 19, 12, 0, 0, 250, tzinfo=BERLIN)
    at(moment)
    line = journal.note(journal.Verb.EXPORTED, by=None, about="Übersicht", form="csv", key="entries")
    chaining.link_days(NIGHT)

    told = {
        "table": "landespreis_trace", "id": line.pk, "at": "2026-01-19T11:00:00.000250Z", "by_id": None,
        "verb": "exported", "about": "Übersicht", "detail": {"key": "entries", "form": "csv"},
    }  # fmt: skip
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    row = hashlib.sha256(text.encode()).hexdigest()
    day = f"landespreis/journal/1 2026-01-19 {'0' * 64}\nlandespreis_trace {line.pk} {row}\n"
    assert Link.objects.get().sha256 == hashlib.sha256(day.encode()).hexdigest()


def test_lines_are_read_a_part_at_a_time(db: None, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "CHUNK", 2)

    lines = three_days(at)

    assert Digest.objects.count() == len(lines) == Trace.objects.count()
    assert not verifying.verify().wrong
