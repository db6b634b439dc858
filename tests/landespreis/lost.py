"""A database that commits and whose answer does not arrive."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection


@contextmanager
def lost_answer() -> Iterator[None]:
    """Let the next commit happen and its answer get lost; whoever wrote is told that the connection broke off."""
    commit = connection._commit

    def commit_and_break_off() -> None:
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "_commit", commit_and_break_off)
        with pytest.raises(OperationalError, match="unexpectedly"):
            yield
