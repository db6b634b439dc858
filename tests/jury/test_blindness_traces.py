"""That nothing shows through: a recused entry to its juror, points to anybody too early, a winner to the public."""

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command

from accounts.models import User
from jury import sight, standings
from jury.actions import assessing, deciding, letters, papers, reminders, seats, sessions
from jury.models import Assessment, Juror, Letter, Recusal, Session
from landespreis.refusal import Refused
from submissions.models import Answer, Partner, Round, Submission
from tests.accounts.conftest import show_factor
from tests.conftest import SECOND
from tests.jury import factories, looking, worlds
from tests.submissions import factories as entries

Clock = Callable[[datetime], None]
HIDDEN = "Finkenried"
"""Stands in title, texts, partner and file name of the entry, and nowhere else."""
MEAN = "3,67"
"""What everybody's points for it come to; the others get whole numbers."""


class Story:
    """A category of three entries; the juror `bea` is about to recuse herself from the second, `hidden`."""

    def __init__(self, round: Round, at: Clock) -> None:
        self.round, self.at = round, at
        self.entries = [_entry(round, word) for word in ("Pegelnetz", HIDDEN, "Notstrom")]
        self.before, self.hidden, self.after = self.entries
        self.elsewhere = _entry(round, "Bücherbus", "austausch")
        self.owner = self.hidden.owner
        self.category = round.categories.select_related("round").get(key="krisen")
        call_command("load_roles", verbosity=0)
        self.office, self.admin = worlds.staff("office"), worlds.staff("admin")
        assert round.scoring_opens_at
        at(round.scoring_opens_at - timedelta(days=2))
        self.panel = factories.panel(round)
        self.bea, self.cleo = self.panel[1], self.panel[2]
        self.client = worlds.client(None)
        self.words = (HIDDEN, self.hidden.label, str(self.hidden.pk), MEAN)

    def user(self, juror: Juror) -> User:
        assert juror.user
        return juror.user

    def score(self) -> None:
        """Everybody hands in sheets for every entry, with comments that give their seat away; Bea of what she may."""
        self.at(factories.scoring_time(self.round))
        for entry in self.entries:
            for juror in self.panel:
                if (juror, entry) != (self.bea, self.hidden):
                    self.hand_in(juror, entry)

    def hand_in(self, juror: Juror, entry: Submission) -> None:
        user = self.user(juror)
        assessing.clear(entry, by=user)
        given = [4, 4, 3] if entry == self.hidden else [6, 6, 6]
        points = dict(zip([row.key for row in self.round.criteria.all()], given, strict=True))
        said = dict.fromkeys(points, f"Urteil-{juror.seat.key} {entry.submitted_title}")
        assessing.finalise(entry, by=user, points=points, comments=said, comment=said["gewinn"], revision=0)

    def recuse(self) -> str:
        """Bea looks into the entry, drafts, finalises, asks for the dossier, and then declares: as pages do it."""
        self.at(factories.scoring_time(self.round))
        self.log_in()
        for entry in self.entries:
            self.post("recusal", entry, erklaerung="nein")
        self.client.post(worlds.address("dossier_page", self.before))
        papers.fulfil_all()
        assert HIDDEN in looking.told(self.client.get(worlds.address("dossier", self.before)))
        self.client.post(
            worlds.address("entry", self.hidden),
            worlds.sent("entry", self.hidden, self.before) | {"tat": "abschliessen"},
        )
        assert Assessment.objects.get(submission=self.hidden).status == "final"
        return self.post("recusal", self.hidden, grund="amt", erlaeuterung="Mein Bruder arbeitet dort.")

    def post(self, name: str, entry: Submission, **data: str) -> str:
        response = self.client.post(worlds.address(name, entry), data, follow=True)
        assert response.redirect_chain, name
        return looking.told(response)

    def log_in(self) -> None:
        """Log Bea in again in the same browser: each time the clock has moved her session has ended."""
        show_factor(self.client, self.user(self.bea))

    def look(self) -> list[tuple[str, str]]:
        """Return where Bea finds a trace of the entry now."""
        self.log_in()
        seen = looking.jury(self.client, self.entries, self.before)
        assert self.bea.name in seen["GET /jury/"]
        return looking.traces(seen, self.words)

    def meet(self) -> Session:
        assert self.round.session_at
        self.at(self.round.session_at)
        return sessions.open(self.category, by=self.office, present=self.panel)

    def decide(self) -> None:
        outcome = deciding.Outcome(self.hidden, 3, 0, 0, f"{HIDDEN} überzeugt.", self.panel[0].seat)
        session = Session.objects.get(category=self.category)
        decision = deciding.record(session, by=self.user(self.panel[0]), outcome=outcome, seen=0)
        deciding.confirm_as_chair(decision, by=self.user(self.panel[0]), revision=1)
        deciding.confirm_as_office(decision, by=self.office, revision=1)
        papers.fulfil_all()


