"""What differs between two contents of an entry, section by section: pure, over payload content."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landespreis import textdiff, wording
from submissions import payload, sections, sheet
from submissions.draft import Draft
from submissions.models import Version

KEYS: dict[str, tuple[str, ...]] = {
    "titel": ("category", "title"),
    "kommune": ("lead", "department", "contact"),
    "partner": ("partners",),
    "rechtsform": (
        "legal_form",
        "municipally_controlled",
        "agreed_on",
        "state",
        "state_since",
        "funding",
        "website",
    ),
    "kurzbeschreibung": ("abstract",),
    "dateien": ("files",),
}
"""Which keys of the content belong to which fixed section; every other section is an answer."""

Paragraphs = list[list[textdiff.Segment]]


@dataclass(frozen=True)
class Row:
    """One difference. A side that is empty does not have it; `note` says what the marks cannot show."""

    label: str
    before: Paragraphs
    after: Paragraphs
    note: str = ""


@dataclass(frozen=True)
class Change:
    """A section in which two contents differ."""

    key: str
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Comparison:
    """All sections of two contents: what differs, in the order of the form, and the titles of what is the same."""

    changes: list[Change]
    same: list[str]


def part(content: payload.Payload, section: str) -> Any:
    """Return what `content` holds for a section."""
    if section in KEYS:
        return {key: content[key] for key in KEYS[section]}
    return next((answer["text"] for answer in content["answers"] if answer["key"] == section), "")


def changed_sections(draft: Draft, version: Version | None) -> set[str]:
    """Return the keys of the sections in which the draft differs from `version`; empty without a version."""
    if version is None:
        return set()
    frozen, now = payload.content_of(version.payload), payload.content(draft)
    return {spec.key for spec in draft.sections if part(frozen, spec.key) != part(now, spec.key)}


def compare(before: payload.Payload, after: payload.Payload) -> Comparison:
    """Return what `after` changed against `before`; both are payloads or their contents.

    The declarations are compared where both have them: a draft has not declared anything.
    """
    changes: list[Change] = []
    same: list[str] = []
    for key, title in _titles(before, after):
        rows = [] if part(before, key) == part(after, key) else list(_rows(key)(before, after))
        if rows:
            changes.append(Change(key, title, rows))
        else:
            same.append(title)
    if "declarations" in before and "declarations" in after and before["declarations"] != after["declarations"]:
        changes.append(Change("erklaerungen", "Erklärungen", [_consent(before, after)]))
    return Comparison(changes, same)


def _titles(before: payload.Payload, after: payload.Payload) -> Iterator[tuple[str, str]]:
    """Yield key and title of every section that one of both has; questions as the later one asks them."""
    answers = {answer["key"]: answer["title"] for content in (after, before) for answer in content["answers"]}
    answers |= {answer["key"]: answer["title"] for answer in after["answers"]}
    yield from ((spec.key, spec.title) for spec in sections.FACTS)
    yield from answers.items()
    yield sections.FILES.key, sections.FILES.title


def _rows(key: str) -> Callable[[payload.Payload, payload.Payload], Iterable[Row]]:
    special = {"partner": _partners, "dateien": _files, "kurzbeschreibung": _abstract}
    if key in special:
        return special[key]
    if key in KEYS:
        return lambda before, after: _facts(key, before, after)
    return lambda before, after: [_text("", part(before, key), part(after, key))]


def _abstract(before: payload.Payload, after: payload.Payload) -> list[Row]:
    return [_text("", before["abstract"], after["abstract"])]


def _facts(key: str, before: payload.Payload, after: payload.Payload) -> Iterator[Row]:
    def said(content: payload.Payload) -> dict[str, str]:
        title = sheet.Fact("titel", "title", "Titel", content["title"])
        every = (title, *sheet.facts(content), *sheet.contact(content))
        return {fact.label: fact.value for fact in every if fact.section == key}

    old, new = said(before), said(after)
    for label in dict.fromkeys([*old, *new]):
        if old.get(label, "") != new.get(label, ""):
            yield _text(label, old.get(label, ""), new.get(label, ""))


def _partners(before: payload.Payload, after: payload.Payload) -> Iterator[Row]:
    old, new = ([sheet.partner(row) for row in content["partners"]] for content in (before, after))
    gone, fresh = [name for name in old if name not in new], [name for name in new if name not in old]
    yield from (Row("Nicht mehr dabei", _all(name), []) for name in gone)
    yield from (Row("Neu dabei", [], _all(name)) for name in fresh)
    if not gone and not fresh and old != new:
        yield Row("Reihenfolge", _plain(", ".join(old)), _plain(", ".join(new)))


def _files(before: payload.Payload, after: payload.Payload) -> Iterator[Row]:
    old, new = ({file["id"]: file for file in content["files"]} for content in (before, after))
    gone = {file["name"]: file for key, file in old.items() if key not in new}
    for key, file in new.items():
        if key in old:
            yield from _described(old[key], file)
        elif replaced := gone.pop(file["name"], None):
            yield Row("Ersetzt", _all(_listed(replaced)), _all(_listed(file)))
        else:
            yield Row("Neu", [], _all(_listed(file)))
    yield from (Row("Entfernt", _all(_listed(file)), []) for file in gone.values())
    if list(old) != list(new) and old == new:
        names = [", ".join(file["name"] for file in files.values()) for files in (old, new)]
        yield Row("Reihenfolge", _plain(names[0]), _plain(names[1]))


def _described(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Row]:
    if old["kind"] != new["kind"]:
        yield _text(f"{new['name']}: Art", old["kind_label"], new["kind_label"])
    if old["alt"] != new["alt"]:
        yield _text(f"{new['name']}: Alternativtext", old["alt"], new["alt"])
    if old["rights"] != new["rights"]:
        yield _text(f"{new['name']}: Bildrechte", old["rights"], new["rights"])


def _listed(file: Mapping[str, Any]) -> str:
    """Two files of one name may have one size, too: the checksum tells them apart."""
    return f"{file['name']} ({wording.filesize(file['size'])}, Prüfsumme {file['sha256'][:8]} …)"


def _consent(before: payload.Payload, after: payload.Payload) -> Row:
    old, new = (
        "zugestimmt" if content["declarations"]["publication"] else "nicht zugestimmt" for content in (before, after)
    )
    return _text("Veröffentlichung der Kurzbeschreibung", old, new)


def _text(label: str, before: str, after: str) -> Row:
    left, right = textdiff.segments(before, after)
    marked = any(segment.changed for segment in (*left, *right))
    note = "" if marked else "Nur Leerzeichen oder Zeilenumbrüche sind anders."
    return Row(label, textdiff.paragraphs(left), textdiff.paragraphs(right), note)


def _all(text: str) -> Paragraphs:
    return [[textdiff.Segment(text, changed=True)]]


def _plain(text: str) -> Paragraphs:
    return [[textdiff.Segment(text, changed=False)]]
