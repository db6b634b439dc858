"""The one place where a run lets go rows that are otherwise never deleted (journals, versions)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from landespreis import purging
from landespreis.models import RetentionRun

REASON = "Aufbewahrungsfrist abgelaufen"


@contextmanager
def opened(tables: Sequence[str], run: RetentionRun) -> Iterator[None]:
    """Let rows of `tables` go inside the block, on behalf of a run that two people answer for."""
    if not tables:
        yield
        return
    if not (run.proposed_by_id and run.released_by_id):
        raise ValueError("two people answer for what is never deleted otherwise")
    with purging.opened(tables, reason=REASON, by=run.proposed_by, second=run.released_by, run=str(run.pk)):
        yield
