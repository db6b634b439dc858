"""Every address × every role: a new address without a row here fails the test."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from portal import picturing
from portal.actions import newsletters, subscribing
from submissions.actions import editors, receipts
from submissions.models import Partner, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MembershipFactory, StaffFactory
from tests.portal import factories as content
from tests.portal import proposing
from tests.submissions import factories
from tests.submissions.test_deadline import snapshot

ROLES = ("anonymous", "member", "read", "edit", "submit", "owner", "editorial", "office", "admin")
LOGIN, GONE, OK, NO, METHOD = 302, 404, 200, 403, 405


def row(
    anonymous: int, member: int, read: int, edit: int, submit: int, owner: int, editorial: int, office: int
) -> tuple[int, ...]:
    """The expected answers to GET by role; the Administration sees what the office sees."""
    return (anonymous, member, read, edit, submit, owner, editorial, office, office)


EVERYBODY = row(OK, OK, OK, OK, OK, OK, OK, OK)
SIGNED_IN = row(LOGIN, OK, OK, OK, OK, OK, OK, OK)
READERS = row(LOGIN, GONE, OK, OK, OK, OK, GONE, GONE)
EDITORS = row(LOGIN, GONE, NO, OK, OK, OK, GONE, GONE)
INVITERS = row(LOGIN, GONE, NO, NO, OK, OK, GONE, GONE)
OWNER = row(LOGIN, GONE, NO, NO, NO, OK, GONE, GONE)
WRITER = row(LOGIN, GONE, GONE, GONE, GONE, OK, GONE, GONE)
CONFLICT = row(LOGIN, GONE, LOGIN, LOGIN, LOGIN, LOGIN, GONE, GONE)
"""Without two texts to decide between it leads back to the section."""
HANDED_IN = row(LOGIN, GONE, OK, OK, OK, OK, GONE, OK)
JURY = row(LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, GONE, GONE)
"""Somebody without a second factor is asked for one first; who fills no seat finds nothing. Jurors: tests/jury."""
POST_ONLY = row(LOGIN, METHOD, METHOD, METHOD, METHOD, METHOD, METHOD, METHOD)

NO_CODES = row(LOGIN, GONE, GONE, GONE, GONE, GONE, GONE, GONE)
"""None of these people has generated recovery codes."""

EXPECTED: dict[str, tuple[int, ...]] = {
    "healthz": EVERYBODY,
    "readyz": EVERYBODY,
    "portal:home": EVERYBODY,
    "portal:award": EVERYBODY,
    "portal:projects": EVERYBODY,
    "portal:projects_map": EVERYBODY,
    "portal:proposals": SIGNED_IN,
    "portal:proposal": WRITER,
    "portal:proposal_new": SIGNED_IN,
    "portal:proposal_change": POST_ONLY,
    "portal:proposal_picture": WRITER,
    "portal:proposal_check": WRITER,
    "portal:proposal_preview": WRITER,
    "portal:proposal_recall": row(LOGIN, GONE, GONE, GONE, GONE, LOGIN, GONE, GONE),  # a draft is taken back already
    "portal:proposal_discard": WRITER,
    "portal:projects_feed": EVERYBODY,
    "portal:projects_json": EVERYBODY,
    "portal:projects_csv": EVERYBODY,
    "portal:open_data": EVERYBODY,
    "portal:project": EVERYBODY,
    "portal:project_picture": EVERYBODY,
    "portal:pattern": EVERYBODY,
    "portal:news": EVERYBODY,
    "portal:news_feed": EVERYBODY,
    "portal:news_item": EVERYBODY,
    "portal:events": EVERYBODY,
    "portal:event": EVERYBODY,
    "portal:events_calendar": EVERYBODY,
    "portal:event_calendar": EVERYBODY,
    "portal:registration_new": EVERYBODY,
    "portal:registration_sent": EVERYBODY,
    "portal:registration": EVERYBODY,
    "portal:registration_withdraw": EVERYBODY,
    "portal:registration_calendar": EVERYBODY,
    "portal:newsletters": EVERYBODY,
    "portal:newsletter": EVERYBODY,
    "portal:newsletter_ask": EVERYBODY,
    "portal:newsletter_asked": EVERYBODY,
    "portal:newsletter_confirm": EVERYBODY,
    "portal:newsletter_confirmed": EVERYBODY,
    "portal:newsletter_leave": EVERYBODY,
    "portal:faq": EVERYBODY,
    "portal:downloads": EVERYBODY,
    "portal:download": EVERYBODY,
    "portal:picture": EVERYBODY,
    "portal:sitemap": EVERYBODY,
    "portal:sitemap_part": EVERYBODY,
    "portal:robots": EVERYBODY,
    "portal:contact": EVERYBODY,
    "portal:contact_received": EVERYBODY,
    "portal:barrier": EVERYBODY,
    "portal:barrier_received": EVERYBODY,
    "portal:search": EVERYBODY,
    "portal:page": EVERYBODY,
    "accounts:profile": SIGNED_IN,
    "accounts:add_membership": SIGNED_IN,
    "accounts:export": SIGNED_IN,
    "accounts:delete": SIGNED_IN,
    "accounts:recovery_codes": NO_CODES,
    "accounts:recovery_codes_file": NO_CODES,
    "jury:index": JURY,
    "jury:category": JURY,
    "jury:entry": JURY,
    "jury:recusal": JURY,
    "jury:reopen": JURY,
    "jury:file": JURY,
    "jury:notice": JURY,
    "jury:dossier_page": JURY,
    "jury:session": JURY,
    "jury:session_state": JURY,
    "jury:record": JURY,
    "jury:confirm": JURY,
    "jury:revise": JURY,
    "jury:dossier": JURY,
    "jury:minutes_draft": JURY,
    "jury:minutes": JURY,
    "jury:invitation": row(GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE),  # open to all; this token is of an entry
    "submissions:index": SIGNED_IN,
    "submissions:start": SIGNED_IN,
    "submissions:invitation": EVERYBODY,
    "submissions:overview": READERS,
    "submissions:section": READERS,
    "submissions:partners": READERS,
    "submissions:files": READERS,
    "submissions:editors": READERS,
    "submissions:check": READERS,
    "submissions:help": READERS,
    "submissions:help_end": POST_ONLY,
    "submissions:takeover": row(
        GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE
    ),  # open to all; this token is of an entry
    "submissions:withdraw": READERS,
    "submissions:reset": READERS,
    "submissions:conflict": CONFLICT,
    "submissions:partner_remove": POST_ONLY,
    "submissions:file_describe": POST_ONLY,
    "submissions:file_replace": EDITORS,
    "submissions:file_remove": EDITORS,
    "submissions:editor_change": POST_ONLY,
    "submissions:editor_remove": INVITERS,
    "submissions:hand_over": OWNER,
    "submissions:file": HANDED_IN,
    "submissions:version": HANDED_IN,
    "submissions:receipt": HANDED_IN,
}
"""What allauth and the Django admin serve is tested below as groups."""


class Place:
    """A submitted entry with everything an address can name, and a client per role."""

    def __init__(self, round: Round) -> None:
        self.entry: Submission = factories.complete(round)
        call_command("load_pages", verbosity=0)
        item = content.NewsFactory(picture=content.picture())
        project = content.ProjectFactory()
        event = content.EventFactory()
        self.file = factories.attachment(self.entry)
        factories.submit(self.entry)
        self.entry.refresh_from_db()  # it has its number now
        receipts.fulfil_all()
        invited = editors.invite(self.entry, email="offen@kommune.example", role="read", by=self.entry.owner)
        self.arguments: dict[str, Any] = {
            "pk": self.entry.pk,
            "key": "gewinn",
            "n": 1,
            "file": self.file.pk,
            "partner": Partner.objects.get(submission=self.entry).pk,
            "editor": invited.pk,
            "token": editors.token(invited),
            "slug": "impressum",
            "number": "IKZ-2026-0001",
            "news": item.slug,
            "download": content.download().slug,
            "project": project.slug,
            "version": picturing.version(project),
            "hue": "blau",
            "count": 3,
            "seed": 1,
            "part": "seiten",
            "event": event.slug,
            "registration": content.registration(event).key,
            "proposal": proposing.draft(self.entry.owner).key,
            "picture": item.picture.key,
            "width": 480,
            "form": "webp",
            "newsletter": newsletters.release(content.issue(), by=StaffFactory()).slug,
            "consent": subscribing.token(content.SubscriberFactory(pending=True)),
            "subscription": content.SubscriberFactory().key.hex,
        }

    def user(self, role: str) -> User | None:
        if role == "anonymous":
            return None
        if role == "owner":
            return self.entry.owner
        if role in {"read", "edit", "submit"}:
            return factories.editor(self.entry, role)
        if role == "member":
            member: User = MembershipFactory().user
            return member
        staff: User = StaffFactory(superuser=role == "admin")
        if role != "admin":
            staff.groups.add(Group.objects.get(name={"office": "Geschäftsstelle", "editorial": "Redaktion"}[role]))
        return staff

    def client(self, role: str) -> Client:
        client, user = Client(raise_request_exception=False), self.user(role)
        if user:
            show_factor(client, user)
        return client


def routes() -> Iterator[tuple[str, list[str]]]:
    """Every named address of ours with the names of its arguments."""

    def walk(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, list[str]]]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
            elif isinstance(pattern, URLPattern):
                yield f"{namespace}{pattern.name}", list(pattern.pattern.converters)

    return walk(get_resolver())


OURS = {
    name: arguments
    for name, arguments in routes()
    if not name.startswith(("admin:", "account_", "mfa_", "usersessions_"))
}


@pytest.fixture
def place(open_round: Round) -> Place:
    call_command("load_roles", verbosity=0)
    return Place(open_round)


def address(name: str, arguments: dict[str, Any]) -> str:
    return reverse(name, kwargs={argument: arguments[argument] for argument in OURS[name]})


def status(client: Client, url: str) -> int:
    response = client.get(url)
    for close in response._resource_closers:  # closing the response would close the database too
        close()
    return response.status_code


def test_every_address_has_a_row() -> None:
    assert set(OURS) == set(EXPECTED)


@pytest.mark.parametrize("role", ROLES)
def test_get_every_address_as(place: Place, role: str) -> None:
    client = place.client(role)

    answers = {name: status(client, address(name, place.arguments)) for name in OURS}

    assert answers == {name: EXPECTED[name][ROLES.index(role)] for name in answers}


@pytest.mark.parametrize("role", ["anonymous", "member", "editorial", "office", "admin"])
def test_post_by_outsiders_changes_nothing(place: Place, role: str) -> None:
    client = place.client(role)
    urls = [address(name, place.arguments) for name in OURS if "pk" in OURS[name]]
    before = snapshot()

    answers = {client.post(url, {"text": "Fremd", "confirm": "on"}).status_code for url in urls}

    assert answers <= ({302} if role == "anonymous" else {404, 405})
    assert snapshot() == before


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_made_up_ids_are_not_found(place: Place, role: str) -> None:
    client = place.client(role)
    made_up = place.arguments | {"pk": uuid4(), "file": uuid4(), "partner": 10**9, "editor": 10**9, "n": 99}
    names = [name for name in OURS if "pk" in OURS[name]]

    answers = {status(client, address(name, made_up)) for name in names}
    answers |= {client.post(address(name, made_up)).status_code for name in names}

    assert answers <= {404, 405}


def admin_addresses() -> list[str]:
    return [reverse("admin:index"), *(reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist")
            for m in admin.site._registry)]  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_admin_is_for_staff(place: Place, role: str) -> None:
    client = place.client(role)

    answers = {url: client.get(url).status_code for url in admin_addresses()}

    index = answers.pop(reverse("admin:index"))
    if role == "anonymous":
        assert {index, *answers.values()} == {LOGIN}
    elif role in {"editorial", "office", "admin"}:
        assert index == OK
        assert set(answers.values()) <= ({OK} if role == "admin" else {OK, NO})
        assert (NO in answers.values()) is (role != "admin")
    else:
        assert {index, *answers.values()} == {GONE}
