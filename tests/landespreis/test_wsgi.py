"""What a request names as its charset is not listened to."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from landespreis.wsgi import read_as_utf8

CODECS = ["utf-16", "base64", "rot13", "idna", "punycode", "undefined", "gibtsnicht"]
"""One that reads otherwise, some that make no text of bytes, and none."""
FORM = "application/x-www-form-urlencoded"


def ask(path: str, content_type: str) -> WSGIRequest:
    """Return the request as Django makes it."""
    made = []

    def inner(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        made.append(WSGIRequest(environ))
        return []

    read_as_utf8(inner)(RequestFactory().get(path).environ | {"CONTENT_TYPE": content_type}, print)
    return made[0]


@pytest.mark.parametrize("codec", CODECS)
def test_charset_that_a_request_names_is_not_taken(codec: str) -> None:
    request = ask("/suche/?q=M%C3%BCnster", f'{FORM}; Charset = "{codec}"; x=y')

    assert request.GET["q"] == "Münster"
    assert (request.content_type, request.content_params) == (FORM, {"x": "y"})


def test_request_is_made_however_many_parameters_it_has() -> None:
    request = ask(f"/suche/?{'q=x&' * 600}", f"{FORM}; charset=utf-8")

    assert request.path == "/suche/"


def test_boundary_of_an_upload_is_kept() -> None:
    request = ask("/", "multipart/form-data; charset=base64; boundary=Grenze")

    assert request.content_params == {"boundary": "Grenze"}
