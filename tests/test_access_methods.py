"""Every address × every role × (own, foreign, mixed, made-up object) × every method, against what is declared here.

What GET answers stands in `test_access.EXPECTED`; this adds which methods an address takes and what a POST of each role
gets. The jury's addresses as seen by jurors: tests/jury; the admin's: test_admin_access.py.
"""

import logging
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from submissions.models import Round
from tests.portal import proposing
from tests.submissions import factories
from tests.submissions.test_deadline import snapshot
from tests.test_access import EXPECTED, GONE, LOGIN, METHOD, NO, OK, OURS, ROLES, Place, address, row

SAFE = ("GET", "HEAD")
OTHERS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
METHODS = (*SAFE, "POST", *OTHERS)
WRONG, DONE, STATE, EMPTY = 422, 302, 409, 204

SENT = {"text": "Fremd", "confirm": "on", "reason": "Fremd", "role": "read", "email": "fremd@kommune.example"}
"""What goes with every POST: enough for most forms to do what they are for."""
FILLED = row(WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG)
ACCOUNT = row(LOGIN, OK, OK, OK, OK, OK, OK, OK)
"""A form of the own account, sent empty: it is shown again."""
LINK = row(DONE, DONE, DONE, DONE, DONE, DONE, DONE, DONE)
"""Whoever has the link may; who has not, meets a made-up one below."""
NOTHING = row(GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE)
EDIT = row(LOGIN, GONE, NO, DONE, DONE, DONE, GONE, GONE)
EDIT_WRONG = row(LOGIN, GONE, NO, WRONG, WRONG, WRONG, GONE, GONE)
SUBMIT = row(LOGIN, GONE, NO, NO, DONE, DONE, GONE, GONE)
SUBMIT_WRONG = row(LOGIN, GONE, NO, NO, WRONG, WRONG, GONE, GONE)

POSTS: dict[str, tuple[int, ...]] = {
    "accounts:profile": ACCOUNT,
    "accounts:add_membership": ACCOUNT,
    "accounts:delete": ACCOUNT,
    "jury:invitation": NOTHING,
    "portal:barrier": FILLED,
    "portal:contact": FILLED,
    "portal:newsletter_ask": FILLED,
    "portal:newsletter_confirm": LINK,
    "portal:newsletter_leave": row(OK, OK, OK, OK, OK, OK, OK, OK),  # RFC 8058: no redirect
    "portal:proposal": row(LOGIN, GONE, GONE, GONE, GONE, STATE, GONE, GONE),
    "portal:proposal_change": row(LOGIN, GONE, GONE, GONE, GONE, GONE, GONE, GONE),  # the project is of another town
    "portal:proposal_check": row(LOGIN, GONE, GONE, GONE, GONE, WRONG, GONE, GONE),
    "portal:proposal_discard": row(LOGIN, GONE, GONE, GONE, GONE, DONE, GONE, GONE),
    "portal:proposal_new": row(LOGIN, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG),
    "portal:proposal_picture": row(LOGIN, GONE, GONE, GONE, GONE, WRONG, GONE, GONE),
    "portal:proposal_recall": row(LOGIN, GONE, GONE, GONE, GONE, DONE, GONE, GONE),
    "portal:registration": LINK,
    "portal:registration_new": FILLED,
    "portal:registration_withdraw": LINK,
    "submissions:check": row(LOGIN, GONE, NO, NO, STATE, STATE, GONE, GONE),
    "submissions:conflict": row(LOGIN, GONE, DONE, DONE, DONE, DONE, GONE, GONE),
    "submissions:editor_change": SUBMIT,
    "submissions:editor_remove": SUBMIT,
    "submissions:editors": SUBMIT,
    "submissions:file_describe": row(LOGIN, GONE, GONE, GONE, GONE, GONE, GONE, GONE),  # a PDF needs no description
    "submissions:file_remove": EDIT,
    "submissions:file_replace": EDIT_WRONG,
    "submissions:files": EDIT_WRONG,
    "submissions:hand_over": row(LOGIN, GONE, NO, NO, NO, WRONG, GONE, GONE),
    "submissions:help": row(LOGIN, GONE, WRONG, WRONG, WRONG, WRONG, GONE, GONE),
    "submissions:help_end": row(LOGIN, GONE, DONE, DONE, DONE, DONE, GONE, GONE),
    "submissions:invitation": LINK,
    "submissions:partner_remove": EDIT,
    "submissions:partners": EDIT_WRONG,
    "submissions:reset": EDIT,
    "submissions:section": EDIT,
    "submissions:start": row(LOGIN, DONE, NO, NO, NO, DONE, NO, NO),
    "submissions:takeover": NOTHING,
    "submissions:withdraw": SUBMIT,
}
"""What a POST gets. An address without a line takes none."""
FOR_SCRIPTS = {"portal:projects_json", "portal:projects_csv"}
"""Scripts of other sites may read these, so OPTIONS is answered."""
OF_SOMEBODY = {name for name in OURS if {"pk", "proposal"} & set(OURS[name])}
MADE_UP: dict[str, Any] = dict.fromkeys(
    ("consent", "token", "part", "hue", "key", "slug", "news", "download", "project", "event", "newsletter", "version"),
    "erfunden",
) | {
    "pk": uuid4(), "file": uuid4(), "registration": uuid4(), "proposal": uuid4(), "picture": uuid4(),
    "partner": 10**9, "editor": 10**9, "n": 99, "number": "IKZ-2026-9999", "count": 99, "seed": 10**9, "width": 481,
    "form": "webp", "subscription": uuid4().hex,
}  # fmt: skip


