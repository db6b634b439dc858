"""The draft side of entries, loaded whole with a constant number of queries."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from submissions.models import (
    Answer,
    Attachment,
    Criterion,
    Partner,
    Question,
    Section,
    Submission,
)
from submissions.sections import SectionSpec, of


@dataclass(frozen=True)
class Draft:
    """Everything a person wrote, ready to be checked, shown, compared and frozen.

    `sections_saved` maps a section's key to its row; a section that was never saved has none.
    """

    entry: Submission
    questions: tuple[Question, ...]
    answers: dict[str, str]
    partners: tuple[Partner, ...]
    files: tuple[Attachment, ...]
    sections_saved: dict[str, Section]

    @cached_property
    def sections(self) -> tuple[SectionSpec, ...]:
        return of(self.questions)

    @property
    def criteria(self) -> list[Criterion]:
        return list({q.criterion.pk: q.criterion for q in self.questions if q.criterion}.values())

    @property
    def last_saved(self) -> Section | None:
        return max(
            self.sections_saved.values(),
            key=lambda section: section.saved_at,
            default=None,
        )

    def section(self, key: str) -> SectionSpec | None:
        return next((spec for spec in self.sections if spec.key == key), None)


def load(entry: Submission, *, saves: bool = True) -> Draft:
    """Load the draft of `entry` (with its round, category and lead selected) in five queries.

    Without `saves`, who saved what when is left out, for those who only want the content: four queries.
    """
    return load_all([entry], saves=saves)[entry.pk]


def load_all(entries: Sequence[Submission], *, saves: bool = True) -> dict[uuid.UUID, Draft]:
    """Load several drafts by primary key, in the same number of queries as one."""
    questions: dict[int, list[Question]] = defaultdict(list)
    answers: dict[uuid.UUID, dict[str, str]] = defaultdict(dict)
    partners: dict[uuid.UUID, list[Partner]] = defaultdict(list)
    files: dict[uuid.UUID, list[Attachment]] = defaultdict(list)
    saved: dict[uuid.UUID, dict[str, Section]] = defaultdict(dict)
    rounds = {entry.round_id for entry in entries}
    for question in Question.objects.filter(round__in=rounds).select_related("criterion"):
        questions[question.round_id].append(question)
    for answer in Answer.objects.filter(submission__in=entries).select_related("question"):
        answers[answer.submission_id][answer.question.key] = answer.text
    for partner in Partner.objects.filter(submission__in=entries).select_related("municipality"):
        partners[partner.submission_id].append(partner)
    for file in Attachment.objects.filter(submission__in=entries).present().select_related("uploaded_by"):
        files[file.submission_id].append(file)
    for section in Section.objects.filter(submission__in=entries if saves else []).select_related("saved_by"):
        saved[section.submission_id][section.key] = section
    return {
        entry.pk: Draft(
            entry=entry,
            questions=tuple(questions[entry.round_id]),
            answers=answers[entry.pk],
            partners=tuple(partners[entry.pk]),
            files=tuple(files[entry.pk]),
            sections_saved=saved[entry.pk],
        )
        for entry in entries
    }
