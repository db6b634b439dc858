"""No winner was public before the embargo ended, and every one was after it; no letter went before."""

from collections.abc import Iterator

from jury.models import Letter
from landespreis import clock
from portal.models import Announcement, News
from rehearsal.acts import opening, publishing
from rehearsal.acts.prying import VISITOR
from rehearsal.invariants import Check, Finding, compare, none
from rehearsal.invariants.blindness import Text, arrived, carries, pages
from rehearsal.ledger import PUBLISHED
from rehearsal.stage import Stage
from submissions.models import Submission


def hidden(stage: Stage) -> Iterator[Finding]:
    """Nothing that the public got before named a winner, or that there are any."""
    early = [text for text in _public(stage) if clock.told(text.at) < stage.round.embargo_until]
    wrong = [(entry.label, text.where) for text in early for entry in _winners(stage) if carries(entry, text)]
    yield none("Vor der Sperrfrist kein Preisträger öffentlich", wrong, len(early))
    letters = set(Letter.objects.filter(submission__round=stage.round).values_list("subject", flat=True))
    sent = [letter for letter in list(stage.installation.mail.letters) if letter.subject in letters]
    before = [one.subject for one in sent if clock.told(arrived(one.at)) < stage.round.embargo_until]
    yield none("Vor der Sperrfrist kein Brief", before, len(sent))


def out(stage: Stage) -> Iterator[Finding]:
    """After it the reporter found all of them, and the news came out once, not before its moment."""
    yield compare("Preisträger nach der Sperrfrist öffentlich", len(stage.ledger.told(PUBLISHED)), 1)
    rows = Announcement.objects.filter(round=stage.round)
    published = [row.published_at >= stage.round.embargo_until for row in rows if row.published_at]
    yield compare("Veröffentlicht einmal und nicht zu früh", published, [True])
    news = News.objects.filter(pk__in=rows.values("news")).count()
    yield compare("Eine Meldung über die Preisträger", news, 1)


def _public(stage: Stage) -> list[Text]:
    readers = sorted({seen.who for seen in stage.ledger.seen if seen.who.startswith(opening.READER)})
    return [text for who in (publishing.REPORTER, VISITOR, *readers) for text in pages(stage, who)]


def _winners(stage: Stage) -> list[Submission]:
    labels = set(stage.props["winners"].values())
    rows = Submission.objects.filter(round=stage.round, number__isnull=False).select_related("round")
    return [entry for entry in rows if entry.label in labels]


CHECKS: tuple[Check, ...] = (hidden, out)
