"""Random verbs of chair, jurors, recused ones and staff; after each the jury is compared with the small model."""

import inspect
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant
from post_office.models import Email

from accounts.models import User
from jury import actions, sight, standings
from jury.actions import assessing, deciding, seats, sessions
from jury.models import Assessment, Clearance, Decision, Juror, JuryEvent, Session
from jury.models import Recusal as Declared
from jury.workflow import Act
from landespreis import clock
from portal import keeping, winners
from rehearsal import tally
from submissions.models import Category, Round, Submission
from tests.accounts.factories import StaffFactory, UserFactory
from tests.conftest import SECOND
from tests.fuzz import walking
from tests.fuzz.jury_model import CATEGORY, QUORUM, SEATS, Given, Jury, Member, Recusal, Vote
from tests.fuzz.walking import Clock, Walk, verb
from tests.jury import factories

PEOPLE = (*SEATS, "spare", "owner", "office", "admin", "editor")
CHAIR = "whoever presides"
juror = st.sampled_from([*SEATS * 3, "spare", "spare", *PEOPLE])
leader = st.sampled_from([CHAIR] * 6 + list(PEOPLE))
clerk = st.sampled_from(["office"] * 8 + ["admin", *PEOPLE])
"""Mostly somebody who may, so that walks get somewhere."""
some_entry = st.sampled_from(list(CATEGORY))
some_category = st.sampled_from(["krisen", "krisen", "umwelt"])
some_points = st.sampled_from([(3, 3, 3), (3, 3, 3), (5, 1, 3), (1, 5, 3), (8, 8, 8), (4, None, 4)])
some_reason = st.sampled_from(["Grund"] * 5 + [" "])
present = st.lists(st.sampled_from(range(8)), min_size=0, max_size=3)
START = ["waiting", "scoring", "cleared", "scored", "scored", "session", "session", "recorded", "recorded", "decided"]


class Ground:
    """What every walk begins with: people, three seats that are filled, three admitted entries in two categories."""

    def __init__(self, round: Round, at: Clock) -> None:
        call_command("load_roles", verbosity=0)
        Round.objects.filter(pk=round.pk).update(quorum=QUORUM)
        self.round, self.at = Round.objects.get(pk=round.pk), at
        assert self.round.scoring_opens_at
        self.begins = self.round.scoring_opens_at
        self.people: dict[str, User] = {name: UserFactory(totp=True) for name in (*SEATS, "spare", "owner")}
        for name in ("office", "admin", "editor"):
            self.people[name] = StaffFactory(superuser=name == "admin")
        self.people["office"].groups.add(Group.objects.get(name="Geschäftsstelle"))
        self.people["editor"].groups.add(Group.objects.get(name="Redaktion"))
        self.seats = dict(zip(SEATS, factories.seats(self.round), strict=False))
        self.round.seats.exclude(pk__in=[seat.pk for seat in self.seats.values()]).delete()
        self.entries = {key: self.enter(key) for key in CATEGORY}
        at(self.begins - SECOND)
        for key, seat in self.seats.items():
            user, now = self.people[key], clock.now()
            Juror.objects.create(
                seat=seat, user=user, name=user.name, email=user.email, since=date(2026, 1, 15),
                invited_at=now, confirmed_at=now, notice_accepted_at=now,
            )  # fmt: skip

    def enter(self, key: str) -> Submission:
        more = {"owner": self.people["owner"]} if key == "a" else {}
        return factories.admitted(self.round, CATEGORY[key], title=f"Auenblick {key}", **more)

    def email(self, name: str) -> str:
        return self.people[name].email if name in self.people else f"{name}@verband.example"


