"""The last part of an address, made from a German title: pure."""

import re
import unicodedata

SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "\u00ad": ""})


def slug(title: str, *, most: int = 80) -> str:
    """Return lower-case words joined by hyphens: «Übung für Städte» → «uebung-fuer-staedte»; never nothing."""
    spelled = unicodedata.normalize("NFC", title).casefold().translate(SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    joined = "-".join(words)
    if len(joined) > most:
        joined = joined[: most + 1].rpartition("-")[0] or joined[:most]
    return joined or "eintrag"


def free(wanted: str, taken: set[str], *, most: int = 80) -> str:
    """Return `wanted`, with a number at its end if somebody else has it: «start», «start-2»."""
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted[: most - len(str(number)) - 1]}-{number}"
    return candidate
