"""Whole worlds for the tests of blindness: a phase of the round, everybody who could look, and what they could look at.

Written as rows past the verbs, so that every state is possible in every phase.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from jury.actions import seats
from jury.models import Assessment, Decision, Juror, JuryEvent, Paper
from jury.urls import app_name
from landespreis import clock
from submissions.models import Attachment, Category, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.jury import decided, factories
from tests.submissions import factories as entries

Clock = Callable[[datetime], None]

PHASES = ("waiting", "scoring", "session", "decided", "published")
STATES = {"recused": "krisen", "cleared": "umwelt", "undeclared": "austausch"}
"""How the jurors stand to the entry in question, and the category in which they do."""
JURORS = ("own", "other", "chair", "successor")
OUTSIDERS = ("predecessor", "office", "admin", "editorial", "owner", "anonymous")
PEOPLE = (*JURORS, "pending", *OUTSIDERS)
ROUTES = {
    str(pattern.name): tuple(pattern.pattern.converters)
    for pattern in get_resolver("jury.urls").url_patterns
    if isinstance(pattern, URLPattern)
}
"""Every address of the jury with the names of its arguments, as the resolver knows them."""
HOUR = timedelta(hours=1)
Status = Assessment.Status


def moment(round: Round, phase: str) -> datetime:
    """Return a moment in the middle of `phase`."""
    assert round.scoring_opens_at
    assert round.session_at
    return {
        "waiting": round.scoring_opens_at - HOUR,
        "scoring": factories.scoring_time(round),
        "session": round.session_at + HOUR,
        "decided": round.embargo_until - HOUR,
        "published": round.embargo_until + HOUR,
    }[phase]


class World:
    """A round in one phase; per state a category with two entries: `targets[state]`, and a plain one all cleared."""

    def __init__(self, round: Round, at: Clock, phase: str) -> None:
        self.round, self.phase = round, phase
        call_command("load_roles", verbosity=0)
        self.staff = {role: staff(role) for role in ("office", "admin", "editorial")}
        self.targets = {state: entry(round, key, title=f"Deichwacht {state}") for state, key in STATES.items()}
        self.plain = {state: entry(round, key, title=f"Pegelnetz {state}") for state, key in STATES.items()}
        at(moment(round, "waiting") - HOUR)
        self.jurors = self._seat()
        at(factories.scoring_time(round))
        if phase != "waiting":
            for state in STATES:
                self._declare(state)
                self._score(state)
        at(moment(round, phase))
        for state in STATES if phase in {"session", "decided", "published"} else ():
            self._meet(state)
        self.clients = {who: client(self._user(who)) for who in PEOPLE}

    def category(self, state: str) -> Category:
        return self.round.categories.get(key=STATES[state])

    def url(self, name: str, state: str) -> str:
        return address(name, self.targets[state], link=seats.token(self.jurors["pending"]))

    def person(self, who: str) -> User:
        user = self._user(who)
        assert user
        return user

    def _user(self, who: str) -> User | None:
        if who in self.staff:
            return self.staff[who]
        if who in self.jurors:
            return self.jurors[who].user
        return self.targets["recused"].owner if who == "owner" else None

    def _seat(self) -> dict[str, Juror]:
        places = factories.seats(self.round)
        found = {
            who: factories.juror(seat)
            for who, seat in zip(("chair", "own", "other", "predecessor"), places, strict=False)
        }
        Juror.objects.filter(pk=found["predecessor"].pk).update(until=clock.now())
        found["successor"] = factories.juror(places[3])
        found["pending"] = factories.juror(places[4], accepted=False)
        return found

    def _declare(self, state: str) -> None:
        for who in (*JURORS, "predecessor"):
            factories.clear(self.jurors[who], self.plain[state])
            if state == "recused":
                factories.recuse(self.jurors[who], self.targets[state])
            elif state == "cleared":
                factories.clear(self.jurors[who], self.targets[state])
            self._dossier(state, self.jurors[who])

    def _score(self, state: str) -> None:
        """The seats' sheets: drafts of the entry in question while scoring, final from the Session on."""
        status = Status.DRAFT if self.phase == "scoring" else Status.FINAL
        for who in ("chair", "own", "other", "predecessor"):
            factories.sheet(self.jurors[who], self.plain[state], 6)
            if state == "cleared" or (state == "undeclared" and who == "predecessor"):
                factories.sheet(self.jurors[who], self.targets[state], 8, status)
            elif state == "recused":
                factories.sheet(self.jurors[who], self.targets[state], 8, Status.VOID)

    def _meet(self, state: str) -> None:
        category = self.category(state)
        session = decided.opened(category, *(self.jurors[who] for who in JURORS))
        decision = decided.decide(session, self.jurors["chair"], self.plain[state], locked=self.phase != "session")
        if decision.locked_at:
            paper(Paper.Kind.MINUTES, category)

    def _dossier(self, state: str, juror: Juror) -> None:
        held = [self.plain[state], *([self.targets[state]] if state == "cleared" else [])]
        paper(Paper.Kind.DOSSIER, self.category(state), juror=juror, entries=[str(row.pk) for row in held])


