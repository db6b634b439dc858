"""Papers and letters in the admin: states, downloads, changing, previewing and releasing, and for whom."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from accounts.models import User
from jury.actions import papers
from jury.models import Juror, Letter, Paper
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.jury import decided, factories

LISTS = ("admin:jury_paper_changelist", "admin:jury_letter_changelist")


@pytest.fixture
def pair(open_round: Round, panel: list[Juror], scoring: Callable[[], None]) -> list[Letter]:
    """A locked decision with its papers owed and its letters drafted, and a dossier."""
    rows = [factories.admitted(open_round, title=title) for title in ("Pegel gemeinsam lesen", "Notstrom im Ring")]
    scoring()
    category = open_round.categories.get(key="krisen")
    factories.clear(panel[0], *rows)
    assert panel[0].user
    papers.request_dossier(category, by=panel[0].user)
    session = decided.opened(category, *panel)
    decided.decide(session, panel[0], rows[0])
    papers.owe_decided(session)
    return list(Letter.objects.order_by("submission__number"))


def staff(**fields: bool) -> Client:
    user: User = StaffFactory(**fields)
    client = Client(raise_request_exception=False)
    show_factor(client, user)
    return client


@pytest.fixture
def office() -> Client:
    return staff(superuser=True)


def status(client: Client, url: str) -> int:
    """Ask, and read a file to its end so that it is closed."""
    response = client.get(url)
    if response.streaming:
        assert b"".join(response.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    return response.status_code


def main(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.content[:300]
    return " ".join(response.content.decode().split())


def release(client: Client, *letters: Letter) -> str:
    response = client.post(
        reverse("admin:jury_letter_release"), {"brief": [letter.pk for letter in letters]}, follow=True
    )
    return " ".join(response.content.decode().split())


def test_lists_show_state_and_what_is_late(pair: list[Letter], office: Client) -> None:
    Paper.objects.filter(kind="niederschrift").update(owed_at=timezone.now() - timedelta(hours=2), error="OSError")

    assert "fehlt seit 2 Stunden, letzter Versuch gescheitert" in main(office, reverse(LISTS[0]))
    assert "Entwurf, Freigabe ab Mittwoch, 15. April 2026, 12:00 Uhr (MESZ)" in main(office, reverse(LISTS[1]))


def test_file_hands_out_minutes_and_certificates_never_a_dossier(pair: list[Letter], office: Client) -> None:
    def answers() -> dict[str, int]:
        rows = Paper.objects.order_by("kind")
        return {row.kind: status(office, reverse("admin:jury_paper_file", args=[row.pk])) for row in rows}

    assert answers() == {"dossier": 404, "niederschrift": 404, "urkunde": 404}
    papers.fulfil_all()
    assert answers() == {"dossier": 404, "niederschrift": 200, "urkunde": 200}
    assert "nur für das Jurymitglied" in main(office, reverse(LISTS[0]))


def test_change_writes_subject_and_text(pair: list[Letter], office: Client) -> None:
    url = reverse("admin:jury_letter_change", args=[pair[0].pk])

    assert decided.REASONS.split("\n")[0] in main(office, url)
    office.post(url, {"subject": "Neuer Betreff", "text": "Neuer Text"})

    pair[0].refresh_from_db()
    assert (pair[0].subject, pair[0].text) == ("Neuer Betreff", "Neuer Text")


def test_change_is_closed_after_release(pair: list[Letter], at: Callable[..., None]) -> None:
    papers.fulfil_all()
    at(pair[0].submission.round.embargo_until)
    office = staff(superuser=True)
    release(office, pair[0])
    url = reverse("admin:jury_letter_change", args=[pair[0].pk])

    answer = office.post(url, {"subject": "Zu spät", "text": "Zu spät"}, follow=True).content.decode()

    assert "Dieser Brief ist freigegeben und verschickt. Ändern lässt er sich nicht mehr." in answer
    assert "erfolgreich geändert" not in answer
    assert not LogEntry.objects.exists()
    assert [said for said in ("Freigeben …", "<textarea") if said in main(office, url)] == []
    assert Letter.objects.get(pk=pair[0].pk).subject == pair[0].subject


def test_preview_shows_addresses_words_and_the_html_as_it_looks(pair: list[Letter], office: Client) -> None:
    said = main(office, reverse("admin:jury_letter_preview", args=[pair[0].pk]))
    styled = office.get(reverse("admin:jury_letter_preview_html", args=[pair[0].pk]))

    assert pair[0].submission.owner.email in said
    assert pair[0].subject in said
    assert "Dieser Brief ist ein Entwurf. Verschickt ist noch nichts." in said
    assert "<style>" in styled.content.decode()
    assert "Die Jury überzeugt die gemeinsame Messung." in styled.content.decode()
    assert styled.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_release_asks_first_and_refuses_before_the_embargo(pair: list[Letter], office: Client) -> None:
    papers.fulfil_all()
    chosen = office.post(reverse(LISTS[1]), {"action": "release_chosen", "_selected_action": [row.pk for row in pair]})

    said = main(office, chosen.headers["Location"])
    assert "2 Briefe freigeben" in said
    assert Letter.objects.filter(released_at=None).count() == 2
    assert "Die Preisträger sind noch nicht öffentlich" in release(office, *pair)
    assert Email.objects.filter(subject=pair[0].subject).count() == 0


def test_release_sends_each_letter_once(pair: list[Letter], at: Callable[..., None]) -> None:
    papers.fulfil_all()
    at(pair[0].submission.round.embargo_until)
    office = staff(superuser=True)

    assert "Freigegeben: 2 von 2 Briefen" in release(office, *pair)
    assert "Freigegeben: 0 von 2 Briefen" in release(office, *pair)
    assert Email.objects.filter(subject__in=[row.subject for row in pair]).count() == 2
    assert "schon freigegeben" in main(office, f"{reverse('admin:jury_letter_release')}?brief={pair[0].pk}")


def test_release_sends_only_what_was_shown(pair: list[Letter], at: Callable[..., None]) -> None:
    papers.fulfil_all()
    at(pair[0].submission.round.embargo_until)
    office, keys = staff(superuser=True), [row.pk for row in pair]
    path = f"{reverse('admin:jury_letter_release')}?brief={keys[0]}&brief={keys[1]}"

    first = re.findall(r'name="seen" value="(\w+)"', main(office, path))[0]
    Letter.objects.filter(pk=keys[1]).update(text="Inzwischen anders")
    answer = office.post(reverse("admin:jury_letter_release"), {"brief": keys, "seen": first}).content.decode()
    kept = Letter.objects.filter(released_at=None).count()
    second = re.findall(r'name="seen" value="(\w+)"', answer)[0]
    office.post(reverse("admin:jury_letter_release"), {"brief": keys, "seen": second})

    assert "hat sich ihr Text oder der Kreis der Empfangenden geändert" in answer
    assert (kept, Letter.objects.filter(released_at=None).count()) == (2, 0)


@pytest.mark.parametrize("query", ["", "?brief=", "?brief=x", "?brief=99999999999999999999", "?brief=-1"])
def test_release_without_a_letter_says_so(pair: list[Letter], office: Client, query: str) -> None:
    assert "Es ist kein Brief ausgewählt" in main(office, reverse("admin:jury_letter_release") + query)


def test_papers_and_letters_are_for_those_who_run_the_jury(pair: list[Letter], panel: list[Juror]) -> None:
    call_command("load_roles", verbosity=0)
    papers.fulfil_all()
    one = Paper.objects.get(kind="niederschrift")
    urls = [
        *(reverse(name) for name in LISTS),
        reverse("admin:jury_paper_file", args=[one.pk]),
        reverse("admin:jury_letter_release"),
        *(reverse(f"admin:jury_letter_{page}", args=[pair[0].pk]) for page in ("change", "preview", "preview_html")),
    ]
    juror = Client(raise_request_exception=False)
    assert panel[0].user
    show_factor(juror, panel[0].user)
    owner = Client(raise_request_exception=False)
    show_factor(owner, pair[0].submission.owner)

    assert {staff().get(url).status_code for url in urls} == {403}
    assert {client.get(url).status_code for client in (juror, owner) for url in urls} == {404}
    assert staff().post(reverse("admin:jury_letter_release"), {"brief": [pair[0].pk]}).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_the_same_queries_for_one_and_more_rows(pair: list[Letter], office: Client, name: str) -> None:
    def queries() -> int:
        office.get(reverse(name))
        with CaptureQueriesContext(connection) as counted:
            office.get(reverse(name))
        return len(counted)

    many = queries()
    Paper.objects.exclude(submission=pair[0].submission).delete()
    Letter.objects.exclude(pk=pair[0].pk).delete()

    assert queries() == many
