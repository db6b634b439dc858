"""A browser without JavaScript: cookies, one kept connection, forms as they stand in the page, filled in and sent."""

import mimetypes
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

PATIENCE = 60
"""Seconds that a person waits for an answer."""
REDIRECTS = 8
TEXTS = ("text", "json", "xml")
"""Parts of the content types whose content can be read."""


class NoAnswer(Exception):
    """The connection broke, or nothing came within PATIENCE: whether the server did it is unknown."""


@dataclass(frozen=True)
class File:
    name: str
    content: bytes

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


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

    def form(self, *, action: str = "", field: str = "", button: str = "") -> "Form":
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
    def forms(self) -> "list[Form]":
        return _Forms(self.path, self.body).forms

    @property
    def title(self) -> str:
        return self.body.partition("<title>")[2].partition("</title>")[0].strip()


@dataclass
class Form:
    """A form with what it would send now. `buttons` are name, value and text."""

    action: str
    method: str
    multipart: bool
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """All controls, also empty boxes and files."""
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Name → value and text of what can be chosen."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def fill(self, **values: str | Sequence[str]) -> "Form":
        """Replace what these controls send; a control that the form has not is a LookupError."""
        return self.set(values)

    def set(self, values: Mapping[str, str | Sequence[str]]) -> "Form":
        for name, value in values.items():
            if name not in self.names:
                raise LookupError(f"{self.action} has no field {name}, but {sorted(set(self.names))}")
            given = [value] if isinstance(value, str) else list(value)
            self.fields = [pair for pair in self.fields if pair[0] != name] + [(name, one) for one in given]
        return self

    def choose(self, name: str, text: str) -> "Form":
        """Choose the option whose text contains `text`."""
        for value, shown in self.options.get(name, ()):
            if text in shown:
                return self.set({name: value})
        raise LookupError(f"{name} offers no {text!r}, but {self.options.get(name)}")

    def press(self, text: str) -> "Form":
        """Send the button with that text, too."""
        for name, value, shown in self.buttons:
            if text in shown:
                if name:
                    self.fields.append((name, value))
                return self
        raise LookupError(f"{self.action} has no button {text!r}, but {self.buttons}")


class Browser:
    """One person's browser on `port` of this machine. Every answer is also told to `witness`, if there is one.

    `address` is the one of the network that the proxy before the portal would name; empty = there is none.
    """

    def __init__(self, port: int, witness: "Witness | None" = None, address: str = "") -> None:
        self.port = port
        self.address = address
        self.origin = f"http://127.0.0.1:{port}"
        self.cookies: dict[str, str] = {}
        self.witness = witness
        self._connection: HTTPConnection | None = None

    def get(self, path: str) -> Page:
        return self._follow("GET", path, b"", {})

    def send(self, form: Form, files: Mapping[str, File] | None = None, *, follow: bool = True) -> Page:
        """Send a form and follow where it leads, or close the window before that. Raises NoAnswer."""
        if form.method == "GET":
            return self.get(f"{form.action.partition('?')[0]}?{urlencode(form.fields)}")
        if form.multipart or files:
            body, kind = _multipart(form.fields, files or {})
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
        sent = {"Accept": "text/html", "Accept-Language": "de", **headers}
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


def _multipart(fields: Sequence[tuple[str, str]], files: Mapping[str, File]) -> tuple[bytes, str]:
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    for name, file in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file.name}"\r\n'
        parts.append(f"{head}Content-Type: {file.mimetype}\r\n\r\n".encode() + file.content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class _Forms(HTMLParser):
    """Reads the forms of a page with the values that stand in it."""

    def __init__(self, path: str, body: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._select = self._text_of = ""
        self._option: tuple[str, bool] | None = None
        self._button: tuple[str, str] | None = None
        self._text: list[str] = []
        self._target: Form | None = None
        self._labelled: dict[str, tuple[Form, str, int]] = {}
        self._label = ""
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        flags = {name for name, _ in attrs}
        if tag == "form":
            self._form = Form(
                urljoin(self.path, given.get("action", "") or self.path),
                given.get("method", "get").upper(),
                given.get("enctype", "") == "multipart/form-data",
            )
            self.forms.append(self._form)
            self._by_id[given.get("id", "")] = self._form
            return
        if tag == "label":
            self._label, self._text = given.get("for", ""), []
            return
        form = self._by_id.get(given["form"]) if given.get("form") else self._form
        if form is None or "disabled" in flags:
            return
        name = given.get("name", "")
        if tag == "input":
            self._input(form, name, given, flags)
        elif tag == "textarea":
            self._text_of, self._text, self._target = name, [], form
            form.names.append(name)
        elif tag == "select":
            self._select, self._target = name, form
            form.names.append(name)
            form.options.setdefault(name, [])
        elif tag == "option" and self._select:
            self._option, self._text = (given.get("value", ""), "selected" in flags), []
        elif tag == "button" and given.get("type", "submit") == "submit":
            self._button, self._text, self._target = (name, given.get("value", "")), [], form

    def _input(self, form: Form, name: str, given: dict[str, str], flags: set[str]) -> None:
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind in {"submit", "image"}:
            form.buttons.append((name, value, value))
        elif name and kind not in {"button", "reset"}:
            form.names.append(name)
            if kind in {"checkbox", "radio"}:
                value = value or "on"
                options = form.options.setdefault(name, [])
                options.append((value, given.get("aria-label", "")))
                self._labelled[given.get("id", "")] = (form, name, len(options) - 1)
                if "checked" in flags:
                    form.fields.append((name, value))
            elif kind != "file":
                form.fields.append((name, value))

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._text)
        if tag == "form":
            self._form = None
        elif tag == "label" and self._label in self._labelled:
            labelled, name, place = self._labelled[self._label]
            labelled.options[name][place] = (labelled.options[name][place][0], " ".join(text.split()))
        elif tag == "textarea" and self._target and self._text_of:
            self._target.fields.append((self._text_of, text.removeprefix("\n")))
            self._text_of = ""
        elif tag == "option" and self._option and self._target:
            value, chosen = self._option
            options = self._target.options[self._select]
            options.append((value, " ".join(text.split())))
            if chosen:
                self._target.fields.append((self._select, value))
            self._option = None
        elif tag == "select":
            form = self._target
            if form and form.options[self._select] and self._select not in dict(form.fields):
                form.fields.append((self._select, form.options[self._select][0][0]))
            self._select = ""
        elif tag == "button" and self._button and self._target:
            self._target.buttons.append((*self._button, " ".join(text.split())))
            self._button = None
