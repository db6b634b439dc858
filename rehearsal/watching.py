"""Witnesses beside the ledger: they say who got an answer, and of some people they keep every page."""

from dataclasses import dataclass

from rehearsal.browser import Page, Witness
from rehearsal.ledger import Ledger


@dataclass(frozen=True)
class Named(Witness):
    """Tells the ledger of every answer, and who got it."""

    ledger: Ledger
    who: str

    def answered(self, method: str, page: Page) -> None:
        self.ledger.answered(method, page, self.who)

    def unanswered(self, method: str, path: str, why: str) -> None:
        self.ledger.unanswered(method, path, why)


@dataclass(frozen=True)
class Watching(Named):
    """Also keeps what stood in it: what must not be seen is looked for there."""

    def answered(self, method: str, page: Page) -> None:
        super().answered(method, page)
        if page.body:
            self.ledger.see(self.who, page.path, page.body)
