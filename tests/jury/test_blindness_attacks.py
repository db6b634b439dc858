"""Who goes looking on purpose: foreign sheets, forged and stale forms, caches, tricks with addresses, filters, two hats."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from jury import sight
from jury.actions import assessing, papers, sessions
from jury.models import Assessment, JuryEvent, Paper, Recusal, Score
from jury.views import entries as pages
from jury.views import revising
from submissions.models import Round, Submission
from tests.jury import factories, looking, rooms, worlds
from tests.jury.rooms import Stage as Scene
from tests.submissions import factories as drafts

Clock = Callable[[datetime], None]
Status = Assessment.Status


@pytest.fixture
def scene(open_round: Round, scoring: Callable[[], None]) -> Scene:
    """Three entries of one category, scored by everybody but the second juror, who has only cleared them."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    panel = factories.panel(open_round)
    entries = [worlds.entry(open_round, "krisen", title=f"Auenblick {n}") for n in range(1, 4)]
    scoring()
    for entry, points in zip(entries, (8, 7, 5), strict=True):
        for juror in panel:
            if juror == panel[1]:
                factories.clear(juror, entry)
            else:
                factories.sheet(juror, entry, points + (juror == panel[4]))
    category = open_round.categories.select_related("round").get(key="krisen")
    return Scene(open_round, category, panel, entries, rooms.office())


@pytest.fixture
def bea(scene: Scene) -> Client:
    """The browser of the second juror."""
    return worlds.client(scene.user(1))


def form(entry: Submission, **more: Any) -> dict[str, Any]:
    return {f"punkte_{row.key}": "7" for row in entry.round.criteria.all()} | {"revision": "0"} | more


def url(name: str, entry: Submission) -> str:
    return worlds.address(name, entry)


def recuse(scene: Scene, entry: Submission, place: int = 1) -> None:
    assessing.recuse(entry, by=scene.user(place), reason="amt", text="Ratsmandat")


# Forged forms ----------------------------------------------------------------------------------------
def test_forged_fields_write_to_the_own_sheet_only(scene: Scene, bea: Client) -> None:
    foreign = Assessment.objects.get(submission=scene.entries[0], seat=scene.panel[0].seat)
    before = list(Score.objects.filter(assessment=foreign).values_list("pk", "points"))
    forged = {
        "assessment": foreign.pk, "seat": foreign.seat_id, "juror": foreign.juror_id, "sheet": foreign.pk,
        "submission": scene.entries[1].pk, "status": "final", "user": scene.chair.pk,
    }  # fmt: skip

    assert bea.post(url("entry", scene.entries[0]), form(scene.entries[0], **forged)).status_code == 302

    foreign.refresh_from_db()
    assert (foreign.status, foreign.revision, foreign.juror) == (Status.FINAL, 0, scene.panel[0])
    assert list(Score.objects.filter(assessment=foreign).values_list("pk", "points")) == before
    own = Assessment.objects.get(seat=scene.panel[1].seat)
    assert (own.submission, own.status, own.juror) == (scene.entries[0], Status.DRAFT, scene.panel[1])


@pytest.mark.parametrize("revision", ["-1", "99", "1e3", "", "9" * 30, "0\x00"])
def test_forged_revision_overwrites_nothing(scene: Scene, bea: Client, revision: str) -> None:
    entry = scene.entries[0]
    bea.post(url("entry", entry), form(entry))

    response = bea.post(url("entry", entry), form(entry, punkte_gewinn="2", revision=revision))

    assert response.status_code in {409, 422}
    assert Score.objects.get(assessment__seat=scene.panel[1].seat, criterion__key="gewinn").points == 7


def test_criteria_of_another_round_do_not_count(scene: Scene, bea: Client) -> None:
    entry, other = scene.entries[0], another_round(scene.round, before=True)
    foreign = other.criteria.create(key="anmut", title="Anmut", position=1, weight=1)

    response = bea.post(url("entry", entry), form(entry, punkte_anmut="10", **{f"punkte_{foreign.pk}": "10"}))

    assert response.status_code == 302
    assert not Score.objects.filter(criterion=foreign).exists()


@pytest.mark.parametrize("winner", ["hidden", "elsewhere"])
def test_forged_winner_is_refused_without_a_word_of_it(scene: Scene, winner: str) -> None:
    hidden = scene.entries[0]
    for place in range(5):  # all are recused from one, so the first of them may come to preside
        recuse(scene, scene.entries[place % 2], place)
    factories.open_session(scene.category)
    label = hidden.label if winner == "hidden" else "IKZ-2026-0099"
    chair = worlds.client(scene.chair)

    data = worlds.sent("record", hidden, hidden) | {"winner": label, "seen": 0}
    response = chair.post(url("record", hidden), data)

    assert response.status_code in {403, 422}
    assert hidden.label not in looking.told(response)


