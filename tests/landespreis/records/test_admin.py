"""Runs, periods and holds in the admin: who gets in, what the pages say, and that buttons ask before they act."""

import hashlib
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from landespreis.models import Parcel, RetentionHold, RetentionRule, RetentionRun, Trace
from landespreis.records import executing
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.landespreis.records import office
from tests.landespreis.records.office import At
from tests.submissions import factories

pytestmark = pytest.mark.django_db
DUE = reverse("admin:landespreis_retentionrun_due")


@pytest.fixture
def old(open_round: Round, at: At) -> Round:
    factories.attachment(factories.complete(open_round), name="zusage.pdf")
    factories.submitted(open_round, title="Deichwacht")
    at(open_round.embargo_until + 6 * office.YEARS)
    return open_round


@pytest.fixture
def one(old: Round) -> User:
    return office.person()


@pytest.fixture
def other(old: Round) -> User:
    return office.person()


def browser(user: User) -> Client:
    client = Client()
    show_factor(client, user)
    return client


def preview(kind: str, round: Round) -> str:
    return reverse("admin:landespreis_retentionrun_preview", args=[kind, round.key])


def page(run: RetentionRun) -> str:
    return reverse("admin:landespreis_retentionrun_change", args=[run.pk])


def step(run: RetentionRun, name: str) -> str:
    return reverse("admin:landespreis_retentionrun_step", args=[run.pk, name])


def test_due_says_what_may_go(old: Round, one: User) -> None:
    answer = browser(one).get(DUE)

    text = answer.content.decode()
    assert "5 Jahre nach Ende der Sperrfrist" in text
    assert preview("entries", old) in text


def test_preview_lists_files_and_proposes(old: Round, one: User) -> None:
    client = browser(one)
    text = client.get(preview("drafts", old)).content.decode()
    assert "zusage.pdf" in text
    assert not RetentionRun.objects.exists()

    answer = client.post(preview("drafts", old))

    run = RetentionRun.objects.get()
    assert answer.url == page(run)  # type: ignore[attr-defined]
    assert "Eine zweite Person" in client.get(page(run)).content.decode()


def test_preview_before_its_date_is_refused(open_round: Round, at: At) -> None:
    factories.complete(open_round)
    client = browser(office.person())

    text = client.get(preview("drafts", open_round)).content.decode()
    answer = client.post(preview("drafts", open_round), follow=True)

    assert "10. August 2026" in text
    assert "Vorschlagen" not in text
    assert "10. August 2026" in answer.content.decode()
    assert not RetentionRun.objects.exists()


def test_page_offers_to_pack_again_what_has_expired(old: Round, one: User) -> None:
    run = office.proposed("entries", one, old)
    client = browser(one)
    assert step(run, "paket") not in client.get(page(run)).content.decode()
    Parcel.objects.update(finished_at=timezone.now(), expires_at=timezone.now())

    text = client.get(page(run)).content.decode()

    assert "verfallen" in text
    assert step(run, "paket") in text


def test_whole_way_through_the_pages(old: Round, one: User, other: User) -> None:
    first, second = browser(one), browser(other)
    first.post(preview("entries", old))
    run = RetentionRun.objects.get()
    assert "wird erstellt" in first.get(page(run)).content.decode()
    office.pack(run)
    today = timezone.localdate().isoformat()
    first.post(step(run, "angebot"), {"on": today})
    first.post(step(run, "antwort"), {"on": today, "answer": "taken", "reference": "LAV 7"})
    assert step(run, "freigeben") not in first.get(page(run)).content.decode()
    assert step(run, "freigeben") in second.get(page(run)).content.decode()
    refused = first.post(step(run, "freigeben"), follow=True)
    assert "andere Person" in refused.content.decode()

    asked = second.get(step(run, "freigeben")).content.decode()
    second.post(step(run, "freigeben"))
    executing.carry_out_all()

    run.refresh_from_db()
    text = first.get(page(run)).content.decode()
    assert "Versionen: 1" in asked
    assert run.status == RetentionRun.Status.DONE
    assert "Bleibt als Statistik" in text
    assert "LAV 7" in text
    assert Submission.objects.get(status="submitted").current.number == 0  # type: ignore[union-attr]


def test_package_is_for_those_who_answer_for_it(old: Round, one: User, other: User) -> None:
    run = office.proposed("entries", one, old)
    office.pack(run)
    url = reverse("admin:landespreis_retentionrun_package", args=[run.pk])

    answer = browser(other).post(url)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    office.closed(answer)
    run.refresh_from_db()
    assert hashlib.sha256(content).hexdigest() == run.package_sha256
    assert browser(office.person("Redaktion")).post(url).status_code == 404
    taken = Trace.objects.filter(verb="exported").values_list("about", "by")
    assert list(taken) == [(f"Archivpaket {run.pk}", other.pk)]
    assert browser(other).get(url).status_code == 405


