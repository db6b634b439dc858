"""Looking up the register of municipalities: what somebody typed → the rows it can mean."""

import re
import unicodedata
from collections.abc import Iterable

from django.core.cache import cache

from accounts.models import Municipality

_OPTIONS = "accounts.register.options"
_NAMES = "accounts.register.short_names"
_OPTIONS_SECONDS = 300
_UMLAUTS_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_UMLAUTS_DOWN = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
_SHORTEST_PART = 3
"""Letters from which on a part of a name is searched for."""


def find(text: str) -> list[Municipality]:
    """Return every row `text` can mean, in the register's order; one row = understood, none = unknown.

    Understood are the offered text «Stadt Soest (05974040)», the AGS, the official name «Soest, Stadt», the name in
    running text, the bare name, and as the last resort a part of a name. Case, umlauts (ö, oe, o), ß and punctuation
    do not matter. A name that stands beside a foreign AGS means nothing.
    """
    name, ags = _split(text)
    if ags:
        row = Municipality.objects.filter(ags=ags).first()
        return [row] if row and (not name or _names(name, row)) else []
    if not fold(name):
        return []
    rows = list(Municipality.objects.all())
    return (
        [row for row in rows if _same(name, {row.label, row.name})]
        or [row for row in rows if _same(name, aliases(row))]
        or [row for row in rows if _contains(name, row)]
    )


def options() -> list[str]:
    """Return the texts a datalist offers, in the register's order; kept in the cache for five minutes."""
    known: list[str] | None = cache.get(_OPTIONS)
    if not known:
        known = [row.choice for row in Municipality.objects.only("label", "ags", "name", "sort_key")]
        cache.set(_OPTIONS, known, _OPTIONS_SECONDS)
    return known


def short_names() -> dict[str, str]:
    """Return AGS → name without the kind, «Soest», in the register's order; kept in the cache for five minutes."""
    known: dict[str, str] | None = cache.get(_NAMES)
    if not known:
        known = named_shortly(Municipality.objects.exclude(ags=None).values_list("sort_key", "name", "ags"))
        cache.set(_NAMES, known, _OPTIONS_SECONDS)
    return known


def named_shortly(rows: Iterable[tuple[str, str, str | None]]) -> dict[str, str]:
    """Return what `short_names` does of rows with sort key, name and AGS."""
    return {ags: _bare(name) for _, name, ags in sorted(rows) if ags}


def forget_options() -> None:
    """Let `options` and `short_names` read the register anew; called by whatever changes it."""
    cache.delete_many([_OPTIONS, _NAMES])


def label(name: str, kind: str) -> str:
    """Return how a row is called in running text: «Soest, Stadt» → «Stadt Soest», «Welver» → «Gemeinde Welver»."""
    if kind in {Municipality.Kind.DISTRICT, Municipality.Kind.ASSOCIATION}:
        return name
    prefix = "Gemeinde" if kind == Municipality.Kind.COMMUNE else "Stadt"
    return f"{prefix} {_bare(name)}"


def sort_key(name: str) -> str:
    """Return the text by which Germans sort `name` (DIN 5007-1: ä like a, ß like ss)."""
    return unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS_DOWN)


def fold(text: str) -> str:
    """Return `text` reduced to what counts when two names are compared: lower case, ä as ae, words and digits."""
    return _reduce(text, _UMLAUTS_OUT)


def aliases(row: Municipality) -> set[str]:
    """Return the names by which people ask for `row`: full, without title, without the addition in brackets."""
    bare = re.sub(r"^(Kreis|Städteregion) ", "", _bare(row.name))
    brackets = re.findall(r"\(([A-Z]{2,})\)", bare)
    return {row.label, row.name, bare, re.sub(r"\s*\(.*?\)", "", bare), re.sub(r"/.*", "", bare), *brackets}


def _bare(name: str) -> str:
    return name.partition(",")[0].strip()


def _split(text: str) -> tuple[str, str]:
    """Part «Stadt Soest (05974040)» into name and AGS; a seven-digit AGS has lost its leading zero."""
    if match := re.fullmatch(r"(.*?)\s*\(?\b(\d{7,8})\)?\s*", text, flags=re.DOTALL):
        return match[1], match[2].zfill(8)
    return text, ""


def _reduce(text: str, umlauts: dict[int, str]) -> str:
    composed = unicodedata.normalize("NFKC", text).casefold().translate(umlauts)
    letters = "".join(c for c in unicodedata.normalize("NFKD", composed) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", letters))


def _same(text: str, names: set[str]) -> bool:
    return fold(text) in {fold(name) for name in names} or _reduce(text, _UMLAUTS_DOWN) in {
        _reduce(name, _UMLAUTS_DOWN) for name in names
    }


def _names(text: str, row: Municipality) -> bool:
    return _same(text, aliases(row))


def _contains(text: str, row: Municipality) -> bool:
    part = fold(text)
    return len(part) >= _SHORTEST_PART and (
        part in fold(row.label) or _reduce(text, _UMLAUTS_DOWN) in _reduce(row.label, _UMLAUTS_DOWN)
    )