# Stale forms, and a recusal in between ----------------------------------------------------------------
@pytest.mark.parametrize("name", ["entry", "reopen", "recusal", "revise"])
@pytest.mark.parametrize("opened", [False, True])
def test_replay_after_a_recusal_finds_nothing(scene: Scene, bea: Client, name: str, opened: bool) -> None:
    entry = scene.entries[0]
    bea.post(url("entry", entry), form(entry, tat="abschliessen"))
    if opened:
        scene.open()
    recuse(scene, entry)
    before = worlds.traces()

    seen = {
        "plain": looking.told(bea.post(url(name, entry), worlds.sent(name, entry, entry), follow=True)),
        "htmx": looking.told(bea.post(url(name, entry), worlds.sent(name, entry, entry), headers=looking.HTMX)),
        "next": looking.told(bea.get(url("category", entry))),
    }

    assert looking.traces(seen, [entry.label, entry.submitted_title]) == []
    assert worlds.traces() == before


@pytest.mark.parametrize("opened", [False, True])
def test_recusal_while_a_sheet_is_on_its_way(
    scene: Scene, bea: Client, monkeypatch: pytest.MonkeyPatch, opened: bool
) -> None:
    """The page has found the entry; before the verb gets the lock, the same person declares a bias elsewhere."""
    entry, real = scene.entries[0], assessing.save

    def late(*args: Any, **sent: Any) -> Assessment:
        recuse(scene, entry)
        if opened:
            scene.open()
        return real(*args, **sent)

    monkeypatch.setattr(assessing, "save", late)
    response = bea.post(url("entry", entry), form(entry, gesamt="Mein Wort"))

    said = looking.told(response)
    assert response.status_code in {403, 409}
    assert looking.traces({"answer": said}, [entry.label, entry.submitted_title, "Mein Wort"]) == []
    assert not Assessment.objects.filter(seat=scene.panel[1].seat).exists()


