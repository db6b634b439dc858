"""Winners go public: who may order it and when, what happens when the embargo ends, and that nothing leaks before."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from post_office.models import Email

from accounts import actions as accounts
from accounts.models import User
from jury.actions import papers
from jury.models import Letter
from landespreis.models import Trace
from landespreis.refusal import NotAllowed, Refused
from landespreis.storages import FolderStorage
from portal import richtext, tasks
from portal.actions import adoption, announcing
from portal.models import Announcement, Edition, News, Project
from rehearsal.machines import wait
from submissions.models import Round, Submission
from tests.accounts.factories import MembershipFactory, staff
from tests.conftest import SECOND
from tests.portal import award, ceremonies
from tests.portal.factories import NewsCategoryFactory, NewsFactory

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]


@pytest.fixture
def winner(open_round: Round) -> Submission:
    return ceremonies.decided(open_round, title="Pegelwacht Hellweg")


@pytest.fixture
def before(open_round: Round, winner: Submission, at: At) -> Round:
    """A decided round, one second before the end of its embargo."""
    at(open_round.embargo_until - SECOND)
    return open_round


@pytest.fixture
def second(open_round: Round, winner: Submission) -> Submission:
    """An entry of another category, not decided yet; name it before `before`."""
    return award.entry(open_round, category=open_round.categories.get(key="umwelt"))


def verbs() -> list[str]:
    return list(Trace.objects.order_by("pk").values_list("verb", flat=True))


# Ordering ----------------------------------------------------------------------------------------------
def test_order_waits_and_writes_it_down(before: Round) -> None:
    office = staff()

    announcement = ceremonies.ordered(before, by=office)

    assert (announcement.ordered_by, announcement.is_waiting, announcement.published_at) == (office, True, None)
    assert (announcing.publish_due(), News.objects.count(), Project.objects.count()) == (0, 0, 0)
    trace = Trace.objects.get()
    assert (trace.verb, trace.by) == ("winners_ordered", office)
    assert "Pegelwacht" not in f"{trace.about}{trace.detail}"


def test_order_again_replaces_the_words(before: Round) -> None:
    ceremonies.ordered(before)

    ceremonies.ordered(before, words=ceremonies.proposed(before), with_letters=True)

    announcement = Announcement.objects.get()
    assert (announcement.title, announcement.with_letters) == (
        "2. Landespreis 2025/26: Die Preisträger stehen fest",
        True,
    )


@pytest.mark.parametrize("role", ["Redaktion", "", "Kommune"])
def test_order_is_for_the_office(before: Round, role: str) -> None:
    by: User = MembershipFactory().user if role == "Kommune" else staff("Redaktion")
    if not role:
        by.groups.clear()

    with pytest.raises(NotAllowed):
        ceremonies.ordered(before, by=by)
    with pytest.raises(NotAllowed):
        announcing.recall(before, by=by)


def test_order_while_a_category_is_undecided(second: Submission, before: Round) -> None:
    with pytest.raises(Refused, match="Noch nicht entschieden: Umwelt"):
        ceremonies.ordered(before)
    assert (Announcement.objects.count(), verbs()) == (0, [])


def test_order_while_a_decision_is_not_locked(second: Submission, before: Round) -> None:
    award.decide(before, "umwelt", second, locked=False)

    with pytest.raises(Refused, match="Noch nicht entschieden"):
        ceremonies.ordered(before)


def test_order_does_not_wait_for_a_category_where_nothing_is_admitted(second: Submission, before: Round) -> None:
    Submission.objects.filter(pk=second.pk).update(formal_check="excluded")

    assert ceremonies.ordered(before).is_waiting


def test_order_of_a_round_with_nothing_decided(open_round: Round) -> None:
    with pytest.raises(Refused, match="noch nichts entschieden"):
        ceremonies.ordered(open_round)


def test_order_after_it_is_done(before: Round, at: At) -> None:
    ceremonies.ordered(before)
    at(before.embargo_until)
    announcing.publish_due()

    with pytest.raises(Refused, match="schon veröffentlicht"):
        ceremonies.ordered(before)
    with pytest.raises(Refused, match="nicht mehr"):
        announcing.recall(before, by=staff())


def test_order_goes_with_a_rollback(before: Round) -> None:
    with transaction.atomic():
        ceremonies.ordered(before)
        transaction.set_rollback(True)

    assert (Announcement.objects.count(), verbs()) == (0, [])


# Taking back -------------------------------------------------------------------------------------------
def test_recall_keeps_the_words_and_stops_it(before: Round, at: At) -> None:
    ceremonies.ordered(before)

    announcing.recall(before, by=staff())

    at(before.embargo_until)
    assert announcing.publish_due() == 0
    announcement = Announcement.objects.get()
    assert (announcement.title, announcement.ordered_by) == ("Die Preisträger stehen fest", None)
    assert verbs() == ["winners_ordered", "winners_recalled"]


def test_recall_without_an_order_changes_nothing(before: Round) -> None:
    assert announcing.recall(before, by=staff()) is None
    ceremonies.ordered(before)
    announcing.recall(before, by=staff())
    announcing.recall(before, by=staff())

    assert verbs() == ["winners_ordered", "winners_recalled"]


def test_recall_goes_with_a_rollback(before: Round) -> None:
    ceremonies.ordered(before)
    with transaction.atomic():
        announcing.recall(before, by=staff())
        transaction.set_rollback(True)

    assert (Announcement.objects.get().is_waiting, verbs()) == (True, ["winners_ordered"])


# Publishing --------------------------------------------------------------------------------------------
def test_publish_brings_everything_out_at_the_end_of_the_embargo(before: Round, winner: Submission, at: At) -> None:
    office = staff()
    announcement = ceremonies.ordered(before, by=office)
    with pytest.raises(Refused, match="vertraulich bis"):
        announcing.publish(announcement)

    at(before.embargo_until)
    assert announcing.publish_due() == 1

    project, item = Project.objects.get(), News.objects.get()
    assert (project.submission, project.prize_year, project.is_public(before.embargo_until)) == (winner, 2026, True)
    assert (item.title, item.published_at) == (ceremonies.WORDS.title, before.embargo_until)
    announcement.refresh_from_db()
    assert (announcement.news, announcement.published_at, announcement.error) == (item, before.embargo_until, "")
    trace = Trace.objects.order_by("-pk")[0]
    assert (trace.verb, trace.by, trace.detail) == ("winners_published", office, {"news": item.pk, "letters": 0})
    assert Email.objects.filter(subject__contains="Landespreis").count() == 0


def test_publish_twice_is_once(before: Round, at: At) -> None:
    announcement = ceremonies.ordered(before)
    at(before.embargo_until)

    announcing.publish(announcement)
    announcing.publish(announcement)
    announcing._publish(announcement)

    assert (News.objects.count(), announcing.publish_due()) == (1, 0)
    assert verbs() == ["winners_ordered", "project_published", "winners_published"]


def test_publish_without_an_order(before: Round, at: At) -> None:
    announcement = ceremonies.ordered(before)
    announcing.recall(before, by=staff())
    at(before.embargo_until)

    with pytest.raises(Refused, match="nicht angeordnet"):
        announcing.publish(announcement)


def test_publish_takes_the_project_that_is_there_already(before: Round, winner: Submission, at: At) -> None:
    project = award.copied(winner)
    ceremonies.ordered(before)
    at(before.embargo_until)

    announcing.publish_due()

    assert Project.objects.get() == project
    assert Project.objects.get().published_at == before.embargo_until


def test_publish_when_somebody_else_adopts_at_the_same_time(
    before: Round, winner: Submission, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt = adoption.adopt

    def late(entry: Submission, *, by: User) -> Project:
        adopt(entry, by=by)
        return adopt(entry, by=by)

    ceremonies.ordered(before)
    at(before.embargo_until)
    monkeypatch.setattr(adoption, "adopt", late)

    assert announcing.publish_due() == 1
    assert Project.objects.get().published_at == before.embargo_until


def test_publish_names_a_winner_without_consent_but_keeps_it_out_of_the_directory(open_round: Round, at: At) -> None:
    ceremonies.decided(open_round, consent=False)
    ceremonies.ordered(open_round)
    at(open_round.embargo_until)

    assert announcing.publish_due() == 1
    assert (Project.objects.count(), News.objects.count()) == (0, 1)


def test_publish_keeps_other_projects_as_they_are(second: Submission, before: Round, at: At) -> None:
    other = award.copied(second)
    ceremonies.owed(before, "umwelt", None)
    ceremonies.ordered(before)
    at(before.embargo_until)

    announcing.publish_due()

    other.refresh_from_db()
    assert (other.published_at, other.prize_year) == (None, None)


def test_publish_goes_with_an_embargo_that_moved(before: Round, at: At) -> None:
    ceremonies.ordered(before)
    Round.objects.filter(pk=before.pk).update(embargo_until=before.embargo_until + timedelta(days=1))
    at(before.embargo_until)

    assert announcing.publish_due() == 0
    at(before.embargo_until + timedelta(days=1))
    assert announcing.publish_due() == 1


def test_publish_for_somebody_who_lost_the_right_is_noted(before: Round, at: At) -> None:
    office = staff()
    ceremonies.ordered(before, by=office)
    office.groups.clear()
    at(before.embargo_until)

    assert announcing.publish_due() == 0
    assert (Announcement.objects.get().error, News.objects.count()) == (announcing.NOT_YOURS, 0)


def test_publish_while_the_storage_fails_is_tried_again(
    open_round: Round, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceremonies.decided(open_round, images=1)
    ceremonies.ordered(open_round)
    at(open_round.embargo_until)

    def full(*args: Any) -> str:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(FolderStorage, "_save", full)
        assert announcing.publish_due() == 0
    assert "gespeichert" in Announcement.objects.get().error
    assert (News.objects.count(), Project.objects.count()) == (0, 0)

    assert announcing.publish_due() == 1
    assert Announcement.objects.get().error == ""


def test_publish_that_fails_in_the_middle_leaves_nothing_public(
    before: Round, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceremonies.ordered(before, with_letters=True)
    papers.fulfil_all()
    at(before.embargo_until)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("weg")

    with monkeypatch.context() as patch:
        patch.setattr(announcing.journal, "note", broken)
        assert announcing.publish_due() == 0

    project = Project.objects.get()  # the copy stays, and is not public
    assert (project.published_at, project.prize_year, News.objects.count()) == (None, None, 0)
    assert Letter.objects.get().released_at is None
    assert verbs() == ["winners_ordered"]
    assert not Email.objects.filter(subject__contains="Ihr Projekt erhält").exists()
    assert Announcement.objects.get().error == "RuntimeError: weg"
    assert announcing.publish_due() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_publish_that_waits_for_a_project_holds_nobody_up(second: Submission, before: Round, at: At) -> None:
    """Whoever writes to one of its projects wants the edition's row next: nobody may hold that and wait."""
    award.decide(before, "umwelt", second)
    held = min(award.copied(entry).pk for entry in Submission.objects.all())  # which comes last by itself
    ceremonies.ordered(before, with_letters=False)
    at(before.embargo_until)
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            Project.objects.select_for_update().get(pk=held)
            publishing = pool.submit(_publishes)
            wait(_is_held_up, "publishing waits for the project")
            list(Edition.objects.select_for_update(nowait=True))
        assert publishing.result() == 1

    assert Project.objects.filter(published_at__isnull=False, prize_year=2026).count() == 2


