"""Papers owed, rendered once, owed until then, and a dossier forgotten with what its juror may not read any more."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from jury import dossier, sight
from jury.actions import assessing, deciding, papers, sessions
from jury.models import Decision, Juror, Letter, Paper, Session
from jury.models.papers import CLAIM
from jury.tasks import forget_hidden_dossiers, render_owed_papers, render_paper
from landespreis.refusal import NotAllowed, Refused
from submissions.models import Category, Round, Submission
from tests.accounts.factories import StaffFactory, UserFactory
from tests.jury import decided, factories
from tests.landespreis import claims


@pytest.fixture
def category(round: Round) -> Category:
    return round.categories.get(key="krisen")


@pytest.fixture
def two(open_round: Round, panel: list[Juror], scoring: Callable[[], None]) -> list[Submission]:
    rows = [factories.admitted(open_round, title=title) for title in ("Pegel gemeinsam lesen", "Notstrom im Ring")]
    scoring()
    factories.clear(panel[0], *rows)
    return rows


@pytest.fixture
def asked(two: list[Submission], panel: list[Juror], category: Category) -> Paper:
    """A dossier that the first juror asked for."""
    assert panel[0].user
    return papers.request_dossier(category, by=panel[0].user)


@pytest.fixture
def finished(asked: Paper) -> Paper:
    assert papers.fulfil(asked)
    asked.refresh_from_db()
    return asked


@pytest.fixture
def locked(two: list[Submission], panel: list[Juror], category: Category) -> Session:
    session = decided.opened(category, *panel)
    decided.decide(session, panel[0], two[0])
    return session


def content(paper: Paper) -> bytes:
    paper.refresh_from_db()
    with paper.file.open("rb") as file:
        return bytes(file.read())


def stored() -> list[str]:
    """Every file below jury/ in the private storage."""

    def walk(folder: str) -> Iterator[str]:
        if not default_storage.exists(folder):
            return
        folders, names = default_storage.listdir(folder)
        yield from (f"{folder}/{name}" for name in names)
        for below in folders:
            yield from walk(f"{folder}/{below}")

    return sorted(walk("jury"))


# Owing -------------------------------------------------------------------------------------------------
def test_owe_decided_owes_minutes_certificates_and_letters_of_admitted_entries(
    locked: Session, two: list[Submission], open_round: Round
) -> None:
    Submission.objects.filter(pk=two[1].pk).update(formal_check="excluded")

    papers.owe_decided(locked)

    assert sorted(Paper.objects.values_list("kind", "submission")) == [("niederschrift", None), ("urkunde", two[0].pk)]
    assert list(Letter.objects.values_list("submission", "kind")) == [(two[0].pk, "preis")]


def test_owe_decided_twice_owes_once_and_keeps_a_changed_letter(locked: Session, two: list[Submission]) -> None:
    papers.owe_decided(locked)
    Letter.objects.filter(submission=two[1]).update(text="Von Hand")

    papers.owe_decided(locked)

    assert (Paper.objects.count(), Letter.objects.count()) == (3, 2)
    assert Letter.objects.get(submission=two[1]).text == "Von Hand"


def test_owe_decided_goes_with_a_rollback(locked: Session) -> None:
    with transaction.atomic():
        papers.owe_decided(locked)
        transaction.set_rollback(True)

    assert (Paper.objects.count(), Letter.objects.count()) == (0, 0)


def test_letters_tell_winner_reasons_and_others_the_outcome(locked: Session, two: list[Submission]) -> None:
    papers.owe_decided(locked)

    won, thanked = (Letter.objects.get(submission=entry) for entry in two)

    assert decided.REASONS in won.text
    assert "10.000 Euro" in won.text
    assert "Mittwoch, 15. April 2026" in won.text
    assert "einem anderen Projekt zuerkannt" in thanked.text
    assert [said for said in (two[0].submitted_title, two[0].label) if said in thanked.subject + thanked.text] == []


def test_letters_say_that_there_is_no_prize(two: list[Submission], panel: list[Juror], category: Category) -> None:
    session = decided.opened(category, *panel)
    decided.decide(session, panel[0], None)

    papers.owe_decided(session)

    assert {letter.kind for letter in Letter.objects.all()} == {"dank"}
    assert all("keinen Preis vergeben" in letter.text for letter in Letter.objects.all())


def test_the_second_confirmation_owes_papers(
    open_round: Round, panel: list[Juror], scoring: Callable[[], None], category: Category
) -> None:
    entry = factories.admitted(open_round)
    scoring()
    for juror in panel:
        factories.sheet(juror, entry, 8)
    office = StaffFactory(superuser=True)
    session = sessions.open(category, by=office, present=panel)
    chair = panel[0].user
    assert chair
    outcome = deciding.Outcome(entry, 5, 0, 0, "Gute Gründe.", panel[0].seat)
    decision = deciding.record(session, by=chair, outcome=outcome, seen=0)
    deciding.confirm_as_chair(decision, by=chair, revision=1)
    assert Paper.objects.count() == 0

    deciding.confirm_as_office(decision, by=office, revision=1)

    assert Decision.objects.get().locked_at
    assert papers.fulfil_all() == 2
    assert [decided.failures(content(paper)) for paper in Paper.objects.all()] == [[], []]
    assert decided.text(content(Paper.objects.get(kind="niederschrift"))).count(entry.label) >= 4


# Asking for a dossier ------------------------------------------------------------------------------------
def test_request_dossier_twice_is_one_paper(asked: Paper, panel: list[Juror], category: Category) -> None:
    assert panel[0].user
    again = papers.request_dossier(category, by=panel[0].user)

    assert (again.pk, Paper.objects.count(), again.total) == (asked.pk, 1, 2)


def test_request_dossier_leaves_one_in_work_and_one_up_to_date(
    finished: Paper, panel: list[Juror], category: Category
) -> None:
    assert panel[0].user
    assert papers.request_dossier(category, by=panel[0].user).rendered_at == finished.rendered_at

    claimed = timezone.now()
    Paper.objects.update(rendered_at=None, claimed_at=claimed, done=1)
    again = papers.request_dossier(category, by=panel[0].user)

    assert (again.claimed_at, again.done) == (claimed, 1)


def test_request_dossier_renews_one_that_is_out_of_date_and_deletes_its_file(
    finished: Paper, panel: list[Juror], category: Category, open_round: Round,
    django_capture_on_commit_callbacks: Any, at: Callable[..., None],
) -> None:  # fmt: skip
    assert panel[0].user
    factories.recuse(panel[0], Submission.objects.get(submitted_title="Notstrom im Ring"))
    path = finished.file.name

    with django_capture_on_commit_callbacks(execute=True):
        again = papers.request_dossier(category, by=panel[0].user)

    assert (again.pk, again.rendered_at, again.total, again.entries) == (finished.pk, None, 1, [])
    assert not default_storage.exists(path)


def test_request_dossier_tries_a_failed_one_again_at_once(asked: Paper, panel: list[Juror], category: Category) -> None:
    assert panel[0].user
    Paper.objects.update(claimed_at=timezone.now(), error="OSError: voll")

    papers.request_dossier(category, by=panel[0].user)

    assert papers.fulfil_all() == 1


def test_request_dossier_refuses_an_empty_one(two: list[Submission], panel: list[Juror], category: Category) -> None:
    assert panel[1].user
    with pytest.raises(Refused, match="Erklären Sie zuerst"):
        papers.request_dossier(category, by=panel[1].user)

    assert Paper.objects.count() == 0


@pytest.mark.parametrize("who", ["nobody", "staff"])
def test_request_dossier_is_for_jurors(two: list[Submission], category: Category, who: str) -> None:
    user = UserFactory() if who == "nobody" else StaffFactory(superuser=True)

    with pytest.raises(NotAllowed):
        papers.request_dossier(category, by=user)


def test_request_dossier_wakes_the_worker_once(
    two: list[Submission], panel: list[Juror], category: Category, django_capture_on_commit_callbacks: Any
) -> None:
    assert panel[0].user

    counts = []
    for _ in range(2):
        with django_capture_on_commit_callbacks() as nudges:
            papers.request_dossier(category, by=panel[0].user)
        counts.append(len(nudges))

    assert counts == [1, 0]


# Rendering -----------------------------------------------------------------------------------------------
def test_fulfil_keeps_the_dossier_and_what_it_holds(finished: Paper, two: list[Submission], panel: list[Juror]) -> None:
    held = dossier.content(sight.of_juror(panel[0]), finished.category)

    assert (finished.done, finished.total, finished.error) == (2, 2, "")
    assert finished.entries == [str(entry.pk) for entry in two]
    assert finished.content_key == dossier.key(held)
    assert (finished.size, finished.pages) == (len(content(finished)), decided.pages(content(finished)))
    assert decided.failures(content(finished)) == []


def test_fulfil_all_renders_everything_once(locked: Session, asked: Paper) -> None:
    papers.owe_decided(locked)

    assert [papers.fulfil_all(), papers.fulfil_all()] == [4, 0]

    assert len(stored()) == 4
    assert [decided.failures(content(paper)) for paper in Paper.objects.all()] == [[]] * 4


def test_tasks_render_one_and_all(locked: Session, asked: Paper) -> None:
    papers.owe_decided(locked)

    render_paper(asked.pk)
    render_paper(asked.pk)
    render_paper(10**6)

    assert list(Paper.objects.exclude(rendered_at=None)) == [asked]
    render_owed_papers()
    assert Paper.objects.owed().count() == 0


def test_fulfil_leaves_a_claimed_one_alone(asked: Paper) -> None:
    Paper.objects.update(claimed_at=timezone.now())

    assert papers.fulfil(asked) is False


def test_fulfil_takes_over_from_a_dead_worker(asked: Paper) -> None:
    Paper.objects.update(claimed_at=timezone.now() - timedelta(minutes=6), done=1)

    assert papers.fulfil(asked) is True


@pytest.mark.postgresql
@pytest.mark.parametrize("wrong", claims.WRONG_BY)
def test_claim_goes_by_the_clock_that_all_hosts_share(asked: Paper, off_by: Any, wrong: int) -> None:
    claims.go_by_the_shared_clock(asked, papers.fulfil, CLAIM, off_by, wrong)


class Watched(papers.Claim):
    """A claim that notes what the database says after each renewal."""

    seen: list[tuple[int, int, bool]]

    def renew(self, **values: int) -> None:
        super().renew(**values)
        row = Paper.objects.get(pk=self.paper.pk)
        self.seen.append((row.done, row.total, row.claimed_at == self.at))


def test_progress_is_told_and_renews_the_claim(asked: Paper, tmp_path: Path) -> None:
    claim = Watched(Paper.objects.select_related("category__round", "juror__seat__round").get())
    claim.seen = []
    Paper.objects.update(claimed_at=claim.at)

    papers._make(claim, tmp_path)

    assert claim.seen == [(0, 2, True), (1, 2, True), (2, 2, True)]


def test_claim_that_progresses_is_not_taken_over(asked: Paper) -> None:
    Paper.objects.update(claimed_at=timezone.now() - timedelta(minutes=6))
    claim = papers.Claim(asked, Paper.objects.get().claimed_at)  # type: ignore[arg-type]

    claim.renew(done=1)

    assert papers.fulfil(asked) is False


def test_claim_that_was_lost_stops_the_work(asked: Paper) -> None:
    claim = papers.Claim(asked)
    Paper.objects.update(claimed_at=timezone.now() + timedelta(minutes=6))

    with pytest.raises(papers.Lost):
        claim.renew(done=1)

    assert Paper.objects.get().done == 0


def test_fulfil_that_lost_its_claim_leaves_no_file(asked: Paper, tmp_path: Path) -> None:
    claim = papers.Claim(Paper.objects.select_related("category__round", "juror__seat__round").get())
    Paper.objects.update(claimed_at=claim.at)
    made = papers._make(claim, tmp_path)
    Paper.objects.update(claimed_at=timezone.now() + timedelta(minutes=6))

    assert papers._keep(claim, made) is False

    assert stored() == []
    assert Paper.objects.get().rendered_at is None


def test_fulfil_that_fails_stays_owed_and_the_next_goes_on(asked: Paper, settings: Any, tmp_path: Path) -> None:
    blocked = tmp_path / "not-a-folder"
    blocked.write_text("")
    good, settings.FILES_URL = settings.FILES_URL, f"file://{blocked}"

    assert papers.fulfil_all() == 0

    asked.refresh_from_db()
    assert (asked.rendered_at, asked.attempts) == (None, 1)
    assert "Unavailable" in asked.error
    settings.FILES_URL = good
    Paper.objects.update(claimed_at=None)
    assert papers.fulfil_all() == 1


def test_fulfil_prints_again_what_was_recused_meanwhile(
    asked: Paper, two: list[Submission], panel: list[Juror], tmp_path: Path
) -> None:
    claim = papers.Claim(Paper.objects.select_related("category__round", "juror__seat__round").get())
    Paper.objects.update(claimed_at=claim.at)
    made = papers._make(claim, tmp_path)
    assert panel[0].user
    assessing.recuse(two[1], by=panel[0].user, reason="amt", text="Ratsmandat")

    assert papers._keep(claim, made) is False

    assert stored() == []
    assert papers.fulfil_all() == 1
    words = decided.text(content(asked))
    assert two[0].label in words
    assert [said for said in (two[1].label, two[1].submitted_title) if said in words] == []


@pytest.mark.parametrize("change", ["ended", "staff", "inactive", "nothing left"])
def test_fulfil_drops_a_dossier_that_nobody_may_have(asked: Paper, panel: list[Juror], change: str) -> None:
    user = panel[0].user
    assert user
    if change == "ended":
        Juror.objects.filter(pk=panel[0].pk).update(until=timezone.now())
    elif change == "staff":
        user.is_staff = True
    elif change == "inactive":
        user.is_active = False
    else:
        Submission.objects.update(formal_check="excluded")
    user.save()

    assert papers.fulfil(asked) is False
    assert (Paper.objects.count(), stored()) == (0, [])


# Forgetting ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("change", ["recused", "excluded", "withdrawn", "reopened", "ended"])
def test_forget_hidden_deletes_paper_and_file(
    finished: Paper, two: list[Submission], panel: list[Juror], change: str, django_capture_on_commit_callbacks: Any
) -> None:
    if change == "recused":
        factories.recuse(panel[0], two[1])
    elif change == "ended":
        Juror.objects.filter(pk=panel[0].pk).update(until=timezone.now())
    else:
        values = {"withdrawn": {"status": "withdrawn"}, "excluded": {"formal_check": "excluded"}}
        Submission.objects.filter(pk=two[1].pk).update(**values.get(change, {"formal_check": "open"}))

    with django_capture_on_commit_callbacks(execute=True):
        forget_hidden_dossiers()

    assert (Paper.objects.count(), stored()) == (0, [])


def test_forget_hidden_goes_on_after_one_that_fails(
    finished: Paper, panel: list[Juror], two: list[Submission], first_fails: Callable[[object, str], None]
) -> None:
    assert panel[1].user
    factories.clear(panel[1], two[0])
    papers.fulfil(papers.request_dossier(finished.category, by=panel[1].user))
    Submission.objects.update(formal_check="open")
    first_fails(papers, "_drop_file")

    assert [papers.forget_hidden(), papers.forget_hidden()] == [1, 1]


def test_recusal_wakes_the_worker_to_forget(
    two: list[Submission], panel: list[Juror], django_capture_on_commit_callbacks: Any
) -> None:
    assert panel[0].user
    with django_capture_on_commit_callbacks() as nudges:
        assessing.recuse(two[1], by=panel[0].user, reason="amt", text="Ratsmandat")

    assert len(nudges) == 1


def test_forget_hidden_keeps_what_may_be_read_also_when_more_may(
    finished: Paper, open_round: Round, panel: list[Juror], two: list[Submission]
) -> None:
    factories.recuse(panel[1], two[0])
    Submission.objects.filter(pk=two[1].pk).update(current=two[1].current_id)

    assert papers.forget_hidden() == 0
    assert len(stored()) == 1


def test_forget_leaves_one_that_was_printed_anew(finished: Paper) -> None:
    old = Paper.objects.get()
    Paper.objects.update(content_key="f" * 64)

    assert papers.forget(old) is False
    assert Paper.objects.count() == 1
