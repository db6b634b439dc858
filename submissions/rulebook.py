"""What a round asks for, kept in the process for as long as the round's stamp holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from submissions import sections
from submissions.models import Category, Question, Round
from submissions.sections import SectionSpec


@dataclass(frozen=True)
class Rulebook:
    """A round with its categories and questions, both by primary key and in their order. Shared: read it only."""

    round: Round
    categories: Mapping[int, Category]
    questions: Mapping[int, Question]
    sections: tuple[SectionSpec, ...]


@lru_cache(maxsize=16)
def of(round_id: int, stamp: UUID) -> Rulebook:
    """Return the rulebook of a round, loaded once for each `stamp`.

    Read the stamp afresh: the database gives the round a new one whenever the round, or a category, criterion or
    question of it changes, so what staff change shows at once in every process. A stamp never comes back, not even
    after a rollback.
    """
    # Without the number that submits count up: it changes no stamp, and nobody shall save an old one.
    round = Round.objects.defer("last_number").get(pk=round_id)
    questions = tuple(Question.objects.filter(round_id=round_id).select_related("criterion"))
    return Rulebook(
        round=round,
        categories={category.pk: category for category in Category.objects.filter(round_id=round_id)},
        questions={question.pk: question for question in questions},
        sections=sections.of(questions),
    )
