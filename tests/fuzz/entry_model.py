"""A small model of an entry: what each verb does to it, or why it refuses. No database, no code of the portal's verbs.

It says the rules once more in the plainest way, so that `test_entry_model.py` can hold the portal against it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.fuzz.walking import No, require

OFFICE = frozenset({"office", "second", "admin"})
WRITERS, LEADERS = frozenset({"owner", "edit", "submit"}), frozenset({"owner", "submit"})
REVERSED = {"undo": "check_undone", "reopen": "check_reopened", "withdraw": "withdrawn"}
"""What takes back what stands → the verb of its line."""
CORRECTING = frozenset({"saved", "partner_added", "partner_removed", "reset", "extended"})
OFFER_DAYS, PAUSE = timedelta(days=14), timedelta(minutes=1)


@dataclass(frozen=True)
class Draft:
    """What counts of the words and partners of an entry."""

    title: str = "PegelVerbund"
    text: str = "Text."
    partners: tuple[str, ...] = ("first",)

    @property
    def is_complete(self) -> bool:
        return bool(self.title and self.text and self.partners)


@dataclass
class Place:
    """Somebody's part in the entry, or an open invitation."""

    email: str
    role: str
    at: datetime
    who: str = ""


@dataclass
class Section:
    revision: int = 0
    sitting: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the journal, with what a later verb reads in it."""

    verb: str
    before: str = ""
    deadline_before: datetime | None = None


@dataclass
class Waiting:
    """What waits for a second person: a proposed decision."""

    key: int
    act: str
    by: str
    until: datetime | None
    tell: bool


@dataclass
class Help:
    by: str
    until: datetime
    is_ended: bool = False


@dataclass
class Offer:
    email: str
    by: str
    at: datetime
    keeps: str


@dataclass
class Entry:
    """An entry, its round's window, and the clock."""

    now: datetime
    opens: datetime
    closes: datetime
    four_eyes: bool
    owner: str = "owner"
    status: str = "draft"
    check: str = "open"
    draft: Draft = Draft()
    versions: list[tuple[Draft, bool]] = field(default_factory=list)
    """What was frozen, and whether its people agreed to publication."""
    number: int | None = None
    taken: int = 0
    """Numbers that the round has given out."""
    rival: str = "draft"
    """The state of another entry of the same lead municipality."""
    rival_number: int | None = None
    extended: datetime | None = None
    places: dict[int, Place] = field(default_factory=dict)
    """By the order in which they were made: an invitation that was withdrawn and made again is another one."""
    made: int = 0
    works: set[str] = field(default_factory=lambda: {"owner", "heir"})
    """Who works for the lead municipality."""
    sections: dict[str, Section] = field(default_factory=dict)
    variants: set[tuple[str, str]] = field(default_factory=set)
    findings: dict[int, str] = field(default_factory=dict)
    waiting: Waiting | None = None
    help: Help | None = None
    offer: Offer | None = None
    journal: list[Line] = field(default_factory=list)
    mails: int = 0

    # What is read ---------------------------------------------------------------------------------

    @property
    def deadline(self) -> datetime:
        return max(self.closes, self.extended) if self.extended else self.closes

    @property
    def is_open(self) -> bool:
        return self.opens <= self.now < self.deadline

    def role(self, who: str) -> str:
        if who == self.owner:
            return "owner"
        return next((place.role for place in self.places.values() if place.who == who), "")

    def people(self, *first: str) -> set[str]:
        return {*first, self.owner, *(place.who for place in self.places.values() if place.who)}

    # What verbs begin and end with -------------------------------------------------------------

    def enter(self, by: str, roles: frozenset[str]) -> None:
        require(self.role(by) in roles, "NotAllowed")
        require(self.is_open, "TooLate")

    def note(self, verb: str, **read: object) -> None:
        self.journal.append(Line(verb, **read))  # type: ignore[arg-type]

    def drop(self) -> None:
        if self.waiting:
            self.waiting = None
            self.note("check_unproposed")

    # The draft ------------------------------------------------------------------------------------

    def save(self, key: str, value: str, by: str, *, stale: bool) -> None:
        self.enter(by, WRITERS)
        section = self.sections.setdefault(key, Section(sitting=by))
        if getattr(self.draft, key) == value:
            return
        if stale and section.sitting != by:
            self.variants.add((key, by))
            raise No("Conflict")
        self._write(key, value, by)
        self.note("saved")

    def _write(self, key: str, value: str, by: str) -> None:
        self.draft = replace(self.draft, **{key: value})
        self.sections[key].revision += 1
        self.sections[key].sitting = by

    def decide_variant(self, key: str, value: str | None, by: str, *, stale: bool) -> None:
        self.enter(by, WRITERS)
        require(value is None or not stale)
        if (key, by) in self.variants:
            self.variants.remove((key, by))
            self.note("saved")
        if value is not None:
            self._write(key, value, by)

    def add_partner(self, partner: str, by: str) -> None:
        self.enter(by, WRITERS)
        require(partner != "lead" and partner not in self.draft.partners)
        self.draft = replace(self.draft, partners=(*self.draft.partners, partner))
        self.note("partner_added")

    def remove_partner(self, partner: str, by: str) -> None:
        self.enter(by, WRITERS)
        if partner in self.draft.partners:
            self.draft = replace(self.draft, partners=tuple(one for one in self.draft.partners if one != partner))
            self.note("partner_removed")

    # People -----------------------------------------------------------------------------------------

    def invite(self, email: str, role: str, by: str) -> None:
        self.enter(by, LEADERS)
        require(email != self.owner)
        require(not any(place.who and email in {place.email, place.who} for place in self.places.values()))
        open_ = next((place for place in self.places.values() if place.email == email), None)
        if open_ and open_.role == role and open_.at > self.now - PAUSE:
            return
        if open_:
            open_.role, open_.at = role, self.now
        else:
            self.add(Place(email, role, self.now))
        self.note("invited")
        self.mails += 1

    def add(self, place: Place) -> None:
        self.places[self.made] = place
        self.made += 1

    def accept(self, key: int, by: str) -> None:
        require(self.is_open, "TooLate")
        require(key in self.places)
        place = self.places[key]
        if place.who == by:
            return
        require(not place.who and not self.role(by))
        place.who = by
        self.note("joined")

    def change_role(self, key: int, role: str, by: str) -> None:
        self.enter(by, LEADERS)
        require(key in self.places)
        self.places[key].role = role
        self.note("role_changed")

    def remove_editor(self, key: int, by: str) -> None:
        own = key in self.places and self.places[key].who == by
        require(own or self.role(by) in LEADERS, "NotAllowed")
        require(self.is_open, "TooLate")
        require(key in self.places)
        del self.places[key]
        self.note("editor_removed")

    def hand_over(self, to: str, by: str) -> None:
        self.enter(by, frozenset({"owner"}))
        require(any(place.who == to for place in self.places.values()))
        former, self.owner = self.owner, to
        self._forget(to, emails=(former,))
        self.add(Place(former, "submit", self.now, former))
        self.note("handed_over")

    def _forget(self, *people: str, emails: tuple[str, ...]) -> None:
        """End the parts of `people`, and what stands under `emails`."""
        self.places = {
            key: place for key, place in self.places.items() if place.who not in people and place.email not in emails
        }

    def transfer(self, to: str, reason: str, by: str, keeps: str) -> None:
        require(by in OFFICE, "NotAllowed")
        require(bool(reason))
        require(to != self.owner)
        self.offer = None
        if to in self.works:
            self._give(to, keeps)
        else:
            self.offer = Offer(to, by, self.now, keeps)
            self.note("invited")
            self.mails += 1

    def _give(self, heir: str, keeps: str) -> None:
        self.mails += len(self.people(heir))
        former, self.owner = self.owner, heir
        self._forget(heir, former, emails=(heir, former))
        if keeps:
            self.add(Place(former, keeps, self.now, former))
        if self.help and not self.help.is_ended:
            self.help.is_ended = True
            self.note("help_ended")
        self.note("transferred")

    def withdraw_offer(self, by: str) -> None:
        require(by in OFFICE, "NotAllowed")
        require(self.offer is not None)
        self.offer = None
        self.note("editor_removed")

    def take_over(self, offer: Offer, by: str) -> None:
        require(self.offer is offer and self.now < offer.at + OFFER_DAYS)
        require(by == offer.email, "NotAllowed")
        require(by != self.owner and by in self.works)
        self.offer = None
        self._give(by, offer.keeps)

    # What counts --------------------------------------------------------------------------------

    def submit(self, by: str, *, publication: bool, declared: bool) -> None:
        self.enter(by, LEADERS)
        require(self.draft.is_complete and declared, "Incomplete")
        frozen = (self.draft, publication)
        if self.status == "submitted" and self.versions[-1] == frozen:
            return
        require(self.rival != "submitted")
        if self.number is None:
            self.taken += 1
            self.number = self.taken
        self.versions.append(frozen)
        self.status = "submitted"
        self.check = "open" if self.check in {"returned", "excluded"} else self.check
        self.note("submitted")
        if len(self.versions) > 1:
            self.drop()

    def withdraw(self, by: str) -> None:
        self.enter(by, LEADERS)
        require(self.status == "submitted")
        self.status = "withdrawn"
        self.note("withdrawn")
        self.drop()
        self.mails += len(self.people(by))

    def reset(self, by: str) -> None:
        self.enter(by, WRITERS)
        require(bool(self.versions))
        self.draft = self.versions[-1][0]
        for section in self.sections.values():
            section.revision += 1
            section.sitting = ""
        self.note("reset")

    def submit_rival(self) -> None:
        require(self.opens <= self.now < self.closes, "TooLate")
        if self.rival == "submitted":
            return
        require(self.status != "submitted")
        if self.rival_number is None:
            self.taken += 1
            self.rival_number = self.taken
        self.rival = "submitted"

    def withdraw_rival(self) -> None:
        require(self.opens <= self.now < self.closes, "TooLate")
        require(self.rival == "submitted")
        self.rival = "withdrawn"
        self.mails += 1

    def extend(self, until: datetime, reason: str, by: str) -> None:
        require(by in OFFICE, "NotAllowed")
        is_decided = self.check not in {"open", "returned"}
        require(bool(reason) and (not is_decided or self.status == "withdrawn"))
        require(until > self.now and until > self.deadline)
        if is_decided:
            self.check = "open"
            self.note("check_reopened")
        self.extended = until
        self.note("extended")
        self.drop()
        self.mails += len(self.people())

    # The formal check ---------------------------------------------------------------------------

    ACTS = {
        "admit": ({"open": "admitted", "returned": "admitted"}, "admitted"),
        "exclude": ({"open": "excluded", "returned": "excluded", "admitted": "excluded"}, "excluded"),
        "hand_back": ({"open": "returned"}, "handed_back"),
    }
    """Decision → from which state to which, and the verb of its line."""

    def check_enter(self, by: str) -> None:
        require(by in OFFICE, "NotAllowed")
        require(self.status == "submitted")

    def _guard(self, act: str, reason: str, until: datetime | None) -> None:
        if act in REVERSED:
            require(bool(reason) and self._can_reverse(act))
            return
        require(act == "exclude" or not self.is_open)
        require(self.check in self.ACTS[act][0])
        if act == "hand_back":
            require(until is not None and until > self.now and until > self.deadline)
        require(act == "admit" or bool(reason))

    def _rule(self, act: str, until: datetime | None, *, tell: bool) -> None:
        if act in REVERSED:
            self._take_back(act)
            return
        states, verb = self.ACTS[act]
        self.note(verb, before=self.check, deadline_before=self.extended)
        self.check = states[self.check]
        if act == "hand_back":
            self.extended = until
        if act != "admit" or tell:
            self.mails += len(self.people())

    def decide(self, act: str, reason: str, until: datetime | None, by: str, *, tell: bool) -> None:
        self.check_enter(by)
        require(not self.four_eyes)
        self._guard(act, reason, until)
        self.drop()
        self._rule(act, until, tell=tell)

    def propose(self, key: int, act: str, reason: str, until: datetime | None, by: str, *, tell: bool) -> None:
        self.check_enter(by)
        require(self.four_eyes and self.waiting is None)
        self._guard(act, reason, until)
        self.waiting = Waiting(key, act, by, until if act == "hand_back" else None, tell)
        self.note("check_proposed")

    def confirm(self, key: int, by: str) -> None:
        self.check_enter(by)
        waiting = self.waiting
        if waiting is None or waiting.key != key:
            raise No("Refused")
        require(waiting.by != by, "NotAllowed")
        self._guard(waiting.act, "x", waiting.until)
        self.waiting = None
        self._rule(waiting.act, waiting.until, tell=waiting.tell)

    def reject(self, key: int, reason: str, by: str) -> None:
        self.check_enter(by)
        require(self.waiting is not None and self.waiting.key == key and bool(reason))
        self.drop()

    def undo(self, reason: str, by: str) -> None:
        self._reverse("undo", reason, by)

    def reopen(self, reason: str, by: str) -> None:
        self._reverse("reopen", reason, by)

    def withdraw_on_request(self, reason: str, by: str) -> None:
        self._reverse("withdraw", reason, by)

    def _reverse(self, act: str, reason: str, by: str) -> None:
        self.check_enter(by)
        require(not self.four_eyes)
        self._guard(act, reason, None)
        self.drop()
        self._rule(act, None, tell=False)

    def _decided_at(self) -> int | None:
        """Where in the journal the decision stands that the state of the check comes from."""
        verb = {"admitted": "admitted", "excluded": "excluded", "returned": "handed_back"}.get(self.check)
        return max((place for place, line in enumerate(self.journal) if line.verb == verb), default=None)

    def _can_reverse(self, act: str) -> bool:
        at = self._decided_at()
        if act == "undo":
            if self.check != "returned":
                return at is not None
            return at is not None and not any(line.verb in CORRECTING for line in self.journal[at:])
        return act == "withdraw" or self.check != "open"

    def _take_back(self, act: str) -> None:
        if act == "withdraw":
            self.status = "withdrawn"
            self.mails += len(self.people())
        elif act == "undo":
            at = self._decided_at() or 0
            if self.check == "returned":
                self.extended = self.journal[at].deadline_before
            self.check = self.journal[at].before
        else:
            self.check = "open"
        self.note(REVERSED[act])

    def judge(self, verdict: str, by: str) -> None:
        self.check_enter(by)
        require(self.check in {"open", "returned"})
        version = len(self.versions)
        if self.findings.get(version, "open") != verdict:
            self.findings[version] = verdict
            self.note("checked")

    # Help -----------------------------------------------------------------------------------------

    @property
    def is_helping(self) -> bool:
        return bool(self.help and not self.help.is_ended and self.now < self.help.until)

    def ask(self, question: str, days: int, by: str) -> None:
        require(self.role(by) in LEADERS, "NotAllowed")
        require(bool(question) and not self.is_helping)
        self.help = Help(by, self.now + timedelta(days=days))
        self.note("help_asked")
        self.mails += 1 + len(self.people(by))

    def end_help(self, reason: str, by: str) -> None:
        own = self.role(by) in LEADERS
        require(own or by in OFFICE, "NotAllowed")
        if self.help is None or not self.is_helping:
            return
        require(own or bool(reason))
        self.help.is_ended = True
        self.note("help_ended")
        self.mails += 0 if own else len(self.people())

    def look(self, by: str) -> None:
        require(by in OFFICE and self.is_helping, "NotAllowed")
        self.note("draft_seen")

    def answer(self, text: str, by: str, *, close: bool) -> None:
        asked = self.help
        require(by in OFFICE, "NotAllowed")
        if asked is None or asked.is_ended or not text:
            raise No("Refused")
        self.note("written_to")
        if close:
            asked.is_ended = True
            self.note("help_ended")
        self.mails += len({self.owner} | ({asked.by} if self.role(asked.by) else set()))

    def send_again(self, reason: str, by: str) -> None:
        """The receipts of this model are never rendered."""
        require(by in OFFICE, "NotAllowed")
        raise No("Refused")
