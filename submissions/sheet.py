"""An entry as it is read: the content of a payload in ready German words, for jury, check page and versions; pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from landespreis import wording
from submissions.models import Partner
from submissions.payload import Payload

TYPES = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP"}
ABSTRACT = "Kurzbeschreibung für die Öffentlichkeit"


@dataclass(frozen=True)
class Fact:
    """A line of the facts. `missing` stands where a needed value is empty, `url` leads to its field."""

    section: str
    field: str
    label: str
    value: str
    missing: str = ""
    url: str = ""


@dataclass(frozen=True)
class Text:
    """A text section; `criterion` says what it speaks to («Kriterium 1»), `url` where an empty one is written."""

    section: str
    title: str
    criterion: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Link:
    """Where a file can be downloaded; without `url` the `note` says why it cannot."""

    url: str
    note: str = ""


@dataclass(frozen=True)
class File:
    id: str
    name: str
    detail: str
    alt: str
    rights: str
    link: Link


@dataclass(frozen=True)
class Sheet:
    """What `templates/submissions/_sheet.html` shows. `contact` is for the office only and never part of the page."""

    title: Fact
    facts: list[Fact]
    texts: list[Text]
    files: list[File]
    contact: list[Fact]


Edit = Callable[[str, str], str]
"""Return the address of the field of a section."""


def of(
    content: Payload,
    *,
    criteria: Mapping[str, str],
    links: Mapping[str, Link],
    edit: Edit | None = None,
) -> Sheet:
    """Return the sheet of a payload or of its content.

    `criteria` names criteria by key, `links` downloads by file id; a file without one is not offered. With `edit`,
    what is missing is said and linked; without, it is left out.
    """
    return Sheet(
        title=_linked(Fact("titel", "title", "Titel", content["title"], "Noch kein Titel."), edit),
        facts=[fact for fact in (_linked(fact, edit) for fact in facts(content)) if fact.value or fact.url],
        texts=[text for text in _texts(content, criteria, edit) if text.text.strip() or text.url],
        files=[_file(file, links) for file in content["files"]],
        contact=[fact for fact in (_linked(fact, edit) for fact in contact(content)) if fact.value or fact.url],
    )


def facts(content: Payload) -> Iterator[Fact]:
    """Yield what the jury reads above the texts, also where it is empty."""
    legal_form, state = content["legal_form"], content["state"]
    yield Fact("titel", "category", "Kategorie", _named(content["category"], "name"), "Noch keine Kategorie.")
    yield Fact("kommune", "lead", "Federführend", _named(content["lead"], "label"), "Noch keine Kommune.")
    yield Fact("kommune", "department", "Fachbereich", content["department"], "Noch kein Fachbereich.")
    partners = ", ".join(partner(row) for row in content["partners"])
    yield Fact("partner", "", "Partner", partners, "Noch kein Partner.")
    yield Fact("rechtsform", "legal_form", "Rechtsform", _named(legal_form, "label"), "Noch keine Rechtsform.")
    controlled = {True: "ja", False: "nein"}.get(content["municipally_controlled"], "")
    must_say = "Noch keine Angabe." if legal_form and legal_form["key"] == "privat" else ""
    yield Fact("rechtsform", "controlled", "Kommunal beherrscht", controlled, must_say)
    yield Fact("rechtsform", "agreed_on", "Vereinbart am", _day(content["agreed_on"]), "Noch kein Datum.")
    yield Fact("rechtsform", "state", "Stand", _state(content), "Noch kein Stand.")
    if state and state["key"] == "betrieb" and not content["state_since"]:
        yield Fact("rechtsform", "state_since", "Im Betrieb seit", "", "Noch kein Datum.")
    yield Fact("rechtsform", "funding", "Frühere Förderung", content["funding"])
    yield Fact("rechtsform", "website", "Internetseite", content["website"])


def contact(content: Payload) -> Iterator[Fact]:
    """Yield what only the office reads, also where it is empty."""
    person = content["contact"]
    yield Fact("kommune", "contact_name", "Ansprechperson", person["name"], "Noch kein Name.")
    yield Fact("kommune", "contact_email", "E-Mail-Adresse", person["email"], "Noch keine Adresse.")
    yield Fact("kommune", "contact_phone", "Telefon", person["phone"], "Noch keine Nummer.")
    yield Fact("kommune", "contact_public", "Kontakt veröffentlichen", "ja" if person["publish"] else "nein")


def partner(row: Mapping[str, str]) -> str:
    """Return a partner as it is listed; what does not stand in the register says what and where it is."""
    if row["kind"] == Partner.Kind.REGISTER:
        return row["label"]
    said = [row["kind_label"]]
    if row["country"] != Partner.Country.DE:
        said.append(str(Partner.Country(row["country"]).label))
    return f"{row['label']} ({', '.join(said)})"


def listed(names: Sequence[str]) -> str:
    """Return names in a sentence: «Soest, Werl und Welver»."""
    return " und ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def file_detail(file: Mapping[str, Any]) -> str:
    """Return kind, type and size: «Bild, JPEG, 1,8 MB»."""
    kind = TYPES.get(file["mimetype"], "")
    return ", ".join(part for part in (file["kind_label"], kind, wording.filesize(file["size"])) if part)


def _texts(content: Payload, criteria: Mapping[str, str], edit: Edit | None) -> Iterator[Text]:
    def where(section: str, field: str, text: str) -> str:
        return edit(section, field) if edit and not text.strip() else ""

    abstract = content["abstract"]
    yield Text("kurzbeschreibung", ABSTRACT, "", abstract, where("kurzbeschreibung", "abstract", abstract))
    for answer in content["answers"]:
        key, text = answer["key"], answer["text"]
        criterion = criteria.get(answer["criterion"] or "", "")
        yield Text(key, answer["title"], criterion, text, where(key, "text", text))


def _file(file: Mapping[str, Any], links: Mapping[str, Link]) -> File:
    link = links.get(file["id"], Link(""))
    return File(file["id"], file["name"], file_detail(file), file["alt"], file["rights"], link)


def _linked(fact: Fact, edit: Edit | None) -> Fact:
    if edit is None or fact.value.strip() or not fact.missing:
        return fact
    return Fact(fact.section, fact.field, fact.label, "", fact.missing, edit(fact.section, fact.field))


def _named(value: Mapping[str, str] | None, key: str) -> str:
    return value[key] if value else ""


def _day(value: str | None) -> str:
    return wording.day(date.fromisoformat(value)) if value else ""


def _state(content: Payload) -> str:
    said = _named(content["state"], "label")
    since = _day(content["state_since"])
    return f"{said} seit dem {since}" if said and since else said
