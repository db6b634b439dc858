"""Every mail came to one person whom all of it concerns: the entry it names, the secret in its link, the addresses.

Who may read what follows from what people did (cast, ledger) and, for links, from the row that a link stands for; never
from what the portal sends.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import getaddresses
from html import unescape
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.signing import b64_decode

from jury.models import Juror
from portal.models import Registration, Subscriber
from rehearsal import letters
from rehearsal.applicant import LIST_PAGE, everybody
from rehearsal.cast import PASSWORD, Town
from rehearsal.insiders import Insider
from rehearsal.invariants import Check, Finding, blindness, none
from rehearsal.invariants.logs import ADDRESS, is_secret
from rehearsal.ledger import ASKED, RECUSED, SUBMITTED
from rehearsal.mailbox import CODE, LINK, Letter
from rehearsal.stage import Stage
from submissions.models import Editor

OFFICE_PAGES, JURY_PAGES = "/admin/", "/jury/"
COPIES = ("cc", "bcc")


@dataclass(frozen=True)
class Matter:
    """Something a mail may be about: the words that tell it, and who may read them; from `public` on everybody."""

    name: str
    words: tuple[str, ...]
    readers: frozenset[str]
    public: datetime | None = None

    def is_told_in(self, text: str) -> bool:
        return any(word in text and re.search(rf"{re.escape(word)}(?!\d)", text) for word in self.words)


def one_each(stage: Stage) -> Iterator[Finding]:
    """Nobody reads in a mail who else got it: it names one recipient, who is the one it came to, and no copies."""
    came = letters.once(list(stage.installation.mail.letters))
    wrong = [_said(letter) for letter in came if not _is_for_one(letter)]
    yield none("Jede Mail nennt nur die Person, bei der sie ankam", wrong, len(came))
    players = known(stage)
    strange = [_said(letter) for letter in came if letter.to not in players]
    yield none("Keine Mail an jemanden, der nicht mitspielt", strange, len(came))


def matters(stage: Stage) -> Iterator[Finding]:
    """What a mail names concerns its recipient: entries, messages to the office, pages of jury and office."""
    came = letters.once(list(stage.installation.mail.letters))
    told = list(_matters(stage))
    texts = [(letter, _text(letter)) for letter in came]
    wrong = [
        (_said(letter), matter.name)
        for letter, text in texts
        for matter in told
        if letter.to not in matter.readers and matter.is_told_in(text) and not _is_public(matter, letter)
    ]
    yield none("Keine Mail nennt, was ihren Empfänger nichts angeht", wrong, len(came))


def addresses(stage: Stage) -> Iterator[Finding]:
    """A mail tells no address of somebody else, but those of the own municipality, the office and its people."""
    came = letters.once(list(stage.installation.mail.letters))
    circles: dict[str, set[str]] = defaultdict(set)
    for town in stage.cast.towns:
        for address in _people(town):
            circles[address] |= _people(town)
    everywhere, all_known = office(stage), known(stage)
    wrong = [
        (_said(letter), address)
        for letter in came
        if letter.to not in everywhere
        for address in sorted(all_known.intersection(ADDRESS.findall(_text(letter))))
        if address not in circles[letter.to] | everywhere | {letter.to}
    ]
    yield none("Keine Mail nennt die Adresse einer fremden Person", wrong, len(came))


def secrets(stage: Stage) -> Iterator[Finding]:
    """A code comes to one address; a link with a secret to the one whose row it opens; passwords to nobody."""
    came = letters.once(list(stage.installation.mail.letters))
    holders: dict[str, set[str]] = defaultdict(set)
    wrong: list[object] = []
    links = 0
    for letter in came:
        for code in CODE.findall(letter.text):
            holders[code].add(letter.to)
        for path in _secret_paths(letter):
            links += 1
            if _owner(path) != letter.to:
                wrong.append((_said(letter), path))
    yield none("Jeder geheime Link ging an die Person, der er gehört", wrong, links)
    shared = [code for code, people in holders.items() if len(people) > 1]
    yield none("Jeder Code ging an eine einzige Adresse", shared, len(holders))
    never = {PASSWORD} | {person.secret for person in _insiders(stage) if person.secret}
    telling = [_said(letter) for letter in came if any(word in _text(letter) for word in never)]
    yield none("Keine Mail enthält ein Kennwort oder die Saat eines zweiten Faktors", telling, len(came))


# Who plays -------------------------------------------------------------------------------------------


def known(stage: Stage) -> set[str]:
    """Return the addresses of all who play."""
    towns = {address for town in stage.cast.towns for address in _people(town)}
    return towns | office(stage) | _jury(stage) | {line.who for line in stage.ledger.told(ASKED)}


def office(stage: Stage) -> set[str]:
    return {settings.CONTACT_EMAIL, *(person.email for person in stage.props.get("office", ()))}


def _jury(stage: Stage) -> set[str]:
    return {person.email for person in stage.props.get("jury", {}).values()}


def _insiders(stage: Stage) -> list[Insider]:
    return [*stage.props.get("office", ()), *stage.props.get("jury", {}).values()]


def _people(town: Town) -> set[str]:
    return {town.email, town.colleague} - {""}


# What mails are about --------------------------------------------------------------------------------


def _matters(stage: Stage) -> Iterator[Matter]:
    inside, jury = office(stage), _jury(stage)
    yield Matter("Seiten der Verwaltung", (f"{settings.BASE_URL}{OFFICE_PAGES}",), frozenset(inside))
    yield Matter("Seiten der Jury", (f"{settings.BASE_URL}{JURY_PAGES}",), frozenset(inside | jury))
    for line in stage.ledger.told(ASKED):
        yield Matter(f"Anfrage von {line.who}", (line.about,), frozenset({settings.CONTACT_EMAIL}))
    yield from _entries(stage, inside, jury)


def _entries(stage: Stage, inside: set[str], jury: set[str]) -> Iterator[Matter]:
    """Yield what each town entered: its title, its number and the address of its page."""
    recused = defaultdict(set)
    for line in stage.ledger.told(RECUSED):
        recused[line.about].add(line.who)
    numbers = {line.about: line.detail["number"] for line in stage.ledger.told(SUBMITTED)}
    winners = set(stage.props.get("winners", {}).values())
    for person in everybody(stage).values():
        town = person.town
        label = f"{stage.round.number_prefix}-{numbers[person.pk]:04d}" if person.pk in numbers else ""
        words = [town.title, label, f"{LIST_PAGE}{person.pk}" if person.pk else ""]
        readers = _people(town) | inside | (jury - recused[person.pk])
        public = blindness.published(stage) if town.publishes or label in winners else None
        yield Matter(town.title, tuple(filter(None, words)), frozenset(readers), public)


def _is_public(matter: Matter, letter: Letter) -> bool:
    return matter.public is not None and blindness.arrived(letter.at) >= matter.public


def _text(letter: Letter) -> str:
    return unescape("\n".join((letter.subject, letter.text, *letter.attached)))


# To whom it came -------------------------------------------------------------------------------------


def _is_for_one(letter: Letter) -> bool:
    named = [address for _, address in getaddresses([letter.headers.get("to", "")])]
    return named == [letter.to] and not any(letter.headers.get(name) for name in COPIES)


def _said(letter: Letter) -> str:
    return f"{letter.to}: {letter.subject}"


# Links -----------------------------------------------------------------------------------------------


def _secret_paths(letter: Letter) -> Iterator[str]:
    """Yield where the links of a mail lead, also the one for its program, that need nothing but to be known."""
    for link in LINK.findall(f"{letter.text}\n{letter.headers.get('list-unsubscribe', '')}"):
        path = urlsplit(link.rstrip(").,>")).path
        if path.startswith(tuple(OWNERS)) or any(is_secret(part) for part in path.split("/")):
            yield path


def _owner(path: str) -> str:
    """Return the address of the person whose row the link opens; empty for a link of which nobody said whose it is."""
    for prefix, owner in OWNERS.items():
        if path.startswith(prefix):
            return owner(path.removeprefix(prefix).split("/")[0])
    return ""


def _signed(token: str) -> Any:
    """Return what a signed link says; whether the signature is good is the portal's matter."""
    return json.loads(b64_decode(token.partition(":")[0].encode()))


OWNERS: dict[str, Callable[[str], str]] = {
    "/einreichungen/einladung/": lambda token: Editor.objects.get(pk=_signed(token)["editor"]).email,
    "/jury/einladung/": lambda token: Juror.objects.get(pk=_signed(token)["juror"]).email,
    "/newsletter/bestaetigen/": lambda token: Subscriber.objects.get(key=UUID(_signed(token)[0])).email,
    "/newsletter/abmelden/": lambda key: Subscriber.objects.get(key=UUID(key)).email,
    "/termine/anmeldung/": lambda key: Registration.objects.get(key=UUID(key)).email,
}
"""Where a link with a secret leads → whose it is, by the part behind that."""

CHECKS: tuple[Check, ...] = (one_each, matters, addresses, secrets)
