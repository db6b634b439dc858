"""The database's last word: every constraint has a row that breaks it, and frozen rows stay frozen."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, models, transaction
from django.db.models import ProtectedError

from submissions.models import (
    Answer,
    Category,
    Criterion,
    Editor,
    Event,
    Extension,
    Finding,
    Partner,
    Proposal,
    Question,
    Reminder,
    Round,
    Section,
    Submission,
    Variant,
    Version,
)
from tests.accounts.factories import MunicipalityFactory, StaffFactory, UserFactory
from tests.conftest import CLOSES, OPENS, SECOND
from tests.submissions import factories

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def breaks(constraint: str, write: Callable[[], Any]) -> None:
    """Check that `write` is refused by the constraint of that name (SQLite names columns for unique ones)."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    assert constraint in str(refusal.value) or "UNIQUE constraint failed" in str(refusal.value)


def twice(constraint: str, make: Callable[[], models.Model]) -> None:
    make()
    breaks(constraint, make)


def test_round_opens_before_it_closes(round: Round) -> None:
    breaks("round_opens_before_it_closes", lambda: Round.objects.filter(pk=round.pk).update(closes_at=round.opens_at))


def test_round_scale_grows(round: Round) -> None:
    breaks("round_scale_grows", lambda: Round.objects.filter(pk=round.pk).update(scale_min=10))


def test_criterion_weight_not_negative(round: Round) -> None:
    breaks("criterion_weight_not_negative", lambda: Criterion.objects.update(weight=-1))


@pytest.mark.parametrize("field", ["key", "position"])
def test_category_is_unique_in_its_round(round: Round, field: str) -> None:
    first = round.categories.all()[0]
    values = {"key": "neu", "position": 99} | {field: getattr(first, field)}

    breaks(f"one_category_per_{field}", lambda: Category.objects.create(round=round, name="Neu", **values))


def test_criterion_and_question_keys_are_unique(round: Round) -> None:
    breaks(
        "one_criterion_per_key",
        lambda: Criterion.objects.create(round=round, key="gewinn", title="x", explanation="x", position=9),
    )
    breaks(
        "one_question_per_key",
        lambda: Question.objects.create(round=round, key="gewinn", title="x", short_title="x", prompt="x", position=9),
    )


def test_question_key_must_not_be_reserved(round: Round) -> None:
    question = Question(round=round, key="partner", title="x", short_title="x", prompt="x", position=9)

    with pytest.raises(ValidationError, match="festen Abschnitt"):
        question.full_clean()


def test_number_is_unique_in_its_round(open_round: Round) -> None:
    first, second = factories.submitted(open_round), factories.submitted(open_round)

    breaks(
        "one_submission_per_number",
        lambda: Submission.objects.filter(pk=second.pk).update(number=first.number),
    )


def test_one_submitted_entry_per_lead(open_round: Round) -> None:
    first, second = factories.submitted(open_round), factories.submitted(open_round)
    same_lead = Submission.objects.filter(pk=second.pk)

    breaks("one_submitted_entry_per_lead", lambda: same_lead.update(submitted_lead=first.submitted_lead))

    assert same_lead.update(submitted_lead=first.submitted_lead, status="withdrawn") == 1


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"number": None}, {"current": None}, {"submitted_lead": None}], ids=str
)
def test_submitted_means_number_and_version(open_round: Round, fields: dict[str, Any]) -> None:
    entry = factories.submitted(open_round)

    breaks("submitted_means_number_and_version", lambda: Submission.objects.filter(pk=entry.pk).update(**fields))


def test_rows_of_an_entry_are_unique(open_round: Round) -> None:
    entry = factories.complete(open_round)
    question = open_round.questions.all()[0]
    saved = {"saved_at": NOW, "saved_by": entry.owner}

    twice("one_row_per_section", lambda: Section.objects.create(submission=entry, key="x", **saved))
    breaks("one_answer_per_question", lambda: Answer.objects.create(submission=entry, question=question))
    twice(
        "one_variant_per_person",
        lambda: Variant.objects.create(submission=entry, key="x", user=entry.owner, values={}, sent_at=NOW),
    )
    twice(
        "one_reminder_per_offset",
        lambda: Reminder.objects.create(submission=entry, hours=3, deadline=CLOSES, sent_at=NOW),
    )


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "nrw"},
        {"kind": "nrw", "name": "Zweckverband Nord", "municipality": True},
        {"kind": "zweckverband"},
        {"kind": "zweckverband", "name": "Zweckverband Nord", "municipality": True},
        {"kind": "nrw", "municipality": True, "country": "NL"},
    ],
    ids=str,
)
def test_partner_from_register_or_named(open_round: Round, values: dict[str, Any]) -> None:
    entry = factories.draft(open_round)
    values = values | ({"municipality": MunicipalityFactory()} if values.get("municipality") else {})

    breaks("partner_from_register_or_named", lambda: Partner.objects.create(submission=entry, **values))


