"""A small model of a jury: what each verb does to it, or why it refuses; who may see what; no code of the portal's.

It says the rules once more in the plainest way, so that `test_jury_model.py` can hold the portal against it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.fuzz.walking import No, require

OFFICE, STAFF, ADMIN = frozenset({"office", "admin"}), frozenset({"office", "admin", "editor"}), "admin"
SEATS = ("chair", "city", "district")
"""In their order; the first one is the chair's."""
CATEGORY = {"a": "krisen", "b": "krisen", "c": "umwelt"}
"""Entry → where it was handed in."""
OWNED = {"owner": "a"}
QUORUM, VALID, PAUSE = 2, timedelta(days=30), timedelta(minutes=1)
Given = tuple[int | None, ...]
"""Points in the order of the criteria."""


@dataclass(eq=False)
class Member:
    """A person on a seat; `who` is empty until they accept."""

    seat: str
    email: str
    who: str = ""
    invited: datetime | None = None
    has_agreed: bool = False
    ended: datetime | None = None


@dataclass
class Sheet:
    given: Given
    by: Member
    is_final: bool = False
    revision: int = 1


@dataclass(eq=False)
class Recusal:
    by: Member
    entry: str
    is_taken_back: bool = False


class Vote(NamedTuple):
    """What a decision says; `reasons` and `votes` as they count in it."""

    winner: str
    votes: tuple[int, int, int]
    reasons: str
    laudatio: str


@dataclass
class Decision:
    vote: Vote
    revision: int = 0
    chair: Member | None = None
    has_office: bool = False
    is_locked: bool = False

    def unsettle(self) -> None:
        if not self.is_locked and (self.chair or self.has_office):
            self.revision, self.chair, self.has_office = self.revision + 1, None, False


@dataclass
class Meeting:
    present: list[Member]
    decision: Decision | None = None


