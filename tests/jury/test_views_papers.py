"""The pages of papers: a juror's dossier and its state, the minutes, and what a recused juror never gets."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jury.actions import papers
from jury.models import Juror, Paper
from submissions.models import Category, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory, UserFactory
from tests.jury import decided, factories

PAGES = ("dossier_page", "dossier", "minutes_draft", "minutes")


@pytest.fixture
def category(round: Round) -> Category:
    return round.categories.get(key="krisen")


@pytest.fixture
def two(open_round: Round, panel: list[Juror], scoring: Callable[[], None]) -> list[Submission]:
    rows = [factories.admitted(open_round, title=title) for title in ("Pegel gemeinsam lesen", "Notstrom im Ring")]
    scoring()
    for juror in panel:
        factories.clear(juror, *rows)
    return rows


def enter(juror: Juror) -> Client:
    client = Client(raise_request_exception=False)
    assert juror.user
    show_factor(client, juror.user)
    return client


def url(name: str, slug: str = "krisen") -> str:
    return reverse(f"jury:{name}", args=[slug])


def get(client: Client, name: str, **headers: str) -> tuple[int, bytes]:
    response = client.get(url(name), headers=headers)
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return response.status_code, content


def words(client: Client, name: str = "dossier_page") -> str:
    status, content = get(client, name)
    assert status == 200
    return " ".join(content.decode().split())


# The dossier -------------------------------------------------------------------------------------------
def test_dossier_page_goes_from_none_to_ready(two: list[Submission], panel: list[Juror]) -> None:
    client = enter(panel[0])
    assert "Es würde zwei Einreichungen enthalten" in words(client)

    assert client.post(url("dossier_page")).headers["Location"] == url("dossier_page")
    assert "In Arbeit, 0 von 2." in words(client)
    Paper.objects.update(done=1)
    assert "In Arbeit, 1 von 2." in words(client)
    Paper.objects.update(done=0)
    papers.fulfil_all()

    said = words(client)
    paper = Paper.objects.get()
    assert "Fertig." in said
    assert f"2 Einreichungen auf {paper.pages} Seiten" in said
    assert "Dossier erstellen" not in said


def test_dossier_page_answers_htmx_with_the_state_alone_and_asks_again_only_while_working(
    two: list[Submission], panel: list[Juror]
) -> None:
    client = enter(panel[0])
    client.post(url("dossier_page"))

    working = get(client, "dossier_page", HX_Request="true")[1].decode()
    papers.fulfil_all()
    ready = get(client, "dossier_page", HX_Request="true")[1].decode()

    assert working.lstrip().startswith('<div id="dossier"')
    assert ("<html" in working, "data-hx-get" in working, "data-hx-get" in ready) == (False, True, False)
    assert f'href="{url("dossier_page")}">Seite neu laden' in working


def test_dossier_page_pressed_twice_is_one_dossier(two: list[Submission], panel: list[Juror]) -> None:
    client = enter(panel[0])

    statuses = [client.post(url("dossier_page")).status_code for _ in range(2)]

    assert (statuses, Paper.objects.count()) == ([302, 302], 1)


def test_dossier_page_says_what_is_not_in_it_as_a_count_with_a_link(two: list[Submission], panel: list[Juror]) -> None:
    panel[0].clearances.filter(submission=two[1]).delete()

    said = words(enter(panel[0]))

    assert "Eine weitere Einreichung steht nicht im Dossier" in said
    assert f'href="{url("category")}"' in said
    assert [told for told in (two[1].label, two[1].submitted_title) if told in said] == []


def test_dossier_page_offers_nothing_where_nothing_may_be_read(two: list[Submission], panel: list[Juror]) -> None:
    panel[0].clearances.all().delete()
    client = enter(panel[0])

    assert "<button" not in words(client).split("<main")[1].split("</main")[0]
    assert client.post(url("dossier_page")).status_code == 409


def test_dossier_page_says_that_it_is_out_of_date_and_still_hands_it_out(
    two: list[Submission], panel: list[Juror]
) -> None:
    client = enter(panel[0])
    panel[0].clearances.filter(submission=two[1]).delete()
    client.post(url("dossier_page"))
    papers.fulfil_all()
    factories.clear(panel[0], two[1])

    assert "Veraltet" in words(client)
    assert "Dossier neu erstellen" in words(client)
    assert get(client, "dossier")[0] == 200


def test_dossier_page_tells_a_failure_and_tries_again(two: list[Submission], panel: list[Juror]) -> None:
    client = enter(panel[0])
    client.post(url("dossier_page"))
    Paper.objects.update(error="OSError: voll", claimed_at=timezone.now())

    assert "konnte nicht erstellt werden" in words(client)
    assert "OSError" not in words(client)
    client.post(url("dossier_page"))

    assert "In Arbeit" in words(client)


def test_dossier_is_the_jurors_own(two: list[Submission], panel: list[Juror]) -> None:
    mine, theirs = enter(panel[0]), enter(panel[1])
    mine.post(url("dossier_page"))
    papers.fulfil_all()

    status, content = get(mine, "dossier")
    assert (status, content[:5]) == (200, b"%PDF-")
    assert panel[0].name in decided.text(content)
    assert get(theirs, "dossier")[0] == 404
    assert "Es gibt noch kein Dossier" in words(theirs)


@pytest.mark.parametrize("how", ["recused", "excluded", "withdrawn"])
def test_dossier_is_gone_at_once_with_what_may_not_be_read(
    two: list[Submission], panel: list[Juror], how: str, django_capture_on_commit_callbacks: Any
) -> None:
    client = enter(panel[0])
    client.post(url("dossier_page"))
    papers.fulfil_all()
    file = Paper.objects.get().file
    if how == "recused":
        factories.recuse(panel[0], two[1])
    else:
        values = {"excluded": {"formal_check": "excluded"}, "withdrawn": {"status": "withdrawn"}}
        Submission.objects.filter(pk=two[1].pk).update(**values[how])

    with django_capture_on_commit_callbacks(execute=True):
        assert get(client, "dossier")[0] == 404

    assert Paper.objects.count() == 0
    assert not file.storage.exists(file.name)


def test_dossier_page_throws_away_what_may_not_be_read_and_says_so_without_naming_it(
    two: list[Submission], panel: list[Juror]
) -> None:
    client = enter(panel[0])
    client.post(url("dossier_page"))
    papers.fulfil_all()
    factories.recuse(panel[0], two[1])

    said = words(client)

    assert "Ihr bisheriges Dossier ist gelöscht" in said
    assert [told for told in (two[1].label, two[1].submitted_title) if told in said] == []
    assert Paper.objects.count() == 0


def test_dossier_comes_back_without_what_was_recused(two: list[Submission], panel: list[Juror]) -> None:
    client = enter(panel[0])
    client.post(url("dossier_page"))
    papers.fulfil_all()
    factories.recuse(panel[0], two[1])
    client.post(url("dossier_page"))
    papers.fulfil_all()

    said = decided.text(get(client, "dossier")[1])

    assert two[0].label in said
    assert [told for told in (two[1].label, two[1].submitted_title) if told in said] == []


# The minutes -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("locked", [False, True])
def test_minutes_are_a_draft_until_the_lock(
    two: list[Submission], panel: list[Juror], category: Category, locked: bool
) -> None:
    client = enter(panel[2])
    assert [get(client, name)[0] for name in ("minutes_draft", "minutes")] == [404, 404]
    session = decided.opened(category, *panel)
    decided.decide(session, panel[0], two[0], locked=locked)
    if locked:
        papers.owe_decided(session)
        papers.fulfil_all()

    said = words(client, "minutes_draft")

    assert ("Entwurf, noch nicht gesperrt" in said, "Niederschrift laden" in said) == (not locked, locked)
    assert two[0].submitted_title in said
    assert get(client, "minutes")[0] == (200 if locked else 404)


def test_minutes_are_read_on_their_page_while_the_pdf_is_made(
    two: list[Submission], panel: list[Juror], category: Category
) -> None:
    decided.decide(decided.opened(category, *panel), panel[0], two[0])

    page = enter(panel[2]).get(url("minutes"), follow=True)

    assert page.redirect_chain == [(url("minutes_draft"), 302)]
    assert "Die Niederschrift wird gerade als PDF erstellt" in page.content.decode()


def test_minutes_do_not_exist_for_the_recused_before_and_after_the_embargo(
    two: list[Submission], panel: list[Juror], category: Category, at: Callable[..., None]
) -> None:
    factories.recuse(panel[1], two[1])
    session = decided.opened(category, *panel)
    decided.decide(session, panel[0], two[1])
    papers.owe_decided(session)
    papers.fulfil_all()

    for moment in (None, category.round.embargo_until):
        if moment:
            at(moment)
        client = enter(panel[1])
        answers = [client.get(url(name)) for name in ("minutes_draft", "minutes")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert [answer for answer in answers if two[1].submitted_title in answer.content.decode()] == []


def test_minutes_do_not_exist_before_everything_is_declared(
    two: list[Submission], panel: list[Juror], category: Category
) -> None:
    decided.opened(category, *panel)
    panel[2].clearances.filter(submission=two[0]).delete()

    assert get(enter(panel[2]), "minutes_draft")[0] == 404


# The door ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", PAGES)
def test_papers_do_not_exist_for_people_without_a_seat(
    two: list[Submission], panel: list[Juror], category: Category, name: str
) -> None:
    decided.opened(category, *panel)
    for user in (UserFactory(totp=True), StaffFactory(superuser=True)):
        client = Client(raise_request_exception=False)
        show_factor(client, user)
        assert client.get(url(name)).status_code == 404
        assert client.post(url(name)).status_code in {404, 405}
    assert Client().get(url(name)).status_code == 302
    assert Paper.objects.count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_papers_of_an_unknown_category_do_not_exist(two: list[Submission], panel: list[Juror], name: str) -> None:
    assert enter(panel[0]).get(reverse(f"jury:{name}", args=["gibt-es-nicht"])).status_code == 404


def test_papers_lead_to_the_notice_before_it_is_accepted(two: list[Submission], panel: list[Juror]) -> None:
    Juror.objects.filter(pk=panel[0].pk).update(notice_accepted_at=None)

    response = enter(panel[0]).get(url("dossier_page"))

    assert (response.status_code, response.headers["Location"]) == (302, reverse("jury:notice"))


def test_dossier_page_takes_the_same_queries_for_one_and_three_entries(
    open_round: Round, panel: list[Juror], scoring: Callable[[], None], at: Callable[..., None]
) -> None:
    counts = []
    now = timezone.now()
    for number in (1, 3):
        at(now)
        while Submission.objects.count() < number:
            factories.admitted(open_round)
        scoring()
        panel[0].clearances.all().delete()
        factories.clear(panel[0], *Submission.objects.all())
        client = enter(panel[0])
        client.get(url("dossier_page"))
        with CaptureQueriesContext(connection) as queries:
            client.get(url("dossier_page"))
        counts.append(len(queries))

    assert counts[0] == counts[1]