def test_recusal_while_a_revision_is_on_its_way(scene: Scene, bea: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.open()
    entry, real = scene.entries[0], sessions.revise

    def late(*args: Any, **sent: Any) -> Assessment:
        recuse(scene, entry)
        return real(*args, **sent)

    monkeypatch.setattr(sessions, "revise", late)
    response = bea.post(url("revise", entry), form(entry, reason="Neu gelesen."))

    assert response.status_code == 409
    assert looking.traces({"answer": looking.told(response)}, [entry.label, entry.submitted_title]) == []


def test_notice_that_waited_names_no_entry(scene: Scene, bea: Client) -> None:
    """Finalised in one window, recused in another: what the first would have said is shown by the next page."""
    entry = scene.entries[0]
    bea.post(url("entry", entry), form(entry, tat="abschliessen"))
    recuse(scene, entry)

    said = looking.told(bea.get(url("index", entry)))

    assert pages.DONE in said
    assert looking.traces({"index": said, "revise": revising.DONE}, [entry.label, entry.submitted_title]) == []


def test_dossier_in_work_counts_only_what_may_be_read(scene: Scene, bea: Client) -> None:
    papers.request_dossier(scene.category, by=scene.user(1))
    Paper.objects.update(done=3, claimed_at=None)
    recuse(scene, scene.entries[0])

    said = looking.told(bea.get(url("dossier_page", scene.entries[0]), headers=looking.HTMX))

    assert "In Arbeit, 2 von 2" in said


# Caches ----------------------------------------------------------------------------------------------
def test_nothing_of_the_jury_may_be_kept_or_revalidated(scene: Scene, bea: Client) -> None:
    entry = scene.entries[0]
    scene.open()
    worlds.paper(Paper.Kind.DOSSIER, scene.category, juror=scene.panel[1], entries=[])
    chair = worlds.client(scene.chair)
    conditional = {"If-None-Match": "*", "If-Modified-Since": "Thu, 31 Dec 2099 23:59:59 GMT"}

    for client in (bea, chair):
        for name in worlds.ROUTES:
            for headers in ({}, conditional, looking.HTMX, {"Range": "bytes=0-9"}):
                response = client.get(url(name, entry), headers=headers)
                assert "no-store" in response["Cache-Control"], name
                assert not response.has_header("ETag"), name
                assert not response.has_header("Last-Modified"), name
                assert worlds.status(response) not in {206, 304}, name


def test_conditional_answer_after_a_recusal_is_not_found(scene: Scene, bea: Client) -> None:
    entry = scene.entries[0]
    file = url("file", entry)
    first = bea.get(file)
    assert worlds.status(first) == 200
    recuse(scene, entry)

    again = bea.get(file, headers={"If-None-Match": first.get("ETag", "*"), "If-Modified-Since": "Thu, 31 Dec 2099 23:59:59 GMT"})

    assert (again.status_code, again.get("Content-Disposition")) == (404, None)


# Addresses -------------------------------------------------------------------------------------------
TRICKS = (
    "{0}", "{0}%20", "%20{0}", "{0}%00", "{0}%0A", "{0}.", "{0}/", "ikz-2026-000{1}", "IKZ-2026-0000{1}", "IKZ-2026-{1}",
    "IKZ-2026-+{1}", "IKZ-2026--{1}", "IKZ-2025-000{1}", "-000{1}", "000{1}", "%49KZ-2026-000{1}", "IKZ%2D2026%2D000{1}",
    "IKZ-2026-000{1}%2Fbefangenheit", "IKZ-2026-%D9%A1", "IKZ-2026-000{1}%23", "IKZ-2026-0x{1}", "IKZ-2026-1e0",
    "IKZ-2026-" + "0" * 400 + "{1}", "IKZ-2026-99999999999999999999", "..%2F{0}", "{2}",
)  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_with_a_number_find_no_recused_entry(scene: Scene, bea: Client, trick: str) -> None:
    entry = scene.entries[0]
    recuse(scene, entry)
    scene.open()
    label = trick.format(entry.label, entry.number, entry.pk)

    for path in ("einreichungen/{}/", "einreichungen/{}/befangenheit/", "sitzung/krisen/{}/", "einreichungen/{}/oeffnen/"):
        for method in (bea.get, bea.post, bea.head):
            response = method(f"/jury/{path.format(label)}")
            assert response.status_code == 404, path
            assert entry.submitted_title not in looking.told(response)


@pytest.mark.parametrize("slug", ["x" * 5000, "krisen%00", "krisen%20", "KRISEN", "..", "krisen%2F..%2Fumwelt", "krisen-"])
def test_odd_slugs_are_not_found(scene: Scene, bea: Client, slug: str) -> None:
    for path in ("kategorien/{}/", "sitzung/{}/", "sitzung/{}/stand/", "dossier/{}/", "dossier/{}.pdf", "sitzung/{}/niederschrift.pdf"):
        assert bea.get(f"/jury/{path.format(slug)}").status_code == 404, path


def test_number_with_more_zeros_leads_to_the_entry_and_is_named_as_it_is(scene: Scene, bea: Client) -> None:
    path = "/jury/einreichungen/IKZ-2026-0000001/"
    assert bea.get(path).status_code == 200

    Submission.objects.filter(pk=scene.entries[0].pk).update(status="withdrawn")
    gone = bea.get(path)

    assert gone.status_code == 410
    assert "IKZ-2026-0001" in looking.told(gone)
    assert "0000001" not in looking.told(gone)


def test_file_of_another_entry_is_not_found_by_an_own_number(open_round: Round, at: Clock) -> None:
    world = worlds.World(open_round, at, "scoring")
    hidden, open_one = world.targets["recused"], world.plain["recused"]
    foreign = world.url("file", "recused").rstrip("/").rpartition("/")[2]

    response = world.clients["own"].get(reverse("jury:file", args=[open_one.label, foreign]))

    assert response.status_code == 404
    assert worlds.status(world.clients["own"].get(worlds.address("file", open_one))) == 200
    assert hidden.label not in looking.told(response)


# Two rounds, two hats --------------------------------------------------------------------------------
def another_round(round: Round, *, before: bool) -> Round:
    """Return a round two years earlier or later with categories of the same keys."""
    years = timedelta(days=-730 if before else 730)
    other = Round.objects.create(
        key="andere", name="Andere Runde", number_prefix="IKZ-2024" if before else "IKZ-2028",
        opens_at=round.opens_at + years, closes_at=round.closes_at + years, ceremony_on=round.ceremony_on + years,
        embargo_until=round.embargo_until + years, scoring_opens_at=round.closes_at + years,
    )  # fmt: skip
    for row in round.categories.all():
        other.categories.create(key=row.key, name=row.name, short_name=row.short_name, position=row.position)
    return other


def test_entries_of_an_older_round_are_not_found(scene: Scene, bea: Client) -> None:
    older = another_round(scene.round, before=True)
    moved = scene.entries[2]
    Submission.objects.filter(pk=moved.pk).update(
        round=older, category=older.categories.get(key="krisen"), submitted_category=older.categories.get(key="krisen")
    )
    moved.refresh_from_db()

    seen = looking.jury(bea, [scene.entries[0]], scene.entries[0])
    for label in (moved.label, f"IKZ-2026-{moved.number:04d}"):
        assert bea.get(f"/jury/einreichungen/{label}/").status_code == 404

    assert moved.submitted_title not in "".join(seen.values())


def test_jury_of_an_older_round_finds_nothing_of_the_next(scene: Scene, bea: Client) -> None:
    assert bea.get("/jury/").status_code == 200
    another_round(scene.round, before=False)

    assert {worlds.status(bea.get(url(name, scene.entries[0]))) for name in worlds.ROUTES if name != "invitation"} == {404}


@pytest.mark.parametrize("hat", ["owner", "editor"])
def test_juror_who_comes_to_work_on_an_entry_loses_sight_of_it(scene: Scene, bea: Client, hat: str) -> None:
    entry, user = scene.entries[0], scene.user(1)
    assert bea.get(url("entry", entry)).status_code == 200

    work_on(entry, user, hat)

    assert entry not in sight.of(user).readable()  # type: ignore[union-attr]
    assert bea.get(url("entry", entry)).url == url("recusal", entry)  # type: ignore[attr-defined]
    assert bea.post(url("entry", entry), form(entry)).status_code == 302
    assert not Assessment.objects.filter(seat=scene.panel[1].seat).exists()
    assert bea.post(url("recusal", entry), {"erklaerung": "nein"}).status_code == 403
    answer = bea.post(url("recusal", entry), worlds.sent("recusal", entry, entry))
    assert answer.status_code == 302
    assert Recusal.objects.get().juror == scene.panel[1]


def work_on(entry: Submission, user: User, hat: str) -> None:
    if hat == "owner":
        Submission.objects.filter(pk=entry.pk).update(owner=user)
    else:
        colleague = drafts.editor(entry, "read")
        entry.editors.filter(user=colleague).update(user=user, email=user.email)


def test_pages_of_the_submitters_show_a_juror_no_foreign_entry(scene: Scene, bea: Client) -> None:
    entry = scene.entries[0]

    assert bea.get(entry.get_absolute_url()).status_code == 404
    assert entry.submitted_title not in looking.told(bea.get(reverse("submissions:index")))


# The office's filters ---------------------------------------------------------------------------------
@pytest.mark.parametrize("model", ["juryevent", "recusal", "seat", "paper", "letter", "session"])
@pytest.mark.parametrize(
    "query",
    [
        "detail__points__gewinn=8", "detail__points__gewinn__gte=7", "detail__contains=gewinn", "detail__icontains=8",
        "detail__after__scores__gewinn__points=8", "submission__assessments__scores__points=8", "assessments__comment=x",
        "seat__assessments__scores__points__gte=8", "session__decision__winner=1", "juror__assessments__status=final",
        "category__session__decision__winner__number=1", "winner=1", "jurors__assessments__scores__points=8",
    ],
)  # fmt: skip
def test_filters_of_the_admin_tell_no_point(scene: Scene, model: str, query: str) -> None:
    """A list filtered by points would tell them by what it finds."""
    for who in (rooms_office(), worlds.StaffFactory(superuser=True)):
        answer = worlds.client(who).get(f"{reverse(f'admin:jury_{model}_changelist')}?{query}")
        assert answer.status_code in {302, 400} or (model == "session" and answer.status_code == 200)


def rooms_office() -> User:
    worlds.call_command("load_roles", verbosity=0)
    return worlds.staff("office")


def test_look_of_the_administration_is_journalled_and_asks_first(scene: Scene) -> None:
    admin = worlds.client(worlds.StaffFactory(superuser=True))
    page = reverse("admin:jury_session_points", args=[scene.category.pk])
    scene.open()

    assert "8,25" not in looking.told(admin.get(page))
    assert not JuryEvent.objects.filter(verb="looked").exists()
    assert worlds.client(rooms_office()).post(page).status_code == 403
    assert "8,25" in looking.told(admin.post(page))
    assert JuryEvent.objects.filter(verb="looked").count() == 1
