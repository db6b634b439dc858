"""Random verbs of many people at random moments, and after each of them the entry compared with the small model."""

import hashlib
import inspect
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant
from post_office.models import Email

from accounts.models import User
from submissions import actions
from submissions.actions import (
    editors,
    entries,
    findings,
    formal_check,
    four_eyes,
    handing_in,
    helping,
    partners,
    receipts,
    transfer,
)
from submissions.actions.findings import Judged
from submissions.actions.ruling import Ruling
from submissions.models import (
    Editor,
    Finding,
    Partner,
    Proposal,
    Receipt,
    Round,
    Section,
    Submission,
    Variant,
)
from submissions.workflow import Act, CheckAct
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory
from tests.conftest import CLOSES, MIDWAY, OPENS, SECOND
from tests.fuzz import walking
from tests.fuzz.entry_model import Draft, Entry, Offer, Place
from tests.fuzz.walking import Clock, Walk, verb
from tests.submissions import factories

ACTORS = ("owner", "read", "edit", "submit", "stranger", "heir", "office", "second", "admin")
OFFICE = ("office", "second", "admin")
LEADING = "whoever owns it"
actor = st.sampled_from([LEADING] * 6 + ["submit", "edit", "read", *ACTORS])
clerk = st.sampled_from(["office"] * 4 + ["second"] * 4 + ["admin", *ACTORS, LEADING])
"""Mostly somebody who may, so that walks get somewhere."""
role = st.sampled_from(["read", "edit", "submit"])
reason = st.sampled_from(["Grund"] * 7 + [" "])
begun = st.sampled_from(["early", "draft", "submitted", "closed", "closed", "closed for two", "returned"])
value = st.sampled_from(["", "Anders", "PegelVerbund", "Text."])
act = st.sampled_from(["admit", "exclude", "hand_back"])
proposable = st.sampled_from(["admit", "exclude", "hand_back", "undo", "reopen", "withdraw"])
WORDS = {"title": ("titel", "title"), "text": ("gewinn", "text")}
"""Word of the model → section and field."""
DECLARED = {"conditions": True, "correctness": True, "bodies": True, "privacy": True}


class Ground:
    """What every walk begins with: the people, their towns, an entry in its window with three colleagues, a rival."""

    def __init__(self, round: Round, at: Clock) -> None:
        call_command("load_roles", verbosity=0)
        self.round, self.at = round, at
        self.entry = factories.complete(round, title="PegelVerbund")
        self.entry.answers.filter(question__key="gewinn").update(text="Text.")
        self.rival = factories.complete(round, lead=self.entry.lead)
        self.people: dict[str, User] = {"owner": self.entry.owner, "heir": UserFactory(), "stranger": UserFactory()}
        self.people |= {name: factories.editor(self.entry, name) for name in ("read", "edit", "submit")}
        MembershipFactory(user=self.people["heir"], municipality=self.entry.lead)
        for name in OFFICE:
            self.people[name] = StaffFactory(superuser=name == "admin")
            self.people[name].groups.add(Group.objects.get(name="Geschäftsstelle"))
        self.towns = {"first": self.entry.partners.get().municipality, "lead": self.entry.lead}
        self.towns |= {"town": MunicipalityFactory(), "other": MunicipalityFactory()}

    def email(self, name: str) -> str:
        return self.people[name].email if name in self.people else f"{name}@stadt.example"


