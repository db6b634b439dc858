"""The draft side of entries, loaded whole with a constant number of queries."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from submissions import reading, rulebook
from submissions.models import Attachment, Criterion, Partner, Question, Section, Submission
from submissions.sections import SectionSpec


@dataclass(frozen=True)
class Draft:
    """Everything a person wrote, ready to be checked, shown, compared and frozen.

    `sections_saved` maps a section's key to its row; a section that was never saved has none.
    """

    entry: Submission
    sections: tuple[SectionSpec, ...]
    questions: tuple[Question, ...]
    answers: dict[str, str]
    partners: tuple[Partner, ...]
    files: tuple[Attachment, ...]
    sections_saved: dict[str, Section]

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
    """Load the draft of `entry` in four queries.

    Without `saves`, who saved what when is left out, for those who only want the content: three queries.
    """
    return load_all([entry], saves=saves)[entry.pk]


def load_all(entries: Sequence[Submission], *, saves: bool = True) -> dict[uuid.UUID, Draft]:
    """Load several drafts by primary key, in the same number of queries as one."""
    keys = [entry.pk for entry in entries]
    answers, partners, files = reading.answers(keys), reading.partners(keys), reading.files(keys)
    saved = reading.sections(keys) if saves else {}
    drafts = {}
    for entry in entries:
        rules = rulebook.of(entry.round_id, entry.round.stamp)
        texts = answers.get(entry.pk, {})
        drafts[entry.pk] = Draft(
            entry=entry,
            sections=rules.sections,
            questions=tuple(rules.questions.values()),
            answers={question.key: texts[pk] for pk, question in rules.questions.items() if pk in texts},
            partners=tuple(partners.get(entry.pk, ())),
            files=tuple(files.get(entry.pk, ())),
            sections_saved=saved.get(entry.pk, {}),
        )
    return drafts
