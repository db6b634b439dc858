"""The demo's portal: in every phase something is out, one item waits, and every link leads somewhere."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from landespreis import clock
from landespreis.demo import stage
from portal import demo
from portal.models import Download, FaqEntry, Inquiry, News, Page


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
    phase("published")
    texts = [row.body_html for model in (News, Page) for row in model._default_manager.all()]
    texts += [entry.answer_html for entry in FaqEntry.objects.all()]
    links = {link for text in texts for link in re.findall(r'href="(/[^"#]*)', text)}

    assert len(links) > 5
    assert {client.get(link).status_code for link in links} == {200}