def _entry(round: Round, word: str, category: str = "krisen") -> Submission:
    draft = entries.complete(round, title=f"Verbund {word}", category=round.categories.get(key=category))
    Partner.objects.filter(submission=draft).update(municipality=None, name=f"Zweckverband {word}", kind="other")
    Answer.objects.filter(submission=draft).update(text=f"Die Sache {word} in Worten.")
    entries.attachment(draft, name=f"plan-{word}.pdf")
    entries.submit(draft)
    Submission.objects.filter(pk=draft.pk).update(formal_check=Submission.Check.ADMITTED)
    return Submission.objects.select_related("round", "owner", "submitted_category").get(pk=draft.pk)


@pytest.fixture
def story(open_round: Round, at: Clock) -> Story:
    logging.getLogger("django.request").setLevel(logging.ERROR)  # every refusal would be a line
    return Story(open_round, at)


# A recused entry -------------------------------------------------------------------------------------
def test_recused_juror_finds_no_trace_in_any_answer_of_any_phase(story: Story) -> None:
    assert story.look() == []  # waiting
    after_declaring = story.recuse()

    assert "Ihre Befangenheit ist erklärt." in after_declaring
    assert looking.traces({"after": after_declaring}, story.words) == []
    assert story.look() == []  # scoring
    story.score()
    session = story.meet()
    state = f"{worlds.address('session_state', story.hidden)}?stand={token(story)}"
    better = sessions.Points(dict.fromkeys(("gewinn", "innovation", "zukunft"), 5), {})
    sessions.revise(story.hidden, by=story.user(story.cleo), given=better, reason=f"{HIDDEN} überzeugt", seen=1)
    assert story.look() == []
    assert story.client.get(state).status_code == 204  # no refresh that would tell of it
    story.decide()
    session.category.refresh_from_db()
    assert session.category.decided_at
    assert story.look() == []
    story.at(story.round.embargo_until - SECOND)
    assert story.look() == []


def token(story: Story) -> str:
    story.log_in()
    page = looking.told(story.client.get(worlds.address("session", story.hidden)))
    [found] = set(re.findall(r"\?stand=(\w+)", page))
    return str(found)


def test_recused_juror_learns_the_winner_with_the_public_and_nothing_else(story: Story) -> None:
    story.recuse()
    story.score()
    story.meet()
    story.decide()
    story.at(story.round.embargo_until)

    found = story.look()

    assert all(asked.partition(" ")[2].startswith("/jury/sitzung/krisen/") for asked, _ in found), found
    assert MEAN not in {word for _, word in found}
    page = story.client.get("/jury/sitzung/krisen/").content.decode()
    assert f"Verbund {HIDDEN}" in page
    assert "überzeugt" not in page
    assert "3 Ja" not in page


def test_recused_juror_gets_no_mail_about_the_entry(story: Story) -> None:
    assert story.round.scoring_opens_at
    assert story.round.scoring_closes_at
    email = story.user(story.bea).email
    story.at(story.round.scoring_opens_at)
    reminders.remind_all()
    story.recuse()
    other = factories.recuse(story.bea, story.elsewhere)
    for hours in story.round.scoring_reminder_hours:
        story.at(story.round.scoring_closes_at - timedelta(hours=hours))
        reminders.remind_all()
    seats.take_back_recusal(other, by=story.office, reason="Verwechslung")
    story.score()
    story.meet()
    story.decide()
    story.at(story.round.embargo_until)
    papers.fulfil_all()
    letters.release_all(letters.with_entry(), by=story.office)
    seats.end(story.bea, by=story.office)

    mails = looking.mails(email)

    assert len(mails) == 1 + 3 + 1 + 1, list(mails)  # scoring begins, three reminders, taken back, the end
    assert looking.traces(mails, story.words) == []
    counts = [re.findall(r"^- .*: (\d+)", said, re.MULTILINE) for said in mails.values()]
    assert counts == [["1", "3"], ["2"], ["2"], ["2"], [], []]
    assert looking.traces(looking.mails(story.owner.email), [HIDDEN]) != []  # others do get some


