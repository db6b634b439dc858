"""Who goes looking on purpose: forged and stale forms, a recusal in between, caches."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from jury.actions import assessing, papers, sessions
from jury.models import Assessment, Paper, Score
from jury.views import entries as pages
from jury.views import revising
from submissions.models import Submission
from tests.jury import factories, looking, worlds
from tests.jury.rooms import Stage as Scene

Clock = Callable[[datetime], None]
Status = Assessment.Status


def form(entry: Submission, **more: Any) -> dict[str, Any]:
    return {f"punkte_{row.key}": "7" for row in entry.round.criteria.all()} | {"revision": "0"} | more


def url(name: str, entry: Submission) -> str:
    return worlds.address(name, entry)


def recuse(watched: Scene, entry: Submission, place: int = 1) -> None:
    assessing.recuse(entry, by=watched.user(place), reason="amt", text="Ratsmandat")


# Forged forms ----------------------------------------------------------------------------------------
def test_forged_fields_write_to_the_own_sheet_only(watched: Scene, bea: Client) -> None:
    foreign = Assessment.objects.get(submission=watched.entries[0], seat=watched.panel[0].seat)
    before = list(Score.objects.filter(assessment=foreign).values_list("pk", "points"))
    forged = {
        "assessment": foreign.pk, "seat": foreign.seat_id, "juror": foreign.juror_id, "sheet": foreign.pk,
        "submission": watched.entries[1].pk, "status": "final", "user": watched.chair.pk,
    }  # fmt: skip

    assert bea.post(url("entry", watched.entries[0]), form(watched.entries[0], **forged)).status_code == 302

    foreign.refresh_from_db()
    assert (foreign.status, foreign.revision, foreign.juror) == (Status.FINAL, 0, watched.panel[0])
    assert list(Score.objects.filter(assessment=foreign).values_list("pk", "points")) == before
    own = Assessment.objects.get(seat=watched.panel[1].seat)
    assert (own.submission, own.status, own.juror) == (watched.entries[0], Status.DRAFT, watched.panel[1])


@pytest.mark.parametrize("revision", ["-1", "99", "1e3", "", "9" * 30, "0\x00"])
def test_forged_revision_overwrites_nothing(watched: Scene, bea: Client, revision: str) -> None:
    entry = watched.entries[0]
    bea.post(url("entry", entry), form(entry))

    response = bea.post(url("entry", entry), form(entry, punkte_gewinn="2", revision=revision))

    assert response.status_code in {409, 422}
    assert Score.objects.get(assessment__seat=watched.panel[1].seat, criterion__key="gewinn").points == 7


def test_criteria_of_another_round_do_not_count(watched: Scene, bea: Client) -> None:
    entry, other = watched.entries[0], worlds.another_round(watched.round, before=True)
    foreign = other.criteria.create(key="anmut", title="Anmut", position=1, weight=1)

    response = bea.post(url("entry", entry), form(entry, punkte_anmut="10", **{f"punkte_{foreign.pk}": "10"}))

    assert response.status_code == 302
    assert not Score.objects.filter(criterion=foreign).exists()


@pytest.mark.parametrize("winner", ["hidden", "elsewhere"])
def test_forged_winner_is_refused_without_a_word_of_it(watched: Scene, winner: str) -> None:
    hidden = watched.entries[0]
    for place in range(5):  # all are recused from one, so the first of them may come to preside
        recuse(watched, watched.entries[place % 2], place)
    factories.open_session(watched.category)
    label = hidden.label if winner == "hidden" else "IKZ-2026-0099"
    chair = worlds.client(watched.chair)

    data = worlds.sent("record", hidden, hidden) | {"winner": label, "seen": 0}
    response = chair.post(url("record", hidden), data)

    assert response.status_code in {403, 422}
    assert hidden.label not in looking.told(response)


# Stale forms, and a recusal in between ----------------------------------------------------------------
@pytest.mark.parametrize("name", ["entry", "reopen", "recusal", "revise"])
@pytest.mark.parametrize("opened", [False, True])
def test_replay_after_a_recusal_finds_nothing(watched: Scene, bea: Client, name: str, opened: bool) -> None:
    entry = watched.entries[0]
    bea.post(url("entry", entry), form(entry, tat="abschliessen"))
    if opened:
        watched.open()
    recuse(watched, entry)
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
    watched: Scene, bea: Client, monkeypatch: pytest.MonkeyPatch, opened: bool
) -> None:
    """The page has found the entry; before the verb gets the lock, the same person declares a bias elsewhere."""
    entry, real = watched.entries[0], assessing.save

    def late(*args: Any, **sent: Any) -> Assessment:
        recuse(watched, entry)
        if opened:
            watched.open()
        return real(*args, **sent)

    monkeypatch.setattr(assessing, "save", late)
    response = bea.post(url("entry", entry), form(entry, gesamt="Mein Wort"))

    said = looking.told(response)
    assert response.status_code in {403, 409}
    assert looking.traces({"answer": said}, [entry.label, entry.submitted_title, "Mein Wort"]) == []
    assert not Assessment.objects.filter(seat=watched.panel[1].seat).exists()


def test_recusal_while_a_revision_is_on_its_way(watched: Scene, bea: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.open()
    entry, real = watched.entries[0], sessions.revise

    def late(*args: Any, **sent: Any) -> Assessment:
        recuse(watched, entry)
        return real(*args, **sent)

    monkeypatch.setattr(sessions, "revise", late)
    response = bea.post(url("revise", entry), form(entry, reason="Neu gelesen."))

    assert response.status_code == 409
    assert looking.traces({"answer": looking.told(response)}, [entry.label, entry.submitted_title]) == []


@pytest.mark.parametrize("leave", [{"status": "withdrawn"}, {"formal_check": "excluded"}])
def test_recused_entry_that_takes_part_no_more_is_not_named_either(
    watched: Scene, bea: Client, leave: dict[str, str]
) -> None:
    entry = watched.entries[0]
    recuse(watched, entry)
    Submission.objects.filter(pk=entry.pk).update(**leave)

    seen = looking.jury(bea, [entry], watched.entries[1])

    assert looking.traces(seen, [entry.label, entry.submitted_title, str(entry.pk)]) == []
    assert bea.get(url("entry", entry)).status_code == 404
    assert worlds.client(watched.user(2)).get(url("entry", entry)).status_code == 410


def test_notice_that_waited_names_no_entry(watched: Scene, bea: Client) -> None:
    """Finalised in one window, recused in another: what the first would have said is shown by the next page."""
    entry = watched.entries[0]
    bea.post(url("entry", entry), form(entry, tat="abschliessen"))
    recuse(watched, entry)

    said = looking.told(bea.get(url("index", entry)))

    assert pages.DONE in said
    assert looking.traces({"index": said, "revise": revising.DONE}, [entry.label, entry.submitted_title]) == []


def test_dossier_made_before_a_recusal_is_not_handed_out(watched: Scene, bea: Client) -> None:
    held = [str(entry.pk) for entry in watched.entries]
    worlds.paper(Paper.Kind.DOSSIER, watched.category, juror=watched.panel[1], entries=held)
    file = url("dossier", watched.entries[0])
    assert worlds.status(bea.get(file)) == 200

    recuse(watched, watched.entries[0])

    assert bea.get(file).status_code == 404
    assert not Paper.objects.exists()


def test_dossier_in_work_counts_only_what_may_be_read(watched: Scene, bea: Client) -> None:
    papers.request_dossier(watched.category, by=watched.user(1))
    Paper.objects.update(done=3, claimed_at=None)
    recuse(watched, watched.entries[0])

    said = looking.told(bea.get(url("dossier_page", watched.entries[0]), headers=looking.HTMX))

    assert "In Arbeit, 2 von 2" in said


# Caches ----------------------------------------------------------------------------------------------
def test_nothing_of_the_jury_may_be_kept_or_revalidated(watched: Scene, bea: Client) -> None:
    entry = watched.entries[0]
    watched.open()
    worlds.paper(Paper.Kind.DOSSIER, watched.category, juror=watched.panel[1], entries=[])
    chair = worlds.client(watched.chair)
    conditional = {"If-None-Match": "*", "If-Modified-Since": "Thu, 31 Dec 2099 23:59:59 GMT"}

    for client in (bea, chair):
        for name in worlds.ROUTES:
            for headers in ({}, conditional, looking.HTMX, {"Range": "bytes=0-9"}):
                response = client.get(url(name, entry), headers=headers)
                assert "no-store" in response["Cache-Control"], name
                assert not response.has_header("ETag"), name
                assert not response.has_header("Last-Modified"), name
                assert worlds.status(response) not in {206, 304}, name


def test_conditional_answer_after_a_recusal_is_not_found(watched: Scene, bea: Client) -> None:
    entry = watched.entries[0]
    file = url("file", entry)
    first = bea.get(file)
    assert worlds.status(first) == 200
    recuse(watched, entry)

    again = bea.get(
        file, headers={"If-None-Match": first.get("ETag", "*"), "If-Modified-Since": "Thu, 31 Dec 2099 23:59:59 GMT"}
    )

    assert (again.status_code, again.get("Content-Disposition")) == (404, None)
