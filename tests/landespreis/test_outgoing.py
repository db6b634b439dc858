"""A mail that is seen before it goes: the same words and recipients, and a mark that tells another one."""

from dataclasses import replace

import pytest
from post_office.models import Email

from landespreis.outgoing import Outgoing

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
