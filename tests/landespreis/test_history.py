"""What the history page of a row shows, that nothing is kept in Django's own log, and that the old log is emptied."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.urls import reverse

from landespreis import history, journal
from landespreis.models import RetentionRun, Trace
from landespreis.records import runs
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MembershipFactory, StaffFactory, UserFactory
from tests.landespreis import office_rows
from tests.portal.factories import TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    show_factor(client, StaffFactory(superuser=True, name="Arne Peukert"))
    return client


def page(admin: Client, row: Any) -> str:
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_history", args=[row.pk])
    return admin.get(url).content.decode()


def test_what_the_admin_changes_is_in_the_journal_only(admin: Client) -> None:
    topic, other = TopicFactory(), TopicFactory()
    change = reverse("admin:portal_topic_change", args=[topic.pk])

    admin.post(reverse("admin:portal_topic_add"), {"name": "Ganz neu", "slug": "ganz-neu", "position": "9"})
    admin.post(change, {"name": "Wiebke Harmsen", "slug": topic.slug, "position": "7"})
    admin.post(reverse("admin:portal_topic_delete", args=[other.pk]), {"post": "yes"})

    lines = Trace.objects.filter(verb__startswith="admin_").order_by("pk")
    assert [line.verb for line in lines] == ["admin_added", "admin_changed", "admin_deleted"]
    assert lines[1].about == f"{topic._meta.verbose_name} {topic.pk}"
    assert "Harmsen" not in str([line.detail for line in lines])
    assert not LogEntry.objects.exists()


def test_history_shows_lines_of_the_admin_and_of_verbs(admin: Client) -> None:
    person = UserFactory()
    journal.note(journal.Verb.ADMIN_CHANGED, by=None, about="x", model="accounts.user", key=str(person.pk), fields=[])
    journal.note(journal.Verb.SESSIONS_ENDED, by=person, about="y", account=person.pk, number=2, reason="verloren")
    journal.note(journal.Verb.SESSIONS_ENDED, by=person, about="z", account=person.pk + 1, reason="anderswo")

    shown = page(admin, person)

    assert [line.verb for line in history.of(person)] == ["sessions_ended", "admin_changed"]
    assert "Anzahl 2; Grund verloren" in shown
    assert "in der Verwaltung geändert" in shown
    assert "anderswo" not in shown


def test_history_of_a_membership_tells_its_decision(admin: Client) -> None:
    membership = MembershipFactory()
    admin.post(reverse("admin:accounts_membership_confirm", args=[membership.pk]))

    shown = page(admin, membership)

    assert "Zugehörigkeit bestätigt" in shown
    assert "Arne Peukert" in shown


def test_history_finds_a_run_a_hold_a_text_and_a_round_by_their_own_keys(open_round: Round) -> None:
    run, hold, wording = office_rows.run(), office_rows.hold(), office_rows.wording()
    runs.discard(RetentionRun.objects.get(pk=run.pk), by=StaffFactory(superuser=True), reason="doch nicht")
    journal.note(journal.Verb.WORDING_CHANGED, by=None, about=wording.title, key=wording.key)
    journal.note(journal.Verb.ROUND_CHANGED, by=None, about=open_round.name)

    found = [[line.verb for line in history.of(row)] for row in (run, hold, wording, open_round)]

    assert found == [["retention_discarded"], ["retention_held"], ["wording_changed"], ["round_changed"]]


def test_history_leads_to_the_journals_beside_it(admin: Client, open_round: Round) -> None:
    event = office_rows.jury_event()
    assert event.submission
    url = f"{reverse('admin:jury_juryevent_changelist')}?seat__id__exact={event.seat_id}"

    assert url in page(admin, event.seat)
    assert [row.pk for row in admin.get(url).context["cl"].result_list] == [event.pk]
    assert reverse("admin:submissions_event_changelist") in page(admin, event.submission)


def test_history_of_a_person_leads_to_no_lines_in_which_they_only_acted(admin: Client) -> None:
    assert "Weitere Vorgänge" not in page(admin, UserFactory())


def test_history_leads_nowhere_the_person_may_not_look(open_round: Round) -> None:
    assert list(history.beside(office_rows.seat(), UserFactory())) == []


@pytest.mark.parametrize("count", [1, 3])
def test_history_asks_no_more_for_more_lines(admin: Client, count: int, django_assert_num_queries: Any) -> None:
    person = UserFactory()
    for by in UserFactory.create_batch(count):
        journal.note(journal.Verb.CODE_FAILED, by=by, about="x", account=person.pk)
    page(admin, person)

    with django_assert_num_queries(13):
        page(admin, person)


def test_history_comes_in_pages(admin: Client) -> None:
    topic = TopicFactory()
    told = [(str(number), {"model": "portal.topic", "key": str(topic.pk)}) for number in range(101)]
    journal.note_each(journal.Verb.ADMIN_CHANGED, told, by=StaffFactory())

    shown = page(admin, topic)

    assert 'href="?seite=2"' in shown
    assert shown.count("in der Verwaltung geändert") == 100


def test_history_of_nothing_leads_to_the_start(admin: Client) -> None:
    assert admin.get(reverse("admin:portal_topic_history", args=[1])).status_code == 302


def test_old_log_is_emptied() -> None:
    LogEntry.objects.create(user=StaffFactory(), action_flag=1, object_repr="Wiebke Harmsen", change_message="x")

    import_module("landespreis.migrations.0005_no_log_of_the_admin").empty(apps, connection.schema_editor())

    assert not LogEntry.objects.exists()