def expected(name: str, role: str, method: str) -> int:
    """Return the declared answer about an object that a role stands to as `EXPECTED` has it."""
    place = ROLES.index(role)
    got = EXPECTED[name][place]
    if got == LOGIN and role == "anonymous":
        return LOGIN
    if name.startswith("jury:") and name != "jury:invitation":  # the door is closed, whatever one does at it
        return got
    if method in SAFE:
        return got
    if method == "OPTIONS" and name in FOR_SCRIPTS:
        return EMPTY
    return POSTS[name][place] if method == "POST" and name in POSTS else METHOD


def ask(client: Client, url: str, method: str) -> int:
    """Return the status; what was done with success is undone."""
    held = {name: morsel.value for name, morsel in client.cookies.items()}
    if method != "POST":
        return sent(client, url, method)
    with transaction.atomic():
        answer = sent(client, url, method, data=SENT)
        transaction.set_rollback(answer < 400)
    client.cookies = SimpleCookie(held)
    return answer


def sent(client: Client, url: str, method: str, **data: Any) -> int:
    response = getattr(client, method.lower())(url, **data)
    for close in response._resource_closers:  # closing the response would close the database too
        close()
    return int(response.status_code)


def differences(client: Client, role: str, arguments: dict[str, Any], *, stands_as: str) -> Iterator[tuple[Any, ...]]:
    """Yield what is not as declared, of all addresses that name an object unlike the role's own."""
    for name in OURS if stands_as == role else sorted(OF_SOMEBODY):
        for method in METHODS:
            answer = ask(client, address(name, arguments), method)
            if answer != expected(name, stands_as, method):
                yield name, method, answer, "not", expected(name, stands_as, method)


@pytest.fixture
def places(open_round: Round) -> tuple[Place, dict[str, Any]]:
    """An entry with all that belongs to it, and what an address would name of another one."""
    logging.getLogger("django.request").setLevel(logging.ERROR)  # every refusal would be a line
    call_command("load_roles", verbosity=0)
    own = Place(open_round)
    foreign = factories.complete(open_round)
    file = factories.attachment(foreign)
    factories.submit(foreign)
    editor = factories.editor(foreign, "read")
    named = {
        "pk": foreign.pk,
        "file": file.pk,
        "partner": foreign.partners.get().pk,
        "editor": foreign.editors.get(user=editor).pk,
        "proposal": proposing.draft(foreign.owner).key,
    }
    return own, own.arguments | named


def test_every_post_is_of_an_address() -> None:
    assert set(POSTS) <= set(OURS)


@pytest.mark.parametrize("role", ROLES)
def test_every_method_as(places: tuple[Place, dict[str, Any]], role: str) -> None:
    """An own object, a foreign one, a foreign part of an own one, one that is nowhere; refusals change nothing."""
    place, foreign = places
    client = place.client(role)
    before = snapshot()

    found = list(differences(client, role, place.arguments, stands_as=role))
    if role in {"read", "edit", "submit", "owner"}:
        found += differences(client, role, foreign, stands_as="member")
        found += mixed(client, role, place.arguments, foreign)
    found += made_up(client, role)

    assert found == []
    assert snapshot() == before


def mixed(client: Client, role: str, own: dict[str, Any], foreign: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield what lets somebody reach a part of another's entry through their own, or learn that there is one."""
    refused = {GONE, METHOD} if role == "owner" else {GONE, METHOD, NO}  # who may not do it at all is told so first
    for part in ("file", "partner", "editor"):
        for name in (name for name in OF_SOMEBODY if part in OURS[name]):
            for method in METHODS:
                answer = ask(client, address(name, own | {part: foreign[part]}), method)
                if answer not in refused:
                    yield name, method, answer, "of another entry"


def made_up(client: Client, role: str) -> Iterator[tuple[Any, ...]]:
    for name in (name for name in OURS if OURS[name]):
        for method in METHODS if role in {"anonymous", "owner", "admin"} else ("GET", "POST"):
            answer = ask(client, address(name, MADE_UP), method)
            shut = EXPECTED[name][ROLES.index(role)] == LOGIN and (role == "anonymous" or name.startswith("jury:"))
            if answer != LOGIN if shut else answer not in {GONE, METHOD}:
                yield name, method, answer, "for nothing"
