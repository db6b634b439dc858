"""Who has no account: reads all public pages, looks for words nobody looked for, writes to the office, and errs."""

import random
import re
from collections.abc import Sequence
from http.client import HTTPConnection
from itertools import count

from bench.traffic import Act, Counts
from rehearsal.browser import Browser, Page

LOCATION = re.compile(r"<loc>https?://[^/]+([^<]+)</loc>")
LINK = re.compile(r'(?:href|src|srcset)="(/[^"#\s]*)')
CLOSED = ("/konto/", "/einreichungen/", "/jury/", "/admin/", "/demo/", "/projekte/vorschlagen/")
"""What public pages lead to that is for people with an account."""
ROOTS = ("/", "/projekte.json", "/projekte.csv", "/projekte/feed/", "/aktuelles/feed/", "/termine/kalender.ics")
SYLLABLES = (
    "ba",
    "dor",
    "ei",
    "fel",
    "gru",
    "hau",
    "kel",
    "lin",
    "mo",
    "nab",
    "per",
    "ros",
    "tan",
    "ufer",
    "wig",
    "zel",
)
TOO_LARGE = 13 * 1024 * 1024
MOST_LINKS = 300
"""Of what pages lead to besides pages; the filter alone leads to very many."""


class Visitors:
    """All of them; each step has a browser of its own, from an address of the network that is new each time."""

    def __init__(self, port: int, counts: Counts, token: str) -> None:
        self.port, self.counts, self.token = port, counts, token
        self.chance = random.Random(7)
        self.number = count(1)
        self.paths = self._crawl()
        self.tags: dict[str, str] = {}

    def acts(self) -> Sequence[Act]:
        return (
            Act("read a page", 0.2, self.read),
            Act("search for new words", 1, self.search),
            Act("search in the directory", 2, self.search_projects),
            Act("filter by new values", 2, self.filter),
            Act("ask for a new pattern", 4, self.pattern),
            Act("ask for what is not there", 2, self.nowhere),
            Act("by a foreign name", 10, self.foreign_host),
            Act("send too much", 30, self.oversize),
            Act("write to the office", 60, self.write),
            Act("subscribe", 30, self.subscribe),
            Act("log in wrongly", 12, self.wrong_login),
            Act("look after the portal", 15, self.monitor),
        )

    def fill(self, pages: int) -> None:
        """Make so many pages that nobody asked for yet: what is kept in memory up to a bound is full then."""
        for _ in range(pages):
            self.search()

    def browser(self) -> Browser:
        return Browser(self.port, self.counts, f"2001:db8:{next(self.number):x}::{self.chance.randrange(9999):x}")

    def word(self) -> str:
        return "".join(self.chance.choices(SYLLABLES, k=self.chance.randint(3, 5)))

    def read(self) -> None:
        """Read anything public, every third time as a browser that has it already."""
        path, browser = self.chance.choice(self.paths), self.browser()
        if (tag := self.tags.get(path)) and self.chance.random() < 1 / 3:
            browser.headers["If-None-Match"] = tag
        page = self._got(browser, path, 200, 304)
        self.tags[path] = page.headers.get("etag", "")

    def search(self) -> None:
        words = " ".join(self.word() for _ in range(self.chance.randint(1, 5)))
        self._got(self.browser(), f"/suche/?q={words}+Wasser".replace(" ", "+"), 200)

    def search_projects(self) -> None:
        self._got(self.browser(), f"/projekte/?q={self.word()}+und+{self.word()}&sortierung=titel", 200)

    def filter(self) -> None:
        place, year = self.chance.randrange(1000), self.chance.randrange(10_000)
        path = (
            f"/projekte/?kategorie=umwelt&kreis=05{place:03}&thema={self.word()}&jahr={year}&utm_source={self.word()}"
        )
        self._got(self.browser(), path, 200)

    def pattern(self) -> None:
        count, seed = self.chance.randint(1, 40), self.chance.randrange(100_000)
        self._got(self.browser(), f"/projekte/muster/blau-{count}-{seed}.svg", 200, 404)

    def nowhere(self) -> None:
        for folder in ("", "projekte/", "aktuelles/"):
            self._got(self.browser(), f"/{folder}{self.word()}-{self.word()}/?{self.word()}={self.word()}", 404)

    def foreign_host(self) -> None:
        self._expect(400, self._raw("GET", "/", {"Host": f"{self.word()}.example"}))

    def oversize(self) -> None:
        """Announce more than is taken, and send the beginning of it."""
        self._expect(413, self._raw("POST", "/kontakt/", {"Content-Length": str(TOO_LARGE)}, b"x" * 100_000))

    def write(self) -> None:
        browser = self.browser()
        form = browser.get("/kontakt/").form(field="message")
        form.fill(name=self.word(), email=f"{self.word()}@buerger.example", subject=self.word())
        self._led(browser.send(form.fill(message=f"Gilt das auch für {self.word()}?")), "/kontakt/danke/")

    def subscribe(self) -> None:
        browser = self.browser()
        form = browser.get("/newsletter/anmelden/").form(field="email")
        address = f"{self.word()}.{next(self.number)}@buerger.example"
        self._led(browser.send(form.fill(email=address)), "/newsletter/anmelden/danke/")

    def wrong_login(self) -> None:
        browser = self.browser()
        form = browser.get("/konto/login/").form(field="password")
        page = browser.send(form.fill(login=f"{self.word()}@buerger.example", password=self.word() * 2))
        self._led(page, "/konto/login/")

    def monitor(self) -> None:
        browser = self.browser()
        self._got(browser, "/readyz", 200)
        browser.headers["Authorization"] = f"Bearer {self.token}"
        self._got(browser, "/metrics", 200)

    def _crawl(self) -> list[str]:
        """Return the paths of all public pages and of what stands on them: pictures, files, styles, filters."""
        browser = self.browser()
        parts = LOCATION.findall(browser.sound("/sitemap.xml").body)
        pages = [path for part in parts for path in LOCATION.findall(browser.sound(part).body)]
        pages, links = [*ROOTS, *pages], dict[str, None]()
        for path in pages:
            found = (link.replace("&amp;", "&") for link in LINK.findall(browser.sound(path).body))
            links.update(dict.fromkeys(link for link in found if not link.startswith(CLOSED)))
        some = self.chance.sample(sorted(set(links) - set(pages)), min(MOST_LINKS, len(links)))
        good = [path for path in some if browser.get(path).status == 200]
        browser.close()
        return pages + good

    def _got(self, browser: Browser, path: str, *statuses: int) -> Page:
        page = browser.get(path)
        browser.close()
        if page.status not in statuses:
            raise LookupError(f"{page.status} {path}")
        return page

    def _led(self, page: Page, path: str) -> None:
        if page.path != path:
            raise LookupError(f"{page.status} {page.path} instead of {path}: {page.title}")

    def _raw(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in {"X-Forwarded-For": f"198.18.0.{self.chance.randrange(255)}", **headers}.items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        status = connection.getresponse().status
        connection.close()
        self.counts.count(status)
        return status

    @staticmethod
    def _expect(wanted: int, status: int) -> None:
        if status != wanted:
            raise LookupError(f"{status} instead of {wanted}")
