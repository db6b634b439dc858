"""What the tests of the jury stand on: a panel of five, and a clock in the time of scoring."""

import logging
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from jury.models import Juror
from submissions.models import Round
from tests.jury import factories, rooms, worlds
from tests.jury.rooms import Stage as Scene


@pytest.fixture
def panel(round: Round) -> list[Juror]:
    """Five jurors who confirmed and accepted the notice, in the order of their seats; the first is the chair."""
    return factories.panel(round)


@pytest.fixture
def scoring(round: Round, at: Callable[[datetime], None]) -> Callable[[], None]:
    """Move the clock into the time of scoring: `scoring()` after the entries were made."""
    return lambda: at(factories.scoring_time(round))


@pytest.fixture
def watched(open_round: Round, scoring: Callable[[], None]) -> Scene:
    """Three entries of one category, scored by everybody but the second juror, who has only cleared them."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    panel = factories.panel(open_round)
    entries = [worlds.entry(open_round, "krisen", title=f"Auenblick {n}") for n in range(1, 4)]
    scoring()
    for entry, points in zip(entries, (8, 7, 5), strict=True):
        for juror in panel:
            if juror == panel[1]:
                factories.clear(juror, entry)
            else:
                factories.sheet(juror, entry, points + (juror == panel[4]))
    category = open_round.categories.select_related("round").get(key="krisen")
    return Scene(open_round, category, panel, entries, rooms.office())


@pytest.fixture
def bea(watched: Scene) -> Client:
    """The browser of the second juror."""
    return worlds.client(watched.user(1))