class EntryMachine(Walk):
    """An entry and its people. `ground` is given by the test, one for all walks."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        ground = self.ground
        self.people = ground.people
        self.entry = Submission.objects.get(pk=ground.entry.pk)
        self.model = Entry(now=MIDWAY, opens=OPENS, closes=CLOSES, four_eyes=False)
        self.rows: list[Editor] = list(self.entry.editors.all())
        for row in self.rows:
            name = next(name for name, user in ground.people.items() if user.pk == row.user_id)
            self.model.add(Place(name, row.role, MIDWAY, name))
        self.numbered = {row.pk: number for number, row in enumerate(self.rows)}
        self.offers: list[tuple[Any, Offer]] = []
        self.proposals: list[Proposal] = []
        self.frozen: dict[int, str] = {}
        self.mails, self.lines = Email.objects.count(), self.entry.events.count()
        ground.at(MIDWAY)

    # How both are held together ---------------------------------------------------------------------

    def who(self, name: str) -> str:
        return self.model.owner if name == LEADING else name

    @initialize(
        begun=st.sampled_from(["early", "draft", "submitted", "closed", "closed", "closed for two", "returned"])
    )
    def begin(self, begun: str) -> None:
        """Begin where walks would seldom come by chance, on the way that leads there."""
        if begun == "early":
            self.move(OPENS - SECOND)
        if begun in {"submitted", "closed", "closed for two", "returned"}:
            self.submit(LEADING, publication=False, declared=True)
            for act in ("admit", "hand_back"):  # while people may still change it
                self.decide(act, 24, "Grund", tell=True, by="office")
        if begun in {"closed", "closed for two", "returned"}:
            self.move(CLOSES)
        if begun == "closed for two":
            self.prescribe_two(on=True)
        if begun == "returned":
            self.decide("hand_back", 24, "Grund", tell=True, by="office")

    def move(self, to: datetime) -> None:
        self.model.now = to
        self.ground.at(to)

    # The clock --------------------------------------------------------------------------------------

    @verb(how=st.sampled_from(["second", "minute", "hours", "days", "before", "edge", "edge", "opening", "expiry"]))
    def wait(self, how: str) -> None:
        model = self.model
        until = {
            "second": model.now + SECOND,
            "minute": model.now + timedelta(minutes=1, seconds=1),
            "hours": model.now + timedelta(hours=7),
            "days": model.now + timedelta(days=2),
            "before": model.deadline - SECOND,
            "edge": model.deadline,
            "opening": OPENS,
            "expiry": (model.help.until if model.help else model.now) + SECOND,
        }[how]
        self.move(max(model.now, until))

    @verb(on=st.booleans())
    def prescribe_two(self, on: bool) -> None:
        Round.objects.filter(pk=self.ground.round.pk).update(four_eyes=on)
        self.model.four_eyes = on

    @verb()
    def find_work(self) -> None:
        """The stranger becomes a colleague at the lead municipality."""
        if "stranger" not in self.model.works:
            MembershipFactory(user=self.user("stranger"), municipality=self.entry.lead)
            self.model.works.add("stranger")

    # The draft ----------------------------------------------------------------------------------------

    @verb(
        key=st.sampled_from(["title", "text"]),
        value=st.sampled_from(["", "Anders", "PegelVerbund", "Text."]),
        by=actor,
        stale=st.booleans(),
    )
    def save_section(self, key: str, value: str, by: str, stale: bool) -> None:
        by = self.who(by)
        place, name = WORDS[key]
        revision = self.revision(key) - (stale and self.revision(key) > 0)
        stale = stale and self.revision(key) > 0
        self.both(
            lambda: self.model.save(key, value, by, stale=stale),
            lambda: entries.save_section(
                self.entry, place, {name: value}, by=self.user(by), revision=revision, sitting=by
            ),
        )

    def revision(self, key: str) -> int:
        return self.model.sections[key].revision if key in self.model.sections else 0

    @verb(when=lambda self: self.model.variants, value=st.sampled_from([None, "Beides"]), stale=st.booleans())
    def decide_variant(self, data: st.DataObject, value: str | None, stale: bool) -> None:
        key, by = data.draw(st.sampled_from(sorted(self.model.variants)))
        place, name = WORDS[key]
        values = None if value is None else {name: value}
        revision = self.revision(key) - stale
        self.both(
            lambda: self.model.decide_variant(key, value, by, stale=stale),
            lambda: entries.decide_variant(self.entry, place, values, by=self.user(by), revision=revision, sitting=by),
        )

    @verb(town=st.sampled_from(["first", "lead", "town", "other"]), by=actor)
    def add_partner(self, town: str, by: str) -> None:
        by = self.who(by)
        self.both(
            lambda: self.model.add_partner(town, by),
            lambda: partners.add(self.entry, by=self.user(by), municipality=self.ground.towns[town]),
        )

    @verb(town=st.sampled_from(["first", "town", "other"]), by=actor)
    def remove_partner(self, town: str, by: str) -> None:
        by = self.who(by)
        row = Partner.objects.filter(submission=self.entry, municipality=self.ground.towns[town]).first()
        gone = Partner(pk=10**9, submission=self.entry, municipality=self.ground.towns[town])
        self.both(lambda: self.model.remove_partner(town, by), lambda: partners.remove(row or gone, by=self.user(by)))

    # People ---------------------------------------------------------------------------------------------

    @verb(whom=st.sampled_from([*ACTORS, "new"]), role=role, by=actor)
    def invite(self, whom: str, role: str, by: str) -> None:
        by = self.who(by)
        email = self.ground.email(whom)
        self.both(
            lambda: self.model.invite(whom, role, by),
            lambda: editors.invite(self.entry, email=email.upper(), role=role, by=self.user(by)),
        )
        self.remember()

    @verb(by=actor)
    def accept(self, data: st.DataObject, by: str) -> None:
        by = self.who(by)
        row = data.draw(st.sampled_from(self.rows))
        self.both(lambda: self.model.accept(self.numbered[row.pk], by), lambda: editors.accept(row, by=self.user(by)))

    @verb(role=role, by=actor)
    def change_role(self, data: st.DataObject, role: str, by: str) -> None:
        by = self.who(by)
        row = data.draw(st.sampled_from(self.rows))
        self.both(
            lambda: self.model.change_role(self.numbered[row.pk], role, by),
            lambda: editors.change_role(row, role=role, by=self.user(by)),
        )

    @verb(by=actor)
    def remove_editor(self, data: st.DataObject, by: str) -> None:
        by = self.who(by)
        row = data.draw(st.sampled_from(self.rows))
        fresh = Editor.objects.filter(pk=row.pk).first() or Editor(pk=row.pk, submission=self.entry, email=row.email)
        self.both(
            lambda: self.model.remove_editor(self.numbered[row.pk], by), lambda: editors.remove(fresh, by=self.user(by))
        )

    @verb(to=actor, by=actor)
    def hand_over(self, to: str, by: str) -> None:
        to, by = self.who(to), self.who(by)
        self.both(
            lambda: self.model.hand_over(to, by),
            lambda: entries.hand_over(self.entry, to=self.user(to), by=self.user(by)),
        )
        self.remember()

    @verb(to=st.sampled_from([*ACTORS, "new"]), reason=reason, by=clerk, keeps=st.sampled_from(["", "read", "submit"]))
    def transfer(self, to: str, reason: str, by: str, keeps: str) -> None:
        by = self.who(by)
        heir = self.user(to) if to in self.ground.people else self.ground.email(to)
        self.both(
            lambda: self.model.transfer(to, reason.strip(), by, keeps),
            lambda: transfer.transfer(self.entry, to=heir, reason=reason, by=self.user(by), keeps=keeps),
        )
        offer = self.entry.offers.waiting().first()
        if offer and self.model.offer and offer.pk not in {row.pk for row, _ in self.offers}:
            self.offers.append((offer, self.model.offer))
        self.remember()

    @verb(by=clerk)
    def withdraw_offer(self, by: str) -> None:
        by = self.who(by)
        self.both(
            lambda: self.model.withdraw_offer(by),
            lambda: transfer.withdraw_offer(self.entry, reason="Doch nicht", by=self.user(by)),
        )

    @verb(when=lambda self: self.offers, own=st.sampled_from([True, True, False]), by=actor)
    def take_over(self, data: st.DataObject, own: bool, by: str) -> None:
        by = self.who(by)
        row, offer = data.draw(st.sampled_from(self.offers))
        by = offer.email if own and offer.email in self.ground.people else by
        self.both(lambda: self.model.take_over(offer, by), lambda: transfer.accept(row, by=self.user(by)))
        self.remember()

    def remember(self) -> None:
        """Know the rows that are new by the places of the model."""
        places = {self.ground.email(place.email): number for number, place in self.model.places.items()}
        for row in Editor.objects.filter(submission=self.entry).exclude(pk__in=self.numbered).order_by("pk"):
            self.rows.append(row)
            self.numbered[row.pk] = places[row.email]

    # What counts --------------------------------------------------------------------------------------

    @verb(by=actor, publication=st.booleans(), declared=st.sampled_from([True, True, True, False]))
    def submit(self, by: str, publication: bool, declared: bool) -> None:
        by = self.who(by)
        declarations = DECLARED | {"publication": publication, "bodies": declared}
        self.both(
            lambda: self.model.submit(by, publication=publication, declared=declared),
            lambda: handing_in.submit(self.entry, by=self.user(by), declarations=declarations),
        )

    @verb(by=actor)
    def withdraw(self, by: str) -> None:
        by = self.who(by)
        self.both(lambda: self.model.withdraw(by), lambda: handing_in.withdraw(self.entry, by=self.user(by)))

    @verb(by=actor)
    def reset(self, by: str) -> None:
        by = self.who(by)
        self.both(lambda: self.model.reset(by), lambda: handing_in.reset(self.entry, by=self.user(by)))

    @verb()
    def submit_rival(self) -> None:
        self.both(self.model.submit_rival, lambda: factories.submit(self.ground.rival))

    @verb()
    def withdraw_rival(self) -> None:
        rival = self.ground.rival
        self.both(self.model.withdraw_rival, lambda: handing_in.withdraw(rival, by=rival.owner))

    @verb(hours=st.sampled_from([-30, 0, 1, 24, 24 * 30]), reason=reason, by=clerk)
    def extend(self, hours: int, reason: str, by: str) -> None:
        by = self.who(by)
        until = self.model.deadline + timedelta(hours=hours)
        self.both(
            lambda: self.model.extend(until, reason.strip(), by),
            lambda: entries.extend(self.entry, until=until, reason=reason, by=self.user(by)),
        )

    # The formal check -------------------------------------------------------------------------------

    @verb(act=act, hours=st.sampled_from([-30, 0, 1, 24]), reason=reason, tell=st.booleans(), by=clerk)
    def decide(self, act: str, hours: int, reason: str, tell: bool, by: str) -> None:
        by = self.who(by)
        until = max(self.model.deadline, self.model.now) + timedelta(hours=hours)
        verb = {
            "admit": partial(formal_check.admit, tell=tell),
            "exclude": partial(formal_check.exclude, reason=reason),
            "hand_back": partial(formal_check.hand_back, reason=reason, until=until),
        }[act]
        self.both(
            lambda: self.model.decide(act, reason.strip(), until, by, tell=tell),
            lambda: verb(self.entry, by=self.user(by)),
        )

    @verb(act=proposable, hours=st.sampled_from([0, 1, 24]), reason=reason, tell=st.booleans(), by=clerk)
    def propose(self, act: str, hours: int, reason: str, tell: bool, by: str) -> None:
        by = self.who(by)
        until = max(self.model.deadline, self.model.now) + timedelta(hours=hours) if act == "hand_back" else None
        proposed = Ruling(CheckAct(act), reason, until, tell)
        key = len(self.proposals)
        made = self.both(
            lambda: self.model.propose(key, act, reason.strip(), until, by, tell=tell),
            lambda: four_eyes.propose(self.entry, proposed, by=self.user(by)),
        )
        self.proposals += [made] if made else []

    @verb(when=lambda self: self.proposals, by=clerk)
    def confirm(self, data: st.DataObject, by: str) -> None:
        by = self.who(by)
        key = data.draw(st.integers(0, len(self.proposals) - 1).map(lambda back: len(self.proposals) - 1 - back))
        self.both(lambda: self.model.confirm(key, by), lambda: four_eyes.confirm(self.proposals[key], by=self.user(by)))

    @verb(when=lambda self: self.proposals, reason=reason, by=clerk)
    def reject(self, data: st.DataObject, reason: str, by: str) -> None:
        by = self.who(by)
        key = data.draw(st.integers(0, len(self.proposals) - 1).map(lambda back: len(self.proposals) - 1 - back))
        self.both(
            lambda: self.model.reject(key, reason.strip(), by),
            lambda: four_eyes.reject(self.proposals[key], reason=reason, by=self.user(by)),
        )

    @verb(reason=reason, by=clerk)
    def undo(self, reason: str, by: str) -> None:
        by = self.who(by)
        self.both(
            lambda: self.model.undo(reason.strip(), by),
            lambda: formal_check.undo(self.entry, by=self.user(by), reason=reason),
        )

    @verb(reason=reason, by=clerk)
    def reopen(self, reason: str, by: str) -> None:
        by = self.who(by)
        self.both(
            lambda: self.model.reopen(reason.strip(), by),
            lambda: formal_check.reopen(self.entry, by=self.user(by), reason=reason),
        )

    @verb(reason=reason, by=clerk)
    def withdraw_on_request(self, reason: str, by: str) -> None:
        by = self.who(by)
        self.both(
            lambda: self.model.withdraw_on_request(reason.strip(), by),
            lambda: formal_check.withdraw_on_request(self.entry, by=self.user(by), reason=reason),
        )

    @verb(verdict=st.sampled_from(["open", "met", "failed"]), by=clerk)
    def judge(self, verdict: str, by: str) -> None:
        by = self.who(by)
        points = {"partner": Judged(Finding.Verdict(verdict))}
        self.both(lambda: self.model.judge(verdict, by), lambda: findings.judge(self.entry, points, by=self.user(by)))

    # Help -------------------------------------------------------------------------------------------------

    @verb(question=st.sampled_from(["Wie?", "Wie?", " "]), days=st.sampled_from([1, 3]), by=actor)
    def ask(self, question: str, days: int, by: str) -> None:
        by = self.who(by)
        self.both(
            lambda: self.model.ask(question.strip(), days, by),
            lambda: helping.ask(self.entry, question=question, days=days, by=self.user(by)),
        )

    @verb(when=lambda self: self.model.help, reason=reason, by=st.one_of(actor, clerk))
    def end_help(self, reason: str, by: str) -> None:
        by = self.who(by)
        asked = self.entry.help_requests.latest("pk")
        self.both(
            lambda: self.model.end_help(reason.strip(), by), lambda: helping.end(asked, by=self.user(by), reason=reason)
        )

    @verb(when=lambda self: self.model.help, by=clerk)
    def look(self, by: str) -> None:
        by = self.who(by)
        asked = self.entry.help_requests.latest("pk")
        self.both(lambda: self.model.look(by), lambda: helping.look(asked, by=self.user(by)))

    @verb(when=lambda self: self.model.help, text=st.sampled_from(["So.", " "]), close=st.booleans(), by=clerk)
    def answer(self, text: str, close: bool, by: str) -> None:
        by = self.who(by)
        asked = self.entry.help_requests.latest("pk")
        self.both(
            lambda: self.model.answer(text.strip(), by, close=close),
            lambda: helping.answer(asked, text=text, close=close, by=self.user(by)),
        )

    @verb(when=lambda self: self.model.versions, reason=reason, by=clerk)
    def send_again(self, reason: str, by: str) -> None:
        by = self.who(by)
        version = self.entry.versions.first()
        owner = [User.objects.get(pk=Submission.objects.get(pk=self.entry.pk).owner_id).email]
        self.both(
            lambda: self.model.send_again(reason.strip(), by),
            lambda: receipts.send_again(version, to=owner, reason=reason, by=self.user(by)),
        )

    # What is true after every step ----------------------------------------------------------------

    @invariant()
    def entry_is_as_in_the_model(self) -> None:
        entry, model = Submission.objects.get(pk=self.entry.pk), self.model

        assert (entry.status, entry.formal_check, entry.number, entry.extended_until) == (
            model.status, model.check, model.number, model.extended,
        )  # fmt: skip
        assert entry.owner_id == self.ground.people[model.owner].pk
        assert self.draft() == model.draft
        assert {(row.email, row.role, row.user_id) for row in entry.editors.all()} == {
            (self.ground.email(place.email), place.role, self.ground.people[place.who].pk if place.who else None)
            for place in model.places.values()
        }

    def draft(self) -> Draft:
        entry = Submission.objects.get(pk=self.entry.pk)
        towns = {town.pk: name for name, town in self.ground.towns.items()}
        text = entry.answers.get(question__key="gewinn").text
        return Draft(entry.title, text, tuple(towns[row.municipality_id] for row in entry.partners.order_by("pk")))

    @invariant()
    def versions_are_numbered_and_never_change(self) -> None:
        rows = list(self.entry.versions.order_by("number"))
        entry = Submission.objects.get(pk=self.entry.pk)

        assert [row.number for row in rows] == list(range(1, len(self.model.versions) + 1))
        assert entry.current_id == (rows[-1].pk if rows else None)
        for row, (draft, publication) in zip(rows, self.model.versions, strict=True):
            assert hashlib.sha256(row.canonical.encode()).hexdigest() == row.sha256
            assert self.frozen.setdefault(row.number, row.sha256) == row.sha256
            assert row.payload["title"] == draft.title
            assert row.payload["declarations"]["publication"] == publication
        assert list(
            Receipt.objects.filter(version__submission=entry)
            .order_by("version__number")
            .values_list("version", flat=True)
        ) == [row.pk for row in rows]

    @invariant()
    def numbers_have_no_gap(self) -> None:
        rival = Submission.objects.get(pk=self.ground.rival.pk)
        taken = sorted(Submission.objects.filter(number__isnull=False).values_list("number", flat=True))

        assert taken == list(range(1, self.model.taken + 1))
        assert Round.objects.get(pk=self.ground.round.pk).last_number == self.model.taken
        assert (rival.status, rival.number) == (self.model.rival, self.model.rival_number)

    @invariant()
    def journal_has_a_line_for_each_verb(self) -> None:
        lines = list(self.entry.events.order_by("pk").values_list("verb", flat=True))

        assert lines[self.lines :] == [line.verb for line in self.model.journal]

    @invariant()
    def mails_are_owed_once(self) -> None:
        assert Email.objects.count() - self.mails == self.model.mails

    @invariant()
    def what_waits_is_as_in_the_model(self) -> None:
        waiting = Proposal.objects.waiting().filter(submission=self.entry).first()
        variants = {(row.key, row.user_id) for row in Variant.objects.filter(submission=self.entry)}
        helped = self.entry.help_requests.filter(ended_at=None).first()

        assert (waiting.act if waiting else None) == (self.model.waiting.act if self.model.waiting else None)
        assert variants == {(WORDS[key][0], self.ground.people[who].pk) for key, who in self.model.variants}
        assert (helped.until if helped else None) == (
            self.model.help.until if self.model.help and not self.model.help.is_ended else None
        )
        assert self.entry.offers.waiting().exists() is (self.model.offer is not None)
        assert {
            row.key: row.revision for row in Section.objects.filter(submission=self.entry, key__in=["titel", "gewinn"])
        } == {WORDS[key][0]: section.revision for key, section in self.model.sections.items()}


STEPS = {
    Act.WRITE: "save_section",
    Act.SUBMIT: "submit",
    Act.WITHDRAW: "withdraw",
    CheckAct.ADMIT: "decide",
    CheckAct.EXCLUDE: "decide",
    CheckAct.HAND_BACK: "decide",
    CheckAct.REOPEN: "reopen",
    CheckAct.CORRECT: "submit",
    CheckAct.UNDO: "undo",
    CheckAct.WITHDRAW: "withdraw_on_request",
}
LEFT_OUT = {
    *("entries.start", "files.add", "files.describe", "files.remove"),  # the window of these: test_deadline.py
    *("helping.look_at_file", "helping.close_for", "formal_check.decide"),  # part of others
    *("gate.enter", "gate.require", "gate.record", "gate.touch", "gate.drop_proposal"),
    *("ruling.enter", "ruling.require_unchanged", "ruling.letter", "ruling.write"),
    *("reversing.write", "reversing.withdrawal"),
    *("formal_check.admit_each", "four_eyes.propose_admissions"),  # for many: that for one is the same of one
    *("gate.record_each", "gate.drop_proposals", "ruling.enter_each", "ruling.write_admissions"),
    *("rounds.copy", "rounds.announce", "rounds.unannounce", "rounds.discard", "rounds.note_changes"),  # of rounds
}
"""What somebody does in `submissions/actions` that is no step here."""


def test_every_act_of_the_tables_is_a_step() -> None:
    assert set(STEPS) == {*Act, *CheckAct}
    assert set(STEPS.values()) <= set(EntryMachine.verbs)


def test_every_verb_is_a_step() -> None:
    source = inspect.getsource(EntryMachine)

    assert {name for name in walking.with_an_actor(actions) if name not in source} == LEFT_OUT


def test_entry_does_what_the_model_says(open_round: Round, at: Clock) -> None:
    EntryMachine.ground = Ground(open_round, at)

    walking.run(EntryMachine, few=25, steps=40)
