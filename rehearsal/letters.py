"""How often a letter came: a server that fails after the content may get the same one, by its Message-ID, again."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from rehearsal import outages
from rehearsal.invariants import Finding, none
from rehearsal.mailbox import Letter
from rehearsal.stage import Stage


def once(letters: Iterable[Letter]) -> list[Letter]:
    """Return the letters without those that came again: the same Message-ID to the same address."""
    first: dict[tuple[str, str], Letter] = {}
    for letter in letters:
        first.setdefault((letter.to, letter.headers["message-id"]), letter)
    return list(first.values())


def again(stage: Stage, what: str, letters: Iterable[Letter]) -> Finding:
    """Return a finding that holds if no letter came again, except when something failed while it was handed over."""
    rows = list(letters)
    counts = Counter((letter.to, letter.headers["message-id"]) for letter in rows)
    unexplained = [
        f"{letter.to}: {letter.subject}"
        for letter in once(rows)
        if counts[letter.to, letter.headers["message-id"]] > 1 and not _failed(stage, letter)
    ]
    finding = none(f"{what} nur dann ein zweites Mal zugestellt, wenn dabei etwas ausfiel", unexplained, len(rows))
    repeated = len(rows) - len(counts)
    return Finding(finding.invariant, finding.holds, f"{finding.says}, {repeated} zweimal") if repeated else finding


def _failed(stage: Stage, letter: Letter) -> bool:
    came = datetime.fromtimestamp(time.time() - time.monotonic() + letter.at, UTC)
    return outages.struck(stage.ledger.outages, came, came)
