"""Who goes looking by addresses and by who they are: numbers, slugs, files, rounds, two hats, filters of the office."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from jury import sight
from jury.actions import assessing
from jury.models import Assessment, JuryEvent, Recusal
from submissions.models import Round, Submission
from tests.jury import looking, worlds
from tests.jury.rooms import Stage as Scene
from tests.submissions import factories as drafts

Clock = Callable[[datetime], None]
Status = Assessment.Status


def form(entry: Submission, **more: Any) -> dict[str, Any]:
    return {f"punkte_{row.key}": "7" for row in entry.round.criteria.all()} | {"revision": "0"} | more


def url(name: str, entry: Submission) -> str:
    return worlds.address(name, entry)


def recuse(watched: Scene, entry: Submission, place: int = 1) -> None:
    assessing.recuse(entry, by=watched.user(place), reason="amt", text="Ratsmandat")


# Addresses -------------------------------------------------------------------------------------------
TRICKS = (
    "{0}", "{0}%20", "%20{0}", "{0}%00", "{0}%0A", "{0}.", "{0}/", "ikz-2026-000{1}", "IKZ-2026-0000{1}",
    "IKZ-2026-{1}", "IKZ-2026-+{1}", "IKZ-2026--{1}", "IKZ-2025-000{1}", "-000{1}", "000{1}", "%49KZ-2026-000{1}",
    "IKZ%2D2026%2D000{1}",
    "IKZ-2026-000{1}%2Fbefangenheit", "IKZ-2026-%D9%A1", "IKZ-2026-000{1}%23", "IKZ-2026-0x{1}", "IKZ-2026-1e0",
    "IKZ-2026-" + "0" * 400 + "{1}", "IKZ-2026-99999999999999999999", "..%2F{0}", "{2}",
)  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_with_a_number_find_no_recused_entry(watched: Scene, bea: Client, trick: str) -> None:
    entry = watched.entries[0]
    recuse(watched, entry)
    watched.open()
    label = trick.format(entry.label, entry.number, entry.pk)

    for path in (
        "einreichungen/{}/",
        "einreichungen/{}/befangenheit/",
        "sitzung/krisen/{}/",
        "einreichungen/{}/oeffnen/",
    ):
        for method in (bea.get, bea.post, bea.head):
            response = method(f"/jury/{path.format(label)}")
            assert response.status_code == 404, path
            assert entry.submitted_title not in looking.told(response)


@pytest.mark.parametrize(
    "slug", ["x" * 5000, "krisen%00", "krisen%20", "KRISEN", "..", "krisen%2F..%2Fumwelt", "krisen-"]
)
def test_odd_slugs_are_not_found(watched: Scene, bea: Client, slug: str) -> None:
    for path in (
        "kategorien/{}/",
        "sitzung/{}/",
        "sitzung/{}/stand/",
        "dossier/{}/",
        "dossier/{}.pdf",
        "sitzung/{}/niederschrift.pdf",
    ):
        assert bea.get(f"/jury/{path.format(slug)}").status_code == 404, path


def test_number_with_more_zeros_leads_to_the_entry_and_is_named_as_it_is(watched: Scene, bea: Client) -> None:
    path = "/jury/einreichungen/IKZ-2026-0000001/"
    assert bea.get(path).status_code == 200

    Submission.objects.filter(pk=watched.entries[0].pk).update(status="withdrawn")
    gone = bea.get(path)

    assert gone.status_code == 410
    assert "IKZ-2026-0001" in looking.told(gone)
    assert "0000001" not in looking.told(gone)


@pytest.mark.parametrize("check", ["open", "returned"])
def test_entry_that_is_checked_again_is_not_called_gone(watched: Scene, bea: Client, check: str) -> None:
    Submission.objects.filter(pk=watched.entries[0].pk).update(formal_check=check)

    answer = bea.get("/jury/einreichungen/IKZ-2026-0001/")

    assert answer.status_code == 410
    assert "IKZ-2026-0001 wird noch einmal geprüft" in looking.told(answer)
    assert "zurückgezogen oder" not in looking.told(answer)


def test_file_of_another_entry_is_not_found_by_an_own_number(open_round: Round, at: Clock) -> None:
    world = worlds.World(open_round, at, "scoring")
    hidden, open_one = world.targets["recused"], world.plain["recused"]
    foreign = world.url("file", "recused").rstrip("/").rpartition("/")[2]

    response = world.clients["own"].get(reverse("jury:file", args=[open_one.label, foreign]))

    assert response.status_code == 404
    assert worlds.status(world.clients["own"].get(worlds.address("file", open_one))) == 200
    assert hidden.label not in looking.told(response)


# Two rounds, two hats --------------------------------------------------------------------------------
def test_entries_of_an_older_round_are_not_found(watched: Scene, bea: Client) -> None:
    older = worlds.another_round(watched.round, before=True)
    moved = watched.entries[2]
    Submission.objects.filter(pk=moved.pk).update(
        round=older, category=older.categories.get(key="krisen"), submitted_category=older.categories.get(key="krisen")
    )
    moved.refresh_from_db()

    seen = looking.jury(bea, [watched.entries[0]], watched.entries[0])
    for label in (moved.label, f"IKZ-2026-{moved.number:04d}"):
        assert bea.get(f"/jury/einreichungen/{label}/").status_code == 404

    assert moved.submitted_title not in "".join(seen.values())


def test_jury_of_an_older_round_finds_nothing_of_the_next(watched: Scene, bea: Client) -> None:
    assert bea.get("/jury/").status_code == 200
    worlds.another_round(watched.round, before=False)

    assert {
        worlds.status(bea.get(url(name, watched.entries[0]))) for name in worlds.ROUTES if name != "invitation"
    } == {404}


@pytest.mark.parametrize("hat", ["owner", "editor"])
def test_juror_who_comes_to_work_on_an_entry_loses_sight_of_it(watched: Scene, bea: Client, hat: str) -> None:
    entry, user = watched.entries[0], watched.user(1)
    assert bea.get(url("entry", entry)).status_code == 200

    work_on(entry, user, hat)

    assert entry not in sight.of(user).readable()  # type: ignore[union-attr]
    assert bea.get(url("entry", entry)).url == url("recusal", entry)  # type: ignore[attr-defined]
    assert bea.post(url("entry", entry), form(entry)).status_code == 302
    assert not Assessment.objects.filter(seat=watched.panel[1].seat).exists()
    assert bea.post(url("recusal", entry), {"erklaerung": "nein"}).status_code == 403
    answer = bea.post(url("recusal", entry), worlds.sent("recusal", entry, entry))
    assert answer.status_code == 302
    assert Recusal.objects.get().juror == watched.panel[1]


def work_on(entry: Submission, user: User, hat: str) -> None:
    if hat == "owner":
        Submission.objects.filter(pk=entry.pk).update(owner=user)
    else:
        colleague = drafts.editor(entry, "read")
        entry.editors.filter(user=colleague).update(user=user, email=user.email)


def test_juror_who_becomes_staff_gets_neither(watched: Scene, bea: Client) -> None:
    entry = watched.entries[0]
    recuse(watched, entry)
    User.objects.filter(pk=watched.user(1).pk).update(is_staff=True, is_superuser=True)
    lists = [reverse(f"admin:{name}_changelist") for name in ("submissions_submission", "jury_session", "jury_recusal")]

    pages = [bea.get(page) for page in ("/jury/", "/admin/", *lists, entry.get_absolute_url())]

    assert {page.status_code for page in pages} == {403}
    assert not any(entry.submitted_title in looking.told(page) for page in pages)


def test_pages_of_the_submitters_show_a_juror_no_foreign_entry(watched: Scene, bea: Client) -> None:
    entry = watched.entries[0]

    assert bea.get(entry.get_absolute_url()).status_code == 404
    assert entry.submitted_title not in looking.told(bea.get(reverse("submissions:index")))


# The office's filters ---------------------------------------------------------------------------------
@pytest.mark.parametrize("model", ["juryevent", "recusal", "seat", "paper", "letter", "session"])
@pytest.mark.parametrize(
    "query",
    [
        "detail__points__gewinn=8", "detail__points__gewinn__gte=7", "detail__contains=gewinn", "detail__icontains=8",
        "detail__after__scores__gewinn__points=8", "submission__assessments__scores__points=8",
        "assessments__comment=x",
        "seat__assessments__scores__points__gte=8", "session__decision__winner=1", "juror__assessments__status=final",
        "category__session__decision__winner__number=1", "winner=1", "jurors__assessments__scores__points=8",
    ],
)  # fmt: skip
def test_filters_of_the_admin_tell_no_point(watched: Scene, model: str, query: str) -> None:
    """A list filtered by points would tell them by what it finds."""
    for who in (rooms_office(), worlds.StaffFactory(superuser=True)):
        answer = worlds.client(who).get(f"{reverse(f'admin:jury_{model}_changelist')}?{query}")
        assert answer.status_code in {302, 400} or (model == "session" and answer.status_code == 200)


def rooms_office() -> User:
    worlds.call_command("load_roles", verbosity=0)
    return worlds.staff("office")


def test_look_of_the_administration_is_journalled_and_asks_first(watched: Scene) -> None:
    admin = worlds.client(worlds.StaffFactory(superuser=True))
    page = reverse("admin:jury_session_points", args=[watched.category.pk])
    watched.open()

    assert "8,25" not in looking.told(admin.get(page))
    assert not JuryEvent.objects.filter(verb="looked").exists()
    assert worlds.client(rooms_office()).post(page).status_code == 403
    assert "8,25" in looking.told(admin.post(page))
    assert JuryEvent.objects.filter(verb="looked").count() == 1