def test_hold_from_the_run_and_lift(old: Round, one: User) -> None:
    run = office.proposed("drafts", one, old)
    client = browser(one)
    item = run.items.get()
    url = reverse("admin:landespreis_retentionrun_hold", args=[run.pk, item.pk])
    assert url in client.get(page(run)).content.decode()

    client.post(url, {"reason": "Klage"})

    held = RetentionHold.objects.get()
    lift = reverse("admin:landespreis_retentionhold_lift", args=[held.pk])
    assert lift in client.get(reverse("admin:landespreis_retentionhold_change", args=[held.pk])).content.decode()
    client.post(lift)
    assert RetentionHold.objects.get().lifted_by == one


def test_hold_from_the_entry(old: Round, one: User) -> None:
    entry = Submission.objects.get(status="submitted")
    client = browser(one)
    url = reverse("admin:submissions_keep", args=[entry.pk])
    assert url in client.get(reverse("admin:submissions_submission_change", args=[entry.pk])).content.decode()

    client.post(url, {"reason": "Klage"})

    assert RetentionHold.objects.get().subject == str(entry.pk)


def test_question_leads_back_to_what_it_is_about(old: Round, one: User) -> None:
    entry, client = Submission.objects.order_by("pk")[0], browser(one)
    asked = reverse("admin:submissions_keep", args=[entry.pk])
    client.post(asked, {"reason": "Klage"})
    hold = RetentionHold.objects.get()

    html = client.get(reverse("admin:landespreis_retentionhold_lift", args=[hold.pk])).content.decode()

    back = re.search(r'class="closelink" href="([^"]*)"', html)
    assert back
    assert back[1].startswith("/admin/landespreis/retentionhold/")


def test_rule_is_changed_by_its_verb(old: Round, one: User) -> None:
    client = browser(one)
    text = client.get(reverse("admin:landespreis_retentionrule_changelist")).content.decode()
    rule = RetentionRule.objects.get(kind="drafts")

    client.post(
        reverse("admin:landespreis_retentionrule_change", args=[rule.pk]), {"months": "9", "note": "Aktenplan 4"}
    )

    assert "Annahme" in text
    assert RetentionRule.objects.get(kind="drafts").months == 9
    changed = Trace.objects.get(verb=Trace.Verb.RETENTION_CHANGED)
    assert changed.detail == {"before": 6, "months": 9, "note": "Aktenplan 4"}


def test_editorial_staff_get_none_of_it(old: Round, one: User) -> None:
    run = office.proposed("drafts", one, old)
    client = browser(office.person("Redaktion"))

    urls = [DUE, preview("drafts", old), page(run), step(run, "verwerfen"), step(run, "freigeben")]

    assert {client.get(url).status_code for url in urls} == {403}
    assert client.get(reverse("admin:landespreis_retentionrule_changelist")).status_code == 403


def test_pages_of_entries_work_afterwards(old: Round, one: User, other: User) -> None:
    office.carried_out("entries", one, other, old)
    client = browser(one)
    entry = Submission.objects.get(status="submitted")

    for url in (
        reverse("admin:index"),
        reverse("admin:submissions_submission_changelist"),
        reverse("admin:submissions_submission_change", args=[entry.pk]),
        reverse("admin:submissions_version_changelist"),
        reverse("admin:submissions_version_change", args=[entry.current_id]),
        reverse("admin:submissions_receipt_changelist"),
        reverse("admin:submissions_event_changelist"),
    ):
        assert client.get(url).status_code == 200, url
    gone = client.get(reverse("submissions:version", args=[entry.pk, 0]))
    assert gone.status_code == 409
    assert "Aufbewahrungsfrist dieser Einreichung ist abgelaufen" in gone.content.decode()
    text = client.get(reverse("admin:submissions_submission_change", args=[entry.pk])).content.decode()
    assert "Frist verlängern" not in text
    assert "Zurückziehen" not in text
    for key in ("statistik", "einreichungen", "partner", "antworten", "bewertungen", "beschluesse"):
        answer = client.post(reverse("admin:export", args=[key, "csv"]))
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_run_page_asks_the_same_for_one_and_three(open_round: Round, at: At) -> None:
    factories.complete(open_round)
    at(open_round.embargo_until + 6 * office.YEARS)
    user = office.person()
    run = office.proposed("drafts", user, open_round)
    client = browser(user)
    client.get(page(run))
    with CaptureQueriesContext(connection) as few:
        client.get(page(run))
    for number in (1, 2):
        run.items.create(subject=str(number), label="weiterer", digest="")

    with CaptureQueriesContext(connection) as many:
        client.get(page(run))

    assert len(many) == len(few)
