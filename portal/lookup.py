"""What the search finds of the portal: projects, proposals, news, dates, registrations, newsletters, inquiries."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import PermissionsMixin
from django.db.models import QuerySet

from landespreis import lookup, wording
from landespreis.lookup import Group, Hit
from portal.models import (
    Event,
    Inquiry,
    News,
    Newsletter,
    Project,
    Proposal,
    Registration,
    Subscriber,
)


def find(user: PermissionsMixin, words: Sequence[str], limit: int) -> Iterator[Group]:
    """Look into the same fields as the lists; of proposals those that were put in."""
    for rows, hit in _kinds():
        if lookup.may_see(user, rows.model):
            fields = admin.site.get_model_admin(rows.model).search_fields
            yield lookup.group(rows, fields, words, limit, hit)


def _kinds() -> "list[tuple[QuerySet[Any], Callable[[Any], Hit]]]":
    return [
        (Project.objects.select_related("lead", "category").defer("body"), _project),
        (Proposal.objects.exclude(status=Proposal.Status.DRAFT).select_related("lead", "owner"), _proposal),
        (News.objects.select_related("category").defer("body"), _news),
        (Event.objects.defer("body"), _event),
        (Registration.objects.select_related("event"), _registration),
        (Newsletter.objects.all(), _newsletter),
        (Subscriber.objects.order_by("email"), _subscriber),
        (Inquiry.objects.defer("message"), _inquiry),
    ]


def _project(row: Project) -> Hit:
    return Hit(str(row), lookup.change_url(row), lookup.told(row.lead, row.category))


def _proposal(row: Proposal) -> Hit:
    return Hit(str(row), lookup.change_url(row), lookup.told(row.get_status_display(), row.lead, row.owner))


def _news(row: News) -> Hit:
    out = wording.day(row.published_at) if row.published_at else "Entwurf"
    return Hit(row.title, lookup.change_url(row), lookup.told(row.category, out))


def _event(row: Event) -> Hit:
    state = "abgesagt" if row.cancelled_at else "" if row.published_at else "Entwurf"
    return Hit(row.title, lookup.change_url(row), lookup.told(wording.moment_short(row.starts_at), state))


def _registration(row: Registration) -> Hit:
    return Hit(row.name, lookup.change_url(row), lookup.told(row.email, row.event, row.get_status_display()))


def _newsletter(row: Newsletter) -> Hit:
    return Hit(str(row), lookup.change_url(row), row.get_status_display())


def _subscriber(row: Subscriber) -> Hit:
    return Hit(row.email, lookup.change_url(row), row.get_status_display())


def _inquiry(row: Inquiry) -> Hit:
    state = "erledigt" if row.settled_at else "offen"
    return Hit(str(row), lookup.change_url(row), lookup.told(row.name, row.email, state))
