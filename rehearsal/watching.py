"""A witness beside the ledger that keeps every page one person got: what must not be seen is looked for in them."""

from dataclasses import dataclass

from rehearsal.browser import Page, Witness
from rehearsal.ledger import Ledger


@dataclass(frozen=True)
class Watching(Witness):
    """Tells the ledger of every answer, and what stood in it."""

    ledger: Ledger
    who: str

    def answered(self, method: str, page: Page) -> None:
        self.ledger.answered(method, page)
        if page.body:
            self.ledger.see(self.who, page.path, page.body)

    def unanswered(self, method: str, path: str, why: str) -> None:
        self.ledger.unanswered(method, path, why)
