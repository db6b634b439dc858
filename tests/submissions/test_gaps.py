"""What drafts lack: read once, and anew when somebody saves, a file is refused, the round changes or a day is over."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from submissions import gaps
from submissions.actions import entries, partners
from submissions.models import Attachment, Round, Submission
from tests.conftest import MIDWAY
from tests.submissions import factories


@pytest.fixture
def draft(open_round: Round) -> Submission:
    return factories.complete(open_round)


def lacking() -> list[int]:
    return sorted(gaps.of_drafts(Round.objects.get(), MIDWAY))


def test_what_lacks_is_read_once(draft: Submission) -> None:
    assert lacking() == [0]

    with CaptureQueriesContext(connection) as queries:
        assert lacking() == [0]

    assert len(queries) == 2  # round, marks


def test_what_is_saved_shows_at_once(draft: Submission) -> None:
    assert lacking() == [0]

    entries.save_section(draft, "kurzbeschreibung", {"abstract": ""}, by=draft.owner, revision=0, sitting="a")
    assert lacking() == [1]

    entries.save_section(draft, "kurzbeschreibung", {"abstract": "Pegel."}, by=draft.owner, revision=1, sitting="a")
    assert lacking() == [0]


def test_partner_taken_away_shows_at_once(draft: Submission) -> None:
    assert lacking() == [0]

    for partner in draft.partners.all():
        partners.remove(partner, by=draft.owner)

    assert lacking() == [1]


def test_refused_file_shows_at_once(draft: Submission) -> None:
    Round.objects.update(proof_required=True)
    proof = factories.attachment(draft, kind=Attachment.Kind.PROOF)
    assert lacking() == [0]

    Attachment.objects.filter(pk=proof.pk).update(scan=Attachment.Scan.INFECTED)

    assert lacking() == [1]


def test_what_the_round_asks_for_shows_at_once(draft: Submission) -> None:
    assert lacking() == [0]

    Round.objects.update(max_abstract=1)

    assert lacking() == [1]


def test_day_of_the_agreement_counts_when_it_has_come(draft: Submission) -> None:
    Submission.objects.update(agreed_on=MIDWAY.date() + timedelta(days=1))
    assert lacking() == [1]

    assert gaps.of_drafts(Round.objects.get(), MIDWAY + timedelta(days=1)) == [0]


def test_only_what_was_saved_is_read_again(open_round: Round, draft: Submission) -> None:
    for _ in range(3):
        factories.complete(open_round)
    lacking()
    entries.save_section(draft, "titel", {"title": ""}, by=draft.owner, revision=0, sitting="a")

    with CaptureQueriesContext(connection) as queries:
        assert lacking() == [0, 0, 0, 1]

    (texts,) = [query["sql"] for query in queries if "submissions_answer" in query["sql"]]
    read = {row.pk for row in Submission.objects.all() if row.pk.hex in texts.replace("-", "")}
    assert read == {draft.pk}


def test_handed_in_and_deleted_drafts_do_not_count(open_round: Round, draft: Submission) -> None:
    other = factories.complete(open_round)
    assert lacking() == [0, 0]

    factories.submit(other)

    assert lacking() == [0]
