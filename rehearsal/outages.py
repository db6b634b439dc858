"""What may be laid to an outage: whether something was down at a moment, with the grace that its mending takes."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from rehearsal.ledger import Outage

GRACE = timedelta(seconds=8)
"""After the mending: connections that were cut meanwhile are still held by somebody."""
EARLIER = timedelta(seconds=1)
"""Before: whoever strikes writes it down at the same moment."""


def struck(outages: Iterable[Outage], began: datetime, ended: datetime, *, grace: timedelta = GRACE) -> bool:
    """Return whether anything was down between the two moments, or so shortly before that it still shows."""
    return any(outage.since - EARLIER <= ended and began <= _end(outage) + grace for outage in outages)


def _end(outage: Outage) -> datetime:
    ends = [end for end in (outage.until, outage.well) if end]
    return max(ends, default=datetime.max.replace(tzinfo=UTC) - timedelta(days=1))
