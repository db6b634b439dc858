"""A mail that is seen before it goes: the same words and recipients, and a mark that tells another one."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from landespreis.outgoing import Outgoing, owe_all

MAIL = Outgoing(
    "excluded", ["a@soest.example", "b@soest.example"], {"number": "N-1", "title": "T", "reason": "R", "path": "/x/"}
)


@pytest.mark.django_db
def test_owe_sends_what_was_shown() -> None:
    shown = MAIL.said

    MAIL.owe()

    rows = list(Email.objects.order_by("pk"))
    assert [row.to for row in rows] == [["a@soest.example"], ["b@soest.example"]]
    assert {(row.subject, row.message, row.html_message) for row in rows} == {tuple(shown)}


@pytest.mark.django_db
def test_mark_tells_other_words_and_other_recipients() -> None:
    same = replace(MAIL, to=["b@soest.example", "a@soest.example"])
    others = [replace(MAIL, to=["a@soest.example"]), replace(MAIL, context={**MAIL.context, "reason": "S"})]

    assert same.mark == MAIL.mark
    assert MAIL.mark not in {other.mark for other in others}


@pytest.mark.django_db
@pytest.mark.parametrize("template", ["excluded", "admitted"])
def test_owe_all_sends_each_what_was_shown_in_as_many_queries(template: str) -> None:
    letters = [
        replace(MAIL, template=template, to=[f"a{place}@soest.example", f"A{place}@soest.example"])
        for place in range(30)
    ]

    def queries(some: list[Outgoing]) -> int:
        with CaptureQueriesContext(connection) as caught:
            owe_all(some)
        return len(caught)

    counts = queries(letters[:1]), queries(letters[1:])

    assert counts[0] == counts[1]
    rows = [(row.to, row.subject, row.message, row.html_message) for row in Email.objects.order_by("pk")]
    assert rows == [([letter.to[-1]], *letter.said) for letter in letters]
