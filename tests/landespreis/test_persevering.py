"""Doing the same to many rows: one that fails keeps none of the others, a database that is gone stops all."""

import logging

import pytest
from django.db import connection
from post_office.models import Email

from landespreis import persevering

ROWS = [Email(pk=number) for number in (1, 2, 3)]


def odd(row: Email) -> bool:
    if row.pk == 1:
        raise ValueError("this row is broken")
    return row.pk == 3


@pytest.mark.django_db
def test_each_goes_on_after_a_failure_and_tells_of_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert persevering.each(ROWS, odd) == 1

    assert [record.message for record in caplog.records] == ["odd failed for post_office.Email 1"]
    assert caplog.records[0].exc_info


@pytest.mark.django_db
def test_each_stops_where_the_database_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "is_usable", lambda: False)

    with pytest.raises(ValueError, match="broken"):
        persevering.each(ROWS, odd)
