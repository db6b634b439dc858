"""Who sends the requests: browsers without pictures, each with its own cookies, on kept or fresh connections."""

import re
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Thread
from urllib.parse import urlencode

PATIENCE = 60
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass
class Browser:
    """The cookies of one person, and what the page with the form had hidden in it."""

    cookies: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    browser: Browser
    path: str
    form: dict[str, str] | None = None
    """Fields of a POST; None for a GET."""


@dataclass(frozen=True)
class Answer:
    """`status` 0 means that no answer came; then `body` says why. `seconds` from opening to the last byte."""

    request: Request
    status: int
    body: str
    location: str
    seconds: float


class Line:
    """A connection to one server that is kept until it is closed."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def send(self, request: Request) -> Answer:
        begin = time.perf_counter()
        try:
            status, body, location = self._exchange(request)
        except (OSError, HTTPException) as error:
            self.connection.close()
            status, body, location = 0, f"{type(error).__name__}: {error}", ""
        return Answer(request, status, body, location, time.perf_counter() - begin)

    def _exchange(self, request: Request) -> tuple[int, str, str]:
        origin = f"http://127.0.0.1:{self.port}"
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in request.browser.cookies.items())}
        if request.form is None:
            self.connection.request("GET", request.path, headers=headers)
        else:
            body = urlencode(request.browser.hidden | request.form).encode()
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
            self.connection.request("POST", request.path, body, headers)
        response = self.connection.getresponse()
        content = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            request.browser.cookies[name] = value.strip('"')
        return response.status, content, response.headers.get("Location", "")


def open_form(line: Line, browser: Browser, path: str) -> Answer:
    """Get the page with the form and remember what is hidden in it, the CSRF token too."""
    answer = line.send(Request(browser, path))
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status} {answer.body[:200]}")
    browser.hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.body))
    return answer


def at_once(port: int, requests: Sequence[Request], *, lines: int) -> list[Answer]:
    """Send all requests over that many kept connections, on each the next as soon as the last is answered."""
    waiting, answers = deque(requests), deque[Answer]()

    def work() -> None:
        line = Line(port)
        while True:
            try:
                request = waiting.popleft()
            except IndexError:
                break
            answers.append(line.send(request))
        line.connection.close()

    threads = [Thread(target=work) for _ in range(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(answers)
