"""No log tells what only a person may know: addresses, passwords, codes and the tokens of links."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.contrib.auth import get_user_model

from rehearsal.cast import PASSWORD
from rehearsal.invariants import Check, Finding, none
from rehearsal.mailbox import CODE, LINK, Letter
from rehearsal.stage import Stage

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WORD = re.compile(r"[\w:.=-]+")
ENTRY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TOKEN = 16
"""So many characters in the path of a mailed link are no name of a page any more."""


def quiet(stage: Stage) -> Iterator[Finding]:
    """Yield one finding for addresses and one for secrets, over all lines of all logs."""
    addresses = known_addresses(stage)
    secrets = {PASSWORD, *mailed_secrets(stage.installation.mail.letters)}
    lines, with_address, with_secret = 0, [], []
    for log in logs(stage.installation.folder):
        for number, line in enumerate(log.read_text(errors="replace").splitlines(), start=1):
            lines += 1
            place = f"{log.name}:{number} {line[:200]}"
            if addresses.intersection(word.casefold() for word in ADDRESS.findall(line)):
                with_address.append(place)
            if PASSWORD in line or secrets.intersection(words(line)):
                with_secret.append(place)
    yield none("Kein Protokoll nennt eine Mailadresse", with_address, lines)
    yield none("Kein Protokoll enthält Kennwort, Code oder den geheimen Teil eines Links", with_secret, lines)


def logs(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.log"), *folder.glob("logs/*.log")])


def known_addresses(stage: Stage) -> set[str]:
    """Return the addresses of all who play, of all accounts and of all to whom a mail came."""
    found = {town.email for town in stage.cast.towns} | {town.colleague for town in stage.cast.towns}
    found |= set(get_user_model().objects.values_list("email", flat=True))
    found |= {letter.to for letter in stage.installation.mail.letters}
    return {address.casefold() for address in found if address}


def mailed_secrets(letters: Iterable[Letter]) -> set[str]:
    """Return the codes in mails, and the parts of links that nobody could guess; the key of an entry is none."""
    found = set()
    for letter in letters:
        found |= set(CODE.findall(letter.text))
        for link in LINK.findall(letter.text):
            found |= {part for part in re.split(r"[/?&=]", link) if is_secret(part)}
    return found


def is_secret(part: str) -> bool:
    """Whether part of a link is what nobody could guess; the hyphenated key of an entry opens nothing by itself."""
    if len(part) < TOKEN or ENTRY.fullmatch(part):
        return False
    return any(char.isdigit() or char.isupper() for char in part) and "." not in part


def words(line: str) -> set[str]:
    """Return the words of a line, and their parts, as a secret would stand among them."""
    return {part for word in WORD.findall(line) for part in (word, *re.split(r"[=.]", word))}


CHECKS: tuple[Check, ...] = (quiet,)
