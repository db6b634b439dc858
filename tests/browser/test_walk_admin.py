"""The office's pages: every list, one page of a row of each kind, and the office's own pages, on a narrow window."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from landespreis import clock
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory, UserFactory
from tests.browser.conftest import AFTERNOON, Visit
from tests.browser.visitor import Visitor
from tests.landespreis.office_rows import MAKERS

pytestmark = pytest.mark.browser

REFLOW = 320
"""Pixels: a window of 1280 at 400 %, at which WCAG asks for no scrolling to the side."""
OWN = ("index", "lookup", "exports", "submissions_queue", "landespreis_circular_add")
NOT_FOR_THE_OFFICE = {"auth.Group"}


@pytest.fixture
def office(portal: str, round: Round, client: Client) -> Client:
    """Somebody of the Geschäftsstelle, logged in; the round has just closed, and of everything there is a row."""
    call_command("load_roles", stdout=StringIO())
    clock.set_now(AFTERNOON)
    for make in MAKERS.values():
        make()
    clock.set_now(round.closes_at)
    user = StaffFactory(name="Insa Folkerts")
    user.groups.add(Group.objects.get(name="Geschäftsstelle"))
    show_factor(client, user)
    return client


def addresses() -> Iterator[str]:
    yield from (reverse(f"admin:{name}") for name in OWN)
    for label in sorted(set(MAKERS) - NOT_FOR_THE_OFFICE):
        model = apps.get_model(label)
        yield _page(model, "changelist")
        row = model._default_manager.first()
        if row:
            yield _page(model, "change", row.pk)


def _page(model: type[Model], name: str, *arguments: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=arguments)


def enter(visitor: Visitor, office: Client) -> None:
    """Take over the session of somebody who is logged in."""
    key = office.cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": visitor.home}])


def test_walk_over_every_page_of_the_office(visit: Visit, office: Client) -> None:
    visitor = visit(width=REFLOW)
    enter(visitor, office)

    for address in addresses():
        visitor.go(address)
        visitor.meet("")

    assert len(visitor.seen) > len(MAKERS)


def test_mistake_on_a_question_stands_at_its_field(visit: Visit, office: Client) -> None:
    visitor = visit(width=1280)
    enter(visitor, office)
    visitor.go(reverse("admin:accounts_user_lock", args=[UserFactory().pk]))
    visitor.meet("Konto sperren")

    visitor.press("Konto sperren")

    row = visitor.page.locator(".form-row.errors")
    places = [row.locator(place).bounding_box() for place in (".errorlist", "label", "textarea")]
    assert len({box["x"] for box in places if box}) == 1
    assert all(places)
