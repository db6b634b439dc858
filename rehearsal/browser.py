"""A browser without JavaScript: cookies, one kept connection, pages and the forms on them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urljoin, urlsplit

from rehearsal import forms
from rehearsal.forms import File, Form

PATIENCE = 60
"""Seconds that a person waits for an answer."""
REDIRECTS = 8
SERVER_ERROR = 500
TEXTS = ("text", "json", "xml")
"""Parts of the content types whose content can be read."""


class NoAnswer(Exception):
    """The connection broke, or nothing came within PATIENCE: whether the server did it is unknown."""


@dataclass(frozen=True)
class Page:
    """What a request led to: after redirects `path` is the last one's. `seconds` is the first answer's time."""

    status: int
    path: str
    body: str
    headers: Mapping[str, str]
    content: bytes
    seconds: float
    first_status: int
    """What the request itself was answered with, before any redirect."""
    ended: float = 0
    """When that answer was there, by the machine's clock in seconds."""

    def form(self, *, action: str = "", field: str = "", button: str = "") -> Form:
        """Return the first form with that end of its action, that field and that text on a button.

        Raises LookupError, which says what the page is instead.
        """
        for form in self.forms:
            if action and not urlsplit(form.action).path.endswith(action):
                continue
            if field and all(name != field for name in form.names):
                continue
            if button and all(button not in text for _, _, text in form.buttons):
                continue
            return form
        raise LookupError(f"{self.status} {self.path} has no form {action} {field} {button}: {self.title}")

    @property
    def forms(self) -> list[Form]:
        return forms.read(self.path, self.body)

    def sound(self) -> "Page":
        """Return the page itself. Raises LookupError when it is an error of the server: whoever asked asks again."""
        if self.status >= SERVER_ERROR:
            raise LookupError(f"{self.status} {self.path}: {self.title}")
        return self

    @property
    def title(self) -> str:
        return self.body.partition("<title>")[2].partition("</title>")[0].strip()


class Browser:
    """One person's browser on `port` of this machine. Every answer is also told to `witness`, if there is one.

    `address` is the one of the network that the proxy before the portal would name; empty = there is none.
    """

    def __init__(self, port: int, witness: "Witness | None" = None, address: str = "") -> None:
        self.port = port
        self.address = address
        self.origin = f"http://127.0.0.1:{port}"
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        """What it says with every request beside what all browsers say."""
        self.witness = witness
        self._connection: HTTPConnection | None = None

    def get(self, path: str) -> Page:
        return self._follow("GET", path, b"", {})

    def sound(self, path: str) -> Page:
        """Open a page that is no error of the server. Raises LookupError, too."""
        return self.get(path).sound()

    def send(self, form: Form, files: Mapping[str, File] | None = None, *, follow: bool = True) -> Page:
        """Send a form and follow where it leads, or close the window before that. Raises NoAnswer."""
        if form.method == "GET":
            return self.get(f"{form.action.partition('?')[0]}?{urlencode(form.fields)}")
        if form.multipart or files:
            body, kind = forms.multipart(form.fields, files or {})
        else:
            body, kind = urlencode(form.fields).encode(), "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, "Origin": self.origin}
        if not follow:
            return self._ask("POST", form.action, body, headers, time.monotonic())
        return self._follow("POST", form.action, body, headers)

    def twin(self) -> "Browser":
        """Return the same browser with a connection of its own, as for a second click while the first is on its way."""
        twin = Browser(self.port, self.witness, self.address)
        twin.cookies = dict(self.cookies)
        return twin

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _follow(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Page:
        begin = time.monotonic()
        page = self._ask(method, path, body, headers, begin)
        first = page
        for _ in range(REDIRECTS):
            if page.status not in {301, 302, 303, 307, 308} or "location" not in page.headers:
                break
            target = urlsplit(urljoin(self.origin + page.path, page.headers["location"]))
            path = target.path + (f"?{target.query}" if target.query else "")
            page = self._ask("GET", path, b"", {}, time.monotonic())
        return Page(
            page.status, page.path, page.body, page.headers, page.content, first.seconds, first.status, first.ended
        )

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str], begin: float) -> Page:
        fresh = self._connection is None
        try:
            page = self._exchange(method, path, body, headers, begin)
        except (OSError, HTTPException) as error:
            self.close()
            if not fresh and method == "GET":  # the server had closed the kept connection
                return self._ask(method, path, body, headers, begin)
            if self.witness:
                self.witness.unanswered(method, path, f"{type(error).__name__}: {error}")
            raise NoAnswer(f"{method} {path}: {type(error).__name__}: {error}") from error
        if self.witness:
            self.witness.answered(method, page)
        return page

    def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str], begin: float) -> Page:
        if method == "POST":
            self.close()  # a kept connection that the server has closed would leave open whether it was done
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        sent = {"Accept": "text/html", "Accept-Language": "de", **self.headers, **headers}
        if self.address:
            sent["X-Forwarded-For"] = self.address
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._connection.request(method, path, body or None, sent)
        response = self._connection.getresponse()
        content = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        found = {name.lower(): value for name, value in response.headers.items()}
        is_text = any(kind in found.get("content-type", "text") for kind in TEXTS)
        text = content.decode(errors="replace") if is_text else ""
        seconds = time.monotonic() - begin
        return Page(response.status, path, text, found, content, seconds, response.status, time.time())


class Witness:
    """Who hears of every answer; what it does with that is its own matter."""

    def answered(self, method: str, page: Page) -> None:
        raise NotImplementedError

    def unanswered(self, method: str, path: str, why: str) -> None:
        raise NotImplementedError
