"""Jurors as a group: counts are what each may see, and no mail tells of an entry."""

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import User
from jury.models import Juror
from landespreis import audiences
from submissions.models import Round
from tests.accounts.factories import staff
from tests.jury import factories
from tests.landespreis import circulars

At = Callable[[datetime], None]


def left(office: User, key: str) -> dict[str, str]:
    found = audiences.members(circulars.audience(key, office), {})
    return {one.address: one.filled["offene_boegen"] for one in found}


def test_counts_are_what_each_juror_may_see(open_round: Round, at: At) -> None:
    panel, office = factories.panel(open_round), staff()
    first, second = factories.admitted(open_round), factories.admitted(open_round, "umwelt")
    at(factories.scoring_time(open_round))
    factories.recuse(panel[0], first)
    factories.sheet(panel[1], first, 7)
    factories.sheet(panel[1], second, 7)
    factories.sheet(panel[2], first, 7, "draft")

    found = left(office, "jury")

    assert found == dict(zip([juror.email for juror in panel], ["1", "0", "2", "2", "2"], strict=True))
    assert left(office, "jury-offen") == {key: value for key, value in found.items() if value != "0"}


def test_recused_juror_is_told_of_nothing_of_that_entry(open_round: Round, at: At) -> None:
    panel, office = factories.panel(open_round), staff()
    entry = factories.admitted(open_round, title="Nur für andere")
    at(factories.scoring_time(open_round))
    factories.recuse(panel[0], entry)

    assert panel[0].email not in left(office, "jury-offen")
    for one in audiences.members(circulars.audience("jury", office), {}):
        assert not {"Nur für andere", entry.label, str(entry.pk)} & set(one.filled.values())
        assert one.about == ""


def test_opened_categories_are_past_scoring(open_round: Round, at: At) -> None:
    factories.panel(open_round)
    office, entry = staff(), factories.admitted(open_round)
    at(factories.scoring_time(open_round))
    assert entry.submitted_category
    factories.open_session(entry.submitted_category)

    assert left(office, "jury-offen") == {}


def test_before_scoring_nothing_is_open(open_round: Round) -> None:
    factories.panel(open_round)
    factories.admitted(open_round)

    assert set(left(staff(), "jury").values()) == {"0"}


def test_notice_group_has_those_who_have_not_accepted(open_round: Round) -> None:
    seats = factories.seats(open_round)
    late = factories.juror(seats[0], accepted=False)
    factories.juror(seats[1])

    assert set(left(staff(), "jury-hinweise")) == {late.email}


@pytest.mark.parametrize("change", ["closed", "staff", "ended", "invited"])
def test_who_does_not_serve_gets_nothing(open_round: Round, at: At, change: str) -> None:
    juror = factories.juror(factories.seats(open_round)[0])
    if change == "closed":
        User.objects.filter(pk=juror.user_id).update(is_active=False)
    elif change == "staff":
        User.objects.filter(pk=juror.user_id).update(is_staff=True)
    elif change == "ended":
        Juror.objects.update(until=open_round.closes_at)
    else:
        Juror.objects.update(user=None, confirmed_at=None, notice_accepted_at=None)

    assert left(staff(), "jury") == {}


def test_without_dates_it_says_so(open_round: Round) -> None:
    factories.juror(factories.seats(open_round)[0])
    Round.objects.update(scoring_closes_at=None)

    (one,) = audiences.members(circulars.audience("jury", staff()), {})

    assert (one.filled["frist"], one.filled["restzeit"]) == ("noch nicht festgelegt",) * 2
