"""Who must not see something got no page and no mail with it: the recused, who has no seat, all before the Session."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import NamedTuple

from rehearsal.acts import seating
from rehearsal.acts.prying import APPLICANT, VISITOR
from rehearsal.acts.scoring import REMARK
from rehearsal.invariants import Check, Finding, none
from rehearsal.ledger import OPENED, PUBLISHED, RECUSED
from rehearsal.stage import Stage
from submissions.models import Submission

DOORS = "/konto/"
"""Pages that repeat in a hidden field which address was asked for, and with it the number in it."""


class Text(NamedTuple):
    """What somebody got: a page or a mail."""

    at: datetime
    where: str
    content: str


def recused(stage: Stage) -> Iterator[Finding]:
    """From the moment of the recusal until the winners were public."""
    entries, end = _entries(stage), published(stage)
    wrong, count = [], 0
    for line in stage.ledger.told(RECUSED):
        entry = entries[line.about]
        for text in [*pages(stage, line.who), *letters(stage, line.who)]:
            if line.detail["since"] < text.at < end:
                count += 1
                if carries(entry, text):
                    wrong.append((line.who, entry.label, text.where))
    yield none("Befangene sehen nichts von der Einreichung", wrong, count)


def strangers(stage: Stage) -> Iterator[Finding]:
    """Whoever has no seat finds on the jury's pages, and on those of others' entries, nothing of any entry."""
    entries, end = _entries(stage).values(), published(stage)
    wrong, count = [], 0
    for who in sorted({seen.who for seen in stage.ledger.seen}):
        if who != VISITOR and not who.startswith(APPLICANT):
            continue
        others = [entry for entry in entries if entry.owner.email != who.removeprefix(APPLICANT)]
        for text in pages(stage, who):
            if text.at < end:
                count += 1
                wrong += [(who, entry.label, text.where) for entry in others if carries(entry, text)]
    yield none("Fremde sehen nichts von Einreichungen", wrong, count)


def early(stage: Stage) -> Iterator[Finding]:
    """Before the first Session no juror reads what another one wrote on a sheet; the office not even in it."""
    opened = next((line.at for line in stage.ledger.told(OPENED)), datetime.max.replace(tzinfo=UTC))
    remarks = {person.email: REMARK.format(key) for key, person in seating.jury(stage).items()}
    wrong, count = [], 0
    for who, own in remarks.items():
        for text in [*pages(stage, who), *letters(stage, who)]:
            if text.at < opened:
                count += 1
                wrong += [(who, text.where) for remark in remarks.values() if remark != own and remark in text.content]
    yield none("Vor der Sitzung liest niemand fremde Bewertungen", wrong, count)
    looked = pages(stage, seating.office(stage).email)
    points = [
        text.where for text in looked if "Mittel" in text.content or any(r in text.content for r in remarks.values())
    ]
    yield none("Vor dem Beschluss sieht das Ministerium keine Punkte", points, len(looked))


def carries(entry: Submission, text: Text) -> bool:
    """Whether the text names the entry: its title as a whole, or its number."""
    content = unescape(text.content)
    title = entry.submitted_title in content and re.search(rf"{re.escape(entry.submitted_title)}(?!\d)", content)
    return bool(title) or (not text.where.startswith(DOORS) and entry.label in content)


def pages(stage: Stage, who: str) -> list[Text]:
    return [Text(seen.at, seen.path, seen.text) for seen in stage.ledger.seen if seen.who == who]


def letters(stage: Stage, who: str) -> list[Text]:
    """Return the mails to an address, with the machine's time at which they came."""
    return [
        Text(arrived(letter.at), f"Mail „{letter.subject}“", f"{letter.subject}\n{letter.text}")
        for letter in stage.installation.mail.to(who)
    ]


def arrived(at: float) -> datetime:
    """Return a moment of the machine's monotonic clock as one of its calendar."""
    return datetime.fromtimestamp(time.time() - time.monotonic() + at, UTC)


def published(stage: Stage) -> datetime:
    """Return when the winners were found public; the last moment there is, if they never were."""
    return next((line.at for line in stage.ledger.told(PUBLISHED)), datetime.max.replace(tzinfo=UTC))


def _entries(stage: Stage) -> dict[str, Submission]:
    rows = Submission.objects.filter(round=stage.round, number__isnull=False).select_related("round", "owner")
    return {str(entry.pk): entry for entry in rows}


CHECKS: tuple[Check, ...] = (recused, strangers, early)
