"""Sessions: one that ended anywhere is over everywhere at once, and nobody gets another's."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from landespreis.sessions import SessionStore


def begin(word: str) -> str:
    session = SessionStore()
    session["word"] = word
    session.save()
    assert session.session_key is not None
    return session.session_key


def test_load_gives_each_their_own_in_one_query(db: None) -> None:
    keys = [begin(word) for word in ("eins", "zwei")]

    with CaptureQueriesContext(connection) as queries:
        words = [SessionStore(key)["word"] for key in keys]

    assert (words, len(queries)) == (["eins", "zwei"], 2)


def test_load_after_the_end_is_empty_and_forgets_the_key(db: None) -> None:
    key = begin("eins")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    session = SessionStore(key)

    assert (dict(session.load()), session.session_key) == ({}, None)


@pytest.mark.parametrize("end", ["delete", "flush"])
def test_load_after_logging_out_elsewhere_is_empty(db: None, end: str) -> None:
    key = begin("eins")
    assert SessionStore(key)["word"] == "eins"

    getattr(SessionStore(key), end)()

    assert SessionStore(key).get("word") is None


def test_load_of_tampered_data_is_empty(db: None) -> None:
    key = begin("eins")
    Session.objects.update(session_data="eJyrVirKzy9RslJKzUvPyUxRqgUANYgGMw:1rAAAA:gefaelscht")

    assert dict(SessionStore(key).load()) == {}