class JuryMachine(Walk):
    """A jury and its office. `ground` is given by the test, one for all walks."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        ground = self.ground
        self.people = ground.people
        self.model = Jury(now=ground.begins - SECOND, begins=ground.begins, embargo=ground.round.embargo_until)
        self.model.members = [Member(key, key, key, self.model.now, has_agreed=True) for key in SEATS]
        self.rows: list[Juror] = list(Juror.objects.order_by("seat__position"))
        self.declared: list[tuple[Declared, Recusal]] = []
        self.criteria = list(ground.round.criteria.all())
        self.lines, self.mails = JuryEvent.objects.count(), Email.objects.count()
        self.move(self.model.now)

    def move(self, to: datetime) -> None:
        self.model.now = to
        self.ground.at(to)

    @initialize(begun=st.sampled_from(START))
    def begin(self, begun: str) -> None:
        """Begin where walks would seldom come by chance, on the way that leads there."""
        stages = list(dict.fromkeys(START))
        reached = stages.index(begun)
        if reached >= stages.index("scoring"):
            self.move(self.model.begins)
        for who in SEATS if reached >= stages.index("cleared") else ():
            for key in CATEGORY:
                self.clear(key, who)
        for place, who in enumerate(SEATS[:QUORUM] if reached >= stages.index("scored") else ()):
            for key in CATEGORY:
                self.finalise(key, (4 + place, 5, 6 if key == "a" else 3), False, who)
        if reached >= stages.index("session"):
            self.open("krisen", [0, 1, 2], "office")
        if reached >= stages.index("recorded"):
            self.record("krisen", "a", (2, 1, 0), "Gründe", "city", False, CHAIR)
            self.confirm_as_chair("krisen", False, CHAIR)
            self.revise("a", (8, 8, 8), False, "Grund", "city")  # which takes the confirmation away
        if reached >= stages.index("decided"):
            self.confirm_as_chair("krisen", False, CHAIR)
            self.confirm_as_office("krisen", False, "office")

    # Names of the model, and what they stand for ---------------------------------------------------

    def category(self, key: str) -> Category:
        return Category.objects.select_related("round").get(round=self.ground.round, key=key)

    def entry(self, key: str) -> Submission:
        return Submission.objects.select_related("submitted_category").get(pk=self.ground.entries[key].pk)

    def row(self, member: Member) -> Juror:
        row = self.rows[self.model.members.index(member)]
        return Juror.objects.select_related("seat__round", "user").get(pk=row.pk)

    def points(self, given: Given) -> dict[str, int | None]:
        return {row.key: points for row, points in zip(self.criteria, given, strict=True)}

    def seen(self, key: str, by: str, stale: bool) -> int:
        mine = self.model.sitting(by)
        sheet = self.model.sheets.get((mine.seat, key)) if mine else None
        revision = sheet.revision if sheet else 0
        return revision - (stale and revision > 0)

    def leads(self, by: str, key: str) -> str:
        if by != CHAIR:
            return by
        meeting = self.model.meetings.get(key)
        winner = meeting.decision.vote.winner if meeting and meeting.decision else ""
        first = self.model.bench(key, winner)[:1] if meeting else []
        return first[0].who if first else "chair"

    # The clock --------------------------------------------------------------------------------------

    @verb(how=st.sampled_from(["second", "minute", "days", "begins", "month", "before", "edge"]))
    def wait(self, how: str) -> None:
        now = self.model.now
        until = {
            "second": now + SECOND,
            "minute": now + timedelta(minutes=1, seconds=1),
            "days": now + timedelta(days=2),
            "month": now + timedelta(days=30),
            "begins": self.model.begins,
            "before": self.model.embargo - SECOND,
            "edge": self.model.embargo if self.model.meetings else self.model.begins,
        }[how]
        self.move(max(now, until))

    # Seats ------------------------------------------------------------------------------------------

    @verb(seat=st.sampled_from(SEATS), whom=st.sampled_from(["spare", "spare", "new", *PEOPLE]), by=clerk)
    def name(self, seat: str, whom: str, by: str) -> None:
        email = self.ground.email(whom)
        made = self.both(
            lambda: self.model.name(seat, whom, by),
            lambda: seats.name(
                self.ground.seats[seat], name=whom, email=email.upper(), since=date(2026, 2, 1), by=self.user(by)
            ),
        )
        self.rows += [made] if made else []

    @verb(by=clerk)
    def invite(self, data: st.DataObject, by: str) -> None:
        member = self.some(data)
        self.both(lambda: self.model.invite(member, by), lambda: seats.invite(self.row(member), by=self.user(by)))

    @verb(own=st.sampled_from([True, True, False]), by=juror)
    def accept(self, data: st.DataObject, own: bool, by: str) -> None:
        member = self.some(data)
        by = member.email if own and member.email in self.people else by
        self.both(lambda: self.model.accept(member, by), lambda: seats.accept(self.row(member), by=self.user(by)))

    @verb(own=st.sampled_from([True, True, False]), by=juror)
    def accept_notice(self, data: st.DataObject, own: bool, by: str) -> None:
        member = self.some(data)
        by = member.who if own and member.who else by
        self.both(lambda: self.model.agree(member, by), lambda: seats.accept_notice(self.row(member), by=self.user(by)))

    @verb(by=clerk)
    def end(self, data: st.DataObject, by: str) -> None:
        member = self.some(data)
        self.both(lambda: self.model.end(member, by), lambda: seats.end(self.row(member), by=self.user(by)))

    def some(self, data: st.DataObject) -> Member:
        """Draw somebody who was ever named, the newest first."""
        last = len(self.model.members) - 1
        return self.model.members[last - data.draw(st.integers(0, last))]

    # Bias -------------------------------------------------------------------------------------------

    @verb(key=some_entry, by=juror)
    def clear(self, key: str, by: str) -> None:
        self.both(lambda: self.model.clear(key, by), lambda: assessing.clear(self.entry(key), by=self.user(by)))

    @verb(key=some_entry, text=some_reason, by=juror)
    def recuse(self, key: str, text: str, by: str) -> None:
        before = len(self.model.recusals)
        made = self.both(
            lambda: self.model.recuse(key, text.strip(), by),
            lambda: assessing.recuse(self.entry(key), by=self.user(by), reason="amt", text=text),
        )
        if len(self.model.recusals) > before:
            self.declared.append((made, self.model.recusals[-1]))

    @verb(when=lambda self: self.declared, reason=some_reason, by=clerk)
    def take_back(self, data: st.DataObject, reason: str, by: str) -> None:
        row, recusal = data.draw(st.sampled_from(self.declared))
        self.both(
            lambda: self.model.take_back(recusal, reason.strip(), by),
            lambda: seats.take_back_recusal(row, by=self.user(by), reason=reason),
        )

    # Sheets -----------------------------------------------------------------------------------------

    @verb(key=some_entry, given=some_points, stale=st.booleans(), by=juror)
    def save(self, key: str, given: Given, stale: bool, by: str) -> None:
        seen = self.seen(key, by, stale)
        self.both(
            lambda: self.model.save(key, given, seen, by), lambda: self.sent(assessing.save, key, given, seen, by)
        )

    @verb(key=some_entry, given=some_points, stale=st.sampled_from([False, False, True]), by=juror)
    def finalise(self, key: str, given: Given, stale: bool, by: str) -> None:
        seen = self.seen(key, by, stale)
        self.both(
            lambda: self.model.finalise(key, given, seen, by),
            lambda: self.sent(assessing.finalise, key, given, seen, by),
        )

    def sent(self, verb: Any, key: str, given: Given, seen: int, by: str) -> Any:
        return verb(
            self.entry(key), by=self.user(by), points=self.points(given), comments={}, comment="", revision=seen
        )

    @verb(key=some_entry, by=juror)
    def reopen(self, key: str, by: str) -> None:
        self.both(lambda: self.model.reopen(key, by), lambda: assessing.reopen(self.entry(key), by=self.user(by)))

    @verb(key=some_entry, given=some_points, stale=st.sampled_from([False, False, True]), reason=some_reason, by=juror)
    def revise(self, key: str, given: Given, stale: bool, reason: str, by: str) -> None:
        seen = self.seen(key, by, stale)
        written = sessions.Points(self.points(given), {})
        self.both(
            lambda: self.model.revise(key, given, seen, reason.strip(), by),
            lambda: sessions.revise(self.entry(key), by=self.user(by), given=written, reason=reason, seen=seen),
        )

    # The meeting ------------------------------------------------------------------------------------

    def there(self, places: list[int]) -> list[Member]:
        """Return those of the serving that are meant by some places, and anybody by a place beyond."""
        return [self.model.members[place % len(self.model.members)] for place in dict.fromkeys(places)]

    @verb(key=some_category, places=present, by=clerk)
    def open(self, key: str, places: list[int], by: str) -> None:
        members = list(dict.fromkeys(self.there(places)))
        self.both(
            lambda: self.model.open(key, members, by),
            lambda: sessions.open(self.category(key), by=self.user(by), present=[self.row(one) for one in members]),
        )

    @verb(when=lambda self: self.model.meetings, places=present, by=clerk)
    def attend(self, data: st.DataObject, places: list[int], by: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.meetings)))
        members = list(dict.fromkeys(self.there(places)))
        self.both(
            lambda: self.model.attend(key, members, by),
            lambda: sessions.set_attendance(
                self.session(key), by=self.user(by), present=[self.row(one) for one in members]
            ),
        )

    def session(self, key: str) -> Session:
        return Session.objects.select_related("category__round").get(category=self.category(key))

    @verb(key=some_category, by=st.sampled_from(PEOPLE))
    def look(self, key: str, by: str) -> None:
        self.both(lambda: self.model.look(by), lambda: sessions.look(self.category(key), by=self.user(by)))

    @verb(
        when=lambda self: self.model.meetings,
        winner=st.sampled_from(["", "a", "a", "b", "c"]),
        votes=st.sampled_from([(1, 0, 0), (1, 0, 0), (2, 0, 0), (2, 1, 0), (1, 1, 1), (1, 2, 0), (0, 0, 0), (4, 0, 0)]),
        reasons=st.sampled_from(["Gründe", "Gründe", "Andere", " "]),
        laudatio=st.sampled_from([*SEATS, ""]),
        stale=st.sampled_from([False, False, False, True]),
        by=leader,
    )
    def draw_record(self, data: st.DataObject, **told: Any) -> None:
        self.record(data.draw(st.sampled_from(sorted(self.model.meetings))), **told)

    def record(
        self, key: str, winner: str, votes: tuple[int, int, int], reasons: str, laudatio: str, stale: bool, by: str
    ) -> None:
        by, seen = self.leads(by, key), self.decided(key) - stale
        vote = Vote(winner, votes, reasons.strip(), laudatio)
        outcome = deciding.Outcome(
            self.entry(winner) if winner else None, *votes, reasons, self.ground.seats.get(laudatio)
        )
        self.both(
            lambda: self.model.record(key, vote, seen, by),
            lambda: deciding.record(self.session(key), by=self.user(by), outcome=outcome, seen=seen),
        )

    def decided(self, key: str) -> int:
        decision = self.model.meetings[key].decision
        return decision.revision if decision else 0

    @property
    def recorded(self) -> list[str]:
        return [key for key, meeting in self.model.meetings.items() if meeting.decision]

    @verb(when=lambda self: self.recorded, stale=st.sampled_from([False, False, False, True]), by=leader)
    def draw_confirmation(self, data: st.DataObject, stale: bool, by: str) -> None:
        self.confirm_as_chair(data.draw(st.sampled_from(self.recorded)), stale, by)

    def confirm_as_chair(self, key: str, stale: bool, by: str) -> None:
        by, seen = self.leads(by, key), self.decided(key) - stale
        self.both(
            lambda: self.model.confirm_as_chair(key, seen, by),
            lambda: deciding.confirm_as_chair(self.decision(key), by=self.user(by), revision=seen),
        )

    @verb(when=lambda self: self.recorded, stale=st.sampled_from([False, False, False, True]), by=clerk)
    def draw_second_confirmation(self, data: st.DataObject, stale: bool, by: str) -> None:
        self.confirm_as_office(data.draw(st.sampled_from(self.recorded)), stale, by)

    def confirm_as_office(self, key: str, stale: bool, by: str) -> None:
        seen = self.decided(key) - stale
        self.both(
            lambda: self.model.confirm_as_office(key, seen, by),
            lambda: deciding.confirm_as_office(self.decision(key), by=self.user(by), revision=seen),
        )

    def decision(self, key: str) -> Decision:
        return Decision.objects.select_related("session__category__round").get(session__category=self.category(key))

    # What is true after every step ----------------------------------------------------------------

    @invariant()
    def jury_is_as_in_the_model(self) -> None:
        seats_of = {seat.pk: key for key, seat in self.ground.seats.items()}
        names = {entry.pk: key for key, entry in self.ground.entries.items()}
        people = {user.pk: name for name, user in self.people.items()} | {None: ""}

        assert [
            (
                seats_of[row.seat_id],
                row.email,
                people[row.user_id],
                row.invited_at,
                bool(row.notice_accepted_at),
                row.until,
            )
            for row in Juror.objects.order_by("pk")
        ] == [
            (one.seat, self.ground.email(one.email), one.who, one.invited, one.has_agreed, one.ended)
            for one in self.model.members
        ]
        places = {row.pk: place for place, row in enumerate(self.rows)}
        assert {(places[row.juror_id], names[row.submission_id]) for row in Clearance.objects.all()} == (
            self.model.clearances
        )
        assert [
            (places[row.juror_id], names[row.submission_id], row.taken_back_at is not None)
            for row in Declared.objects.order_by("pk")
        ] == [(self.model.members.index(one.by), one.entry, one.is_taken_back) for one in self.model.recusals]

    @invariant()
    def sheets_are_as_in_the_model(self) -> None:
        sheets = {(row.seat.key, row.submission.title[-1]): row for row in self.standing()}

        assert {
            key: (self.held(row), row.status == Assessment.Status.FINAL, row.revision, row.juror_id)
            for key, row in sheets.items()
        } == {
            (self.ground.seats[seat].key, key): (
                sheet.given, sheet.is_final, sheet.revision, self.rows[self.model.members.index(sheet.by)].pk,
            )
            for (seat, key), sheet in self.model.sheets.items()
        }  # fmt: skip
        assert Assessment.objects.filter(status=Assessment.Status.VOID).count() == self.model.void

    def standing(self) -> Any:
        rows = Assessment.objects.standing().select_related("seat", "submission")
        return rows.prefetch_related("scores__criterion")

    def held(self, row: Assessment) -> Given:
        points = {score.criterion_id: score.points for score in row.scores.all()}
        return tuple(points[criterion.pk] for criterion in self.criteria)

    @invariant()
    def no_points_of_a_recused_person_count(self) -> None:
        final = Assessment.objects.final().values_list("juror__user", "submission")

        assert not set(final) & set(Declared.objects.standing().values_list("juror__user", "submission"))

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        names = {entry.pk: key for key, entry in self.ground.entries.items()}
        for who in PEOPLE:
            seen = sight.of(self.user(who))
            assert (seen is None) is (self.model.sitting(who) is None)
            if seen is None:
                continue
            assert {names[row.pk] for row in seen.entries()} == self.model.may_know(who)
            assert {names[row.pk] for row in seen.readable()} == self.model.may_read(who)
            assert {(row.seat.key, names[row.submission_id]) for row in seen.sheets().select_related("seat")} == {
                (self.ground.seats[seat].key, key) for seat, key in self.model.may_see_sheets(who)
            }
            for category in self.ground.round.categories.filter(key__in=CATEGORY.values()):
                assert seen.sees_decision(category) is self.model.sees_decision(who, category.key)
                self.ranking_is_counted(standings.of(seen, category), self.final(self.model.may_see_sheets(who)))

    @invariant()
    def ranking_is_that_of_a_count_by_hand(self) -> None:
        for category in self.ground.round.categories.filter(key__in=CATEGORY.values()):
            self.ranking_is_counted(standings.whole(category), self.final(set(self.model.sheets)))

    def final(self, seen: set[tuple[str, str]]) -> Iterator[tuple[str, str, Given]]:
        for seat, key in seen:
            if (sheet := self.model.sheets[seat, key]).is_final:
                yield seat, key, sheet.given

    def ranking_is_counted(self, board: standings.Board, sheets: Iterator[tuple[str, str, Given]]) -> None:
        counted = tally.places(
            tally.Mark(key, CATEGORY[key], seat, row.key, Fraction(row.weight), points)
            for seat, key, given in sheets
            for row, points in zip(self.criteria, given, strict=True)
            if points is not None
        )
        shown = {
            (row.standing.rank, row.entry.title[-1], row.standing.mean, row.standing.n)
            for row in board.rows
            if row.standing.rank
        }

        assert shown == {
            (place.rank, place.entry, place.mean, place.jurors) for place in counted.get(board.category.key, [])
        }

    @invariant()
    def decisions_are_as_in_the_model(self) -> None:
        rows = {row.session.category.key: row for row in Decision.objects.select_related("session__category")}

        assert set(Session.objects.values_list("category__key", flat=True)) == set(self.model.meetings)
        assert set(rows) == set(self.recorded)
        for key, row in rows.items():
            told = self.model.meetings[key].decision
            assert told
            assert (row.winner_id, row.revision, bool(row.office_id), bool(row.locked_at)) == (
                self.ground.entries[told.vote.winner].pk if told.vote.winner else None,
                told.revision, told.has_office, told.is_locked,
            )  # fmt: skip
            assert row.chair_id == (self.rows[self.model.members.index(told.chair)].pk if told.chair else None)
        locked = {key for key in self.recorded if self.model.is_decided(key)}
        assert set(Category.objects.filter(decided_at__isnull=False).values_list("key", flat=True)) == locked
        assert bool(Round.objects.get(pk=self.ground.round.pk).decided_at) is (locked == set(CATEGORY.values()))

    @invariant()
    def no_winner_is_public_before_the_embargo_ends(self) -> None:
        keeping.forget()  # what was kept stands under editions of a walk that was rolled back
        cache.clear()
        round = Round.objects.get(pk=self.ground.round.pk)
        public = [winner.title for winner in winners.of(round, clock.now()) if winner.has_prize]
        won = [
            self.ground.entries[meeting.decision.vote.winner].title
            for key, meeting in self.model.meetings.items()
            if meeting.decision and meeting.decision.is_locked and meeting.decision.vote.winner
        ]

        assert sorted(public) == (sorted(won) if self.model.now >= self.model.embargo else [])
        if won and self.model.now < self.model.embargo:
            assert b"Auenblick" not in Client().get("/landespreis/").content

    @invariant()
    def journal_has_a_line_for_each_verb(self) -> None:
        lines = list(JuryEvent.objects.order_by("pk").values_list("verb", flat=True))

        assert lines[self.lines :] == self.model.journal
        assert Email.objects.count() - self.mails == self.model.mails


STEPS = {
    Act.CLEAR: "clear",
    Act.RECUSE: "recuse",
    Act.TAKE_BACK: "take_back",
    Act.SCORE: "finalise",
    Act.OPEN: "open",
    Act.ATTEND: "attend",
    Act.REVISE: "revise",
    Act.RECORD: "draw_record",
    Act.CONFIRM: "draw_confirmation",
}
LEFT_OUT = {
    *("gate.record", "gate.record_each"),  # part of all
    *(
        "letters.change",
        "letters.release",
        "letters.release_all",
        "papers.request_dossier",
    ),  # need what a worker printed
}
"""What somebody does in `jury/actions` that is no step here."""


def test_every_act_of_the_table_is_a_step() -> None:
    assert set(STEPS) == {*Act}
    assert set(STEPS.values()) <= set(JuryMachine.verbs)


def test_every_verb_is_a_step() -> None:
    source = inspect.getsource(JuryMachine)

    assert {name for name in walking.with_an_actor(actions) if name not in source} == LEFT_OUT


def test_jury_does_what_the_model_says(open_round: Round, at: Clock) -> None:
    JuryMachine.ground = Ground(open_round, at)

    walking.run(JuryMachine, few=10, steps=25)
