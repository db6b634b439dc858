"""The door through which rows of the journals go, when records are deleted by rule: nothing goes unnoted."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from landespreis import clock
from landespreis.models import Closing, Purge


@contextmanager
def opened(
    tables: Iterable[str], *, reason: str, by: AbstractBaseUser | None, second: AbstractBaseUser | None, run: str = ""
) -> Iterator[Purge]:
    """Let the block delete rows of the journals `tables` (names as in the database); the triggers note each one.

    `by` deletes what `second`, somebody else, released; both None: a rule of the portal, which `reason` names. Changing
    a row stays refused. It is one transaction, or part of one; a block that fails leaves everything as it was.
    """
    with transaction.atomic():
        purge = Purge.objects.create(
            at=clock.now(),
            reason=reason,
            run=run,
            tables=sorted(set(tables)),
            by_id=by.pk if by else None,
            second_id=second.pk if second else None,
            closing_id=secrets.randbits(62),
        )
        yield purge
        count, sha256 = listed(purge)
        Closing.objects.create(id=purge.closing_id, at=clock.now(), count=count, sha256=sha256)


def listed(purge: Purge) -> tuple[int, str]:
    """Return how many rows a purge deleted, and the checksum over their list that its closing holds."""
    count, sha256 = 0, hashlib.sha256()
    for journal, row in purge.rows.order_by("journal", "row").values_list("journal", "row").iterator(chunk_size=2000):
        count += 1
        sha256.update(f"{journal} {row}\n".encode())
    return count, sha256.hexdigest()
