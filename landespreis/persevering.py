"""Doing the same to many rows: where it fails for one, the others have their turn all the same."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import connection
from django.db.models import Model

log = logging.getLogger(__name__)
Row = TypeVar("Row", bound=Model)


def each(rows: Iterable[Row], act: Callable[[Row], bool]) -> int:
    """Do `act` to every row and return for how many it said that it did something.

    A failure is logged, and whoever calls again later tries the row again. Raises it only where the database is gone:
    then it would fail for every row.
    """
    done = 0
    for row in rows:
        try:
            done += act(row)
        except Exception:
            if not connection.is_usable():
                raise
            log.exception("%s failed for %s %s", act.__name__, row._meta.label, row.pk)
    return done
