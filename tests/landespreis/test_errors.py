"""Tests of the pages that say what went wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from landespreis import errors, urls

WRONG = Exception()


@pytest.mark.parametrize(
    ("page", "status"),
    [
        (lambda request: errors.bad_request(request, WRONG), 400),
        (lambda request: errors.forbidden(request, WRONG), 403),
        (lambda request: errors.not_found(request, WRONG), 404),
        (lambda request: errors.wrong_method(request, "GET"), 405),
        (errors.too_large, 413),
        (errors.too_many, 429),
        (errors.csrf_failure, 403),
        (errors.server_error, 500),
    ],
)
def test_error_page_is_german_complete_and_has_one_heading(
    page: Callable[[HttpRequest], HttpResponse], status: int
) -> None:
    """Before sessions and users are known, as when a middleware answers."""
    response = page(RequestFactory().get("/irgendwo/"))
    html = response.content.decode()

    assert response.status_code == status
    assert html.count("<h1") == 1
    assert '<html lang="de">' in html
    assert 'href="/impressum/"' in html


def test_server_error_needs_neither_database_nor_session() -> None:
    """Without the `db` fixture a query would fail this test."""
    request = RequestFactory().get("/", headers={"Cookie": "sessionid=abc"})
    request.user = AnonymousUser()

    html = errors.server_error(request).content.decode()

    assert "Bei uns ist etwas schiefgegangen" in html


@pytest.mark.parametrize("away", [OperationalError, InterfaceError])
def test_database_that_is_away_is_said_with_when_to_try_again(away: type[Exception], settings: Any) -> None:
    settings.CONTACT_EMAIL = "hilfe@land.example"

    try:
        raise away("server closed the connection unexpectedly")
    except away:
        response = errors.server_error(RequestFactory().post("/einreichungen/"))
    html = response.content.decode()

    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert "Das Portal antwortet gerade nicht" in html
    assert "mailto:hilfe@land.example" in html
    assert "server closed" not in html


def test_server_error_names_the_mailbox_of_this_installation(settings: Any) -> None:
    settings.CONTACT_EMAIL = "hilfe@land.example"

    html = errors.server_error(RequestFactory().get("/")).content.decode()

    assert html.count("hilfe@land.example") == 2
    assert "portal.example" not in html


def test_csrf_failure_is_answered_by_our_page(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/konto/login/", {"login": "a@stadt.example"})

    assert response.status_code == 403
    assert "Das Formular ist nicht mehr gültig" in response.content.decode()


def test_unknown_address_is_answered_by_our_page(client: Client, db: None) -> None:
    response = client.get("/gibt/es/nicht/")

    assert response.status_code == 404
    assert "Diese Seite gibt es nicht" in response.content.decode()


def test_handlers_are_the_ones_django_and_allauth_look_for() -> None:
    names = [urls.handler400, urls.handler403, urls.handler404, urls.handler429, urls.handler500]

    assert names == [
        "landespreis.errors.bad_request",
        "landespreis.errors.forbidden",
        "landespreis.errors.not_found",
        "landespreis.errors.too_many",
        "landespreis.errors.server_error",
    ]
