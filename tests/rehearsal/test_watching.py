"""Whoever is watched has every page kept that they got, and every answer told to the ledger."""

from rehearsal.browser import Page
from rehearsal.ledger import Ledger
from rehearsal.watching import Watching


def page(body: str) -> Page:
    return Page(200, "/jury/", body, {}, body.encode(), 0.1, 200)


def test_watching_keeps_pages_with_a_text() -> None:
    ledger = Ledger()
    witness = Watching(ledger, "jury.bank@jury.example")

    witness.answered("GET", page("Ihre Bewertungen"))
    witness.answered("POST", page(""))
    witness.unanswered("GET", "/jury/", "ConnectionResetError")

    assert [(seen.who, seen.path, seen.text) for seen in ledger.seen] == [
        ("jury.bank@jury.example", "/jury/", "Ihre Bewertungen")
    ]
    assert [answer.status for answer in ledger.answers] == [200, 200, 0]
