"""The prize on projects and the list of winners: nothing before the embargo ends, everything after."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from landespreis import clock
from portal import tasks, winners
from portal.actions import prizes
from portal.models import Project, ProjectFacet
from portal.winners import Winner
from submissions.models import Round
from tests.conftest import SECOND
from tests.portal import award

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]


def prize_years() -> list[int | None]:
    return list(Project.objects.order_by("pk").values_list("prize_year", flat=True))


def test_award_due_waits_for_the_embargo(open_round: Round, at: At) -> None:
    entry = award.entry(open_round)
    award.copied(entry)
    award.decide(open_round, "krisen", entry)

    at(open_round.embargo_until - SECOND)
    assert (prizes.award_due(), prize_years()) == (0, [None])
    at(open_round.embargo_until)
    assert (prizes.award_due(), prize_years()) == (1, [2026])
    assert list(ProjectFacet.objects.filter(kind="auszeichnung").values_list("value", flat=True)) == ["preis"]


def test_award_due_is_done_once(open_round: Round, at: At) -> None:
    entry = award.entry(open_round)
    award.copied(entry)
    award.decide(open_round, "krisen", entry)
    at(open_round.embargo_until)
    prizes.award_due()
    changed = Project.objects.get().changed_at
    at(open_round.embargo_until + 60 * SECOND)

    assert prizes.award_due() == 0
    assert Project.objects.get().changed_at == changed


def test_award_due_counts_locked_decisions_with_a_winner_only(open_round: Round, at: At) -> None:
    open_, other, none = (award.entry(open_round) for _ in range(3))
    for entry in (open_, other, none):
        award.copied(entry)
    award.decide(open_round, "krisen", open_, locked=False)
    award.decide(open_round, "umwelt", None)
    at(open_round.embargo_until)

    assert prizes.award_due() == 0
    assert prize_years() == [None, None, None]


def test_award_due_passes_over_winners_without_a_project(open_round: Round, at: At) -> None:
    award.decide(open_round, "krisen", award.entry(open_round, consent=False))
    at(open_round.embargo_until)

    assert prizes.award_due() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_award_due_asks_the_same_for_one_and_three(
    open_round: Round, at: At, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for category in ("krisen", "umwelt", "austausch")[:count]:
        entry = award.entry(open_round, category=open_round.categories.get(key=category))
        award.copied(entry)
        award.decide(open_round, category, entry)
    at(open_round.embargo_until)

    with django_assert_num_queries(6):  # savepoint, decisions, lock, projects, facets, savepoint
        assert prizes.award_due() == count
    with django_assert_num_queries(3):
        assert prizes.award_due() == 0


def test_task_awards_what_is_due(open_round: Round, at: At) -> None:
    entry = award.entry(open_round)
    award.copied(entry)
    award.decide(open_round, "krisen", entry)
    at(open_round.embargo_until)

    tasks.award_prizes()

    assert prize_years() == [2026]
    assert settings.CELERY_BEAT_SCHEDULE["portal.tasks.award_prizes"]["schedule"] == 2 * settings.BEAT_TICK


def test_winners_are_nobody_before_the_embargo_ends(
    open_round: Round, at: At, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    award.decide(open_round, "krisen", award.entry(open_round))
    at(open_round.embargo_until - SECOND)

    with django_assert_num_queries(0):
        assert winners.of(open_round, clock.now()) == []


def test_winners_stand_in_the_order_of_categories(
    open_round: Round, at: At, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = award.entry(open_round, category=open_round.categories.get(key="austausch"))
    second = award.entry(open_round, category=open_round.categories.get(key="krisen"))
    project = award.copied(second)
    award.decide(open_round, "krisen", second)
    award.decide(open_round, "umwelt", None)
    award.decide(open_round, "austausch", first)
    award.decide(open_round, "wirtschaft", award.entry(open_round), locked=False)
    at(open_round.embargo_until)
    Project.objects.update(published_at=clock.now())

    with django_assert_num_queries(2):
        told = winners.of(open_round, clock.now())

    categories = {category.key: category for category in open_round.categories.all()}
    assert first.submitted_lead
    assert second.submitted_lead
    assert told == [
        Winner(categories["austausch"], first.submitted_title, first.submitted_lead.label, None, has_prize=True),
        Winner(categories["umwelt"], "", "", None, has_prize=False),
        Winner(categories["krisen"], second.submitted_title, second.submitted_lead.label, project, has_prize=True),
    ]


def test_winners_lead_to_no_project_that_is_not_out(open_round: Round, at: At) -> None:
    entry = award.entry(open_round)
    award.copied(entry)
    award.decide(open_round, "krisen", entry)
    at(open_round.embargo_until)

    assert [winner.project for winner in winners.of(open_round, clock.now())] == [None]