@pytest.mark.parametrize("name", ["index", "category", "session", "session_state", "entry", "dossier_page"])
def test_recused_juror_sees_the_same_as_if_the_entry_did_not_exist(story: Story, name: str) -> None:
    story.recuse()
    story.score()
    story.meet()
    url = worlds.address(name, story.after)
    story.log_in()
    with_it = told_of_recusals(looking.told(story.client.get(url)))

    Recusal.objects.all().delete()
    Submission.objects.filter(pk=story.hidden.pk).update(formal_check=Submission.Check.OPEN)
    without = told_of_recusals(looking.told(story.client.get(url)))

    assert with_it == without
    assert "Notstrom" in without or name in {"index", "dossier_page"}


def told_of_recusals(page: str) -> str:
    """Return a page without what may tell that there are recusals: their number, and the decision they cost."""
    allowed = (
        r"Bei einer Einreichung dieser Kategorie sind Sie befangen\.[^<]*",
        r" · 1 befangen",
        r'<svg class="lp-bar".*?</svg>',
        r'<section class="lp-decision".*?</section>',
        r"\?stand=\w+",
        r'name="csrfmiddlewaretoken" value="\w+"',
        r"csrftoken=\S+|Content-Length: \d+",
        r'<p class="lp-intro"></p>',
        r"<p>Ihr bisheriges Dossier ist gelöscht[^<]*</p>",
    )
    for pattern in allowed:
        page = re.sub(pattern, "", page, flags=re.DOTALL)
    return re.sub(r"\n\s*\n+", "\n", page)


# Points ----------------------------------------------------------------------------------------------
def test_points_of_others_are_unseen_until_the_session(story: Story) -> None:
    story.score()
    words = [f"Urteil-{juror.seat.key}" for juror in story.panel]

    for place, juror in enumerate(story.panel):
        seen_by = sight.of(story.user(juror))
        assert seen_by
        assert standings.of(seen_by, story.category).valid == len(seen_by.readable(story.category))  # one each, the own
        about = story.before if juror == story.bea else story.hidden
        seen = looking.jury(worlds.client(story.user(juror)), [about], story.before)
        others = [word for word in words if word != words[place]]
        assert looking.traces(seen, others) == []
        assert looking.traces(seen, [words[place]])
    story.meet()
    told = looking.told(worlds.client(story.user(story.cleo)).get(worlds.address("minutes_draft", story.hidden)))
    assert MEAN in told


@pytest.mark.parametrize("who", ["office", "admin", "editorial", "owner", "predecessor", "anonymous"])
def test_points_are_unseen_by_everybody_else_before_the_lock(story: Story, who: str) -> None:
    client = worlds.client(_outsider(story, who))
    words = ["Urteil-", MEAN, "4,33"]
    story.score()
    story.meet()

    seen = looking.jury(client, [story.hidden], story.before)
    seen |= looking.office(client, ["Urteil", "Verbund", "krisen"], [story.category])
    seen |= looking.public(["Urteil"])

    assert looking.traces(seen, words) == []


def _outsider(story: Story, who: str) -> User | None:
    if who == "predecessor":
        Juror.objects.filter(pk=story.panel[4].pk).update(until=story.round.closes_at)
        before = story.user(story.panel[4])
        story.panel[4] = factories.juror(story.panel[4].seat)
        return before
    known = {"office": story.office, "admin": story.admin, "owner": story.owner}
    return None if who == "anonymous" else known.get(who) or worlds.staff("editorial")


# The winner ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("offset", [-SECOND, timedelta()])
def test_winner_is_not_public_before_the_embargo_ends(story: Story, offset: timedelta) -> None:
    story.score()
    story.meet()
    story.decide()
    story.at(story.round.embargo_until + offset)
    owner = looking.told(worlds.client(story.owner).get(story.hidden.get_absolute_url(), follow=True))

    assert (story.round.phase(story.round.embargo_until + offset) == Round.Phase.PUBLISHED) is (not offset)
    if offset:
        assert looking.traces(looking.public([HIDDEN]), [f"Verbund {HIDDEN}", story.hidden.label, "überzeugt"]) == []
        assert looking.traces({"owner": owner}, ["überzeugt", "Urteil", MEAN, "Laudatio"]) == []
        with pytest.raises(Refused, match="noch nicht öffentlich"):
            letters.release_all(letters.with_entry(), by=story.office)
        assert not Letter.objects.filter(released_at__isnull=False).exists()
    else:
        assert letters.release_all(letters.with_entry(), by=story.office) == 3
