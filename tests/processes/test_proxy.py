"""The real proxy before the real web server: what is ambiguous, too big or too slow ends at the proxy."""

import re
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from rehearsal.machines import Process, free_port, wait
from tests.processes.portal import PROGRAMS, ROOT, Portal

pytestmark = pytest.mark.processes
HOST = b"Host: 127.0.0.1\r\n"
THREADS = 2
LIMIT = 12 * 1024 * 1024
HIDDEN = b"GET /geschmuggelt HTTP/1.1\r\n" + HOST + b"\r\n"
"""A request that is a part of another's body, or not, depending on who reads it."""
BODY = b"x=1&y=2"
CHUNKED = b"Transfer-Encoding: chunked"
QUICK = {"read_header 10s": "read_header 1s", "read_body 2m": "read_body 1s", "idle 2m": "idle 1s"}
"""What the tests do not wait for."""


TELLING = """
import sys
from landespreis.wsgi import application

def app(environ, start_response):
    print(f'came: {environ["REQUEST_METHOD"]} {environ["PATH_INFO"]}', file=sys.stderr, flush=True)
    return application(environ, start_response)
"""
"""The portal, which says what comes in, by its path; its own log names no paths."""


class Proxy:
    def __init__(self, portal: Portal, folder: Path, app: str = TELLING) -> None:
        self.portal, self.port = portal, free_port()
        text = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
        for said, quicker in QUICK.items():
            assert text.count(said) == 1, said
            text = text.replace(said, quicker)
        (folder / "Caddyfile").write_text(text)
        told = {
            "SITE_ADDRESS": f":{self.port}",
            "HEALTH_PORT": str(free_port()),
            "WEB_HOST": "127.0.0.1",
            "WEB_PORT": str(portal.port),
            "STATIC_DIR": str(portal.var / "static"),
            "PAGES_DIR": str(ROOT / "deploy" / "pages"),
            "HOME": str(folder),
        }
        portal.env |= {"WEB_THREADS": str(THREADS)}
        self.web = self._serve(app, folder)
        command = [str(PROGRAMS / "caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
        self.process = Process(command, env=portal.env | told, log=portal.logs / "proxy.log")
        portal.processes.append(self.process)
        wait(lambda: self.say(b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n") == [200], "an answer")

    def _serve(self, app: str, folder: Path) -> Process:
        """Start the real web server with this application."""
        (folder / "other.py").write_text(app)
        command = [str(PROGRAMS / "gunicorn"), "--config", str(ROOT / "deploy" / "gunicorn.py"), "other:app"]
        web = Process([*command, "--chdir", str(folder)], env=self.portal.env, log=self.portal.logs / "web.log")
        self.portal.processes.append(web)
        return web

    def say(self, sent: bytes) -> list[int]:
        """Send these bytes and nothing more; return the status of every answer until the proxy ends the connection."""
        return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", self.hear(sent))]

    def hear(self, sent: bytes, port: int | None = None) -> bytes:
        """Send these bytes and nothing more; return everything that comes back until the proxy ends the connection.

        Another `port` is that of the web server itself.
        """
        heard = b""
        with suppress(ConnectionError), self.connect(port) as connection:
            with suppress(ConnectionError):  # it may have answered and closed before it has read all
                connection.sendall(sent)
            while part := connection.recv(65536):
                heard += part
        return heard

    def connect(self, port: int | None = None) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port or self.port), timeout=30)

    def reached(self, path: str) -> int:
        """Return how many requests for that path came through to the web server."""
        return self.web.said(rf"(?m)^came: [A-Z]+ {re.escape(path)}$")


@pytest.fixture
def proxy(portal: Portal, tmp_path: Path) -> Proxy:
    return Proxy(portal, tmp_path)


def post(*headers: bytes, body: bytes = b"") -> bytes:
    return b"POST /post HTTP/1.1\r\n" + HOST + b"".join(line + b"\r\n" for line in headers) + b"\r\n" + body


REFUSED = {
    "two lengths": (post(b"Content-Length: 7", b"Content-Length: 44", body=BODY + HIDDEN), 400),
    "a list of lengths": (post(b"Content-Length: 7, 44", body=BODY + HIDDEN), 400),
    "a signed length": (post(b"Content-Length: +7", body=BODY), 400),
    "a negative length": (post(b"Content-Length: -1", body=BODY), 400),
    "an unknown encoding": (post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + HIDDEN), 501),
    "two encodings": (post(b"Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n" + HIDDEN), 501),
    "two lines of encodings": (
        post(CHUNKED, b"Transfer-Encoding: identity", body=b"0\r\n\r\n" + HIDDEN),
        501,
    ),
    "a space before the colon": (post(b"Transfer-Encoding : chunked", body=b"0\r\n\r\n" + HIDDEN), 400),
    "a NUL in a value": (post(b"X-Thing: a\x00b", b"Content-Length: 0"), 400),
    "a line without a name": (post(b": a", b"Content-Length: 0"), 400),
    "no host": (b"GET /post HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET /post HTTP/1.1\r\n" + HOST + b"Host: boese.example\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /post\r\n\r\n", 400),
    "HTTP/3.0": (b"GET /post HTTP/3.0\r\n" + HOST + b"\r\n", 505),
    "a head of 300 kB": (post(b"Cookie: a=" + b"x" * 300_000, b"Content-Length: 0"), 431),
}
"""What is sent → how the proxy answers; nothing of it reaches the web server."""


def test_proxy_refuses_what_could_be_read_in_two_ways(proxy: Proxy) -> None:
    answers = {name: proxy.say(sent) for name, (sent, _) in REFUSED.items()}

    assert answers == {name: [status] for name, (_, status) in REFUSED.items()}
    assert (proxy.reached("/post"), proxy.reached("/geschmuggelt")) == (0, 0)


BROKEN = {(first, *then) for first in (301, 502) for then in ((), (400,))}
"""Answers to a broken body: the web server redirects without reading it, or the proxy is quicker to find it broken;
what follows is refused, if it is read at all."""
AMBIGUOUS = {
    "length and encoding": (post(b"Content-Length: 6", CHUNKED, body=b"0\r\n\r\n" + HIDDEN), {(301, 301)}, 1),
    "encoding and length": (post(CHUNKED, b"Content-Length: 6", body=b"0\r\n\r\n" + HIDDEN), {(301, 301)}, 1),
    "the same length twice": (post(b"Content-Length: 7", b"Content-Length: 7", body=BODY + HIDDEN), {(301, 301)}, 1),
    "a bad size of a chunk": (post(CHUNKED, body=b"zz\r\nabc\r\n0\r\n\r\n" + HIDDEN), BROKEN, 0),
    "a longer chunk": (post(CHUNKED, body=b"1\r\nabc\r\n0\r\n\r\n" + HIDDEN), BROKEN, 0),
    "bare line feeds": (post(CHUNKED, body=b"0\n\n" + HIDDEN), BROKEN, 0),
}
"""What is sent → the answers it may get, and how often the second request reached the web server: only where the proxy,
too, takes it for one, and answers it."""


def test_proxy_and_web_agree_on_where_a_request_ends(proxy: Proxy) -> None:
    for name, (sent, allowed, passed_on) in AMBIGUOUS.items():
        before = proxy.reached("/geschmuggelt")
        answers = tuple(proxy.say(sent))

        assert answers in allowed, name
        assert proxy.reached("/geschmuggelt") - before == passed_on, name


@pytest.mark.parametrize("size", [LIMIT + 1, 100_000_000, 10**12], ids=["a byte", "megabytes", "a terabyte"])
def test_proxy_refuses_a_body_above_the_limit_before_it_comes(proxy: Proxy, size: int) -> None:
    assert proxy.say(post(b"Content-Length: %d" % size)) == [413]
    assert proxy.reached("/post") == 0


CSP = b"content-security-policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n"
LONG = {
    "7.900 letters": (b"?q=" + b"x" * 7_890, 200, b"Suche"),
    "thousands of names": (b"?" + b"a&" * 3_900, 200, b"Suche"),
    "8.200 letters": (b"?q=" + b"x" * 8_200, 414, b"Diese Adresse ist zu lang"),
    "10,000 filters": (
        b"?" + b"&".join(b"thema=wasser-%d" % n for n in range(10_000)),
        414,
        b"Diese Adresse ist zu lang",
    ),
}
"""What is asked for → status and what the page says."""


@pytest.mark.parametrize("through", ["the proxy", "the web server alone"])
def test_address_that_is_too_long_is_answered_in_german(proxy: Proxy, through: str) -> None:
    port = proxy.port if through == "the proxy" else proxy.portal.port

    for name, (query, status, said) in LONG.items():
        heard = proxy.hear(b"GET /suche/" + query + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", port)
        head, _, page = heard.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d " % status), (name, head)
        assert b"content-security-policy: " in head.lower(), name
        assert b'<html lang="de"' in page, name
        assert said in page, name


@pytest.mark.parametrize("through", ["the proxy", "the web server alone"])
def test_head_that_is_too_long_is_answered_in_german(proxy: Proxy, through: str) -> None:
    port = proxy.port if through == "the proxy" else proxy.portal.port

    heard = proxy.hear(post(b"Cookie: a=" + b"x" * 24_000, b"Content-Length: 0"), port)

    assert heard.startswith(b"HTTP/1.1 431 ")
    assert CSP in heard.lower()
    assert "Löschen Sie die Cookies".encode() in heard
    assert proxy.reached("/post") == 0


def test_proxy_lets_a_body_at_the_limit_through(proxy: Proxy) -> None:
    proxy.say(post(b"Content-Length: %d" % LIMIT, b"Connection: close", body=b"x" * LIMIT))

    assert proxy.reached("/post") == 1


READER = """
def app(environ, start):
    environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""
"""An application that reads every body to its end; the portal looks at the length and does not."""


def test_proxy_takes_no_part_of_a_large_body_for_a_request(portal: Portal, tmp_path: Path) -> None:
    """More than 256 kB beyond the limit: so much nobody reads away in the end, and the connection has to end."""
    proxy = Proxy(portal, tmp_path, READER)
    beyond = HIDDEN * (300_000 // len(HIDDEN))

    answers = [
        proxy.say(post(length, body=start + b"x" * LIMIT + beyond + end))
        for length, start, end in (
            (b"Content-Length: %d" % (LIMIT + len(beyond)), b"", b""),
            (CHUNKED, b"%x\r\n" % (LIMIT + len(beyond)), b"\r\n0\r\n\r\n"),
        )
    ]

    assert [len(statuses) <= 1 for statuses in answers] == [True, True]
    assert proxy.reached("/geschmuggelt") == 0


def test_proxy_does_not_let_a_second_name_through(proxy: Proxy) -> None:
    sent = b"GET http://boese.example/post HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"

    assert proxy.say(sent) == [400]
    assert b"boese.example" not in proxy.hear(sent)


def test_proxy_drops_who_is_slow_with_the_head(proxy: Proxy) -> None:
    heard = proxy.hear(b"GET /post HTTP/1.1\r\n" + HOST)

    assert heard == b""
    assert proxy.reached("/post") == 0


def test_proxy_keeps_slow_bodies_away_from_the_threads_of_web(proxy: Proxy) -> None:
    slow = post(b"Content-Length: 7", body=b"x=1")

    with ExitStack() as stack:
        for _ in range(2 * THREADS):
            stack.enter_context(proxy.connect()).sendall(slow)
        answered = proxy.say(b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        reached = proxy.reached("/post")

    assert (answered, reached) == ([200], 0)


def test_proxy_drops_who_is_slow_with_a_chunk(proxy: Proxy) -> None:
    assert proxy.say(post(CHUNKED, body=b"3\r\nabc\r\n")) == [499]
    assert proxy.reached("/post") == 0


def test_proxy_serves_static_files_of_every_version_and_no_record(proxy: Proxy) -> None:
    (proxy.portal.var / "static").unlink()
    (proxy.portal.var / "static").mkdir()
    (proxy.portal.var / "static" / "base.0123.css").write_text("body{}")
    (proxy.portal.var / "static" / "versions.json").write_text("[]")

    def asked(name: bytes) -> bytes:
        return proxy.hear(b"GET /static/" + name + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")

    assert asked(b"base.0123.css").startswith(b"HTTP/1.1 200 OK\r\n")
    assert asked(b"versions.json").startswith(b"HTTP/1.1 404 Not Found\r\n")
    kept = [b"immutable" in asked(name) for name in (b"base.0123.css", b"missing.4567.css", b"versions.json")]
    assert kept == [True, False, False]
