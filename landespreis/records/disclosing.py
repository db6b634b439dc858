"""What is stored about one person (Art. 15 to 17 DSGVO): each app says it in a module `disclosure`.

Such a module has `find(text)`, which yields names with addresses, and `sections(person)`. A section says what is held,
where it is corrected, and either why it must stay or how it is erased.
"""

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import IO, Any, NamedTuple, Protocol

from django.contrib.auth import get_user_model
from django.contrib.auth.models import PermissionsMixin
from django.db import transaction
from django.template.loader import render_to_string

from landespreis import clock, journal, wording
from landespreis.package import Package
from landespreis.records import permissions
from landespreis.refusal import NotAllowed, Refused

APPS = ("accounts", "submissions", "jury", "portal", "landespreis.records")
NOT_ALLOWED = "Auskunft über gespeicherte Daten gibt die Geschäftsstelle."
SHORTEST = 3
MOST = 50
"""How many people a search shows."""
HEADS = {"e_mail": "E-Mail-Adresse", "ip": "IP-Adresse", "ags": "AGS"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
Row = Mapping[str, Any]


class Found(NamedTuple):
    name: str
    email: str
    where: str


@dataclass(frozen=True)
class Person:
    """Who it is about: an account, or an address alone."""

    emails: frozenset[str]
    name: str
    account: int | None

    @property
    def email(self) -> str:
        return min(self.emails)

    @property
    def mark(self) -> str:
        """What the journal calls the person: never a name or an address, which would stay for good."""
        if self.account:
            return f"Konto {self.account}"
        return f"Adresse {hashlib.sha256(self.email.encode()).hexdigest()[:12]}"

    @property
    def told(self) -> dict[str, int]:
        """What a line of the journal tells beside the mark, so that it is among the lines about the account."""
        return {"account": self.account} if self.account else {}


@dataclass(frozen=True)
class Section:
    """Rows of one kind. `stays` is the reason why they cannot go now, `follows` says with what they go; `erase` lets
    them go and returns how many.
    """

    key: str
    title: str
    rows: Sequence[Row]
    stays: str = ""
    follows: str = ""
    url: str = ""
    erase: Callable[[Any], int] | None = None
    correct: Callable[..., object] | None = None
    """Called with `by`, and the words `name`, `email` and `reason`."""


class Disclosure(Protocol):
    def find(self, text: str) -> Iterator[tuple[str, str]]: ...
    def sections(self, person: Person) -> Iterator[Section]: ...


def search(text: str) -> list[Found]:
    """Return people whose name or address contains `text`, each address once, those with an account first."""
    text = text.strip()
    if len(text) < SHORTEST:
        raise Refused(f"Bitte geben Sie mindestens {SHORTEST} Zeichen ein.")
    found: dict[str, Found] = {}
    for app, module in _modules():
        for name, email in module.find(text):
            found.setdefault(email.lower(), Found(name, email, "Konto" if app == "accounts" else "ohne Konto"))
            if len(found) >= MOST:
                return list(found.values())
    return list(found.values())


def person_of(email: str) -> Person:
    """Return who has that address: the account with all its addresses, or the address alone."""
    address = email.strip().lower()
    user = get_user_model()._default_manager.filter(email__iexact=address).first()
    if user is None:
        return Person(frozenset([address]), "", None)
    return of_account(user)


def of_account(user: Any) -> Person:
    addresses = {address.email.lower() for address in user.emailaddress_set.all()} | {user.email.lower()}
    return Person(frozenset(addresses), user.name, user.pk)


def sections(person: Person) -> list[Section]:
    """Return everything that is held about a person; what holds nothing is left out."""
    return [section for _, module in _modules() for section in module.sections(person) if section.rows]


def written(person: Person, found: Sequence[Section]) -> dict[str, Any]:
    """Return the answer as JSON has it."""
    return {
        "erstellt_am": clock.now().isoformat(),
        "person": {"name": person.name, "e_mail": sorted(person.emails), "konto": person.account},
        "bereiche": [
            {"bereich": section.key, "titel": section.title, "bleibt_weil": section.stays, "daten": list(section.rows)}
            for section in found
        ],
    }


@transaction.atomic
def look(person: Person, *, by: PermissionsMixin) -> list[Section]:
    """Return everything that is held about a person, and write down that somebody looked. Raises NotAllowed."""
    _require(by)
    found = sections(person)
    journal.note(journal.Verb.PERSON_SEEN, by=permissions.account(by), about=person.mark, **person.told)
    return found


@transaction.atomic
def disclose(person: Person, *, by: PermissionsMixin) -> IO[bytes]:
    """Return the answer to a person as ZIP with JSON and a page to read, and write down that it was made.

    Raises NotAllowed.
    """
    _require(by)
    found = sections(person)
    file = tempfile.TemporaryFile()  # noqa: SIM115  # who gets it closes it
    with Package(file) as package:
        package.add_json("auskunft.json", written(person, found))
        context = {"person": person, "sections": tables(found), "at": wording.moment(clock.now())}
        package.add("auskunft.html", render_to_string("records/disclosure.html", context))
    file.seek(0)
    counts = {section.key: len(section.rows) for section in found}
    journal.note(
        journal.Verb.PERSON_DISCLOSED, by=permissions.account(by), about=person.mark, counts=counts, **person.told
    )
    return file


@transaction.atomic
def erase(person: Person, *, by: PermissionsMixin, reason: str) -> dict[str, int]:
    """Delete what can go now; return how many rows of which section went. What must stay is untouched.

    Raises NotAllowed, or Refused without a reason or with nothing to delete.
    """
    _require(by)
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    gone = {section.title: section.erase(by) for section in reversed(sections(person)) if section.erase}
    if not gone:
        raise Refused("Es gibt nichts, was jetzt gelöscht werden kann.")
    journal.note(
        journal.Verb.PERSON_ERASED, by=permissions.account(by), about=person.mark, counts=gone, reason=reason.strip(),
        **person.told,
    )  # fmt: skip
    return gone


def correct(person: Person, *, by: PermissionsMixin, name: str, email: str, reason: str) -> None:
    """Correct name and address of an account. Raises NotAllowed, or Refused without an account."""
    _require(by)
    verb = next((section.correct for section in sections(person) if section.correct), None)
    if verb is None:
        raise Refused("Ohne Konto wird dort berichtigt, wo die Angabe steht.")
    verb(by, name=name, email=email, reason=reason)


def tables(found: Sequence[Section]) -> list[dict[str, Any]]:
    """Return sections as tables of words: heads, and rows with a value for each."""
    shown = []
    for section in found:
        heads = list(dict.fromkeys(key for row in section.rows for key in row))
        rows = [[said(row.get(head)) for head in heads] for row in section.rows]
        shown.append({"section": section, "heads": [headed(head) for head in heads], "rows": rows})
    return shown


def headed(key: str) -> str:
    """Return the head of a column, in the spelling of people."""
    words = key.replace("_", " ").replace("ae", "ä").replace("oe", "ö").replace("ue", "ü")
    return HEADS.get(key) or words[:1].upper() + words[1:]


def said(value: Any) -> str:
    """Return a value in words."""
    match value:
        case str() if MOMENT.match(value):
            return wording.moment_short(datetime.fromisoformat(value))
        case None | "":
            return "–"
        case bool():
            return "ja" if value else "nein"
        case datetime():
            return wording.moment_short(value)
        case date():
            return wording.day(value)
        case dict():
            return "; ".join(f"{key}: {said(one)}" for key, one in value.items()) or "–"
        case list() | tuple():
            return ", ".join(said(one) for one in value) or "–"
        case _:
            return str(value)


def _require(by: PermissionsMixin) -> None:
    if not permissions.may_disclose(by):
        raise NotAllowed(NOT_ALLOWED)


def _modules() -> list[tuple[str, Disclosure]]:
    return [(app, import_module(f"{app}.disclosure")) for app in APPS if find_spec(f"{app}.disclosure")]
