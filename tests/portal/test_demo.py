"""The demo's portal: in every phase something is out, one item waits, and every link leads somewhere."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from landespreis import clock
from landespreis.demo import stage
from portal import demo
from portal.models import Block, Delivery, Download, FaqEntry, Inquiry, News, Newsletter, Page, Subscriber
from tests.accounts.factories import StaffFactory


@pytest.fixture
def phase(settings: Any, tmp_path: Any, db: None) -> Any:
    settings.DEMO, settings.CLOCK_FILE, settings.NOW_ORIGIN = True, tmp_path / "clock.json", None

    def fill(name: str) -> None:
        clock.set_now(stage.PHASES[name])
        demo.fill(name)
        clock.set_now(stage.PHASES[name])

    return fill


@pytest.mark.parametrize(("name", "out"), [
    ("announced", 4), ("open", 8), ("lastday", 9), ("jury", 11), ("session", 12), ("published", 14),
])  # fmt: skip
def test_phase_has_news_that_are_out_and_one_to_come(phase: Any, name: str, out: int) -> None:
    phase(name)

    now = clock.now()
    assert News.objects.published(now).count() == out
    assert News.objects.filter(published_at__gt=now).count() == 1
    assert all(item.changed_at <= now + timedelta(minutes=1) for item in News.objects.all())


def test_phase_has_questions_downloads_pages_and_messages(phase: Any, client: Client) -> None:
    phase("open")

    assert (Page.objects.count(), FaqEntry.objects.count()) == (7, 19)
    assert Download.objects.published(clock.now()).count() == 4
    assert sorted(Inquiry.objects.values_list("kind", flat=True)) == ["barriere", "kontakt"]


def test_links_in_texts_lead_somewhere(phase: Any, client: Client) -> None:
    StaffFactory()
    phase("published")
    texts = [row.body_html for model in (News, Page) for row in model._default_manager.all()]
    texts += [entry.answer_html for entry in FaqEntry.objects.all()]
    texts += [block.body_html for block in Block.objects.all()]
    links = {link for text in texts for link in re.findall(r'href="(/[^"#]*)', text)}

    assert len(links) > 5
    assert {client.get(link).status_code for link in links} == {200}


@pytest.mark.parametrize(("name", "out", "readers"), [("announced", 4, 22), ("published", 7, 24)])
def test_phase_has_issues_of_the_newsletter_and_one_being_written(
    phase: Any, client: Client, name: str, out: int, readers: int
) -> None:
    StaffFactory()
    phase(name)

    issues = list(Newsletter.objects.published(clock.now()).order_by("released_at"))
    assert [issue.label for issue in issues[:4]] == ["I/2025", "II/2025", "III/2025", "IV/2025"]
    assert (len(issues), Newsletter.objects.filter(status="draft").count()) == (out, 1)
    assert {issue.status for issue in issues} == {"sent"}
    assert Subscriber.objects.active().count() == readers
    assert not Delivery.objects.exclude(status__in=("sent", "failed")).exists()
    assert {client.get(issue.get_absolute_url()).status_code for issue in issues} == {200}
    assert all(issue.blocks.count() >= 2 for issue in issues)