def entry(round: Round, category: str, **fields: Any) -> Submission:
    """Return an admitted entry with a clean annex in its version."""
    draft = entries.complete(round, category=round.categories.get(key=category), **fields)
    entries.attachment(draft)
    entries.submit(draft)
    Submission.objects.filter(pk=draft.pk).update(formal_check=Submission.Check.ADMITTED)
    return Submission.objects.select_related("round", "owner", "submitted_category").get(pk=draft.pk)


def staff(role: str) -> User:
    """Return somebody of the Geschäftsstelle, the Redaktion or the Administration."""
    user: User = StaffFactory(superuser=role == "admin")
    if role != "admin":
        user.groups.add(Group.objects.get(name={"office": "Geschäftsstelle", "editorial": "Redaktion"}[role]))
    return user


def client(user: User | None) -> Client:
    """Return a browser; logged in it has shown the second factor, if there is one."""
    browser = Client(raise_request_exception=False)
    if user:
        show_factor(browser, user)
    return browser


def paper(kind: Paper.Kind, category: Category, **fields: Any) -> Paper:
    """Return a rendered paper; its file holds no more than a word."""
    name = default_storage.save(f"jury/{kind}.pdf", ContentFile(b"%PDF-1.4 invented"))
    return Paper.objects.create(kind=kind, category=category, rendered_at=timezone.now(), file=name, **fields)


def address(name: str, about: Submission, link: str = "keiner") -> str:
    """Return the address `name` of the jury as far as it is about that entry."""
    category, file = about.submitted_category, Attachment.objects.get(submission=about)
    assert category
    known = {"slug": category.key, "number": about.label, "file": file.pk, "token": link}
    return reverse(f"{app_name}:{name}", kwargs={key: known[key] for key in ROUTES[name]})


def sent(name: str, about: Submission, winner: Submission) -> dict[str, Any]:
    """Return what a willing form of that page would send."""
    points: dict[str, Any] = {f"punkte_{row.key}": "7" for row in about.round.criteria.all()}
    sheet = Assessment.objects.standing().filter(submission=about).first()
    points["revision"] = sheet.revision if sheet else 0
    return {
        "entry": points,
        "revise": points | {"reason": "Neu gelesen."},
        "recusal": {"erklaerung": "ja", "grund": "amt", "erlaeuterung": "Ratsmandat"},
        "notice": {"accepted": "on"},
        "confirm": {"revision": 1},
        "record": {
            "winner": winner.label,
            "votes_for": "3",
            "votes_against": "0",
            "votes_abstained": "0",
            "reasons": "Die Pegel sprechen miteinander.",
            "laudatio": "bank",
            "seen": 1,
        },
    }.get(name, {})


def status(response: Any) -> int:
    """Return the status, and close what was to be streamed; closing the response would close the database too."""
    for close in response._resource_closers:
        close()
    return int(response.status_code)


def traces() -> tuple[Any, ...]:
    """Return what a request could have changed, to be compared."""
    return (
        JuryEvent.objects.count(),
        list(Assessment.objects.order_by("pk").values_list("pk", "status", "revision", "juror")),
        list(Decision.objects.order_by("pk").values_list("pk", "revision", "winner", "chair", "office")),
        list(Paper.objects.order_by("pk").values_list("pk", "rendered_at", "owed_at")),
        list(Juror.objects.order_by("pk").values_list("pk", "user", "notice_accepted_at", "until")),
    )


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
