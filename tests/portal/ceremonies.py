"""A round on its way to the ceremony, for tests: decided categories with papers and letters, an order to publish."""

from accounts.models import User
from jury.actions import papers
from portal import ceremony
from portal.actions import announcing
from portal.ceremony import Words
from portal.models import Announcement
from submissions.models import Round, Submission
from tests.accounts.factories import staff
from tests.portal import award
from tests.portal.factories import NewsCategoryFactory

WORDS = Words("Die Preisträger stehen fest", "Zwei Projekte haben gewonnen.", "## Krisen\n\n**Pegel** aus Soest.")


def decided(round: Round, **fields: object) -> Submission:
    """Let a new entry win the category `krisen`, with minutes, certificate and letter owed; return it."""
    entry = award.entry(round, **fields)  # type: ignore[arg-type]
    owed(round, "krisen", entry)
    return entry


def owed(round: Round, category: str, winner: Submission | None) -> None:
    """Decide a category and owe what follows from it."""
    papers.owe_decided(award.decide(round, category, winner).session)


def ordered(round: Round, *, words: Words = WORDS, with_letters: bool = False, by: User | None = None) -> Announcement:
    category = NewsCategoryFactory()
    return announcing.order(round, words=words, category=category, with_letters=with_letters, by=by or staff())


def proposed(round: Round) -> Words:
    return ceremony.draft(round, ceremony.awards(round))
