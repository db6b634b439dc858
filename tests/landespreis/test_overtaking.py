"""Two people with the same page of the admin open: the later one is told, keeps what they wrote, and decides."""

import re
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from landespreis.models import Trace
from portal.models import News
from rehearsal import forms
from submissions.models import Category, Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.landespreis.office_rows import MAKERS
from tests.portal import factories as content
from tests.submissions.test_actions_handing_in import together

MARKED = {
    *("landespreis.Circular", "landespreis.Wording", "auth.Group", "submissions.Round", "jury.Seat", "jury.Letter"),
    *("landespreis.RetentionRule", "portal.Download", "portal.Event", "portal.FaqSection", "portal.FaqEntry"),
    *("portal.Inquiry", "portal.News", "portal.NewsCategory", "portal.Newsletter", "portal.Page", "portal.Picture"),
    *("portal.Project", "portal.ProjectCategory", "portal.Topic", "accounts.Municipality"),
}
"""Whose pages can be saved; all others only verbs write."""


def person(name: str) -> tuple[User, Client]:
    made: User = StaffFactory(superuser=True, name=name)
    client = Client()
    show_factor(client, made)
    return made, client


@pytest.fixture
def ida(db: None) -> Client:
    return person("Ida Lorenz")[1]


@pytest.fixture
def jan(db: None) -> Client:
    return person("Jan Paulsen")[1]


def address(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def opened(client: Client, row: Any) -> forms.Form:
    """Return the form of a row's page as a browser would send it."""
    path = address(row)
    return next(form for form in forms.read(path, client.get(path).content.decode()) if "gelesen" in form.names)


def sent(client: Client, form: forms.Form) -> str:
    data: dict[str, list[str]] = {}
    for name, value in form.fields:
        data.setdefault(name, []).append(value)
    return unescape(client.post(form.action, data, follow=True).content.decode())


def shown(path: str, body: str) -> forms.Form:
    return next(form for form in forms.read(path, body) if "gelesen" in form.names)


@pytest.fixture
def news(db: None) -> News:
    made: News = content.NewsFactory(title="Neue Runde", lead="Es geht los.")
    return made


# All pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", sorted(MAKERS.keys() - {"jury.Session"}))  # whose list shows categories
def test_every_page_that_saves_bears_a_mark_that_stays_while_nothing_changes(
    ida: Client, open_round: Round, label: str
) -> None:
    MAKERS[label]()
    row = apps.get_model(label)._default_manager.order_by("pk").first()
    path = address(row)

    page, again = (ida.get(path, follow=True).content.decode() for _ in range(2))
    marks = [re.findall(r'name="gelesen" value="\d+-([0-9a-f]{64})"', body) for body in (page, again)]

    assert len(marks[0]) == (label in MARKED)
    assert marks[0] == marks[1]
    if label in MARKED:
        assert "Inzwischen hat" not in sent(ida, shown(path, page))


# Two people ------------------------------------------------------------------------------------------


def test_who_saves_later_is_told_by_whom_and_keeps_what_they_wrote(ida: Client, jan: Client, news: News) -> None:
    first, second = opened(ida, news), opened(jan, news)

    sent(ida, first.fill(title="Die neue Runde"))
    answer = sent(jan, second.fill(lead="Es geht bald los."))

    row = News.objects.get()
    assert re.search(
        r"Inzwischen hat Ida Lorenz hier gespeichert, heute um \d\d:\d\d Uhr \(geändert: Überschrift\)", answer
    )
    assert "Von Ihnen ist nichts gespeichert." in answer
    assert "Es geht bald los." in answer
    assert (row.title, row.lead) == ("Die neue Runde", "Es geht los.")
    assert Trace.objects.filter(verb=Trace.Verb.ADMIN_CHANGED).count() == 1


def test_who_was_told_decides(ida: Client, jan: Client, news: News) -> None:
    first, second = opened(ida, news), opened(jan, news)
    sent(ida, first.fill(title="Die neue Runde"))

    again = shown(address(news), sent(jan, second.fill(lead="Es geht bald los.")))
    answer = sent(jan, again.fill(title="Die neue Runde beginnt"))

    row = News.objects.get()
    assert "Inzwischen hat" not in answer
    assert (row.title, row.lead) == ("Die neue Runde beginnt", "Es geht bald los.")


def test_a_mistake_in_the_form_does_not_renew_what_was_read(ida: Client, jan: Client, news: News) -> None:
    second = opened(jan, news)
    wrong = sent(jan, second.fill(title=""))
    sent(ida, opened(ida, news).fill(title="Die neue Runde"))

    answer = sent(jan, shown(address(news), wrong).fill(title="Anders"))

    assert "Inzwischen hat Ida Lorenz" in answer
    assert News.objects.get().title == "Die neue Runde"


def test_change_that_no_line_of_the_log_tells_is_told_without_a_name(jan: Client, news: News) -> None:
    form = opened(jan, news)
    News.objects.update(title="Vom Portal geändert")

    assert "Inzwischen hat sich hier etwas geändert. Von Ihnen ist nichts" in sent(jan, form.fill(title="Anders"))
    assert News.objects.get().title == "Vom Portal geändert"


@pytest.mark.parametrize("mark", ["x", "1-2", f"{'9' * 20}-{'0' * 64}", f"0-{'0' * 64}"])
def test_mark_that_was_never_given_is_refused(jan: Client, news: News, mark: str) -> None:
    assert "Inzwischen hat" in sent(jan, opened(jan, news).fill(title="Anders", gelesen=mark))
    assert News.objects.get().title == "Neue Runde"


def test_what_the_portal_counts_meanwhile_hinders_nobody(ida: Client, open_round: Round) -> None:
    form = opened(ida, open_round)
    Round.objects.update(last_number=7)

    assert "Inzwischen hat" not in sent(ida, form.fill(prize="7000"))
    assert Round.objects.values_list("prize", "last_number").get() == (7000, 7)


# Rows in a table of the page -------------------------------------------------------------------------


def test_rows_of_the_page_count_too(ida: Client, jan: Client, open_round: Round) -> None:
    first, second = opened(ida, open_round), opened(jan, open_round)

    sent(ida, first.set({"categories-0-name": "Anders benannt"}))
    answer = sent(jan, second.fill(prize="7000"))

    assert "Inzwischen hat Ida Lorenz hier gespeichert" in answer
    assert Round.objects.get().prize != 7000
    assert Category.objects.filter(name="Anders benannt").count() == 1


def test_row_that_was_deleted_meanwhile_is_told_of(ida: Client, jan: Client, open_round: Round) -> None:
    first, second = opened(ida, open_round), opened(jan, open_round)
    last = open_round.questions.count() - 1

    sent(ida, first.set({f"questions-{last}-DELETE": "on"}))
    answer = sent(jan, second.set({f"questions-{last}-title": "Anders"}))

    assert "Inzwischen hat Ida Lorenz hier gespeichert" in answer
    assert open_round.questions.count() == last


# At once ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_saves_and_all_others_are_told(news: News) -> None:
    clients = [person(f"Person {number}")[1] for number in range(4)]
    read = [opened(client, news).fill(title=f"Titel {number}") for number, client in enumerate(clients)]

    answers = together(*[lambda at=at: sent(clients[at], read[at]) for at in range(4)])  # type: ignore[misc]

    assert sum("Inzwischen hat Person" in answer for answer in answers) == 3
    assert Trace.objects.filter(verb=Trace.Verb.ADMIN_CHANGED).count() == 1
