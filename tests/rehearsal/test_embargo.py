"""A winner seen too early, or not at all, a letter that went before, and news that came twice are found."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from jury.models import Letter
from portal.models import Announcement, News
from rehearsal.acts import publishing
from rehearsal.invariants import embargo
from rehearsal.ledger import PUBLISHED
from rehearsal.stage import Stage
from submissions.models import Round, Submission
from tests.accounts.factories import StaffFactory
from tests.jury import factories
from tests.portal.factories import NewsFactory
from tests.rehearsal.told import broken, mail

SUBJECT = "IKZ-2026-0001: Ihr Projekt erhält den Landespreis"
HIDDEN, NO_LETTER = "Vor der Sperrfrist kein Preisträger öffentlich", "Vor der Sperrfrist kein Brief"
At = Callable[[datetime], None]


@pytest.fixture
def winner(stage: Stage, open_round: Round) -> Submission:
    entry = factories.admitted(open_round, title="Gemeinsam warnen 1")
    stage.props["winners"] = {"krisen": entry.label, "umwelt": ""}
    Letter.objects.create(submission=entry, kind=Letter.Kind.WINNER, subject=SUBJECT, text="Herzlichen Glückwunsch")
    return entry


def announce(round: Round, at: datetime) -> None:
    news: News = NewsFactory()
    Announcement.objects.create(
        round=round, title="Sie stehen fest", lead="Sieger", body="Text", category=news.category, with_letters=True,
        ordered_by=StaffFactory(), ordered_at=at, published_at=at, news=news,
    )  # fmt: skip


def test_winner_before_the_embargo_is_found(stage: Stage, winner: Submission, at: At) -> None:
    at(stage.round.embargo_until - timedelta(seconds=1))
    stage.ledger.see(publishing.REPORTER, "/projekte.json", f'{{"title": "{winner.submitted_title}"}}')

    assert broken(stage, embargo.hidden) == [HIDDEN]


def test_letter_before_the_embargo_is_found(stage: Stage, winner: Submission, at: At) -> None:
    at(stage.round.embargo_until - timedelta(seconds=1))
    mail(stage, winner.owner.email, SUBJECT)

    assert broken(stage, embargo.hidden) == [NO_LETTER]


def test_winner_and_letter_after_it_are_well(stage: Stage, winner: Submission, at: At) -> None:
    at(stage.round.embargo_until + timedelta(seconds=1))
    stage.ledger.see(publishing.REPORTER, "/landespreis/", winner.submitted_title)
    mail(stage, winner.owner.email, SUBJECT)
    stage.ledger.note(publishing.REPORTER, PUBLISHED, "lp2")
    announce(stage.round, stage.round.embargo_until)

    assert broken(stage, embargo.hidden) == []
    assert broken(stage, embargo.out) == []


def test_winners_that_never_came_out_are_found(stage: Stage, winner: Submission) -> None:
    assert broken(stage, embargo.out) == [
        "Preisträger nach der Sperrfrist öffentlich",
        "Veröffentlicht einmal und nicht zu früh",
        "Eine Meldung über die Preisträger",
    ]


def test_publication_before_its_moment_is_found(stage: Stage, winner: Submission) -> None:
    stage.ledger.note(publishing.REPORTER, PUBLISHED, "lp2")
    announce(stage.round, stage.round.embargo_until - timedelta(microseconds=1))

    assert broken(stage, embargo.out) == ["Veröffentlicht einmal und nicht zu früh"]
