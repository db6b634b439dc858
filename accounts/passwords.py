"""What no password may be: made of the words of this place, or known from a leak. Rules of length: settings."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import Membership, User

WORDS = (
    "landespreis", "interkommunal", "zusammenarbeit", "kommune", "kommunal", "gemeinsam", "ministerium", "mhkbd", "nrw",
    "nordrhein", "westfalen", "rathaus", "stadt", "gemeinde", "kreis", "verwaltung", "geschaeftsstelle", "redaktion",
    "wettbewerb", "jury", "passwort", "password", "kennwort", "willkommen", "fruehling", "sommer", "herbst", "winter",
    "januar", "februar", "maerz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
    "dezember",
)  # fmt: skip
"""Words of this place, and what people take when a password has to be renewed; docs/sicherheit.md names the list."""
LEAST_OWN = 6
"""Letters and digits that must be left without these words, the names of the person's municipalities, and years."""
FOLDED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "$": "s", "@": "a"}
)
HASH = 40
"""Hexadecimal digits of a SHA-1 sum, by which such lists name passwords."""


OF_THIS_PLACE = (
    "Das Passwort besteht fast nur aus Wörtern, die hier naheliegen, wie Kommune, Preis oder Jahr. Nehmen Sie zum "
    "Beispiel vier Wörter, die nichts miteinander zu tun haben."
)


class NoPlaceNames:
    """Refuses a password that is little more than words of this place, such as «Landespreis2026!»."""

    def validate(self, password: str, user: User | None = None) -> None:
        names: list[str] = []
        if user and user.pk:
            names = list(Membership.objects.filter(user=user).values_list("municipality__name", flat=True))
        if is_of_this_place(password, names):
            raise ValidationError(OF_THIS_PLACE, code="password_of_this_place")

    def get_help_text(self) -> str:
        return (
            "Es darf nicht nur aus dem Namen der Kommune, des Preises, einer Jahreszeit und einer Jahreszahl bestehen."
        )


class NotLeaked:
    """Refuses a password that a leak has made known, as `settings.LEAKED_PASSWORDS` lists them; nobody is asked.

    That is a file of SHA-1 sums in their order, one in a line, with or without «:count» behind, as the list of Have I
    Been Pwned is. It is searched in place: it may be as large as it likes.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        if settings.LEAKED_PASSWORDS and is_leaked(password, Path(settings.LEAKED_PASSWORDS)):
            raise ValidationError(
                "Dieses Passwort steht in einer Liste von Passwörtern, die bei anderen Diensten gestohlen wurden. "
                "Nehmen Sie ein anderes, und ändern Sie es überall, wo Sie es noch verwenden.",
                code="password_leaked",
            )

    def get_help_text(self) -> str:
        return "Es darf nicht aus einem bekannten Datenleck stammen."


def is_of_this_place(password: str, names: Iterable[str]) -> bool:
    """Say whether little is left of a password without `WORDS`, the words of these `names`, and years."""
    rest = re.sub(r"[^a-z0-9]", "", re.sub(r"(19|20)\d\d", "", password.lower()).translate(FOLDED))
    towns = re.findall(r"[a-z]{3,}", " ".join(names).lower().translate(FOLDED))
    for word in sorted({*WORDS, *towns}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < LEAST_OWN


def is_leaked(password: str, listed: Path) -> bool:
    """Say whether the sorted file `listed` has the password."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with listed.open("rb") as file:
        low, high = 0, listed.stat().st_size
        while low < high:
            middle = (low + high) // 2
            line = _line_from(file, middle)
            if line and line[:HASH].upper() < wanted:
                low = middle + 1
            else:
                high = middle
        return _line_from(file, low)[:HASH].upper() == wanted


def _line_from(file: IO[bytes], place: int) -> bytes:
    """Return the first whole line that begins at or after `place`, nothing behind the last."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline()
    return file.readline()
