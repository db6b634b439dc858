"""The way from one round to the next in the admin: buttons, readiness, previews, and what the forms refuse."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from landespreis.models import Trace
from submissions.actions import rounds
from submissions.models import Answer, Category, Question, Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES, MIDWAY, OPENS
from tests.submissions import factories, preparing
from tests.submissions.preparing import DATES, LATER, NAMED
from tests.submissions.test_admin_rounds import filled

At = Callable[[datetime], None]
Post = Callable[..., str]
Verb = Trace.Verb
WAYS = ("copy", "readiness", "preview", "announce", "unannounce", "discard")


def member(role: str) -> User:
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory()
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def office(client: Client, db: None) -> Client:
    show_factor(client, member("Geschäftsstelle"))
    return client


@pytest.fixture
def send(office: Client) -> Post:
    """Save the form of a round as it is shown, with some fields changed; return the page that follows."""

    def post(round: Round, **changes: str) -> str:
        url = reverse("admin:submissions_round_change", args=[round.pk])
        answer = office.post(url, filled(office, url) | changes, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    return post


def way(name: str, round: Round) -> str:
    return reverse(f"admin:submissions_round_{name}", args=[round.pk])


def page(client: Client, round: Round) -> str:
    return client.get(reverse("admin:submissions_round_change", args=[round.pk])).content.decode()


def offered(client: Client, round: Round) -> set[str]:
    html = page(client, round)
    return {name for name in WAYS if f'href="{way(name, round)}"' in html}


# Ways ---------------------------------------------------------------------------------------------------


def test_buttons_follow_the_round(office: Client, round: Round, at: At) -> None:
    at(MIDWAY)
    new = preparing.opened(round)
    assert offered(office, round) == {"copy", "preview"}
    assert offered(office, new) == {"copy", "preview", "readiness", "unannounce"}

    Round.objects.filter(pk=new.pk).update(announced_at=None)

    assert offered(office, new) == {"preview", "readiness", "announce", "discard"}


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (OPENS - timedelta(days=3), "Bekannt gemacht. Die Einreichung öffnet in 3 Tagen"),
        (MIDWAY, "Die Einreichung ist offen, noch 20 Tage: bis Montag, 9. Februar 2026, 24:00 Uhr"),
        (CLOSES, "Die Einreichung ist geschlossen. Phase: Prüfung und Jury."),
    ],
)
def test_page_says_where_the_round_stands(office: Client, round: Round, at: At, now: datetime, words: str) -> None:
    at(now)

    assert words in page(office, round)


def test_copy_leads_to_the_new_round(office: Client, round: Round) -> None:
    asked = office.get(way("copy", round)).content.decode()
    assert 'value="3. Landespreis für innovative interkommunale Zusammenarbeit"' in asked
    assert 'value="lp3"' in asked

    answer = office.post(way("copy", round), NAMED | {"confirmed": "1"})

    new = Round.objects.get(key="lp3")
    assert answer.headers["Location"] == reverse("admin:submissions_round_change", args=[new.pk])
    assert "In Vorbereitung: Außer der Geschäftsstelle weiß niemand" in page(office, new)


def test_copy_shows_why_not(office: Client, round: Round) -> None:
    html = office.post(way("copy", round), NAMED | {"number_prefix": "IKZ-2026"}).content.decode()

    assert "Jede Runde braucht einen eigenen Anfang." in html
    assert Round.objects.count() == 1


def test_readiness_lists_what_is_missing_first(office: Client, round: Round, at: At) -> None:
    at(LATER)
    new = preparing.complete(round)
    Round.objects.filter(pk=new.pk).update(closes_at=None)

    html = office.get(way("readiness", new)).content.decode()

    assert "Noch nicht: Ein Punkt fehlt." in html
    assert html.index("Einreichungsschluss fehlt.") < html.index("Anfang der Nummern")
    assert f'href="{way("announce", new)}"' not in html
    assert f'href="/admin/submissions/round/{new.pk}/change/#id_opens_at_0"' in html


def test_announce_from_the_list(office: Client, round: Round, at: At) -> None:
    at(LATER)
    new = preparing.complete(round)
    html = office.get(way("readiness", new)).content.decode()
    assert "Ja, es fehlt nichts." in html
    assert f'href="{way("announce", new)}"' in html
    assert "Einreichungsschluss: Mittwoch, 9. Februar 2028" in office.get(way("announce", new)).content.decode()

    office.post(way("announce", new), {"confirmed": "1"})

    assert Round.objects.current() == new
    assert NAMED["name"] in office.get("/landespreis/").content.decode()


def test_announce_leads_to_what_is_missing(office: Client, round: Round, at: At) -> None:
    at(LATER)
    new = preparing.copied(round)

    assert office.get(way("announce", new)).headers["Location"] == way("readiness", new)
    html = office.post(way("announce", new), {"confirmed": "1"}).content.decode()

    assert "kann noch nicht bekannt gemacht werden" in html
    assert not Round.objects.get(pk=new.pk).is_announced


def test_unannounce_and_discard(office: Client, round: Round, at: At) -> None:
    at(LATER)
    new = preparing.opened(round)

    office.post(way("unannounce", new), {"confirmed": "1"})
    assert Round.objects.current() == round

    answer = office.post(way("discard", new), {"confirmed": "1"})
    assert answer.headers["Location"] == reverse("admin:submissions_round_changelist")
    assert list(Round.objects.all()) == [round]


@pytest.mark.parametrize("name", WAYS)
def test_ways_are_for_the_office(client: Client, round: Round, name: str) -> None:
    new = preparing.copied(round)
    show_factor(client, member("Redaktion"))

    assert client.get(way(name, new)).status_code == 403
    assert client.post(way(name, new), {"confirmed": "1"}).status_code == 403
    assert client.get(reverse("admin:portal_round_preview", args=[new.pk])).status_code == 403
    assert Client().get(way(name, new)).status_code == 302


def test_nobody_deletes_a_round(client: Client, round: Round) -> None:
    show_factor(client, StaffFactory(superuser=True))

    assert client.post(reverse("admin:submissions_round_delete", args=[round.pk]), {"post": "yes"}).status_code == 403
    assert Round.objects.exists()


# Previews -----------------------------------------------------------------------------------------------


def test_form_is_shown_whole_and_locked(office: Client, round: Round) -> None:
    new = preparing.copied(round)
    question = new.questions.first()
    assert question
    Question.objects.filter(pk=question.pk).update(help="Ein Hinweis für morgen.", max_characters=1234)

    answer = office.get(way("preview", new))

    html = answer.content.decode()
    told = ("Ein Hinweis für morgen.", "0 von 1.234 Zeichen", "Shared Service Center", "Datei auswählen", "Vorschau")
    assert [words for words in told if words not in html] == []
    assert "no-store" in answer.headers["Cache-Control"]
    main = html.partition("<main")[2].partition("</main>")[0]
    assert "<form" not in main
    fields = main.count("<input") + main.count("<textarea") + main.count("<select")
    assert fields - main.count('type="hidden"') == main.count(" disabled")
    ids = [part.partition('"')[0] for part in main.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("dates", [{}, DATES, {"opens_at": DATES["opens_at"]}])
def test_public_page_is_shown_before_it_is_public(office: Client, round: Round, dates: dict[str, Any]) -> None:
    new = preparing.copied(round, **dates)

    answer = office.get(reverse("admin:portal_round_preview", args=[new.pk]))

    html = answer.content.decode()
    assert NAMED["name"] in html
    assert "Diese Runde ist in Vorbereitung, nur die Geschäftsstelle sieht diese Seite." in html
    assert ("steht noch nicht fest" in html) is (dates != DATES)
    assert "no-store" in answer.headers["Cache-Control"]
    assert not hasattr(answer, "terms")
    assert NAMED["name"] not in Client().get("/landespreis/").content.decode()


# Forms --------------------------------------------------------------------------------------------------


def test_empty_form_begins_a_round_in_preparation(office: Client, round: Round) -> None:
    url = reverse("admin:submissions_round_add")
    data = filled(office, url) | {"name": "Neu", "key": "neu", "number_prefix": "NEU"}

    answer = office.post(url, data)

    new = Round.objects.get(key="neu")
    assert (answer.status_code, new.announced_at, new.opens_at) == (302, None, None)
    assert Round.objects.current() == round
    assert Trace.objects.get(verb=Verb.ROUND_BEGUN).about == "Neu"


def test_list_shows_rounds_in_preparation_first(office: Client, round: Round) -> None:
    preparing.copied(round)

    html = office.get(reverse("admin:submissions_round_changelist")).content.decode()

    assert "in Vorbereitung" in html
    assert html.index(NAMED["name"]) < html.index(round.name)


def test_change_is_journalled_with_its_person(send: Post, open_round: Round) -> None:
    send(open_round, quorum="4", **{"categories-0-short_name": "Pflicht"})

    trace = Trace.objects.get(verb=Verb.ROUND_CHANGED)
    assert trace.by is not None
    assert trace.detail["after"] == {
        "Quorum": 4,
        "Kategorie „Kommunale Pflichtaufgaben & Innere Verwaltung“, kurzer Name": "Pflicht",
    }


def test_saving_without_a_change_is_not_journalled(send: Post, open_round: Round) -> None:
    assert "erfolgreich geändert" in send(open_round)
    assert not Trace.objects.filter(verb__in=[Verb.ROUND_CHANGED, Verb.ADMIN_CHANGED]).exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes_at_0": "19.01.2026"}, "nicht vor dem jetzigen Zeitpunkt"),
        ({"opens_at_0": "02.12.2025"}, "der Beginn lässt sich nicht mehr ändern"),
        ({"ceremony_on": ""}, "bekannt gemacht und braucht diesen Zeitpunkt"),
        ({"embargo_until_0": "01.02.2026"}, "nicht vor dem Einreichungsschluss enden"),
        ({"reminder_hours": "[336]"}, "„[336]“ ist keine Zeitspanne"),
        ({"closes_at_0": "", "closes_at_1": ""}, "bekannt gemacht und braucht diesen Zeitpunkt"),
        ({"categories-1-position": "1"}, "Zwei Kategorien stehen auf Platz 1: „Kommunale Pflichtaufgaben &amp; Innere"),
        ({"categories-1-position": "10001"}, "Platz 10001 gibt es nicht"),
        ({"questions-1-position": "1"}, "Zwei Fragen stehen auf Platz 1"),
    ],
)
def test_form_says_what_is_refused(send: Post, open_round: Round, changes: dict[str, str], words: str) -> None:
    before = rounds.state(open_round)

    assert words in send(open_round, **changes)
    assert rounds.state(open_round) == before


def test_categories_change_places(send: Post, open_round: Round) -> None:
    keys = list(open_round.categories.values_list("key", flat=True))

    html = send(open_round, **{"categories-0-position": "2", "categories-1-position": "1"})

    assert "erfolgreich geändert" in html
    assert list(open_round.categories.values_list("key", flat=True)) == [keys[1], keys[0], *keys[2:]]
    assert set(open_round.categories.values_list("position", flat=True)) == {1, 2, 3, 4, 5, 6}


def test_category_takes_the_place_of_one_that_goes(send: Post, open_round: Round) -> None:
    html = send(open_round, **{"categories-0-DELETE": "on", "categories-1-position": "1"})

    assert "erfolgreich geändert" in html
    assert open_round.categories.count() == 5


def test_used_category_does_not_go(send: Post, open_round: Round) -> None:
    factories.complete(open_round)
    place = list(open_round.categories.values_list("key", flat=True)).index("krisen")

    html = send(open_round, **{f"categories-{place}-DELETE": "on"})

    assert "bleibt: Sie ist schon gewählt (1 Einreichung)." in html
    assert Category.objects.filter(round=open_round, key="krisen").exists()


def test_answered_question_does_not_go(send: Post, open_round: Round) -> None:
    question = open_round.questions.first()
    assert question
    Answer.objects.create(submission=factories.draft(open_round), question=question, text="Text")

    html = send(open_round, **{"questions-0-DELETE": "on"})

    assert "bleibt: Sie ist schon beantwortet (1 Einreichung)." in html
    assert open_round.questions.count() == 6


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("categories", "Mindestens eine Kategorie muss bleiben."),
        ("criteria", "Mindestens ein Kriterium muss bleiben."),
        ("questions", "Mindestens eine Frage muss bleiben."),
    ],
)
@pytest.mark.parametrize("is_announced", [True, False])
def test_last_row_stays_once_the_round_is_announced(
    send: Post, open_round: Round, rows: str, words: str, is_announced: bool
) -> None:
    Question.objects.update(criterion=None)  # which would protect it
    Round.objects.update(announced_at=open_round.announced_at if is_announced else None)
    kept, before = getattr(open_round, rows), getattr(open_round, rows).count()

    html = send(open_round, **{f"{rows}-{place}-DELETE": "on" for place in range(before)})

    assert (f"Die Runde ist bekannt gemacht: {words}" in html, kept.count()) == (
        (True, before) if is_announced else (False, 0)
    )


def test_all_but_one_row_may_go(send: Post, open_round: Round) -> None:
    send(open_round, **{f"categories-{place}-DELETE": "on" for place in range(1, 6)})

    assert open_round.categories.count() == 1


# Overview -----------------------------------------------------------------------------------------------


def test_overview_tells_of_rounds_in_preparation(office: Client, open_round: Round) -> None:
    new = preparing.copied(open_round)

    html = office.get("/admin/").content.decode()

    assert f'href="{way("readiness", new)}"><b>1</b> Runde in Vorbereitung</a>' in html
    assert NAMED["name"] in html


def test_overview_without_an_announced_round(office: Client, round: Round) -> None:
    Round.objects.update(announced_at=None)
    assert "Es ist noch keine Wettbewerbsrunde bekannt gemacht." in office.get("/admin/").content.decode()

    Question.objects.all().delete()
    Round.objects.all().delete()

    assert "Es gibt noch keine Wettbewerbsrunde." in office.get("/admin/").content.decode()
