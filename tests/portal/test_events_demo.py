"""The demo's dates: some past and some to come in every phase, one full, one moved, one cancelled."""

from typing import Any

import pytest
from django.test import Client
from post_office.models import Email

from landespreis import clock
from landespreis.demo import stage
from portal.demo import events
from portal.models import Event, Registration
from submissions.models import Round

pytestmark = pytest.mark.embedded


@pytest.fixture
def fill(settings: Any, tmp_path: Any, db: None) -> Any:
    settings.DEMO, settings.CLOCK_FILE, settings.NOW_ORIGIN = True, tmp_path / "clock.json", None

    def fill(name: str) -> None:
        with clock.rehearsal():
            events.fill(stage.PHASES[name])
            clock.set_now(stage.PHASES[name])

    return fill


@pytest.mark.parametrize(("name", "past", "coming", "planned"), [
    ("announced", 4, 3, 1), ("open", 5, 5, 1), ("lastday", 6, 4, 1), ("jury", 7, 4, 0), ("session", 8, 3, 0),
    ("published", 9, 2, 0),
])  # fmt: skip
def test_phase_has_past_and_coming_dates(fill: Any, name: str, past: int, coming: int, planned: int) -> None:
    fill(name)

    now = clock.now()
    public = Event.objects.published(now)
    assert (public.past(now).count(), public.coming(now).count()) == (past, coming)
    assert Event.objects.filter(published_at__gt=now).count() == planned
    assert not Registration.objects.filter(created_at__gt=now).exists()


def test_phase_has_a_full_a_moved_and_a_cancelled_date(fill: Any, client: Client) -> None:
    fill("open")

    full = Event.objects.get(capacity=8)
    assert (full.registrations.seated().count(), full.registrations.waiting().count()) == (8, 4)
    assert [event.starts_at.day for event in Event.objects.filter(moved_from__isnull=False)] == [28]
    assert Event.objects.filter(cancelled_at__isnull=False).count() == 1
    assert {client.get(event.get_absolute_url()).status_code for event in Event.objects.published(clock.now())} == {200}


def test_ceremony_is_over_when_the_winners_are_public(fill: Any, round: Round) -> None:
    fill("published")

    ceremony = Event.objects.get(kind=Event.Kind.CEREMONY)

    assert ceremony.starts_at.astimezone(clock.BERLIN).date() == round.ceremony_on
    assert ceremony.ends_at == round.embargo_until


def test_mails_are_those_of_the_last_days(fill: Any) -> None:
    fill("published")

    now = clock.now()
    moments = [clock.told(mail.created) for mail in Email.objects.all()]
    assert all(now - moment < events.MAILS_KEPT for moment in moments)
    assert Registration.objects.count() > 70