@dataclass
class Jury:
    """A jury of three seats, two categories, and the clock."""

    now: datetime
    begins: datetime
    embargo: datetime
    members: list[Member] = field(default_factory=list)
    clearances: set[tuple[int, str]] = field(default_factory=set)
    """Place of the member, and entry."""
    recusals: list[Recusal] = field(default_factory=list)
    sheets: dict[tuple[str, str], Sheet] = field(default_factory=dict)
    """By seat and entry; those that count or may count."""
    void: int = 0
    meetings: dict[str, Meeting] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)
    mails: int = 0

    # Who sits where ---------------------------------------------------------------------------------

    @property
    def serving(self) -> list[Member]:
        return [member for member in self.members if member.ended is None]

    @property
    def confirmed(self) -> list[Member]:
        return [member for member in self.serving if member.who]

    def sitting(self, who: str) -> Member | None:
        """Return who somebody is in this jury, if it may show them anything."""
        mine = (member for member in self.confirmed if member.who == who)
        return None if who in STAFF else next(mine, None)

    def holder(self, seat: str) -> Member | None:
        """Return who fills a seat, or filled it last."""
        on_it = [member for member in self.members if member.seat == seat]
        last = [member for member in on_it if member.ended is None] or sorted(
            on_it, key=lambda one: one.ended or self.now
        )
        return last[-1] if last else None

    def is_recused(self, who: str, entry: str) -> bool:
        standing = (recusal for recusal in self.recusals if not recusal.is_taken_back)
        return any((recusal.by.who, recusal.entry) == (who, entry) for recusal in standing)

    # What is seen -----------------------------------------------------------------------------------

    def may_know(self, who: str) -> set[str]:
        if self.sitting(who) is None or self.now < self.begins:
            return set()
        return {entry for entry in CATEGORY if not self.is_recused(who, entry)}

    def may_read(self, who: str) -> set[str]:
        stated = {entry for place, entry in self.clearances if self.members[place].who == who}
        return self.may_know(who) & stated - {OWNED.get(who, "")}

    def may_see_sheets(self, who: str) -> set[tuple[str, str]]:
        mine = self.sitting(who)
        return {
            (seat, entry)
            for (seat, entry), sheet in self.sheets.items()
            if mine and entry in self.may_read(who)
            if seat == mine.seat or (sheet.is_final and CATEGORY[entry] in self.meetings)
        }

    def sees_decision(self, who: str, category: str) -> bool:
        recused = any(self.is_recused(who, entry) for entry, place in CATEGORY.items() if place == category)
        return self.now >= self.embargo or (category in self.meetings and not recused)

    # How far a category is --------------------------------------------------------------------------

    def is_decided(self, category: str) -> bool:
        meeting = self.meetings.get(category)
        return bool(meeting and meeting.decision and meeting.decision.is_locked)

    def counted(self, entry: str) -> dict[str, Given]:
        """Return the points that count for an entry, by seat."""
        return {seat: sheet.given for (seat, about), sheet in self.sheets.items() if about == entry and sheet.is_final}

    def needed(self, entry: str) -> int:
        silent = 0
        for seat in SEATS:
            holder = self.holder(seat)
            recused = holder is not None and bool(holder.who) and self.is_recused(holder.who, entry)
            silent += recused and seat not in self.counted(entry)
        return min(QUORUM, len(SEATS) - silent)

    def lacks(self, category: str) -> bool:
        entries = [entry for entry, place in CATEGORY.items() if place == category]
        return any(len(self.counted(entry)) < self.needed(entry) for entry in entries)

    def in_scoring(self, category: str) -> bool:
        return self.now >= self.begins and category not in self.meetings

    def in_meeting(self, category: str) -> bool:
        return category in self.meetings and not self.is_decided(category)

    # Seats ------------------------------------------------------------------------------------------

    def name(self, seat: str, email: str, by: str) -> None:
        require(by in OFFICE, "NotAllowed")
        require(all(member.email != email for member in self.serving))
        require(email not in STAFF, "NotAllowed")
        for member in self.serving:
            if member.seat == seat:
                self._end(member)
        self.members.append(Member(seat, email))
        self.journal.append("named")

    def invite(self, member: Member, by: str) -> None:
        require(by in OFFICE, "NotAllowed")
        require(member.ended is None and not member.who)
        if member.invited and member.invited > self.now - PAUSE:
            return
        member.invited = self.now
        self.journal.append("invited")
        self.mails += 1

    def accept(self, member: Member, by: str) -> None:
        require(member.ended is None)
        if member.who == by:
            return
        require(not member.who and member.invited and self.now < member.invited + VALID)
        require(by == member.email, "NotAllowed")
        require(all(other.who != by for other in self.confirmed))
        member.who = by
        self.journal.append("confirmed")

    def agree(self, member: Member, by: str) -> None:
        require(member.ended is None)
        require(member.who == by, "NotAllowed")
        if not member.has_agreed:
            member.has_agreed = True
            self.journal.append("notice_accepted")

    def end(self, member: Member, by: str) -> None:
        require(by in OFFICE, "NotAllowed")
        require(member.ended is None)
        self._end(member)

    def _end(self, member: Member) -> None:
        member.ended = self.now
        self.journal.append("ended")
        self.mails += member.invited is not None

    # Bias -------------------------------------------------------------------------------------------

    def _sit(self, entry: str, by: str, *, holds: bool) -> Member:
        """Come to the desk: the stage must allow it, then somebody must sit there and know of the entry."""
        require(holds)
        mine = self._seated(by)
        require(entry in self.may_know(by), "NotAllowed")
        return mine

    def _seated(self, by: str) -> Member:
        mine = self.sitting(by)
        if mine is None or not mine.has_agreed:
            raise No("NotAllowed")
        return mine

    def _may_declare(self, entry: str) -> bool:
        return self.in_scoring(CATEGORY[entry]) or self.in_meeting(CATEGORY[entry])

    def clear(self, entry: str, by: str) -> None:
        mine = self._sit(entry, by, holds=self._may_declare(entry))
        require(OWNED.get(by) != entry, "NotAllowed")
        stated = (self.members.index(mine), entry)
        if stated not in self.clearances:
            self.clearances.add(stated)
            self.journal.append("cleared")

    def recuse(self, entry: str, text: str, by: str) -> None:
        require(self._may_declare(entry))
        mine = self._seated(by)
        if self.is_recused(by, entry):
            return
        require(entry in self.may_know(by), "NotAllowed")
        require(text)
        self.recusals.append(Recusal(mine, entry))
        self.journal.append("recused")
        about = {key: sheet for key, sheet in self.sheets.items() if key[1] == entry}
        biased = [key for key, sheet in about.items() if key[0] == mine.seat or sheet.by.who == by]
        for key in biased:
            del self.sheets[key]
            self.void += 1
        if biased:
            self._unsettle(CATEGORY[entry])

    def take_back(self, recusal: Recusal, reason: str, by: str) -> None:
        require(by in OFFICE, "NotAllowed")
        require(self._may_declare(recusal.entry))
        require(not recusal.is_taken_back and reason)
        recusal.is_taken_back = True
        self.journal.append("recusal_taken_back")
        self.mails += recusal.by.ended is None

    def _unsettle(self, category: str) -> None:
        meeting = self.meetings.get(category)
        if meeting and meeting.decision:
            meeting.decision.unsettle()

    # Sheets -----------------------------------------------------------------------------------------

    def _to_score(self, entry: str, by: str) -> Member:
        mine = self._sit(entry, by, holds=self.in_scoring(CATEGORY[entry]))
        require(entry in self.may_read(by), "NotAllowed")
        return mine

    def save(self, entry: str, given: Given, seen: int, by: str) -> None:
        self._write(self._to_score(entry, by), entry, given, seen)

    def _write(self, mine: Member, entry: str, given: Given, seen: int) -> Sheet:
        sheet = self.sheets.get((mine.seat, entry))
        if sheet and sheet.given == given:
            return sheet
        if sheet:
            require(not sheet.is_final, "Closed")
            require(sheet.revision == seen, "Stale")
            sheet.given, sheet.by, sheet.revision = given, mine, sheet.revision + 1
        else:
            sheet = self.sheets[mine.seat, entry] = Sheet(given, mine)
        return sheet

    def finalise(self, entry: str, given: Given, seen: int, by: str) -> None:
        """What is incomplete is refused, but kept as a draft."""
        sheet = self._write(self._to_score(entry, by), entry, given, seen)
        require(None not in given, "Incomplete")
        if not sheet.is_final:
            sheet.is_final = True
            self.journal.append("finalised")

    def reopen(self, entry: str, by: str) -> None:
        mine = self._to_score(entry, by)
        sheet = self.sheets.get((mine.seat, entry))
        if sheet is None:
            raise No("Refused")
        if sheet.is_final:
            sheet.is_final, sheet.by, sheet.revision = False, mine, sheet.revision + 1
            self.journal.append("reopened")

    def revise(self, entry: str, given: Given, seen: int, reason: str, by: str) -> None:
        require(self.in_meeting(CATEGORY[entry]))
        mine = self._seated(by)
        require(entry in self.may_read(by) and reason and None not in given)
        sheet = self.sheets.get((mine.seat, entry))
        require((sheet.revision if sheet else 0) == seen)
        self.sheets[mine.seat, entry] = Sheet(given, mine, is_final=True, revision=seen + 1)
        self.journal.append("revised")
        self._unsettle(CATEGORY[entry])

    # The meeting ------------------------------------------------------------------------------------

    def open(self, category: str, present: list[Member], by: str) -> None:
        require(by in OFFICE, "NotAllowed")
        require(self.in_scoring(category))
        require(not self.lacks(category), "NotReady")
        require(present and all(member in self.confirmed for member in present))
        self.meetings[category] = Meeting(present)
        self.journal.append("opened")

    def attend(self, category: str, present: list[Member], by: str) -> None:
        require(by in OFFICE, "NotAllowed")
        require(self.in_meeting(category))
        require(present and all(member in self.confirmed for member in present))
        self.meetings[category].present = present
        self.journal.append("attendance")

    def look(self, by: str) -> None:
        require(by == ADMIN, "NotAllowed")
        self.journal.append("looked")

    def bench(self, category: str, winner: str) -> list[Member]:
        """Return who may preside and vote, in the order in which they would preside."""
        present = self.meetings[category].present
        order = sorted(self.confirmed, key=lambda member: (member not in present, SEATS.index(member.seat)))
        entries = [entry for entry, place in CATEGORY.items() if place == category]
        free = [one for one in order if not any(self.is_recused(one.who, entry) for entry in entries)]
        return free or [one for one in order if not winner or not self.is_recused(one.who, winner)]

    def _presides(self, mine: Member, category: str, winner: str) -> None:
        require(mine in self.bench(category, winner)[:1], "NotAllowed")

    def record(self, category: str, vote: Vote, seen: int, by: str) -> None:
        require(self.in_meeting(category))
        mine, meeting = self._seated(by), self.meetings[category]
        if vote.winner:
            require(CATEGORY[vote.winner] == category and vote.winner in self.may_know(by))
            require(len(self.counted(vote.winner)) >= max(1, self.needed(vote.winner)))
        self._presides(mine, category, vote.winner)
        voters = sum(member in meeting.present for member in self.bench(category, vote.winner))
        require(1 <= sum(vote.votes) <= voters and vote.votes[1] <= vote.votes[0])
        require(vote.reasons and (vote.laudatio or not vote.winner))
        vote = vote if vote.winner else vote._replace(laudatio="")
        if meeting.decision and meeting.decision.vote == vote:
            return
        require((meeting.decision.revision if meeting.decision else 0) == seen)
        meeting.decision = Decision(vote, seen + 1)
        self.journal.append("recorded")

    def confirm_as_chair(self, category: str, seen: int, by: str) -> None:
        require(self.in_meeting(category))
        mine, decision = self._seated(by), self._decision(category, seen)
        self._presides(mine, category, decision.vote.winner)
        if decision.chair is mine:
            return
        if decision.has_office:
            self._require_lockable(category, decision, by)
        decision.chair = mine
        self.journal.append("chair_confirmed")
        if decision.has_office:
            self._lock(decision)

    def confirm_as_office(self, category: str, seen: int, by: str) -> None:
        require(by in OFFICE, "NotAllowed")
        require(self.in_meeting(category))
        decision = self._decision(category, seen)
        if decision.has_office:
            return
        stands = decision.chair is not None and decision.chair in self.bench(category, decision.vote.winner)[:1]
        if stands:
            self._require_lockable(category, decision, by)
        decision.has_office = True
        self.journal.append("office_confirmed")
        if stands:
            self._lock(decision)

    def _decision(self, category: str, seen: int) -> Decision:
        decision = self.meetings[category].decision
        if decision is None or decision.revision != seen:
            raise No("Refused")
        return decision

    def _require_lockable(self, category: str, decision: Decision, by: str) -> None:
        require(sum(decision.vote.votes) <= len(self.meetings[category].present))
        recused = any(self.is_recused(by, entry) for entry, place in CATEGORY.items() if place == category)
        require(not self.lacks(category), "Refused" if recused else "NotReady")

    def _lock(self, decision: Decision) -> None:
        decision.is_locked = True
        self.journal.append("locked")