def _publishes() -> int:
    try:
        return announcing.publish_due()
    finally:
        connection.close()


def _is_held_up() -> bool:
    """Say whether somebody waits for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT bool_or(pg_backend_pid() = ANY(pg_blocking_pids(pid))) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_publish_releases_the_letters_when_that_is_ordered(before: Round, at: At) -> None:
    papers.fulfil_all()
    ceremonies.ordered(before, with_letters=True)
    at(before.embargo_until)

    announcing.publish_due()

    assert Letter.objects.get().released_at == before.embargo_until
    assert Trace.objects.order_by("-pk")[0].detail["letters"] == 1


def test_publish_is_not_held_up_by_a_certificate(before: Round, at: At) -> None:
    ceremonies.ordered(before, with_letters=True)  # nothing is rendered yet
    at(before.embargo_until)

    assert announcing.publish_due() == 1
    announcement = Announcement.objects.get()
    assert announcement.error.startswith("Die Briefe sind noch nicht freigegeben: Die Urkunde zu IKZ-2026-0001")
    assert (News.objects.count(), Letter.objects.get().released_at) == (1, None)


def test_publish_is_not_held_up_by_a_letter_that_reaches_nobody(before: Round, winner: Submission, at: At) -> None:
    papers.fulfil_all()
    accounts.delete_account(winner.owner, by=winner.owner)
    ceremonies.ordered(before, with_letters=True)
    at(before.embargo_until)

    assert announcing.publish_due() == 1
    assert "Übertragen Sie die Einreichung" in Announcement.objects.get().error
    assert (News.objects.count(), Letter.objects.get().released_at) == (1, None)


def test_publish_is_not_held_up_by_one_project(before: Round, winner: Submission, at: At) -> None:
    project = award.copied(winner)
    Project.objects.filter(pk=project.pk).update(abstract="")
    ceremonies.ordered(before)
    at(before.embargo_until)

    assert announcing.publish_due() == 1
    assert "Kurzbeschreibung" in Announcement.objects.get().error
    assert News.objects.count() == 1


def test_task_publishes_what_is_due(before: Round, at: At) -> None:
    ceremonies.ordered(before)
    at(before.embargo_until)

    tasks.publish_winners()

    assert News.objects.count() == 1
    assert settings.CELERY_BEAT_SCHEDULE["portal.tasks.publish_winners"]["schedule"] == 2 * settings.BEAT_TICK


# The words ---------------------------------------------------------------------------------------------
def test_draft_names_every_decision_in_marked_text_that_can_be_shown(open_round: Round) -> None:
    ceremonies.decided(open_round, title="**Pegel** [x](http://boese.example) #1")
    ceremonies.owed(open_round, "umwelt", None)

    words = ceremonies.proposed(open_round)

    done = richtext.render(words.body)
    assert done.problems == []
    assert "boese.example)" in done.html
    assert 'href="http' not in done.html
    assert "In dieser Kategorie hat die Jury keinen Preis vergeben." in done.html
    assert words.lead == (
        "Die Jury hat entschieden: Ein Projekt hat den Landespreis erhalten. "
        "Der Preis wurde am 15. April 2026 übergeben."
    )


def test_draft_says_that_nobody_has_won(open_round: Round) -> None:
    ceremonies.owed(open_round, "umwelt", None)

    words = ceremonies.proposed(open_round)

    assert words.lead == "Die Jury hat entschieden: In keiner Kategorie ist ein Preis vergeben."


# Nothing leaks -----------------------------------------------------------------------------------------
PUBLIC = (
    "/", "/landespreis/", "/projekte/", "/projekte/feed/", "/projekte.json", "/projekte.csv", "/projekte/karte/",
    "/aktuelles/", "/aktuelles/feed/", "/suche/?q=Pegelwacht", "/suche/?q=Pegelwachtt", "/suche/?q=Geheimwort",
    "/suche/?q=Geheimword", "/sitemap.xml", "/termine/",
)  # fmt: skip


def pages() -> dict[str, bytes]:
    """Every public page as somebody sees it who has never been here, made anew."""
    cache.clear()
    found = {}
    for address in PUBLIC:
        answer = Client().get(address, follow=True)
        assert answer.status_code == 200, address
        found[address] = answer.getvalue()
    return found


def test_nothing_leaks_before_the_embargo_ends(
    open_round: Round, at: At, django_capture_on_commit_callbacks: Any
) -> None:
    NewsFactory(title="Etwas anderes")
    winner = ceremonies.decided(open_round, title="Pegelwacht Hellweg")
    at(open_round.embargo_until - SECOND)
    untouched = pages()

    with django_capture_on_commit_callbacks(execute=True):
        words = ceremonies.Words("Geheimwort steht fest", "Geheimwort.", "Geheimwort gewinnt.")
        ceremonies.ordered(open_round, words=words, with_letters=True)
        award.copied(winner)
        announcing.publish_due()

    assert pages() == untouched
    assert not any(b"Pegelwacht Hellweg" in page or b"Geheimwort steht" in page for page in untouched.values())

    at(open_round.embargo_until)
    announcing.publish_due()
    shown = pages()
    for address in ("/landespreis/", "/projekte/", "/projekte.json", "/projekte.csv", "/projekte/feed/"):
        assert b"Pegelwacht" in shown[address], address
    for address in ("/aktuelles/", "/aktuelles/feed/", "/suche/?q=Geheimwort"):
        assert b"/aktuelles/geheimwort-steht-fest/" in shown[address], address


# Constraints -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("column", ["ordered_at", "published_at"])
def test_constraint_no_order_without_a_person_and_nothing_public_without_an_order(before: Round, column: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Announcement.objects.create(
            round=before, title="x", lead="x", body="x", category=NewsCategoryFactory(),
            **{column: before.embargo_until},
        )  # fmt: skip


def test_one_announcement_for_a_round(before: Round) -> None:
    ceremonies.ordered(before)

    with pytest.raises(IntegrityError), transaction.atomic():
        Announcement.objects.create(round=before, title="x", lead="x", body="x", category=NewsCategoryFactory())


def test_published_news_may_be_deleted(before: Round, at: At) -> None:
    ceremonies.ordered(before)
    at(before.embargo_until)
    announcing.publish_due()

    News.objects.get().delete()

    assert Announcement.objects.get().news is None
