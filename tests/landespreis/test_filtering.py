"""Tests of what the address of a list may ask for: everything its filters and our links offer, and no other column."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import date_hierarchy
from django.contrib.admin.views.main import ChangeList
from django.core.management import call_command
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Membership
from portal.models import Inquiry, Page
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.landespreis.office_rows import MAKERS, another_round
from tests.portal import factories as content
from tests.submissions import factories

OWN_PAGE = {"jury.Session", "landespreis.Wording", "portal.Announcement"}
"""Their lists are pages of ours, which read no filter."""
ALWAYS = ("__startswith", "__regex", "__gt", "__range", "__contains")
"""What no filter needs, not even of a column that has one."""
FORMS = ("", "__exact", "__isnull", "__in", "__gte", "__lt", "__year", "__isempty", *ALWAYS)


@pytest.fixture
def office(client: Client, open_round: Round) -> Client:
    show_factor(client, StaffFactory(superuser=True))
    return client


def listed(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def filtered(model: type[Model]) -> set[str]:
    """Return the columns by which the list of a model is filtered, dated or linked to."""
    page = admin.site._registry[model]
    names = [one[0] if isinstance(one, tuple) else one for one in page.list_filter or ()]
    return {name for name in (*names, page.date_hierarchy, *getattr(page, "linked", ())) if isinstance(name, str)}


def columns(model: type[Model]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        yield from {field.name, field.attname}
    yield "pk"


# What is not offered ----------------------------------------------------------------------------------


@pytest.mark.parametrize("label", sorted(set(MAKERS) - OWN_PAGE))
def test_list_tells_no_rows_by_the_letters_of_a_column(office: Client, label: str) -> None:
    MAKERS[label]()
    url = listed(apps.get_model(label))
    asked = [f"{url}?{field.name}__startswith=a" for field in apps.get_model(label)._meta.concrete_fields]

    answers = {query: office.get(query).status_code for query in asked}

    assert answers == dict.fromkeys(asked, 400)


def test_no_question_reaches_a_column_that_its_list_does_not_offer(db: None) -> None:
    request = RequestFactory().get("/")
    request.user = StaffFactory(superuser=True)

    allowed = [
        f"{model._meta.label}?{lookup}"
        for model, page in admin.site._registry.items()
        for lookup in hidden(model)
        if page.lookup_allowed(lookup, "a", request)
    ]

    assert allowed == []


def hidden(model: type[Model]) -> Iterator[str]:
    """Yield what the list of a model must not be asked, also of rows that belong to its rows."""
    yield from (name + form for name in columns(model) if name not in filtered(model) for form in FORMS)
    yield from (name + form for name in filtered(model) for form in ALWAYS)
    relations = [field for field in model._meta.get_fields() if field.is_relation]
    yield from (f"{field.name}__{form}" for field in relations for form in ("id__in", "pk", "id__gt"))
    yield from (field.name for field in model._meta.related_objects)


def test_list_tells_nothing_by_what_it_counts(office: Client) -> None:
    content.faq_entry()

    assert office.get(f"{reverse('admin:portal_faqsection_changelist')}?counted__gte=1").status_code == 400


def test_table_of_a_list_takes_no_other_filters(office: Client) -> None:
    subscriber = content.SubscriberFactory()
    url = reverse("admin:portal_subscriber_table")

    assert office.post(f"{url}?key__startswith={str(subscriber.key)[:2]}").status_code == 400
    assert office.get(f"{reverse('admin:portal_take_out')}?submission__abstract__regex=a").status_code == 400


def test_what_names_no_column_leads_to_the_whole_list(office: Client) -> None:
    answer = office.get(f"{reverse('admin:portal_page_changelist')}?gibtsnicht=1")

    assert (answer.status_code, answer.headers["Location"].endswith("/page/?e=1")) == (302, True)


def test_mail_cannot_be_sorted_by_subjects_that_may_hold_a_code(office: Client) -> None:
    page = office.get(reverse("admin:post_office_email_changelist"))

    assert [str(column["text"]) for column in _heads(page.context["cl"]) if column["sortable"]] == [
        "An", "Stand", "geschrieben am", "zuletzt bearbeitet am",
    ]  # fmt: skip


def _heads(listing: ChangeList) -> list[dict[str, object]]:
    return list(admin.templatetags.admin_list.result_headers(listing))


# What is offered --------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", sorted(set(MAKERS) - OWN_PAGE))
def test_list_answers_whatever_it_offers(office: Client, label: str) -> None:
    another_round()
    for _ in range(2):
        MAKERS[label]()
    url = listed(apps.get_model(label))
    listing = office.get(url).context["cl"]
    offered = [choice["query_string"] for spec in listing.filter_specs for choice in spec.choices(listing)]
    offered += _dates(office, url, listing)

    answers = {query: office.get(url + query).status_code for query in dict.fromkeys(offered)}

    assert {query: status for query, status in answers.items() if status != 200} == {}
    assert bool(answers) == bool(listing.list_filter or listing.date_hierarchy)


def _dates(office: Client, url: str, listing: ChangeList) -> Iterator[str]:
    """Yield the links of the line of dates, down to the day."""
    row = date_hierarchy(listing) or {"choices": []}
    links = [choice["link"] for choice in row["choices"] if "link" in choice]
    yield from links
    if links:
        yield from _dates(office, url, office.get(url + links[0]).context["cl"])


def test_links_to_lists_are_answered(office: Client, open_round: Round) -> None:
    """Of the first page, of what a round lacks, and of the history of a row of every kind."""
    call_command("load_pages", verbosity=0)
    for make in MAKERS.values():
        make()
    factories.complete(open_round)
    content.InquiryFactory(kind=Inquiry.Kind.BARRIER)
    content.InquiryFactory(kind=Inquiry.Kind.CONTACT)
    Membership.objects.update(status=Membership.Status.PENDING)
    Page.objects.update(is_placeholder=True)
    rows = [(model, row) for model in admin.site._registry if (row := model._default_manager.first())]
    names = [(f"{model._meta.app_label}_{model._meta.model_name}", row.pk) for model, row in rows]
    entry = Submission.objects.exclude(current=None)[0]
    pages = [reverse("admin:index"), reverse("admin:submissions_round_readiness", args=[open_round.pk])]
    pages += [reverse(f"admin:{name}_history", args=[key]) for name, key in names]
    pages += [reverse("admin:submissions_submission_history", args=[entry.pk])]

    found = {link for page in pages for link in _links(office.get(page).content.decode())}

    assert {link: status for link in found if (status := office.get(link).status_code) != 200} == {}
    assert {
        (urlsplit(link).path.split("/")[3], name) for link in found for name, _ in parse_qsl(urlsplit(link).query)
    } == {
        ("email", "stand"),
        ("event", "submission__id__exact"),
        ("event", "version__id__exact"),
        ("helprequest", "stand"),
        ("inquiry", "kind"),
        ("juryevent", "round__id__exact"),
        ("juryevent", "seat__id__exact"),
        ("juryevent", "submission__id__exact"),
        ("membership", "status"),
        ("page", "is_placeholder__exact"),
        ("proposal", "stand"),
        ("seat", "round__id__exact"),
        ("submission", "category__id__exact"),
        ("submission", "round__id__exact"),
        ("submission", "status__exact"),
        ("version", "submission__id__exact"),
    }


def _links(html: str) -> list[str]:
    return [url.replace("&amp;", "&") for url in re.findall(r'href="(/admin/\w+/\w+/\?[^"]+)"', html)]
