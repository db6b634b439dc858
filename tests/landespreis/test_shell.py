"""Tests of header and footer, which are rendered once for many requests."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from accounts.models import User
from landespreis.context import installation
from landespreis.templatetags import shell

PEOPLE = {"guest": AnonymousUser(), "person": User(name="Wiebke Harmsen"), "staff": User(is_staff=True)}


@pytest.mark.parametrize("who", PEOPLE)
def test_header_is_the_one_that_would_be_rendered_anew(who: str) -> None:
    paths = ["/", "/impressum/", "/einreichungen/neu/", "/konto/", "/konto/logout/ja/", "/admin/auth/", "/was/"]
    paths += re.findall(r'href="([^"]+)"', anew(who, "/"))

    kept = [tag("header", who, path) for path in paths]

    assert kept == [anew(who, path) for path in paths]


def test_header_of_a_juror_is_the_one_that_would_be_rendered_anew() -> None:
    request = RequestFactory().get("/jury/")
    request.fills_seat = True  # type: ignore[attr-defined]
    visitor = shell.Visitor(is_authenticated=True, is_staff=False, fills_seat=True)

    kept = Template("{% load shell %}{% header %}").render(Context({"user": PEOPLE["person"], "request": request}))

    context = {"user": visitor, "request": request, **installation(None)}
    assert kept == render_to_string("components/header.html", context)
    assert kept.count(">Jury</a>") == 2
    assert ">Jury</a>" not in tag("header", "person", "/jury/")


def test_header_marks_page_itself_and_pages_below() -> None:
    marks = [
        re.findall(r'aria-current="(\w+)"', tag("header", "person", path)) for path in ("/faq/", "/faq/frist/", "/")
    ]

    assert marks == [["page", "page"], ["true", "true"], []]


def test_header_without_request_is_the_one_of_guests() -> None:
    assert Template("{% load shell %}{% header %}").render(Context()) == anew("guest", "/")


def test_footer_is_the_one_that_would_be_rendered_anew() -> None:
    assert tag("footer", "guest", "/") == render_to_string("components/footer.html", installation(None))


def test_header_and_footer_tell_a_demo_from_other_installations(settings: Any) -> None:
    """The tests are none, so each is asked for in turn: what was kept for the one is not for the other."""
    found = []
    for demo in (False, True, False):
        settings.DEMO = demo
        kept = tag("header", "guest", "/"), tag("footer", "guest", "/")
        assert kept == (anew("guest", "/"), render_to_string("components/footer.html", installation(None)))
        found.append(kept)

    assert found[0] == found[2]
    assert all(ours != demos for ours, demos in zip(found[0], found[1], strict=True))


def test_header_of_all_pages_below_one_link_is_one() -> None:
    shell._header.cache_clear()

    paths = [f"/einreichungen/{number}/" for number in range(50)]
    found = {tag("header", "person", path) for path in paths}

    assert len(found) == 1
    assert shell._header.cache_info().currsize <= 2


def tag(name: str, who: str, path: str) -> str:
    context = {"user": PEOPLE[who], "request": RequestFactory().get(path)}
    return Template(f"{{% load shell %}}{{% {name} %}}").render(Context(context))


def anew(who: str, path: str) -> str:
    context = {"user": PEOPLE[who], "request": RequestFactory().get(path), **installation(None)}
    return render_to_string("components/header.html", context)


def test_sign_is_the_one_that_would_be_rendered_anew() -> None:
    kinds = ["done", "begun", "changed", "running", "error", "empty", "done"]

    kept = [Template("{% load shell %}{% sign kind %}").render(Context({"kind": kind})) for kind in kinds]

    assert kept == [render_to_string("components/sign.html", {"kind": kind}) for kind in kinds]
    assert len(set(kept)) == 6
