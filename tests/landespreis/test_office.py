"""The pages of the admin as a whole: German only, lists that ask no more with more rows, filters that stay."""

import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import localize

from accounts.models import User
from landespreis.clock import BERLIN
from landespreis.office import NO_ROWS
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.landespreis.office_rows import MAKERS, membership
from tests.portal.factories import ProjectFactory, TopicFactory
from tests.submissions import factories

WORDS = """
the and this that with been were your are select change delete add search save history view yes unknown true false
please permission permissions user users group groups any all empty today yesterday password action go can added
changed deleted successfully available chosen choose remove more show hide now close previous next results total
message sent failed queued title first required default order key value context authenticator priority
"""
ENGLISH = frozenset(WORDS.split())
"""Words that no German page of ours needs; names of people and places are chosen around them."""
WORD = re.compile(r"(?<![0-9a-zäöüß])[a-zäöüß]+(?![0-9a-zäöüß])")
"""Not the letters within a checksum."""
SILENT = {"script", "style", "textarea", "pre"}
"""In `pre` the journal shows a line as it is stored, beside the same in German."""
HEARD = ("title", "alt", "placeholder", "aria-label")


class Words(HTMLParser):
    """Collects what people read or hear of a page; not what scripts say, what they typed, or what is stored."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.language = ""
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        self.silent += tag in SILENT
        self.said += [given[name] or "" for name in HEARD if given.get(name)]
        if tag == "input" and given.get("type") in {"submit", "button"}:
            self.said.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data.strip())


def person(role: str) -> User:
    if role == "Administration":
        return StaffFactory(superuser=True)
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory()
    user.groups.add(Group.objects.get(name=role))
    return user


def address(model: type[Model], page: str, *arguments: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def pages(model: type[Model]) -> Iterator[str]:
    yield address(model, "changelist")
    yield address(model, "changelist") + "?q=Soest"
    yield address(model, "add")
    row = model._default_manager.first()
    if row:
        yield from (address(model, page, row.pk) for page in ("change", "delete", "history"))


def english(html: str) -> list[str]:
    """Return what is said in English on a page."""
    words = Words()
    words.feed(html)
    found = [said for said in words.said if ENGLISH & set(WORD.findall(said.lower()))]
    return found if words.language == "de" else [*found, f"lang={words.language}"]


def test_every_list_has_a_maker_of_rows() -> None:
    assert {model._meta.label for model in admin.site._registry} == set(MAKERS)


@pytest.mark.parametrize("role", ["Administration", "Geschäftsstelle", "Redaktion"])
@pytest.mark.parametrize("label", MAKERS)
def test_pages_speak_german(client: Client, open_round: Round, label: str, role: str) -> None:
    MAKERS[label]()
    show_factor(client, person(role))

    answers = {url: client.get(url, follow=True) for url in pages(apps.get_model(label))}

    shown = {url: answer.content.decode() for url, answer in answers.items() if answer.status_code == 200}
    assert {url: found for url, html in shown.items() if (found := english(html))} == {}
    assert {answer.status_code for answer in answers.values()} <= {200, 403}
    assert shown or role != "Administration"


@pytest.mark.parametrize("name", ["index", "lookup", "exports"])
def test_own_pages_speak_german(client: Client, open_round: Round, name: str) -> None:
    show_factor(client, person("Geschäftsstelle"))

    assert english(client.get(reverse(f"admin:{name}"), {"q": "Soest"}).content.decode()) == []


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<html lang="de"><img alt="True"><p>Ja</p></html>', ["True"]),
        ('<html lang="en"><p>Ja</p></html>', ["lang=en"]),
        ('<html lang="de"><code>51f59add71</code></html>', []),
        ('<html lang="de"><input type="submit" value="Save"><textarea>Save</textarea></html>', ["Save"]),
    ],
)
def test_english_is_recognised(html: str, found: list[str]) -> None:
    assert english(html) == found


@pytest.mark.parametrize("label", MAKERS)
def test_list_asks_no_more_with_three_rows(client: Client, open_round: Round, label: str) -> None:
    show_factor(client, person("Administration"))
    url = address(apps.get_model(label), "changelist")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    MAKERS[label]()
    client.get(url)  # what is kept per process is kept now
    one = asked()
    MAKERS[label]()
    MAKERS[label]()

    assert asked() == one


# Filters that stay -----------------------------------------------------------------------------------

FILTERS = "status__exact=submitted&q=PegelVerbund"


def kept(url: str) -> list[str]:
    return parse_qs(urlsplit(url).query).get("_changelist_filters", [])


def links(html: str, part: str) -> list[str]:
    return [url.replace("&amp;", "&") for url in re.findall(r'href="([^"]+)"', html) if part in url]


@pytest.mark.parametrize(
    ("act", "back"),
    [
        ("pruefung/ausschliessen", "submissions_review"),
        ("personen/uebertragen", "submissions_submission_change"),
        ("verlaengern", "submissions_submission_change"),
    ],
)
def test_filters_stay_through_a_verb(client: Client, open_round: Round, act: str, back: str) -> None:
    entry = factories.submitted(open_round)
    show_factor(client, person("Geschäftsstelle"))
    page = reverse("admin:submissions_submission_change", args=[entry.pk])

    opened = client.get(reverse("admin:submissions_submission_changelist") + f"?{FILTERS}").content.decode()
    row = next(url for url in links(opened, page) if kept(url))
    button = links(client.get(row).content.decode(), f"/{act}/")[0]
    asked = client.get(button).content.decode()
    data = {
        "confirmed": "ja",
        "reason": "x",
        "to": "andere",
        "email": "neu@kommune.example",
        "until_0": "20.02.2026",
        "until_1": "12:00",
    }
    done = client.post(button, data)

    assert kept(button) == [FILTERS]
    assert kept(links(asked, reverse(f"admin:{back}", args=[entry.pk]))[-1]) == [FILTERS]
    assert reverse("admin:submissions_submission_changelist") + f"?{FILTERS}" in [
        url.replace("&amp;", "&") for url in links(asked, "/submission/")
    ]
    assert done.status_code == 302
    assert urlsplit(done.headers["Location"]).path == reverse(f"admin:{back}", args=[entry.pk])
    assert kept(done.headers["Location"]) == [FILTERS]
    assert Submission.objects.count() == 1


def test_filters_stay_after_deciding_a_membership(client: Client, db: None) -> None:
    row = membership()
    show_factor(client, person("Geschäftsstelle"))
    filters = "_changelist_filters=status__exact%3Dpending"
    question = f"{reverse('admin:accounts_membership_confirm', args=[row.pk])}?{filters}"
    page = client.get(f"{reverse('admin:accounts_membership_change', args=[row.pk])}?{filters}").content.decode()

    answer = client.post(question)

    assert question in page

    assert answer.headers["Location"].endswith("/membership/?status__exact=pending")


def test_lists_are_headed_by_what_they_list(client: Client, db: None) -> None:
    show_factor(client, person("Geschäftsstelle"))

    page = client.get(reverse("admin:accounts_user_changelist")).content.decode()

    assert "<h1>Personen</h1>" in page
    assert "auswählen</h1>" not in page


def test_page_that_asks_before_deleting_names_no_rows_without_a_name(client: Client, db: None) -> None:
    project = ProjectFactory()
    topic = TopicFactory()
    project.topics.add(topic)
    show_factor(client, person("Geschäftsstelle"))

    page = client.get(reverse("admin:portal_topic_delete", args=[topic.pk])).content.decode()

    assert str(topic) in page
    assert " object (" not in page
    assert "Beziehung" not in page


def test_hits_are_counted_where_something_was_asked(client: Client, db: None) -> None:
    membership()
    show_factor(client, person("Geschäftsstelle"))
    url = reverse("admin:accounts_user_changelist")

    pages = [client.get(url + asked).content.decode() for asked in ("", "?q=gibtesnicht")]

    assert ["alle anzeigen" in page for page in pages] == [False, True]


@pytest.mark.parametrize("key", ["", "x", "\0", "²"])
def test_act_on_what_no_list_offers_changes_nothing(client: Client, db: None, key: str) -> None:
    show_factor(client, StaffFactory(superuser=True))
    url = reverse("admin:auth_group_changelist")
    Group.objects.create(name="Gäste")

    answer = client.post(url, {"action": "delete_selected", "_selected_action": key, "post": "yes"}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [NO_ROWS]
    assert Group.objects.count() == 1


def test_list_is_headed_with_a_capital_letter(client: Client, open_round: Round) -> None:
    show_factor(client, StaffFactory(superuser=True))

    page = client.get(reverse("admin:landespreis_retentionhold_changelist")).content.decode()

    assert "<h1>Verlängerte Aufbewahrungen</h1>" in page


def test_time_is_told_with_the_word_for_it() -> None:
    assert localize(datetime(2026, 1, 26, 20, 41, tzinfo=BERLIN)) == "26. Januar 2026, 20:41 Uhr"
