"""What of a round can no longer change once people build on it, and dates that contradict each other."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from landespreis.clock import BERLIN
from submissions.actions import handing_in
from submissions.models import Answer, Attachment, Category, Question, Round, Submission
from tests.conftest import CLOSES, MIDWAY, OPENS, SECOND
from tests.submissions import factories, preparing
from tests.submissions.preparing import DATES

At = Callable[[datetime], None]
DAY = timedelta(days=1)


def reasons(row: Any, **changes: Any) -> dict[str, str]:
    """Return what is said against changing a row, by field."""
    fresh = type(row).objects.get(pk=row.pk)
    for name, value in changes.items():
        setattr(fresh, name, value)
    try:
        fresh.full_clean()
    except ValidationError as error:
        return {field: " ".join(said) for field, said in error.message_dict.items()}
    return {}


@pytest.mark.parametrize(
    ("now", "opens_at", "words"),
    [
        (OPENS - DAY, OPENS + DAY, ""),
        (OPENS - DAY, OPENS - DAY + SECOND, ""),
        (OPENS - DAY, OPENS - DAY, "in der Zukunft"),
        (OPENS - SECOND, OPENS + DAY, ""),
        (OPENS, OPENS + DAY, "läuft seit Montag, 1. Dezember 2025"),
        (OPENS, OPENS - DAY, "läuft seit"),
        (OPENS, OPENS, ""),
    ],
)
def test_opening_stays_once_open(round: Round, at: At, now: datetime, opens_at: datetime, words: str) -> None:
    at(now)

    assert words in reasons(round, opens_at=opens_at).get("opens_at", "" if not words else "nothing")
    assert bool(reasons(round, opens_at=opens_at)) is bool(words)


@pytest.mark.parametrize(
    ("now", "closes_at", "words"),
    [
        (OPENS - DAY, OPENS + DAY, ""),
        (MIDWAY, MIDWAY + SECOND, ""),
        (MIDWAY, MIDWAY, "nicht vor dem jetzigen Zeitpunkt"),
        (MIDWAY, MIDWAY - DAY, "nicht vor dem jetzigen Zeitpunkt"),
        (CLOSES, CLOSES + DAY, ""),
        (CLOSES, CLOSES - DAY, "nur noch verlängern"),
        (CLOSES + DAY, CLOSES + SECOND, "nur noch verlängern"),
    ],
)
def test_closing_is_never_earlier_than_now(
    round: Round, at: At, now: datetime, closes_at: datetime, words: str
) -> None:
    at(now)

    said = reasons(round, closes_at=closes_at)

    assert list(said) == (["closes_at"] if words else [])
    assert words in said.get("closes_at", "")


def test_closing_never_lies_before_an_accepted_entry(open_round: Round, at: At) -> None:
    factories.submitted(open_round)
    at(MIDWAY - DAY)  # as if the machine's clock had been wrong

    said = reasons(open_round, closes_at=MIDWAY - SECOND)

    assert "noch am Dienstag, 20. Januar 2026, 10:30:00 Uhr (MEZ) angenommen" in said["closes_at"]
    assert reasons(open_round, closes_at=MIDWAY + SECOND) == {}


def test_closing_stays_once_the_formal_check_decided(open_round: Round, at: At) -> None:
    entry = factories.submitted(open_round)
    at(CLOSES + DAY)
    assert reasons(open_round, closes_at=CLOSES + 2 * DAY) == {}

    Submission.objects.filter(pk=entry.pk).update(formal_check="admitted")

    assert (
        "formale Prüfung hat schon begonnen (1 Einreichung)"
        in reasons(open_round, closes_at=CLOSES + 2 * DAY)["closes_at"]
    )


EMBARGO = datetime(2026, 4, 15, 12, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "until", "words"),
    [
        (EMBARGO - DAY, EMBARGO + DAY, ""),
        (EMBARGO - DAY / 2, EMBARGO - DAY / 4, ""),
        (EMBARGO - DAY / 4, EMBARGO - DAY / 4, "muss in der Zukunft enden"),
        (EMBARGO - SECOND, EMBARGO - DAY / 2, "muss in der Zukunft enden"),
        (EMBARGO, EMBARGO + DAY, "die Preisträger sind öffentlich"),
        (EMBARGO, EMBARGO, ""),
    ],
)
def test_saving_a_round_never_publishes_winners_or_hides_them_again(
    round: Round, at: At, now: datetime, until: datetime, words: str
) -> None:
    Round.objects.update(embargo_until=EMBARGO, ceremony_on=date(2026, 4, 14))
    round.categories.filter(key="krisen").update(decided_at=EMBARGO - DAY)
    at(now)

    said = reasons(round, embargo_until=until)

    assert list(said) == (["embargo_until"] if words else [])
    assert words in said.get("embargo_until", "")


@pytest.mark.parametrize(("until", "words"), [(EMBARGO + DAY, ""), (EMBARGO - SECOND, "muss in der Zukunft enden")])
def test_embargo_that_has_passed_moves_while_nothing_is_decided(
    round: Round, at: At, until: datetime, words: str
) -> None:
    Round.objects.update(embargo_until=EMBARGO, ceremony_on=date(2026, 4, 14))
    at(EMBARGO)

    said = reasons(round, embargo_until=until)

    assert list(said) == (["embargo_until"] if words else [])
    assert words in said.get("embargo_until", "")


def test_two_decide_once_something_is_handed_in(open_round: Round) -> None:
    Round.objects.update(four_eyes=True)
    assert reasons(open_round, four_eyes=False) == {}
    factories.submitted(open_round)

    assert "schon eingereicht worden (1 Einreichung)" in reasons(open_round, four_eyes=False)["four_eyes"]
    Round.objects.update(four_eyes=False)
    assert reasons(open_round, four_eyes=True) == {}


def test_window_of_a_round_in_preparation_moves_freely(round: Round, at: At) -> None:
    new = preparing.copied(round, **DATES)
    at(DATES["opens_at"] + DAY)

    assert reasons(new, opens_at=OPENS, closes_at=DATES["opens_at"]) == {}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"embargo_until": CLOSES - SECOND}, "embargo_until", "nicht vor dem Einreichungsschluss"),
        ({"embargo_until": CLOSES + DAY}, "embargo_until", "endet vor der Preisverleihung am 15. April 2026"),
        ({"ceremony_on": date(2026, 2, 8)}, "ceremony_on", "nicht vor dem Einreichungsschluss"),
        ({"session_at": CLOSES - SECOND}, "session_at", "erst nach dem Einreichungsschluss"),
        ({"closes_at": OPENS}, "__all__", "muss nach dem Beginn liegen"),
        ({"scoring_opens_at": CLOSES - SECOND}, "__all__", "erst nach dem Einreichungsschluss"),
        ({"ceremony_on": None}, "ceremony_on", "braucht diesen Zeitpunkt"),
        ({"opens_at": None}, "opens_at", "braucht diesen Zeitpunkt"),
    ],
)
def test_dates_do_not_contradict(round: Round, at: At, changes: dict[str, Any], field: str, words: str) -> None:
    at(OPENS - DAY)

    assert words in reasons(round, **changes)[field]


def test_dates_on_the_edge_are_fine(round: Round, at: At) -> None:
    at(OPENS - DAY)

    assert reasons(round, session_at=CLOSES, ceremony_on=date(2026, 2, 9), embargo_until=CLOSES) == {}


def test_announced_rounds_do_not_overlap(round: Round, at: At) -> None:
    at(OPENS - DAY)
    new = preparing.opened(round)

    said = reasons(new, opens_at=round.embargo_until - SECOND)

    assert f"überschneidet sich mit „{round}“ (1. Dezember 2025 bis 15. April 2026)" in said["opens_at"]
    assert reasons(new, opens_at=round.embargo_until) == {}
    Round.objects.filter(pk=new.pk).update(announced_at=None)
    assert reasons(new, opens_at=round.embargo_until - SECOND) == {}


def test_prefix_stays_once_a_number_is_given(open_round: Round) -> None:
    assert reasons(open_round, number_prefix="IKZ-27") == {}
    factories.submitted(open_round)

    assert "zuletzt IKZ-2026-0001" in reasons(open_round, number_prefix="IKZ-27")["number_prefix"]
    assert reasons(open_round, prize=5000) == {}


def test_prefix_is_its_own(round: Round) -> None:
    new = preparing.copied(round)

    assert f"schon die Nummern von „{round}“" in reasons(new, number_prefix="ikz-2026")["number_prefix"]


def test_fewer_files_than_somebody_has(open_round: Round) -> None:
    entry = factories.draft(open_round)
    files = [factories.attachment(entry) for _ in range(4)]
    Attachment.objects.filter(pk=files[0].pk).update(scan="infected")
    factories.attachment(factories.draft(open_round))

    assert "schon 3 Dateien" in reasons(open_round, max_files=2)["max_files"]
    assert reasons(open_round, max_files=3) == {}
    Attachment.objects.filter(pk=files[1].pk).update(removed_at=MIDWAY)
    assert reasons(open_round, max_files=2) == {}


def test_smaller_files_than_somebody_has(open_round: Round) -> None:
    factories.attachment(factories.draft(open_round))
    Attachment.objects.update(size=3_000_000)

    assert "schon 3 MB groß" in reasons(open_round, max_file_megabytes=2)["max_file_megabytes"]
    assert reasons(open_round, max_file_megabytes=3) == {}


def test_shorter_abstract_than_somebody_wrote(open_round: Round) -> None:
    factories.draft(open_round, abstract="ä" * 700)
    factories.draft(open_round, abstract="ä" * 900)  # too long before, so it has to shrink anyway

    assert "(1 Einreichung, der längste hat 700 Zeichen)" in reasons(open_round, max_abstract=699)["max_abstract"]
    assert reasons(open_round, max_abstract=700) == {}


def test_proof_is_not_asked_for_afterwards(open_round: Round) -> None:
    factories.draft(open_round)
    assert reasons(open_round, proof_required=True) == {}
    factories.submitted(open_round)

    assert "schon eingereicht worden (1 Einreichung)" in reasons(open_round, proof_required=True)["proof_required"]


def test_key_date_excludes_nobody_afterwards(open_round: Round) -> None:
    factories.complete(open_round)  # agreed on 14 March 2023

    assert "(1 Einreichung)" in reasons(open_round, contract_after=date(2023, 3, 14))["contract_after"]
    assert reasons(open_round, contract_after=date(2023, 3, 13)) == {}


@pytest.mark.parametrize("made", [factories.complete, factories.submitted])
def test_used_category_stays(open_round: Round, made: Callable[[Round], Submission]) -> None:
    made(open_round)
    category = Category.objects.get(round=open_round, key="krisen")

    assert "schon gewählt (1 Einreichung)" in reasons(category, key="krise")["key"]
    assert reasons(category, name="Krisen", short_name="Krisen") == {}
    assert reasons(Category.objects.get(round=open_round, key="umwelt"), key="natur") == {}


def test_answered_question_keeps_its_key(open_round: Round) -> None:
    question = Question.objects.filter(round=open_round).first()
    assert question
    assert reasons(question, key="anders") == {}
    Answer.objects.create(submission=factories.draft(open_round), question=question, text="")

    assert "schon beantwortet (1 Einreichung)" in reasons(question, key="anders")["key"]
    assert reasons(question, title="Anders") == {}


def test_answer_is_not_made_too_long(open_round: Round) -> None:
    question = Question.objects.filter(round=open_round).first()
    assert question
    for length in (500, 1200, question.max_characters + 1):
        Answer.objects.create(submission=factories.draft(open_round), question=question, text="ß" * length)

    said = reasons(question, max_characters=499)["max_characters"]

    assert "(2 Einreichungen, der längste hat 1.200 Zeichen)" in said
    assert reasons(question, max_characters=1200) == {}
    assert reasons(question, max_characters=question.max_characters + 100) == {}


def test_question_does_not_become_compulsory_afterwards(open_round: Round) -> None:
    question = Question.objects.filter(round=open_round).first()
    assert question
    Question.objects.filter(pk=question.pk).update(required=False)
    assert reasons(question, required=True) == {}
    entry = factories.submitted(open_round)
    handing_in.withdraw(entry, by=entry.owner, reason="")

    assert "schon eingereicht worden (1 Einreichung)" in reasons(question, required=True)["required"]
    new = Question(round=open_round, key="neues", title="Neu", short_title="Neu", prompt="Neu?", position=9)
    with pytest.raises(ValidationError, match="schon eingereicht worden"):
        new.full_clean()
    new.required = False
    new.full_clean()
