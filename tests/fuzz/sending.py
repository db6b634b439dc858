"""Sending a form as bytes, as no browser would let anybody, and what must be true of every answer."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve

from accounts import register
from portal import keeping
from submissions.models import Event, Submission, Version
from tests.fuzz.values import SENTINEL, Pairs, Upload
from tests.landespreis.test_office import english

HELD = (
    "status", "formal_check", "current", "number", "owner", "extended_until", "submitted_lead", "submitted_title",
)  # fmt: skip
"""What of an entry only verbs change, each with a line in the journal."""
UNSAID = re.compile(r"\b[A-Z]+_FORMS\b|^title$|^Unbekannte Spalten|^lang=$")
"""Names of hidden fields and of columns, and the page without words that closes a window of the admin."""
BOUNDARY = b"Grenze7MA4YWxkTrZu0gW"


def encoded(pairs: Pairs, *, multipart: bool) -> tuple[bytes, str]:
    """Return a body and its type."""
    if not multipart:
        texts = [(name, value if isinstance(value, bytes) else value.name) for name, value in pairs]
        body = b"&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}".encode() for name, value in texts)
        return body, "application/x-www-form-urlencoded"
    parts = []
    for name, value in pairs:
        head = b'Content-Disposition: form-data; name="' + _quoted(name) + b'"'
        if isinstance(value, Upload):
            head += b'; filename="' + _quoted(value.name) + b'"\r\nContent-Type: ' + value.mimetype
        content = value.content if isinstance(value, Upload) else value
        parts.append(b"--" + BOUNDARY + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n", f"multipart/form-data; boundary={BOUNDARY.decode()}"


def _quoted(name: bytes) -> bytes:
    return name.replace(b'"', b"%22").replace(b"\r", b"%0D").replace(b"\n", b"%0A")


@contextmanager
def undone() -> Iterator[None]:
    """Do something and take it back, with all that processes remember of it."""
    forget()
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
    forget()


def forget() -> None:
    """Empty every cache: nobody has tried too often, and nothing is known of what was taken back."""
    cache.clear()
    keeping.forget()
    register.forget_options()


def state() -> dict[Any, tuple[Any, ...]]:
    """Return of every entry what only verbs may change, with the number of its lines in the journal."""
    counted = dict.fromkeys(Submission.objects.values_list("pk", flat=True), 0)
    for pk in Event.objects.order_by().values_list("submission", flat=True):
        counted[pk] = counted.get(pk, 0) + 1
    rows = Submission.objects.values_list(
        "pk",
        "status",
        "formal_check",
        "current",
        "number",
        "owner",
        "extended_until",
        "submitted_lead",
        "submitted_title",
    )
    return {pk: (values, counted[pk]) for pk, *values in rows}


def versions() -> int:
    return Version.objects.count()


class Guard:
    """Compares the database before and after a request."""

    def __init__(self) -> None:
        self.entries, self.versions = state(), versions()

    def check(self, path: str) -> None:
        after = state()
        for pk, (values, lines) in after.items():
            before = self.entries.get(pk)
            if before and before[0] != values:
                assert lines > before[1], f"an entry changed without a line in the journal: {before[0]} → {values}"
        if versions() != self.versions:
            assert name_of(path) == "submissions:check", f"{path} submitted an entry"
        connection.check_constraints()


def name_of(url: str) -> str:
    """Return the name of the address in the resolver, empty where it has none."""
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""


def read(response: Any) -> bytes:
    """Return the whole answer, also where it is streamed."""
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def require_fit(response: Any) -> None:
    """Require an answer for a person: no failure, and nothing of the sender's runs in it or leads elsewhere."""
    assert response.status_code < 500, response.status_code
    content = read(response)
    if response.status_code in {301, 302, 303, 307}:
        target = response.headers["Location"]
        target = target.removeprefix("http://testserver")
        assert not any(urlsplit(target)[:2]), f"leads elsewhere: {target}"
        assert not target.startswith(("//", "/\\")), f"leads elsewhere: {target}"
        return
    if not _is_page(response):
        return
    page = content.decode()
    assert SENTINEL not in page, "what was sent stands in the page as a tag"
    if response.status_code >= 400:
        assert "<" in page, f"an empty page with status {response.status_code}"


def _is_page(response: Any) -> bool:
    return bool(response.headers.get("Content-Type", "").startswith("text/html"))


def post(client: Client, url: str, pairs: Pairs, *, multipart: bool) -> Any:
    body, kind = encoded(pairs, multipart=multipart)
    return client.generic("POST", url, body, content_type=kind)


def require_german(response: Any, shown: str, pairs: Pairs) -> None:
    """Require that a page says no more in English than it did as `shown` before; what was sent may stand in it."""
    if (response.status_code >= 300 and response.status_code < 400) or not _is_page(response):
        return
    sent = b"\n".join(value for _, value in pairs if isinstance(value, bytes)).decode(errors="replace")
    known = {*english(shown), *sent.splitlines()}
    new = [said for said in english(read(response).decode()) if said not in known and said not in sent]
    new = [said for said in new if not UNSAID.search(said)]
    assert not new, f"says in English: {new}"
