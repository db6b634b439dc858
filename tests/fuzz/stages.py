"""Whole portals to be driven: a moment of the award, what is there then, and who walks through it from where."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from jury.actions import seats
from jury.models import Juror
from landespreis import clock
from submissions import sections
from submissions.actions import editors, entries, helping, transfer
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import PASSWORD, MembershipFactory, MunicipalityFactory, UserFactory
from tests.jury import factories as judges
from tests.jury import worlds
from tests.landespreis.office_rows import MAKERS
from tests.portal import factories as content
from tests.portal import proposing
from tests.submissions import factories
from tests.test_access import OURS, Place
from tests.test_access import address as ours
from tests.test_admin_access import ELSEWHERE, OWN, models, standard
from tests.test_admin_access import address as office_address

Clock = Callable[[datetime], None]


class Visitor(NamedTuple):
    """Somebody with a browser, and where they begin."""

    who: str
    client: Client
    start: list[str]
    within: tuple[str, ...] = ("/",)
    """Beginnings of the addresses that they go on to; what lies elsewhere, others look at."""


Stage = Callable[[Round, Clock], list[Visitor]]


def browser(user: User | None) -> Client:
    """Return a browser in which nothing that fails is turned into a page."""
    client = Client()
    if user:
        show_factor(client, user)
    return client


def of_packages() -> list[str]:
    """Return the addresses of allauth that need no argument."""
    return [url for name in names() if name.startswith(("account_", "mfa_", "usersessions_")) and (url := bare(name))]


def bare(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def names() -> list[str]:
    """Return every name of the resolver, with its namespace."""

    def below(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from below(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield f"{namespace}{pattern.name}"

    return list(dict.fromkeys(below(get_resolver())))


def entering(round: Round, at: Clock) -> list[Visitor]:
    """While entries come in: the public, people with links from mails, and who has an entry with everything in it."""
    call_command("load_roles", verbosity=0)
    place = Place(round)
    entry = place.entry
    proposing.confirm(entry.owner.memberships.get())
    proposing.waiting(entry.owner)
    content.ProjectFactory(lead=entry.lead)
    invited, heir = MembershipFactory().user, MembershipFactory().user
    MembershipFactory(user=heir, municipality=entry.lead)
    asked = factories.submitted(round)
    offered = transfer.transfer(asked, to="nachfolge@stadt.example", reason="Ruhestand", by=worlds.staff("admin"))
    place_of = MembershipFactory(user=entry.owner).municipality
    draft = factories.complete(round, lead=place_of, owner=entry.owner, membership=False)
    helping.ask(draft, question="Wie?", days=3, by=entry.owner)
    colleague = factories.editor(draft, "edit")
    written = {"by": colleague, "revision": 0, "sitting": "a"}
    entries.save_section(draft, "gewinn", {"text": "Zuerst."}, **written)
    with suppress(entries.Conflict):
        entries.save_section(draft, "gewinn", {"text": "Anders."}, **written | {"by": entry.owner, "sitting": "b"})
    joining = editors.token(editors.invite(draft, email="neu@stadt.example", role="edit", by=entry.owner))
    heir.email = "nachfolge@stadt.example"
    heir.save()
    seat = judges.seats(round)[0]
    called = Juror.objects.create(
        seat=seat,
        name="Neu",
        email="sitz@jury.example",
        since=clock.now().date(),
        invited_at=clock.now(),
        invited_by=worlds.staff("admin"),
    )
    tokens = [
        reverse("submissions:invitation", args=[joining]),
        reverse("submissions:takeover", args=[transfer.token(offered.offers.get())]),
    ]
    public = [ours(name, place.arguments) for name in OURS]
    second = place.arguments | {"pk": draft.pk}
    own = public + [ours(name, second) for name in OURS if "pk" in OURS[name]]
    own += [reverse("submissions:section", args=[draft.pk, spec.key]) for spec in sections.FACTS if spec.fields]
    return [
        Visitor("anonymous", browser(None), public + of_packages() + [*tokens, *_links(called)]),
        Visitor("owner", browser(entry.owner), own + of_packages()),
        Visitor("invited", browser(invited), tokens[:1], within=("/einreichungen/",)),
        Visitor("heir", browser(heir), tokens[1:], within=("/einreichungen/",)),
        *_at_the_door(),
    ]


def _links(called: Juror) -> list[str]:
    """Return links as they stand in mails, one of them out of date."""
    return [
        reverse("jury:invitation", args=[seats.token(called)]),
        reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "abc-def"}),
    ]


def _at_the_door() -> list[Visitor]:
    """Somebody with a second factor who has just shown it, and some in the middle of logging in and of signing up."""
    person = UserFactory(totp=True)
    RecoveryCodes.activate(person)
    shown = browser(person)
    session = shown.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "email": person.email}]
    session.save()
    halfway, new = Client(), Client()
    halfway.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    signing = {"email": "neu@kommune.example", "name": "Neu", "password1": PASSWORD, "department": "Amt"}
    new.post(reverse("account_signup"), signing | {"municipality": MunicipalityFactory().label})
    return [
        Visitor(who, client, [*of_packages(), reverse("accounts:recovery_codes_file")], within=("/konto/",))
        for who, client in {"secured": shown, "halfway": halfway, "new": new}.items()
    ]


def office(round: Round, at: Clock) -> list[Visitor]:
    """A row of every kind, and the Administration before it."""
    call_command("load_roles", verbosity=0)
    for make in MAKERS.values():
        make()
    start = [office_address(name, arguments) for name, arguments in OWN.items() if name not in ELSEWHERE]
    start += [url for label in models() for url in standard(label).values()]
    return [Visitor("admin", browser(worlds.staff("admin")), start, within=("/admin/",))]


def judging(phase: str) -> Stage:
    """A phase of the jury, with those of its people whom it asks for something."""

    def stage(round: Round, at: Clock) -> list[Visitor]:
        world = worlds.World(round, at, phase)
        start = [world.url(name, state) for name in worlds.ROUTES for state in worlds.STATES]
        return [
            Visitor(who, browser(world.person(who)), start, within=("/jury/",)) for who in ("chair", "own", "pending")
        ]

    return stage


def deciding(phase: str, *begun: str, within: tuple[str, ...]) -> Stage:
    """A phase of the jury in the admin."""

    def stage(round: Round, at: Clock) -> list[Visitor]:
        call_command("load_pages", verbosity=0)
        world = worlds.World(round, at, phase)
        Submission.objects.filter(pk=world.plain["undeclared"].pk).update(formal_check=Submission.Check.OPEN)
        Submission.objects.filter(pk=world.plain["recused"].pk).update(formal_check=Submission.Check.EXCLUDED)
        start = [reverse(f"admin:{name}") for name in begun]
        return [Visitor("admin", browser(world.person("admin")), start, within=within)]

    return stage


ENTRIES = ("/admin/submissions/submission/",)
PEOPLE: dict[str, Stage] = {
    "entering": entering,
    **{phase: judging(phase) for phase in ("scoring", "session", "decided")},
}
OFFICE: dict[str, Stage] = {
    "office": office,
    "closed": deciding("waiting", "submissions_submission_changelist", "submissions_queue", within=ENTRIES),
    "session": deciding("session", "jury_session_changelist", within=("/admin/jury/session/",)),
    "published": deciding(
        "published", "portal_adoption", "landespreis_retentionrun_due", "jury_letter_changelist",
        within=("/admin/portal/project/", "/admin/landespreis/retention", "/admin/jury/", "/admin/portal/ceremony/"),
    ),
}  # fmt: skip
