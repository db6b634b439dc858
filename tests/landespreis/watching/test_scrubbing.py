"""What no log may hold is taken out of messages, and all else stays."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from landespreis.watching.scrubbing import FOLDERS, scrubbed


@pytest.mark.parametrize(("text", "left"), [
    ("mail 7 not sent: {'ada.lovelace+x@stadt.example': (550, b'no')}", "mail 7 not sent: {'[address]': (550, b'no')}"),
    ("550 <müller@köln.example> unknown", "550 <[address]> unknown"),
    ("Key (lower(email))=(ada@stadt.example) exists", "Key (lower(email))=([address]) exists"),
    ("redis://:kennwort@broker:6379/0 away", "redis://[secret]@broker:6379/0 away"),
    ("smtp://name:kenn@wort@mail.example:25", "smtp://[secret]@[address]:25"),
    ("null\nDETAIL:  Failing row contains (Ada,\n Hauptstr. 1).\nHINT: none", "null\nDETAIL: [secret]\nHINT: none"),
    ("Invalid request from ip=192.0.2.7: bad", "Invalid request from ip=[address] bad"),
    ("Referer - https://portal.example/jury/einladung/abc/ does", "Referer - https://portal.example/… does"),
    ("asked for /konto/password/reset/key/3-abc/ twice", "asked for /konto/… twice"),
    ("'/newsletter/abmelden/eyJ0:abc/'", "'/newsletter/…'"),
    ("lost: /var/lib/files/einreichungen/7/1.pdf", "lost: /var/lib/files/einreichungen/7/1.pdf"),
    ("broker not reached: 10.0.0.7:6379 refused", "broker not reached: 10.0.0.7:6379 refused"),
    ("newsletter 3 paused: 5 refusals in a row", "newsletter 3 paused: 5 refusals in a row"),
])  # fmt: skip
def test_what_nobody_may_read_is_taken_out(text: str, left: str) -> None:
    assert scrubbed(text) == left


def test_every_address_that_may_hold_a_key_is_below_a_known_folder() -> None:
    """A new one elsewhere must be added to FOLDERS, or a message that names it would show the key."""
    open_ended = [route for route in routes() if any(kind in route for kind in ("<str:", "<uuid:", "(?P"))]
    folders = {route.split("/")[0] for route in open_ended}

    assert folders <= set(FOLDERS)
    assert {"konto", "jury", "newsletter", "einreichungen"} <= folders


def routes() -> list[str]:
    found = []

    def walk(resolver: URLResolver, before: str) -> None:
        for pattern in resolver.url_patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern, route)
            elif isinstance(pattern, URLPattern):
                found.append(route)

    walk(get_resolver("landespreis.urls"), "")
    return [route.removeprefix("^/") for route in found]