def test_partner_is_named_once(open_round: Round) -> None:
    entry = factories.draft(open_round)
    town = MunicipalityFactory()
    Partner.objects.create(submission=entry, name="Zweckverband Nord", kind="zweckverband")

    twice("partner_named_once", lambda: Partner.objects.create(submission=entry, municipality=town))
    breaks(
        "free_partner_named_once",
        lambda: Partner.objects.create(submission=entry, name="ZWECKVERBAND NORD", kind="aoer"),
    )


def test_editor_is_unique_and_consistent(open_round: Round) -> None:
    entry = factories.draft(open_round)
    user = factories.editor(entry, Editor.Role.EDIT)
    values = {"submission": entry, "role": "edit", "invited_by": entry.owner, "invited_at": NOW}

    breaks("one_invitation_per_address", lambda: Editor.objects.create(email=user.email.upper(), **values))
    breaks(
        "one_editor_per_person",
        lambda: Editor.objects.create(email="x@kommune.example", user=user, accepted_at=NOW, **values),
    )
    breaks(
        "editor_accepted_has_person",
        lambda: Editor.objects.create(email="y@kommune.example", accepted_at=NOW, **values),
    )
    breaks(
        "editor_accepted_has_person",
        lambda: Editor.objects.create(email="z@kommune.example", user=UserFactory(), **values),
    )


def test_version_number_is_unique(open_round: Round) -> None:
    entry = factories.submitted(open_round)

    breaks(
        "one_version_per_number",
        lambda: Version.objects.create(
            submission=entry, number=1, canonical="{}", sha256="", submitted_at=NOW, submitted_by=entry.owner
        ),
    )


def test_extension_has_reason(open_round: Round) -> None:
    entry = factories.draft(open_round)

    breaks(
        "extension_has_reason",
        lambda: Extension.objects.create(
            submission=entry, until=CLOSES, reason="", granted_by=StaffFactory(), granted_at=NOW
        ),
    )


@pytest.mark.parametrize(("table", "fields"), [(Version, {"canonical": "{}"}), (Event, {"verb": "saved"})])
def test_frozen_rows_refuse_every_change(open_round: Round, table: type[models.Model], fields: dict[str, str]) -> None:
    factories.submitted(open_round)

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        table._default_manager.update(**fields)


def test_entry_with_a_version_cannot_be_deleted(open_round: Round) -> None:
    entry = factories.submitted(open_round)

    with pytest.raises(ProtectedError):
        entry.delete()


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (OPENS - SECOND, "announced"),
        (OPENS, "open"),
        (CLOSES - SECOND, "open"),
        (CLOSES, "review"),
        (datetime(2026, 4, 15, 9, 59, tzinfo=UTC), "review"),
        (datetime(2026, 4, 15, 10, 0, tzinfo=UTC), "published"),
    ],
)
def test_phase_follows_the_clock(round: Round, moment: datetime, phase: str) -> None:
    assert round.phase(moment) == phase


def test_phase_is_decided_once_the_jury_has(round: Round) -> None:
    round.decided_at = CLOSES + SECOND

    assert round.phase(CLOSES) == "review"
    assert round.phase(CLOSES + SECOND) == "decided"


# The formal check ------------------------------------------------------------------------------------


def proposal(entry: Submission, **fields: Any) -> Proposal:
    values = {"act": "exclude", "reason": "Nur eine Kommune", "proposed_by": entry.owner, "proposed_at": NOW} | fields
    return Proposal.objects.create(submission=entry, version=entry.current, **values)


def test_one_finding_per_condition(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    assert entry.current is not None
    row = {"submission": entry, "version": entry.current, "key": "partner", "verdict": "met"}

    twice("one_finding_per_condition", lambda: Finding.objects.create(by=entry.owner, at=NOW, **row))


def test_one_open_proposal(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    proposal(entry, outcome="dropped", ended_by=entry.owner, ended_at=NOW)

    twice("one_open_proposal", lambda: proposal(entry))


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "exclude", "reason": ""},
        {"act": "exclude", "until": NOW},
        {"act": "hand_back", "until": None},
        {"act": "hand_back", "until": NOW, "reason": ""},
        {"act": "admit", "reason": "", "until": NOW},
        {"act": "admit", "reason": "Weil"},
    ],
)
def test_proposal_says_what_its_act_needs(open_round: Round, fields: dict[str, Any]) -> None:
    entry = factories.submitted(open_round)

    breaks("proposal_says_what_its_act_needs", lambda: proposal(entry, **fields))


@pytest.mark.parametrize("outcome", ["rejected", "confirmed", "dropped"])
def test_proposal_ended_by_somebody(open_round: Round, outcome: str) -> None:
    entry = factories.submitted(open_round)
    somebody = UserFactory()

    breaks("proposal_ended_by_somebody", lambda: proposal(entry, outcome=outcome))
    breaks("proposal_ended_by_somebody", lambda: proposal(entry, outcome=outcome, ended_at=NOW))
    breaks("proposal_ended_by_somebody", lambda: proposal(entry, ended_by=somebody, ended_at=NOW))


def test_proposal_confirmed_by_another(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    own = {"ended_by": entry.owner, "ended_at": NOW}

    proposal(entry, outcome="rejected", **own)
    breaks("proposal_confirmed_by_another", lambda: proposal(entry, outcome="confirmed", **own))
